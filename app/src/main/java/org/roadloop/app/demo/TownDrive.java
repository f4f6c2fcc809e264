package org.roadloop.app.demo;

import java.time.Instant;
import java.util.SplittableRandom;
import org.roadloop.apply.twin.Town;
import org.roadloop.collect.gb32960.VehicleSample;
import org.roadloop.collect.v2x.BasicSafetyMessage;

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
        /**
         * The first {@link BasicSafetyMessage#BYTES} bytes are the message; reused after the call.
         */
        void send(byte[] datagram);
    }

    private final Town town;
    private final long startMillis;
    private final long[] temporaryIds;
    private final VehicleSample sample = new VehicleSample();
    private final byte[] datagram = new byte[BasicSafetyMessage.BYTES];

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
                message(car, junction, nowMillis);
                roadside.send(datagram);
            }
        }
        if (town.tick() % 10 == 0) {
            for (int car = 0; car < town.cars(); car++) {
                fill(car, nowMillis);
                vehicles.report(car, sample);
            }
        }
    }

    private void message(int car, int junction, long nowMillis) {
        BasicSafetyMessage.write(
                datagram,
                0,
                (int) (town.tick() & 0x7F),
                temporaryIds[car],
                junction,
                nowMillis,
                town.latDegrees(car),
                town.lonDegrees(car),
                town.speedMps(car),
                town.headingDegrees(car),
                town.accelerationMps2(car),
                town.lateralAccelerationMps2(car),
                town.yawRateDegreesPerSecond(car),
                town.widthMetres(car),
                town.lengthMetres(car),
                town.brakeLamp(car)
                        ? BasicSafetyMessage.BRAKES_APPLIED
                        : BasicSafetyMessage.BRAKES_OFF,
                0);
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
