package org.roadloop.collect.v2x.j2735;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.roadloop.collect.text.MessageText;
import org.roadloop.collect.v2x.uper.Fault;
import org.roadloop.collect.v2x.uper.RandomMessages;
import org.roadloop.collect.v2x.uper.UperReader;
import org.roadloop.collect.v2x.uper.UperWriter;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Against logs of the Wyoming pilot's on-board units, and what the US DOT's own software made of
 * them.
 */
class J2735Test {
    private static final Path LOGS =
            Path.of(System.getProperty("roadloop.root", ".")).resolve("../shared/data/wyoming-obu");

    private final J2735Text text = new J2735Text();
    private final List<ObjectNode> messages = new ArrayList<>();
    private final List<String> errors = new ArrayList<>();

    private void decode(byte[] bytes) throws IOException {
        messages.clear();
        errors.clear();
        text.decode(
                new ByteArrayInputStream(bytes),
                new MessageText.Sink() {
                    @Override
                    public void message(ObjectNode message) {
                        messages.add(message);
                    }

                    @Override
                    public void error(long offset, String reason, String detail) {
                        errors.add(offset + " " + reason);
                    }
                });
    }

    private static byte[] log(String name) throws IOException {
        Path file = LOGS.resolve(name);
        Assumptions.assumeTrue(Files.exists(file), "shared/data is missing: " + file);
        byte[] bytes = Files.readAllBytes(file);
        return bytes[0] == 0x1f && bytes[1] == (byte) 0x8b
                ? new GZIPInputStream(new ByteArrayInputStream(bytes)).readAllBytes()
                : bytes;
    }

    @Test
    void logsParseToTheLastByteAndComeBack() throws Exception {
        for (String name : List.of("bsmLogDuringEvent.bin", "bsmLogDuringEvent.gz")) {
            byte[] log = log(name);
            decode(log);
            assertThat(errors).as(name).isEmpty();
            assertThat(messages).hasSize(222);
            int at = 0;
            for (ObjectNode message : messages) {
                byte[] bytes = text.encode(message);
                assertThat(bytes).isEqualTo(Arrays.copyOfRange(log, at, at + bytes.length));
                at += bytes.length;
            }
            assertThat(at).isEqualTo(log.length);
        }
    }

    @Test
    void coreDataAreWhatThePilotPublished() throws Exception {
        decode(log("bsmLogDuringEvent.bin"));
        List<ObjectNode> records = new ArrayList<>(messages);
        JsonMapper mapper = JsonMapper.builder().build();
        int compared = 0;
        for (String line : Files.readAllLines(LOGS.resolve("bsmLogDuringEvent.json"))) {
            if (line.isBlank()) {
                continue;
            }
            JsonNode published = mapper.readTree(line);
            JsonNode core = published.path("payload").path("data").path("coreData");
            for (ObjectNode record : records) {
                JsonNode bsm = record.path("payload");
                if (same(core, bsm, published, record)) {
                    compared++;
                    break;
                }
            }
        }
        System.out.println("of the published messages the log holds " + compared);
        assertThat(compared).isEqualTo(222);
    }

    private static boolean same(
            JsonNode core, JsonNode bsm, JsonNode published, ObjectNode record) {
        String id = "%04x%04x".formatted(bsm.path("idHigh").asInt(), bsm.path("idLow").asInt());
        if (!core.path("id").asString().equalsIgnoreCase(id)
                || core.path("msgCnt").asInt() != bsm.path("msgCnt").asInt()
                || core.path("secMark").asInt() != bsm.path("secMarkMillis").asInt()) {
            return false;
        }
        JsonNode position = core.path("position");
        close(position.path("latitude"), bsm.path("latDegrees"), 1e-9);
        close(position.path("longitude"), bsm.path("longDegrees"), 1e-9);
        close(position.path("elevation"), bsm.path("elevMetres"), 1e-6);
        close(core.path("speed"), bsm.path("speedMps"), 1e-6);
        close(core.path("heading"), bsm.path("headingDegrees"), 1e-4);
        JsonNode acceleration = core.path("accelSet");
        close(acceleration.path("accelLong"), bsm.path("accelLongMps2"), 1e-6);
        close(acceleration.path("accelLat"), bsm.path("accelLatMps2"), 1e-6);
        close(acceleration.path("accelYaw"), bsm.path("yawDegreesPerSecond"), 1e-6);
        close(core.path("accuracy").path("semiMajor"), bsm.path("semiMajorMetres"), 1e-6);
        close(core.path("accuracy").path("semiMinor"), bsm.path("semiMinorMetres"), 1e-6);
        close(core.path("size").path("width"), bsm.path("widthCm"), 0);
        close(core.path("size").path("length"), bsm.path("lengthCm"), 0);
        // Their software prints 7, unavailable, as NEUTRAL; the fields around it agree.
        assertThat(core.path("transmission").asString()).isEqualTo("NEUTRAL");
        assertThat(bsm.path("transmission").asString()).isEqualTo("unavailable");
        for (String brake : List.of("traction", "abs", "scs", "brakeBoost", "auxBrakes")) {
            assertThat(bsm.path(brake).asString())
                    .isEqualToIgnoringCase(core.path("brakes").path(brake).asString());
        }
        JsonNode own =
                published.path("metadata").path("receivedMessageDetails").path("locationData");
        assertThat(record.path("latitudeDegrees").asDouble())
                .isCloseTo(Double.parseDouble(own.path("latitude").asString()), within(1e-9));
        assertThat(record.path("headingDegrees").asDouble())
                .isCloseTo(Double.parseDouble(own.path("heading").asString()), within(1e-4));
        return true;
    }

    /** The publisher leaves out what is not known. */
    private static void close(JsonNode published, JsonNode ours, double tolerance) {
        if (published.isNumber()) {
            assertThat(ours.asDouble()).isCloseTo(published.asDouble(), within(tolerance));
        } else {
            assertThat(ours.asString()).isEqualTo("invalid");
        }
    }

    @Test
    void aFrameOfAnyOtherKindIsKept() throws Exception {
        // 19 SPAT, three bytes.
        byte[] spat = {0, 19, 3, 1, 2, 3};
        decode(spat);
        assertThat(messages.getFirst().toString())
                .isEqualTo(
                        "{\"message\":\"MessageFrame\",\"messageId\":19,"
                                + "\"frameHex\":\"001303010203\"}");
        assertThat(text.encode(messages.getFirst())).isEqualTo(spat);
        decode(new byte[] {0, 20, 1, 0});
        assertThat(errors).containsExactly("0 v2x_truncated");
    }

    @Test
    void everyCoreComesBackByteForByte() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        RandomMessages random = new RandomMessages(seed, false);
        UperWriter writer = new UperWriter();
        UperReader reader = new UperReader();
        J2735Frame frame = new J2735Frame();
        J2735Frame again = new J2735Frame();
        for (int round = 0; round < 200; round++) {
            frame.bsm.exchange(random);
            frame.messageId = J2735Frame.BSM;
            byte[] bytes = frame.write(writer);
            assertThat(again.read(bytes, 0, bytes.length, reader)).isEqualTo(Fault.NONE);
            assertThat(again.write(writer)).isEqualTo(bytes);
            assertThat(again.bsm.id()).isEqualTo(frame.bsm.id());
        }
    }
}
