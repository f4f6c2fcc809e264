package org.roadloop.core.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Expected values: the examples of RFC 8785. */
class JcsTest {
    /** §3.2.2 and §3.2.4. */
    @Test
    void theExampleOfTheRfc() {
        JsonNode json =
                JsonMapper.shared()
                        .readTree(
                                """
                                {
                                  "numbers": [333333333.33333329, 1E30, 4.50,
                                              2e-3, 0.000000000000000000000000001],
                                  "string": "\\u20ac$\\u000F\\u000aA'\\u0042\\u0022\\u005c\\\\\\"\\/",
                                  "literals": [null, true, false]
                                }""");
        assertThat(HexFormat.ofDelimiter(" ").formatHex(Jcs.bytes(json)))
                .isEqualTo(
                        """
                        7b 22 6c 69 74 65 72 61 6c 73 22 3a 5b 6e 75 6c 6c 2c 74 72 \
                        75 65 2c 66 61 6c 73 65 5d 2c 22 6e 75 6d 62 65 72 73 22 3a \
                        5b 33 33 33 33 33 33 33 33 33 2e 33 33 33 33 33 33 33 2c 31 \
                        65 2b 33 30 2c 34 2e 35 2c 30 2e 30 30 32 2c 31 65 2d 32 37 \
                        5d 2c 22 73 74 72 69 6e 67 22 3a 22 e2 82 ac 24 5c 75 30 30 \
                        30 66 5c 6e 41 27 42 5c 22 5c 5c 5c 5c 5c 22 2f 22 7d""");
    }

    /** §3.2.3: UTF-16 order puts U+1F600 before U+FB33. */
    @Test
    void keysAreOrderedByUtf16() {
        JsonNode json =
                JsonMapper.shared()
                        .readTree(
                                """
                                {
                                  "\\u20ac": "Euro Sign",
                                  "\\r": "Carriage Return",
                                  "\\ufb33": "Hebrew Letter Dalet With Dagesh",
                                  "1": "One",
                                  "\\ud83d\\ude00": "Emoji: Grinning Face",
                                  "\\u0080": "Control",
                                  "\\u00f6": "Latin Small Letter O With Diaeresis"
                                }""");
        assertThat(Jcs.text(json).replaceAll("\"[^\"]*\":\"([^\"]*)\"", "$1"))
                .isEqualTo(
                        "{Carriage Return,One,Control,Latin Small Letter O With Diaeresis,"
                                + "Euro Sign,Emoji: Grinning Face,"
                                + "Hebrew Letter Dalet With Dagesh}");
    }

    /** Appendix B: bits of the double and its text. */
    @ParameterizedTest
    @CsvSource({
        "0000000000000000, 0",
        "8000000000000000, 0",
        "0000000000000001, 5e-324",
        "8000000000000001, -5e-324",
        "7fefffffffffffff, 1.7976931348623157e+308",
        "ffefffffffffffff, -1.7976931348623157e+308",
        "4340000000000000, 9007199254740992",
        "c340000000000000, -9007199254740992",
        "4430000000000000, 295147905179352830000",
        "44b52d02c7e14af5, 9.999999999999997e+22",
        "44b52d02c7e14af6, 1e+23",
        "44b52d02c7e14af7, 1.0000000000000001e+23",
        "444b1ae4d6e2ef4e, 999999999999999700000",
        "444b1ae4d6e2ef4f, 999999999999999900000",
        "444b1ae4d6e2ef50, 1e+21",
        "3eb0c6f7a0b5ed8c, 9.999999999999997e-7",
        "3eb0c6f7a0b5ed8d, 0.000001",
        "41b3de4355555553, 333333333.3333332",
        "41b3de4355555554, 333333333.33333325",
        "41b3de4355555555, 333333333.3333333",
        "41b3de4355555556, 333333333.3333334",
        "41b3de4355555557, 333333333.33333343",
        "becbf647612f3696, -0.0000033333333333333333",
        "43143ff3c1cb0959, 1424953923781206.2",
    })
    void numbers(String bits, String text) {
        double value = Double.longBitsToDouble(Long.parseUnsignedLong(bits, 16));
        assertThat(Jcs.number(value)).isEqualTo(text);
        assertThat(Double.parseDouble(text)).isEqualTo(value == 0 ? 0.0 : value);
    }

    @Test
    void whatJsonCannotCarryIsRefused() {
        JsonMapper mapper = JsonMapper.shared();
        assertThatThrownBy(() -> Jcs.number(Double.NaN)).hasMessageContaining("NaN");
        assertThat(new String(Jcs.bytes(mapper.readTree("9007199254740991")), UTF_8))
                .isEqualTo("9007199254740991");
        for (String large : new String[] {"9007199254740992", "-123456789012345678901234567890"}) {
            assertThatThrownBy(() -> Jcs.bytes(mapper.readTree(large)))
                    .hasMessageContaining("write it as a string");
        }
        assertThatThrownBy(() -> Jcs.bytes(mapper.getNodeFactory().stringNode("a\ud800b")))
                .hasMessageContaining("lone surrogate at 1");
    }
}
