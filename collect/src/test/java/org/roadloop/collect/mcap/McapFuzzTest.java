package org.roadloop.collect.mcap;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.roadloop.collect.text.MessageText;
import tools.jackson.databind.node.ObjectNode;

/**
 * Any bytes read to their end: no exception, no record beyond the input, every fault within it.
 * Runs over the kept corpus; with {@code JAZZER_FUZZ=1} it searches for {@code maxDuration}.
 */
class McapFuzzTest {
    private static final McapLimits SMALL = new McapLimits(1 << 16, 1 << 16, 1 << 16);

    @FuzzTest(maxDuration = "5s")
    void anyBytesAreReadToTheirEnd(byte[] bytes) throws IOException {
        List<Long> faults = new ArrayList<>();
        long held = 0;
        try (McapStream stream =
                new McapStream(
                        new ByteArrayInputStream(bytes), SMALL, (at, _, _) -> faults.add(at))) {
            for (McapRecord r = stream.next(); r != null; r = stream.next()) {
                if (r instanceof McapRecord.Message m) {
                    assertThat(m.offset() + m.length()).isLessThanOrEqualTo(m.bytes().length);
                }
                held++;
            }
            assertThat(stream.offset()).isLessThanOrEqualTo(bytes.length);
        }
        assertThat(faults).allMatch(at -> at >= 0 && at <= bytes.length);
        // 9 bytes of head each; a chunk holds at most 64 KiB of them.
        assertThat(held)
                .isLessThanOrEqualTo(bytes.length / 9 + (bytes.length / 49 + 1L) * 65_536 / 9);
    }

    @FuzzTest(maxDuration = "5s")
    void anyBytesDecodeAsText(byte[] bytes) throws IOException {
        new McapText()
                .decode(
                        new ByteArrayInputStream(bytes),
                        new MessageText.Sink() {
                            @Override
                            public void message(ObjectNode message) {
                                assertThat(message.path("message").isString()).isTrue();
                            }

                            @Override
                            public void error(long offset, String reason, String detail) {
                                assertThat(reason).startsWith("mcap_");
                            }
                        });
    }
}
