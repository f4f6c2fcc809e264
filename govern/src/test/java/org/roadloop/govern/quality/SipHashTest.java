package org.roadloop.govern.quality;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Outside truth: {@code openssl mac -macopt size:16 SIPHASH}, key 00..0F, text 00, 01, 02 … */
class SipHashTest {
    @ParameterizedTest
    @CsvSource(
            textBlock =
                    """
                    0, A3817F04BA25A8E66DF67214C7550293
                    1, DA87C1D86B99AF44347659119B22FC45
                    7, A1F1EBBED8DBC153C0B84AA61FF08239
                    8, 3B62A9BA6258F5610F83E264F31497B4
                    15, 5493E99933B0A8117E08EC0F97CFC3D9
                    16, 6EE2A4CA67B054BBFD3315BF85230577
                    50, A590D3EE4FBF04E3247E0D27F286423F
                    """)
    void theHashIsThatOfOpenSsl(int length, String expected) {
        SipHash hash = new SipHash(HexFormat.of().parseHex("000102030405060708090a0b0c0d0e0f"));
        byte[] text = new byte[64]; // what stands behind the text must not count
        for (int i = 0; i < text.length; i++) {
            text[i] = (byte) (i < length ? i : 0x5A);
        }
        hash.hash(text, length);
        long first = Long.reverseBytes(hash.first());
        long second = Long.reverseBytes(hash.second());
        assertThat("%016X%016X".formatted(first, second)).isEqualTo(expected);
    }
}
