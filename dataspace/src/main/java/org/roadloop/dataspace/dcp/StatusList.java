package org.roadloop.dataspace.dcp;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/**
 * One bit for each credential of an issuer (状态列表): W3C Bitstring Status List 1.0 §3.1 and Status
 * List 2021. Bit 0 is the leftmost of the first byte. One thread.
 */
final class StatusList {
    /** Fewer would tell which credential is being looked at (§2.2). */
    static final int MIN_BITS = 131_072;

    /** What a list of others may blow up to: 16 million credentials. */
    private static final int MAX_BYTES = 2 * 1024 * 1024;

    private final byte[] bits;

    StatusList(int size) {
        bits = new byte[Math.max(size, MIN_BITS) / 8];
    }

    private StatusList(byte[] bits) {
        this.bits = bits;
    }

    int size() {
        return bits.length * 8;
    }

    boolean get(int index) {
        checkRange(index);
        return (bits[index >> 3] & (0x80 >> (index & 7))) != 0;
    }

    void set(int index) {
        checkRange(index);
        bits[index >> 3] |= (byte) (0x80 >> (index & 7));
    }

    private void checkRange(int index) {
        if (index < 0 || index >= size()) {
            throw new IllegalArgumentException(
                    "status index " + index + " is outside the list of " + size());
        }
    }

    /** GZIP in base64url; a Bitstring list has the multibase letter {@code u} in front. */
    String encode(Profile profile) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(bits);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        String text = Base64.getUrlEncoder().withoutPadding().encodeToString(out.toByteArray());
        return profile == Profile.VC20 ? "u" + text : text;
    }

    /**
     * Reads both forms.
     *
     * @throws IllegalArgumentException if it is neither, or too large
     */
    static StatusList decode(String encoded) {
        byte[] packed = unpackText(encoded);
        try (GZIPInputStream gzip = new GZIPInputStream(new ByteArrayInputStream(packed))) {
            byte[] bits = gzip.readNBytes(MAX_BYTES + 1);
            if (bits.length > MAX_BYTES || bits.length == 0) {
                throw new IllegalArgumentException(
                        "status list is empty or has more than " + MAX_BYTES + " bytes");
            }
            return new StatusList(bits);
        } catch (IOException e) {
            throw new IllegalArgumentException("status list is not GZIP", e);
        }
    }

    /** A GZIP file begins with 0x1f 0x8b, in base64 {@code H4}: what is in front is multibase. */
    private static byte[] unpackText(String encoded) {
        String text = encoded.startsWith("uH4") ? encoded.substring(1) : encoded;
        text = text.replace("=", "");
        return text.indexOf('+') >= 0 || text.indexOf('/') >= 0
                ? Base64.getDecoder().decode(text)
                : Base64.getUrlDecoder().decode(text);
    }
}
