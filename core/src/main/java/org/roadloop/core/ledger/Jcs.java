package org.roadloop.core.ledger;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The JSON Canonicalization Scheme (JSON 规范化), RFC 8785: one JSON value, one sequence of bytes.
 *
 * <p>Keys are ordered by UTF-16 code units, numbers written as ECMAScript does, strings with the
 * fewest escapes. An integer beyond ±(2^53-1) is refused, because a reader of JSON may not get it
 * back; write it as a string.
 */
public final class Jcs {
    private static final long MAX_SAFE = (1L << 53) - 1;
    private static final char[] HEX = "0123456789abcdef".toCharArray();

    private Jcs() {}

    public static byte[] bytes(JsonNode json) {
        return text(json).getBytes(StandardCharsets.UTF_8);
    }

    public static String text(JsonNode json) {
        StringBuilder out = new StringBuilder(256);
        write(json, out);
        return out.toString();
    }

    /** SHA-256 of {@link #bytes} is a stable name of the value. */
    static void write(JsonNode json, StringBuilder out) {
        switch (json.getNodeType()) {
            case OBJECT -> writeObject(json, out);
            case ARRAY -> {
                out.append('[');
                for (int i = 0; i < json.size(); i++) {
                    if (i > 0) {
                        out.append(',');
                    }
                    write(json.get(i), out);
                }
                out.append(']');
            }
            case STRING -> writeString(json.asString(), out);
            case NUMBER -> writeNumber(json, out);
            case BOOLEAN -> out.append(json.booleanValue());
            case NULL -> out.append("null");
            case BINARY, POJO, MISSING ->
                    throw new IllegalArgumentException(
                            "a " + json.getNodeType() + " node is no JSON value");
        }
    }

    private static void writeObject(JsonNode json, StringBuilder out) {
        Iterable<Map.Entry<String, JsonNode>> properties = json.properties();
        if (!sorted(properties)) {
            TreeMap<String, JsonNode> sorted = new TreeMap<>();
            for (Map.Entry<String, JsonNode> property : properties) {
                sorted.put(property.getKey(), property.getValue());
            }
            properties = sorted.entrySet();
        }
        out.append('{');
        boolean first = true;
        for (Map.Entry<String, JsonNode> property : properties) {
            if (!first) {
                out.append(',');
            }
            first = false;
            writeString(property.getKey(), out);
            out.append(':');
            write(property.getValue(), out);
        }
        out.append('}');
    }

    private static boolean sorted(Iterable<Map.Entry<String, JsonNode>> properties) {
        @Nullable String before = null;
        for (Map.Entry<String, JsonNode> property : properties) {
            if (before != null && before.compareTo(property.getKey()) >= 0) {
                return false;
            }
            before = property.getKey();
        }
        return true;
    }

    /** RFC 8785 §3.2.2.2. */
    static void writeString(String text, StringBuilder out) {
        out.append('"');
        int plain = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= 0x20 && c != '"' && c != '\\' && !Character.isSurrogate(c)) {
                continue;
            }
            if (Character.isHighSurrogate(c)
                    && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
                continue;
            }
            out.append(text, plain, i);
            plain = i + 1;
            writeEscaped(c, i, out);
        }
        out.append(text, plain, text.length()).append('"');
    }

    private static void writeEscaped(char c, int at, StringBuilder out) {
        switch (c) {
            case '"' -> out.append("\\\"");
            case '\\' -> out.append("\\\\");
            case '\b' -> out.append("\\b");
            case '\t' -> out.append("\\t");
            case '\n' -> out.append("\\n");
            case '\f' -> out.append("\\f");
            case '\r' -> out.append("\\r");
            default -> {
                if (c >= 0x20) {
                    throw new IllegalArgumentException(
                            "string has a lone surrogate at " + at + ": not Unicode text");
                }
                out.append("\\u00").append(HEX[c >> 4]).append(HEX[c & 15]);
            }
        }
    }

    private static void writeNumber(JsonNode number, StringBuilder out) {
        if (number.isIntegralNumber()) {
            if (number.isBigInteger()
                    && number.bigIntegerValue().abs().compareTo(BigInteger.valueOf(MAX_SAFE)) > 0) {
                throw tooLarge(number);
            }
            long value = number.longValue();
            if (value > MAX_SAFE || value < -MAX_SAFE) {
                throw tooLarge(number);
            }
            out.append(value);
        } else {
            out.append(number(number.doubleValue()));
        }
    }

    private static IllegalArgumentException tooLarge(JsonNode number) {
        return new IllegalArgumentException(
                "integer "
                        + number
                        + " is beyond 2^53-1 and not exact in JSON; write it as a string");
    }

    /**
     * Number::toString of ECMA-262 §6.1.6.1.20: the shortest digits that read back as the value.
     *
     * <p>{@link Double#toString} gives those digits since JDK 19, save that it never gives fewer
     * than two; a shorter one-digit form is looked for here.
     */
    static String number(double value) {
        if (Double.isNaN(value) || Double.isInfinite(value)) {
            throw new IllegalArgumentException(value + " is no JSON number");
        }
        if (value == 0) {
            return "0";
        }
        String sign = value < 0 ? "-" : "";
        double magnitude = Math.abs(value);
        if (magnitude >= 1e-3 && magnitude < 1e7) {
            // Here both write plain decimals; Java adds ".0" to a whole number.
            String plain = Double.toString(value);
            return plain.endsWith(".0") ? plain.substring(0, plain.length() - 2) : plain;
        }
        BigDecimal exact = new BigDecimal(Double.toString(magnitude)).stripTrailingZeros();
        if (exact.precision() == 2) {
            BigDecimal shorter =
                    exact.round(new java.math.MathContext(1, java.math.RoundingMode.HALF_EVEN));
            if (shorter.doubleValue() == magnitude) {
                exact = shorter.stripTrailingZeros();
            }
        }
        String digits = exact.unscaledValue().toString();
        int k = digits.length();
        // The value is 0.d1d2…dk × 10^n.
        int n = k - exact.scale();
        if (k <= n && n <= 21) {
            return sign + digits + "0".repeat(n - k);
        }
        if (0 < n && n <= 21) {
            return sign + digits.substring(0, n) + "." + digits.substring(n);
        }
        if (-6 < n && n <= 0) {
            return sign + "0." + "0".repeat(-n) + digits;
        }
        String exponent = (n - 1 < 0 ? "-" : "+") + Math.abs(n - 1);
        return sign + digits.charAt(0) + (k == 1 ? "" : "." + digits.substring(1)) + "e" + exponent;
    }
}
