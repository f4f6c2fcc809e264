package org.roadloop.app.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.roadloop.apply.twin.Town;
import org.roadloop.apply.twin.TownConfig;
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
}
