package org.roadloop.collect.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.ObjectNode;

class HexLinesTest {
    private final List<String> found = new ArrayList<>();
    private long line;

    private void decode(String text) throws IOException {
        HexLines.decode(
                new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)),
                new CountedText()::decode,
                new MessageText.Sink() {
                    @Override
                    public void message(ObjectNode message) {
                        found.add(line + " " + message.path("bodyHex").asString());
                    }

                    @Override
                    public void error(long offset, String reason, String detail) {
                        found.add(line + " @" + offset + " " + reason);
                    }
                },
                number -> line = number);
    }

    @Test
    void everyLineIsAnInputOfItsOwn() throws IOException {
        decode(
                """
                # two bytes, then one
                02 0A0b
                0x01ff 02 0102

                03 0102
                01f
                01 zz
                1A
                """
                        .stripTrailing());
        assertThat(found)
                .containsExactly(
                        "2 0a0b",
                        "3 ff",
                        "3 0102",
                        "5 @0 counted_short",
                        "6 @1 hex_digit",
                        "7 @1 hex_digit",
                        "8 @0 counted_short");
    }

    @Test
    void aLineWithoutEndIsToldNotHeld() throws IOException {
        decode("01AA\n" + "0".repeat(3 * HexLines.LONGEST_LINE) + "\n01BB");
        assertThat(found).containsExactly("1 aa", "2 @0 hex_line_length", "3 bb");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                // what the stream starts with | text?
                "2323 02FE|true",
                "0x2323|true",
                "# a comment of café\\n2323|true",
                "\\n\\n|true",
                "##\\2\\376|false",
                "{\"a\":1}|false",
                "~|false",
                "|false",
                "0g|false",
            })
    void textIsToldFromBinary(String escaped, boolean hex) throws IOException {
        String start = escaped == null ? "" : escaped.translateEscapes();
        BufferedInputStream in =
                new BufferedInputStream(
                        new ByteArrayInputStream(start.getBytes(StandardCharsets.ISO_8859_1)));
        assertThat(HexLines.startsWithHex(in)).isEqualTo(hex);
        assertThat(in.readAllBytes()).isEqualTo(start.getBytes(StandardCharsets.ISO_8859_1));
    }
}
