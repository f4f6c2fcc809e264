package org.roadloop.govern.privacy.probe;

import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.zip.GZIPOutputStream;

/*
 * Base64 and Base32 of a text depend on where in the text a secret stands. So each is made for every
 * phase, with the characters at both ends left out that the neighbours change.
 */

/** A way in which a secret may leave, other than as it is (编码). */
public enum Encoding {
    /** As it is. */
    PLAIN(s -> List.of(utf8(s))),
    /** In lower case. */
    LOWER(s -> List.of(utf8(s.toLowerCase(Locale.ROOT)))),
    /** In upper case. */
    UPPER(s -> List.of(utf8(s.toUpperCase(Locale.ROOT)))),
    /** Last character first. */
    REVERSED(s -> List.of(utf8(new StringBuilder(s).reverse().toString()))),
    /** Spaces after every character, or after every fourth. */
    SPACED(s -> split(s, " ")),
    /** Dashes likewise. */
    DASHED(s -> split(s, "-")),
    /** Dots likewise. */
    DOTTED(s -> split(s, ".")),
    /** Underlines likewise. */
    UNDERLINED(s -> split(s, "_")),
    /** A zero-width space between characters. */
    ZERO_WIDTH(s -> List.of(utf8(s.replaceAll("(?<=.)(?=.)", "\u200b")))),
    /** Full-width forms of ASCII. */
    FULL_WIDTH(s -> List.of(utf8(each(s, c -> "" + (char) (c > 32 && c < 127 ? c + 0xFEE0 : c))))),
    /** Digits as Chinese numerals. */
    CHINESE_DIGITS(
            s ->
                    List.of(
                            utf8(
                                    each(
                                            s,
                                            c ->
                                                    c >= '0' && c <= '9'
                                                            ? "〇一二三四五六七八九".substring(c - 48, c - 47)
                                                            : "" + (char) c)))),
    /** Letters thirteen further (ROT13). */
    ROT13(s -> List.of(utf8(each(s, c -> "" + (char) rotated(c))))),
    /** Its first half, if that is enough to know it by. */
    FIRST_HALF(s -> part(s.substring(0, (s.length() + 1) / 2))),
    /** Its last half likewise. */
    LAST_HALF(s -> part(s.substring(s.length() / 2))),
    /** A number with one decimal less, or without its point. */
    OTHER_DECIMALS(Encoding::decimals),
    /** Base64 of a text with it (RFC 4648, section 4). */
    BASE64(s -> base64(Base64.getEncoder(), utf8(s))),
    /** Base64 for addresses (RFC 4648, section 5). */
    BASE64URL(s -> base64(Base64.getUrlEncoder(), utf8(s))),
    /** Base32 of a text with it (RFC 4648, section 6). */
    BASE32(s -> base32(utf8(s))),
    /** Hexadecimal, in both cases. */
    HEX(s -> hex(utf8(s))),
    /** Hexadecimal, last byte first. */
    HEX_REVERSED(s -> hex(reversed(utf8(s)))),
    /** Percent-encoded: what must be, or every byte. */
    URL(s -> List.of(utf8(URLEncoder.encode(s, UTF_8)), utf8(percent(s)))),
    /** JSON escapes: of what is not ASCII, or of every character. */
    JSON_ESCAPES(
            s ->
                    List.of(
                            utf8(each(s, c -> c < 128 ? "" + (char) c : escape(c))),
                            utf8(each(s, Encoding::escape)))),
    /** Character references of XML, decimal and hexadecimal. */
    XML_ENTITIES(
            s ->
                    List.of(
                            utf8(each(s, c -> "&#" + c + ";")),
                            utf8(each(s, c -> "&#x" + Integer.toHexString(c) + ";")))),
    /** UTF-16, low byte first. */
    UTF_16_LE(s -> List.of(s.getBytes(UTF_16LE))),
    /** UTF-16, high byte first. */
    UTF_16_BE(s -> List.of(s.getBytes(UTF_16BE))),
    /** GB 18030, as terminals write Chinese. */
    GB18030(s -> List.of(s.getBytes(Charset.forName("GB18030")))),
    /** gzip, then Base64. */
    GZIP_BASE64(s -> List.of(utf8(Base64.getEncoder().withoutPadding().encodeToString(gzip(s))))),
    /** Unkeyed MD5, which a list of all phones undoes. */
    MD5(s -> hex(digest("MD5", s))),
    /** Unkeyed SHA-1 likewise. */
    SHA1(s -> hex(digest("SHA-1", s))),
    /** Unkeyed SHA-256 likewise. */
    SHA256(s -> hex(digest("SHA-256", s))),
    /** Unkeyed SHA-256 in Base64. */
    SHA256_BASE64(
            s -> {
                byte[] digest = digest("SHA-256", s);
                return List.of(
                        utf8(Base64.getEncoder().withoutPadding().encodeToString(digest)),
                        utf8(Base64.getUrlEncoder().withoutPadding().encodeToString(digest)));
            }),
    /** All digits as 64 bits, low byte first. */
    LONG_LITTLE_ENDIAN(s -> number(s, ByteOrder.LITTLE_ENDIAN)),
    /** All digits as 64 bits, high byte first. */
    LONG_BIG_ENDIAN(s -> number(s, ByteOrder.BIG_ENDIAN)),
    /** A number as IEEE 754, low byte first. */
    DOUBLE_LITTLE_ENDIAN(
            s ->
                    s.matches("\\d+\\.\\d+")
                            ? List.of(
                                    ByteBuffer.allocate(8)
                                            .order(ByteOrder.LITTLE_ENDIAN)
                                            .putDouble(Double.parseDouble(s))
                                            .array())
                            : List.of()),
    /** Two digits a byte, as the headers of JT/T 808 have a phone. */
    BCD(
            s ->
                    s.matches("\\d{11,18}")
                            ? List.of(HexFormat.of().parseHex((s.length() % 2 == 0 ? "" : "0") + s))
                            : List.of());

