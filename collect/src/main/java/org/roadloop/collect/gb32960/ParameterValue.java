package org.roadloop.collect.gb32960;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * One parameter with its value as sent (参数项); GB/T 32960.3-2025 annex B, table B.7.
 *
 * @param id of table B.8, or 80..FE for one that users define
 * @param value its bytes
 */
public record ParameterValue(int id, byte[] value) {
    public ParameterValue {
        if (id < 1 || id > 0xFE) {
            throw new IllegalArgumentException("parameter id " + id + " is outside 1..254");
        }
        value = value.clone();
    }

    /**
     * @throws IllegalArgumentException if the parameter is no number, or the value is out of range
     */
    public static ParameterValue number(Edition edition, TerminalParameter parameter, long value) {
        Field field =
                parameter
                        .field(edition)
                        .orElseThrow(
                                () -> new IllegalArgumentException(parameter + " is no number"));
        if (value < field.least() || value > field.most()) {
            throw new IllegalArgumentException(
                    "%s %d is outside %d..%d"
                            .formatted(field.name(), value, field.least(), field.most()));
        }
        byte[] bytes = new byte[field.bytes()];
        field.putRaw(bytes, 0, value);
        return new ParameterValue(parameter.id(), bytes);
    }

    /**
     * A text: a name goes behind its length, which is a parameter of its own.
     *
     * @throws IllegalArgumentException if the parameter is no text, or the text too long
     */
    public static List<ParameterValue> text(
            Edition edition, TerminalParameter parameter, String text) {
        byte[] ascii = text.getBytes(StandardCharsets.US_ASCII);
        if (parameter.lengthIn().isPresent()) {
            return List.of(
                    number(edition, parameter.lengthIn().get(), ascii.length),
                    new ParameterValue(parameter.id(), ascii));
        }
        if (ascii.length > parameter.textBytes()) {
            throw new IllegalArgumentException(
                    "%s has room for %d characters, not %d"
                            .formatted(parameter, parameter.textBytes(), ascii.length));
        }
        return List.of(
                new ParameterValue(parameter.id(), Arrays.copyOf(ascii, parameter.textBytes())));
    }
}
