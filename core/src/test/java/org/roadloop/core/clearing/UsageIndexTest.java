package org.roadloop.core.clearing;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class UsageIndexTest {
    /** Key 00..0f, message 00..: vectors_sip128 of the reference implementation. */
    @Test
    void sipHashOfThePublishedVectors() {
        assertThat(sipHash(0)).isEqualTo("a3817f04ba25a8e66df67214c7550293");
        assertThat(sipHash(1)).isEqualTo("3b62a9ba6258f5610f83e264f31497b4");
    }

    private static String sipHash(int words) {
        UsageIndex index =
                new UsageIndex(new UsageIndex.Key(0x0706050403020100L, 0x0f0e0d0c0b0a0908L));
        index.hash(new long[] {0x0706050403020100L}, words);
        return HexFormat.of()
                .formatHex(
                        ByteBuffer.allocate(16)
                                .order(ByteOrder.LITTLE_ENDIAN)
                                .putLong(index.nameLow())
                                .putLong(index.nameHigh())
                                .array());
    }

    @Test
    void everyUseIsFoundAgainAfterTheTableGrew() {
        UsageIndex index = new UsageIndex(UsageIndex.Key.random());
        long[] words = new long[2];
        for (int i = 0; i < 50_000; i++) {
            words[0] = i % 7;
            words[1] = i;
            assertThat(index.find(words, 2, i)).isEqualTo(UsageIndex.Found.FRESH);
            assertThat(index.put(words, 2, i)).isEqualTo(UsageIndex.Found.FRESH);
        }
        for (int i = 0; i < 50_000; i++) {
            words[0] = i % 7;
            words[1] = i;
            assertThat(index.put(words, 2, i)).isEqualTo(UsageIndex.Found.SAME);
            assertThat(index.put(words, 2, i + 1L)).isEqualTo(UsageIndex.Found.OTHER);
            assertThat(index.find(words, 2, i)).isEqualTo(UsageIndex.Found.SAME);
        }
        assertThat(index.size()).isEqualTo(50_000);
    }
}