    private final Function<String, List<byte[]>> writing;

    Encoding(Function<String, List<byte[]>> writing) {
        this.writing = writing;
    }

    /**
     * The bytes by which a secret is found that is written like this.
     *
     * @return none if the secret cannot be written so, or would be found by chance
     */
    public List<byte[]> of(String secret) {
        return writing.apply(secret);
    }

    /** The name in reports: {@code base64url}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(UTF_8);
    }

    private static String each(String text, IntFunction<String> character) {
        return text.chars().mapToObj(character).collect(Collectors.joining());
    }

    private static String escape(int character) {
        return String.format(Locale.ROOT, "\\u%04x", character);
    }

    private static int rotated(int c) {
        if (c >= 'A' && c <= 'Z') {
            return (c - 'A' + 13) % 26 + 'A';
        }
        return c >= 'a' && c <= 'z' ? (c - 'a' + 13) % 26 + 'a' : c;
    }

    private static List<byte[]> split(String text, String by) {
        return List.of(
                utf8(text.replaceAll("(?<=.)(?=.)", by)),
                utf8(text.replaceAll("(.{4})(?=.)", "$1" + by)));
    }

    private static List<byte[]> part(String text) {
        return Secret.bits(text) < Secret.LEAST_BITS ? List.of() : List.of(utf8(text));
    }

    private static List<byte[]> decimals(String text) {
        if (!text.matches("\\d+\\.\\d{2,}")) {
            return List.of();
        }
        List<byte[]> written = new ArrayList<>(part(text.replace(".", "")));
        written.addAll(part(text.substring(0, text.length() - 1)));
        return written;
    }

    private static List<byte[]> hex(byte[] bytes) {
        return List.of(
                utf8(HexFormat.of().formatHex(bytes)),
                utf8(HexFormat.of().withUpperCase().formatHex(bytes)));
    }

    private static byte[] reversed(byte[] bytes) {
        byte[] reversed = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            reversed[i] = bytes[bytes.length - 1 - i];
        }
        return reversed;
    }

    private static String percent(String text) {
        return HexFormat.ofDelimiter("").withPrefix("%").withUpperCase().formatHex(utf8(text));
    }

    private static List<byte[]> base64(Base64.Encoder encoder, byte[] secret) {
        List<byte[]> written = new ArrayList<>();
        for (int before = 0; before < 3; before++) {
            byte[] text = new byte[before + secret.length];
            System.arraycopy(secret, 0, text, before, secret.length);
            byte[] encoded = encoder.withoutPadding().encode(text);
            written.add(Arrays.copyOfRange(encoded, (before * 8 + 5) / 6, text.length * 8 / 6));
        }
        return written;
    }

    private static List<byte[]> base32(byte[] secret) {
        String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        List<byte[]> written = new ArrayList<>();
        for (int before = 0; before < 5; before++) {
            StringBuilder text = new StringBuilder();
            int first = (before * 8 + 4) / 5;
            int end = (before + secret.length) * 8 / 5;
            for (int c = first; c < end; c++) {
                int value = 0;
                for (int bit = c * 5; bit < c * 5 + 5; bit++) {
                    int at = bit - before * 8;
                    value = value << 1 | secret[at >> 3] >> (7 - (at & 7)) & 1;
                }
                text.append(alphabet.charAt(value));
            }
            written.add(utf8(text.toString()));
        }
        return written;
    }

    private static byte[] gzip(String text) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            out.write(utf8(text));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static byte[] digest(String algorithm, String text) {
        try {
            return MessageDigest.getInstance(algorithm).digest(utf8(text));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has " + algorithm, e);
        }
    }

    private static List<byte[]> number(String text, ByteOrder order) {
        String digits = text.replace(".", "");
        return digits.matches("\\d{10,18}")
                ? List.of(
                        ByteBuffer.allocate(8).order(order).putLong(Long.parseLong(digits)).array())
                : List.of();
    }
}
