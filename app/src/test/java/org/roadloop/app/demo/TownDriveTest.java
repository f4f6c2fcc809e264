package org.roadloop.app.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.roadloop.apply.safety.MonitorConfig;
import org.roadloop.apply.safety.SafetyMonitor;
import org.roadloop.apply.twin.Town;
import org.roadloop.apply.twin.TownConfig;
import org.roadloop.collect.Lineage;
import org.roadloop.collect.v2x.Junction;
import org.roadloop.collect.v2x.RoadsideOrigin;
import org.roadloop.collect.v2x.V2xUnit;
import org.roadloop.collect.v2x.day1.BasicSafetyMessage;
import org.roadloop.collect.v2x.day1.Elements;
import org.roadloop.collect.v2x.day1.MessageFrame;
import org.roadloop.collect.v2x.day1.RoadsideEnvelope;
import org.roadloop.collect.v2x.uper.Fault;
import org.roadloop.collect.v2x.uper.UperReader;

class TownDriveTest {
    private static final Instant START = Instant.parse("2026-03-01T08:00:00Z");

    @Test
    void everyCarNearAnEquippedJunctionSpeaksAsThatJunctionsUnit() throws Exception {
        Town town = new Town(TownConfig.of(7, 500, 116.5, 39.9));
        TownDrive drive = new TownDrive(town, START);
        List<byte[]> sent = new ArrayList<>();
        for (int tick = 0; tick < 50; tick++) {
            sent.clear();
            drive.step((car, sample) -> {}, sent::add);
        }
        RoadsideEnvelope envelope = new RoadsideEnvelope();
        MessageFrame frame = new MessageFrame();
        UperReader reader = new UperReader();
        int message = 0;
        for (int car = 0; car < town.cars(); car++) {
            int junction = town.nearJunction(car);
            if (junction < 0 || !town.equipped(junction)) {
                continue;
            }
            byte[] bytes = sent.get(message++);
            assertThat(envelope.read(bytes, 0, bytes.length))
                    .isEqualTo(RoadsideEnvelope.Verdict.OK);
            assertThat(envelope.roadsideUnit()).isEqualTo(V2xUnit.id(TownDrive.unit(junction)));
            assertThat(envelope.frame(bytes, 0, reader, frame)).isEqualTo(Fault.NONE);
            BasicSafetyMessage bsm = frame.bsm;
            assertThat(bsm.secMarkMillis).isEqualTo(5000);
            assertThat(bsm.pos.latE7Degrees / 1e7).isCloseTo(town.latDegrees(car), within(1e-7));
            assertThat(bsm.pos.longE7Degrees / 1e7).isCloseTo(town.lonDegrees(car), within(1e-7));
            assertThat(Elements.SPEED.value(bsm.speedFiftiethsMps))
                    .isCloseTo(town.speedMps(car), within(0.011));
            assertThat(Elements.ACCELERATION.value(bsm.accelSet.longCmps2))
                    .isCloseTo(town.accelerationMps2(car), within(0.0051));
            assertThat(bsm.size.lengthCm / 100.0).isCloseTo(town.lengthMetres(car), within(0.0051));
            assertThat(bsm.brakes.brakePadel).isEqualTo(town.brakeLamp(car) ? 2 : 1);
        }
        assertThat(message).isEqualTo(sent.size()).isPositive();
    }

    /** What the steps of UPER round off costs the monitor no alarm, and brings none. */
    @Test
    @Tag("slow")
    void theMonitorHearsOnTheWireWhatTheTownKnows() throws Exception {
        Town town = new Town(TownConfig.of(20_260_601, 900, 116.49, 39.76));
        TownDrive drive = new TownDrive(town, START);
        int[] alarms = new int[2];
        SafetyMonitor known = new SafetyMonitor(MonitorConfig.DEFAULTS, _ -> alarms[0]++);
        SafetyMonitor heard = new SafetyMonitor(MonitorConfig.DEFAULTS, _ -> alarms[1]++);
        List<byte[]> sent = new ArrayList<>();
        RoadsideEnvelope envelope = new RoadsideEnvelope();
        MessageFrame frame = new MessageFrame();
        UperReader reader = new UperReader();
        for (int tick = 1; tick <= 400; tick++) {
            sent.clear();
            drive.step((car, sample) -> {}, sent::add);
            long atMicros = (START.toEpochMilli() + tick * 100) * 1000;
            int message = 0;
            for (int car = 0; car < town.cars(); car++) {
                int number = town.nearJunction(car);
                if (number < 0 || !town.equipped(number)) {
                    continue;
                }
                Junction at =
                        new Junction(
                                number,
                                "junction",
                                town.junctionLonDegrees(number),
                                town.junctionLatDegrees(number),
                                Lineage.SIMULATED);
                byte[] bytes = sent.get(message++);
                envelope.read(bytes, 0, bytes.length);
                envelope.frame(bytes, 0, reader, frame);
                BasicSafetyMessage bsm = frame.bsm;
                known.on(
                        bsm.id,
                        number,
                        atMicros,
                        at.xMetres(town.lonDegrees(car)),
                        at.yMetres(town.latDegrees(car)),
                        town.speedMps(car),
                        town.headingDegrees(car),
                        town.accelerationMps2(car),
                        town.lengthMetres(car),
                        town.widthMetres(car),
                        0);
                heard.on(
                        bsm.id,
                        number,
                        RoadsideOrigin.nearestMicros(envelope.timeMillis(), bsm.secMarkMillis),
                        at.xMetres(Elements.LONGITUDE.value(bsm.pos.longE7Degrees)),
                        at.yMetres(Elements.LATITUDE.value(bsm.pos.latE7Degrees)),
                        Elements.SPEED.value(bsm.speedFiftiethsMps),
                        Elements.HEADING.value(bsm.headingEightiethsDegree),
                        Elements.ACCELERATION.value(bsm.accelSet.longCmps2),
                        bsm.size.lengthCm / 100.0,
                        bsm.size.widthCm / 100.0,
                        0);
            }
        }
        assertThat(alarms[0]).isPositive().isEqualTo(alarms[1]);
    }
}
