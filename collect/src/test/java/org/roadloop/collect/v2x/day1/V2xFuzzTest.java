package org.roadloop.collect.v2x.day1;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.roadloop.collect.text.MessageText;
import org.roadloop.collect.v2x.j2735.J2735Text;
import org.roadloop.collect.v2x.uper.Fault;
import org.roadloop.collect.v2x.uper.RandomMessages;
import org.roadloop.collect.v2x.uper.UperReader;
import org.roadloop.collect.v2x.uper.UperWriter;
import tools.jackson.databind.node.ObjectNode;

/**
 * Any bytes at all: nothing is thrown, nothing beyond the frame is looked at, and what is read is
 * written again byte for byte. The kept inputs run always; {@code JAZZER_FUZZ=1} looks for new
 * ones.
 */
class V2xFuzzTest {
    private static final UperReader READER = new UperReader();
    private static final UperWriter WRITER = new UperWriter();
    private static final MessageFrame FRAME = new MessageFrame();

    @FuzzTest(maxDuration = "5s")
    void frames(byte[] input) {
        readOrRefused(input);
    }

    @FuzzTest(maxDuration = "5s")
    void texts(byte[] input) throws IOException {
        shownAndBack(new V2xText(), input);
        shownAndBack(new J2735Text(), input);
    }

    /** Right messages with a few wrong bits get deeper than noise. */
    @Test
    void damagedMessages() throws IOException {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        RandomMessages messages = new RandomMessages(seed, true);
        MessageFrame message = new MessageFrame();
        int right = 0;
        for (int round = 0; round < 3000; round++) {
            message.kind = round % 6;
            message.exchange(messages);
            byte[] bytes = new UperWriter().write(message);
            for (int damage = random.nextInt(4); damage > 0; damage--) {
                bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
            }
            if (random.nextInt(8) == 0) {
                bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length + 4));
            }
            right += readOrRefused(bytes) ? 1 : 0;
            if (round % 20 == 0) {
                shownAndBack(new V2xText(), bytes);
            }
        }
        assertThat(right).isBetween(700, 2950);
    }

    private static boolean readOrRefused(byte[] input) {
        byte[] padded = new byte[input.length + 16];
        System.arraycopy(input, 0, padded, 5, input.length);
        Fault fault = READER.read(padded, 5, input.length, FRAME);
        int offset = READER.faultOffset();
        byte[] again = fault == Fault.NONE ? WRITER.write(FRAME) : input;
        assertThat(again).isEqualTo(input);
        Arrays.fill(padded, (byte) 0xFF);
        System.arraycopy(input, 0, padded, 5, input.length);
        assertThat(READER.read(padded, 5, input.length, FRAME)).isEqualTo(fault);
        if (fault == Fault.NONE) {
            assertThat(WRITER.write(FRAME)).isEqualTo(input);
        } else {
            assertThat(READER.faultOffset()).isEqualTo(offset).isBetween(0, input.length);
        }
        return fault == Fault.NONE;
    }

    private static void shownAndBack(MessageText text, byte[] input) throws IOException {
        text.decode(
                new ByteArrayInputStream(input),
                new MessageText.Sink() {
                    @Override
                    public void message(ObjectNode message) {
                        byte[] again = text.encode(message);
                        assertThat(again.length).isLessThanOrEqualTo(input.length);
                        assertThat(indexOf(input, again)).isNotNegative();
                    }

                    @Override
                    public void error(long offset, String reason, String detail) {
                        assertThat(offset).isBetween(0L, (long) input.length);
                        assertThat(reason).matches("(v2x|j2735)_[a-z_]+");
                    }
                });
    }

    private static int indexOf(byte[] whole, byte[] part) {
        for (int at = 0; at + part.length <= whole.length; at++) {
            if (Arrays.equals(whole, at, at + part.length, part, 0, part.length)) {
                return at;
            }
        }
        return -1;
    }
}
