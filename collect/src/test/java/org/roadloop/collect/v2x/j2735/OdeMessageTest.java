package org.roadloop.collect.v2x.j2735;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.roadloop.collect.v2x.day1.Elements;
import org.roadloop.collect.v2x.day1.MapLane;
import org.roadloop.collect.v2x.day1.MapLink;
import org.roadloop.collect.v2x.day1.MapNode;
import org.roadloop.collect.v2x.day1.MessageFrame;
import org.roadloop.collect.v2x.day1.Phase;
import org.roadloop.collect.v2x.day1.PhaseTimes;
import org.roadloop.collect.v2x.day1.PositionOffset;
import org.roadloop.collect.v2x.uper.UperWriter;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class OdeMessageTest {
    private static final Path DATA =
            Path.of(System.getProperty("roadloop.root", ".")).resolve("../shared/data");
    private final MessageFrame frame = new MessageFrame();

    private static Path file(String name) {
        Path file = DATA.resolve(name);
        Assumptions.assumeTrue(Files.exists(file), "shared/data is missing: " + file);
        return file;
    }

    private void read(String sample) throws IOException {
        JsonNode ode = JsonMapper.shared().readTree(file("us-pilot-samples/" + sample).toFile());
        assertThat(OdeMessage.read(ode, frame)).isTrue();
        // Every value is one the Chinese message can say.
        assertThat(new UperWriter().write(frame)).isNotEmpty();
    }

    @Test
    void wyomingNumbersAreInUnits() throws Exception {
        read("wydot-filtered-bsm-schemaVersion6.json");
        assertThat(frame.kind).isEqualTo(MessageFrame.BSM);
        assertThat(frame.bsm.id).isEqualTo(0xCB950124L);
        assertThat(frame.bsm.secMarkMillis).isEqualTo(28_589);
        assertThat(frame.bsm.pos.latE7Degrees).isEqualTo(412_827_318);
        assertThat(frame.bsm.pos.longE7Degrees).isEqualTo(-1_055_912_184);
        assertThat(frame.bsm.pos.elevationDecimetres).isEqualTo(21_791);
        assertThat(frame.bsm.speedFiftiethsMps).isEqualTo(376);
        assertThat(frame.bsm.headingEightiethsDegree).isEqualTo(6595);
        assertThat(frame.bsm.accelSet.longCmps2).isEqualTo(-60);
        assertThat(frame.bsm.accelSet.yawCentidegreesPerSecond).isEqualTo(229);
        assertThat(frame.bsm.brakes.wheelBrakes).isEqualTo(0x10);
        assertThat(frame.bsm.size.lengthCm).isEqualTo(409);
        read("wydot-filtered-bsm-schemaVersion5.json");
        read("wydot-filtered-bsm-schemaVersion3.json");
    }

    @Test
    void tampaNumbersAreRawSteps() throws Exception {
        read("thea-filtered-bsm-schemaVersion1.json");
        assertThat(frame.bsm.id).isEqualTo(8_290_373);
        assertThat(frame.bsm.pos.latE7Degrees).isEqualTo(279_434_229);
        assertThat(frame.bsm.pos.longE7Degrees).isEqualTo(-824_556_863);
        assertThat(frame.bsm.speedFiftiethsMps).isEqualTo(1291);
        assertThat(frame.bsm.headingEightiethsDegree).isEqualTo(5490);
        assertThat(frame.bsm.accelSet.latCmps2).isEqualTo(2001);
        assertThat(frame.bsm.brakes.wheelBrakes).isZero();

        read("thea-filtered-spat-schemaVersion1.json");
        assertThat(frame.kind).isEqualTo(MessageFrame.SPAT);
        assertThat(frame.spat.intersections.get(0).intersectionId.id).isEqualTo(3150);
        assertThat(frame.spat.intersections.get(0).timeStampMillis).isEqualTo(34);
        Phase phase = frame.spat.intersections.get(0).phases.get(3);
        assertThat(phase.id).isEqualTo(2);
        assertThat(Phase.State.LIGHT.word(phase.phaseStates.get(0).light))
                .isEqualTo("protected-green");
        PhaseTimes times = phase.phaseStates.get(0).utcTiming;
        assertThat(times.minEndDeciseconds).isEqualTo(149);
        assertThat(times.likelyEndDeciseconds).isEqualTo(36_001);
    }

    @Test
    void anIntersectionRunIsRead() throws Exception {
        int spat = 0;
        int bsm = 0;
        int map = 0;
        Path run = file("intersection-run/ApproachAndStopAtLine-through.csv");
        for (String line : Files.readAllLines(run)) {
            String json =
                    line.substring(line.indexOf('{'))
                            .replace("@TEMP_ID@", "0A0B0C0D")
                            .replace("@MILLI_OF_MINUTE@", "1234");
            JsonNode ode = JsonMapper.shared().readTree(json);
            assertThat(OdeMessage.read(ode, frame)).isTrue();
            assertThat(new UperWriter().write(frame)).isNotEmpty();
            if (frame.kind == MessageFrame.MAP && map++ == 0) {
                firstMap();
            }
            spat += frame.kind == MessageFrame.SPAT ? 1 : 0;
            bsm += frame.kind == MessageFrame.BSM ? 1 : 0;
        }
        assertThat(spat).isEqualTo(315);
        assertThat(bsm).isEqualTo(253);
        assertThat(map).isEqualTo(33);
    }

    @Test
    void whatIsNeitherIsSaid() {
        JsonMapper mapper = JsonMapper.shared();
        assertThat(OdeMessage.read(mapper.readTree("{}"), frame)).isFalse();
        assertThat(
                        OdeMessage.read(
                                mapper.readTree(
                                        "{\"payload\":{\"data\":{\"coreData\":{\"id\":\"xyz\"}}}}"),
                                frame))
                .isFalse();
    }

    /** The lanes of an approach are a road into the junction. */
    private void firstMap() {
        assertThat(frame.map.msgCnt).isEqualTo(2);
        MapNode node = frame.map.nodes.get(0);
        assertThat(node.id.id).isEqualTo(12_101);
        assertThat(node.refPos.latE7Degrees).isEqualTo(396_387_593);
        assertThat(node.refPos.elevationDecimetres).isEqualTo(16_830);
        // Approaches 1, 5, 8, 9 and 11 lead in; 8 of the 24 lanes lead out, one either way.
        assertThat(node.inLinks.size()).isEqualTo(5);
        MapLink first = node.inLinks.get(0);
        assertThat(new String(first.name.bytes(), 0, first.name.length())).isEqualTo("approach 1");
        assertThat(first.lanes.size()).isEqualTo(5);
        MapLane lane = first.lanes.get(0);
        assertThat(lane.laneId).isEqualTo(1);
        assertThat(lane.laneWidthCm).isEqualTo(366);
        assertThat(lane.maneuvers)
                .isEqualTo(Elements.ALLOWED_MANEUVERS.mask("maneuverRightAllowed"));
        assertThat(lane.connectsTo.size()).isEqualTo(2);
        assertThat(lane.connectsTo.get(1).connectingLane.lane).isEqualTo(30);
        // (1090, -1687), then (-230, -4845) and (-319, -5769) cm; the last is farthest upstream.
        assertThat(lane.points.size()).isEqualTo(3);
        PositionOffset stop = lane.points.get(2).posOffset;
        double metre = 1e7 / 111_195.08;
        assertThat((double) stop.latE7Degrees).isCloseTo(-16.87 * metre, within(1.0));
        assertThat((double) stop.lonE7Degrees)
                .isCloseTo(10.90 * metre / Math.cos(Math.toRadians(39.6387593)), within(1.0));
        PositionOffset upstream = lane.points.get(0).posOffset;
        assertThat((double) upstream.latE7Degrees)
                .isCloseTo((-16.87 - 48.45 - 57.69) * metre, within(1.0));
    }
}
