package org.roadloop.collect.gb32960.text;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayOutputStream;
import java.util.HexFormat;
import java.util.List;
import org.roadloop.collect.gb32960.Edition;
import org.roadloop.collect.gb32960.Frame;
import tools.jackson.databind.node.ObjectNode;

/**
 * Whatever the text form reads it writes again byte for byte, and nothing else escapes it (模糊测试).
 * The first two bytes of an input choose edition and command, the rest is the data unit.
 */
class TextFuzzTest {
    @FuzzTest(maxDuration = "5s")
    void whatIsReadIsWrittenAgain(byte[] input) {
        if (input.length < 2 || input.length > 4096) {
            return;
        }
        ByteArrayOutputStream unit = new ByteArrayOutputStream();
        unit.write(input, 2, input.length - 2);
        byte[] data = unit.toByteArray();
        Edition edition = (input[0] & 1) == 0 ? Edition.V2016 : Edition.V2025;
        int flag = (input[0] & 2) == 0 ? Frame.FLAG_COMMAND : Frame.FLAG_SUCCESS;
        int command = 1 + (input[1] & 0xFF) % 11 + ((input[0] & 4) == 0 ? 0 : 0x7F);
        byte[] frame = new byte[Frame.SMALLEST_BYTES + data.length];
        Frame.write(frame, 0, edition, command, flag, new byte[17], Frame.ENCRYPTION_NONE, data);
        List<Object> found = TextFrames.decode(frame);
        if (found.getFirst() instanceof ObjectNode message) {
            assertThat(found).hasSize(1);
            assertThat(TextFrames.encode(message)).isEqualTo(HexFormat.of().formatHex(frame));
        }
    }
}
