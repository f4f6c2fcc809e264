package org.roadloop.app.demo;

import java.time.Instant;
import java.util.SplittableRandom;
import org.roadloop.apply.twin.Town;
import org.roadloop.collect.gb32960.VehicleSample;
import org.roadloop.collect.v2x.V2xUnit;
import org.roadloop.collect.v2x.day1.BasicSafetyMessage;
import org.roadloop.collect.v2x.day1.BrakeSystem;
import org.roadloop.collect.v2x.day1.Elements;
import org.roadloop.collect.v2x.day1.MessageFrame;
import org.roadloop.collect.v2x.day1.RoadsideEnvelope;
import org.roadloop.collect.v2x.uper.UperWriter;

/**
 * Lets the built-in town speak (仿真城市): once a second what every car knows of itself, ten times a
 * second a message of each car near an equipped junction. One thread.
 */
final class TownDrive {
    /** Where samples go. */
    interface Vehicles {
        /** The sample is reused after the call. */
        void report(int car, VehicleSample sample) throws InterruptedException;
    }

    /** Where datagrams go. */
    interface Roadside {
        /** The envelope of a roadside unit with one message. */
        void send(byte[] datagram);
    }

    private static final int FORWARD = 2;
    private static final int BRAKE_OFF = 1;
    private static final int BRAKE_ON = 2;
    private static final int CAR = 10;

    private final Town town;
    private final long startMillis;
    private final long[] temporaryIds;
    private final VehicleSample sample = new VehicleSample();
    private final MessageFrame frame = new MessageFrame();
    private final UperWriter writer = new UperWriter();

    /**
     * @param start what the town's clock of zero is in the world's
     */
    TownDrive(Town town, Instant start) {
        this.town = town;
        this.startMillis = start.toEpochMilli();
        temporaryIds = new long[town.cars()];
        SplittableRandom random = new SplittableRandom(town.config().seed() ^ 0x7465_6d70L);
        for (int car = 0; car < temporaryIds.length; car++) {
            temporaryIds[car] = random.nextLong();
        }
    }

    Town town() {
        return town;
    }

    /** One tenth of a second: datagrams each time, samples when a full second is reached. */
    void step(Vehicles vehicles, Roadside roadside) throws InterruptedException {
        town.step();
        long nowMillis = startMillis + town.tick() * 100;
        for (int car = 0; car < town.cars(); car++) {
            int junction = town.nearJunction(car);
            if (junction >= 0 && town.equipped(junction)) {
                message(car, nowMillis);
                roadside.send(
                        RoadsideEnvelope.write(
                                V2xUnit.id(unit(junction)), nowMillis, true, writer.write(frame)));
            }
        }
        if (town.tick() % 10 == 0) {
            for (int car = 0; car < town.cars(); car++) {
                fill(car, nowMillis);
                vehicles.report(car, sample);
            }
        }
    }

    /** The id of the roadside unit at a junction. */
    static String unit(int junction) {
        return "TOWN%04d".formatted(junction);
    }

    private void message(int car, long nowMillis) {
        frame.kind = MessageFrame.BSM;
        BasicSafetyMessage bsm = frame.bsm;
        bsm.msgCnt = (int) (town.tick() & 0x7F);
        bsm.id = temporaryIds[car];
        bsm.secMarkMillis = (int) Math.floorMod(nowMillis, 60_000L);
        bsm.pos.latE7Degrees = Elements.LATITUDE.raw(town.latDegrees(car));
        bsm.pos.longE7Degrees = Elements.LONGITUDE.raw(town.lonDegrees(car));
        bsm.transmission = FORWARD;
        bsm.speedFiftiethsMps = Elements.SPEED.raw(town.speedMps(car));
        double heading = town.headingDegrees(car);
        bsm.headingEightiethsDegree =
                Elements.HEADING.raw(heading - 360 * Math.floor(heading / 360));
        bsm.accelSet.longCmps2 = Elements.ACCELERATION.raw(town.accelerationMps2(car));
        bsm.accelSet.latCmps2 = Elements.ACCELERATION.raw(town.lateralAccelerationMps2(car));
        bsm.accelSet.vertFiftiethsG = Elements.VERTICAL_ACCELERATION.raw(Double.NaN);
        bsm.accelSet.yawCentidegreesPerSecond =
                Elements.YAW_RATE.raw(town.yawRateDegreesPerSecond(car));
        bsm.brakes.presence = BrakeSystem.BRAKE_PADEL;
        bsm.brakes.brakePadel = town.brakeLamp(car) ? BRAKE_ON : BRAKE_OFF;
        bsm.size.widthCm = (int) Math.round(town.widthMetres(car) * 100);
        bsm.size.lengthCm = (int) Math.round(town.lengthMetres(car) * 100);
        bsm.vehicleClass.classification = CAR;
    }

    private void fill(int car, long nowMillis) {
        sample.clear();
        sample.collectedAtMicros = nowMillis * 1000;
        sample.vehicleState = 1;
        sample.chargeState = 3;
        sample.driveMode = 1;
        sample.speedKmh = town.speedMps(car) * 3.6;
        sample.odometerKm = town.odometerMetres(car) / 1000;
        sample.voltageV = town.batteryVolt(car);
        sample.currentA = town.batteryAmpere(car);
        sample.socPercent = (int) Math.round(town.socPercent(car));
        sample.dcdcState = 1;
        sample.gear = town.gear(car);
        sample.insulationKohm = 5_000;
        sample.acceleratorPercent = town.acceleratorPercent(car);
        sample.brakePercent = town.brakePercent(car);
        sample.positionValid = true;
        sample.longitudeDegrees = town.lonDegrees(car);
        sample.latitudeDegrees = town.latDegrees(car);
        // A pack of 96 cells in series: the mean is the pack's voltage, the spread a few
        // millivolts.
        double cell = sample.voltageV / 96;
        sample.maxCellV = cell + 0.004;
        sample.minCellV = cell - 0.004;
        sample.maxTemperatureC = 27;
        sample.minTemperatureC = 25;
        sample.alarmLevel = sample.socPercent < 15 ? 1 : 0;
        sample.alarmFlags = sample.socPercent < 15 ? 1L << 4 : 0;
    }
}
