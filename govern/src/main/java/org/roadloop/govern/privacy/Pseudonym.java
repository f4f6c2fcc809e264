package org.roadloop.govern.privacy;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.table.StringColumn;
import org.roadloop.govern.operator.Keyring;

/*
 * The idea: a VIN is 17 symbols out of 33, less than 2^86, so it fits one AES block. AES-256 under
 * a secret key is a permutation of blocks: two VINs never share a token, the holder of the key can
 * turn a token back (access and erasure requests need it), and one cipher call does a whole column,
 * about 40 times the rate of an HMAC per row. The mode is ECB on purpose: every block is one value
 * of its own and equal values must give equal tokens. An id that is no VIN gets 126 bits of an
 * HMAC, which is one-way.
 *
 * Block of a VIN: bits 0..85 the number, bit 126 clear. HMAC blocks have bit 127 set before the
 * final permutation, so the two kinds cannot meet.
 */

/**
 * Turns identities into tokens that mean nothing without the key (假名). A token is 26 lower-case
 * base32 symbols (RFC 4648 alphabet) of 128 bits. One thread.
 */
public final class Pseudonym {
    public static final int TOKEN_LENGTH = 26;

    private static final byte[] BASE32 =
            "abcdefghijklmnopqrstuvwxyz234567".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] VIN_SYMBOLS =
            "0123456789ABCDEFGHJKLMNPRSTUVWXYZ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] VIN_VALUE = inverse(VIN_SYMBOLS);
    private static final byte[] BASE32_VALUE = inverse(BASE32);
    private static final int VIN_LENGTH = 17;
    private static final VarHandle LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final long EACH_BYTE = 0x0101_0101_0101_0101L;
    private static final long FIVE_DIGITS = 33L * 33 * 33 * 33 * 33;

    private final Cipher encrypt;
    private final Cipher decrypt;
    private final Mac mac;
    private final byte[] macOut = new byte[32];
    private byte[] blocks = new byte[16 * 1024];

    private Pseudonym(Keyring keys, String label) {
        try {
            encrypt = Cipher.getInstance("AES/ECB/NoPadding");
            encrypt.init(Cipher.ENCRYPT_MODE, keys.aes(label + "/aes"));
            decrypt = Cipher.getInstance("AES/ECB/NoPadding");
            decrypt.init(Cipher.DECRYPT_MODE, keys.aes(label + "/aes"));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK lacks AES-256", e);
        }
        mac = keys.mac(label + "/hmac");
    }

    /** The platform's internal pseudonym: what governed tables carry. */
    public static Pseudonym internal(Keyring keys) {
        return new Pseudonym(keys, "pseudonym/internal");
    }

    /** Contract pseudonym (合约假名): re-keys internal tokens for one agreement. */
    public static Pseudonym ofAgreement(Keyring keys, String agreementId) {
        return new Pseudonym(keys, "pseudonym/agreement/" + agreementId);
    }

    /**
     * Reversible pseudonym of one contract in one epoch (合约周期假名): its tokens join with those of no
     * other contract and no other epoch.
     *
     * @param epoch from 1
     */
    public static Pseudonym ofContract(Keyring keys, String contract, int epoch) {
        if (epoch < 1) {
            throw new IllegalArgumentException("pseudonym epoch " + epoch + " is below 1");
        }
        return new Pseudonym(keys, "pseudonym/contract/" + epoch + "/" + contract);
    }

    /**
     * Tokens for a column of identities: cell {@code i} of {@code to} is the token of cell {@code
     * rows[i]} of {@code from}, for {@code i} in {@code 0..count-1}.
     */
    public void identities(StringColumn from, int[] rows, int count, StringColumn to) {
        byte[] all = blocksFor(count);
        byte[] source = from.bytes();
        for (int i = 0; i < count; i++) {
            packIdentity(source, from.offset(rows[i]), from.length(rows[i]), all, i * 16);
        }
        finish(all, count, to);
    }

    /** Re-keys a column of tokens; a cell that is no token is treated as an identity. */
    public void tokens(StringColumn from, int rows, StringColumn to) {
        byte[] all = blocksFor(rows);
        byte[] source = from.bytes();
        for (int row = 0; row < rows; row++) {
            int offset = from.offset(row);
            int length = from.length(row);
            if (length != TOKEN_LENGTH || !decode(source, offset, all, row * 16)) {
                packIdentity(source, offset, length, all, row * 16);
            }
        }
        finish(all, rows, to);
    }

    public String identity(String value) {
        byte[] source = value.getBytes(StandardCharsets.UTF_8);
        byte[] all = blocksFor(1);
        packIdentity(source, 0, source.length, all, 0);
        return one(all);
    }

    /** The token of a token, as {@link #tokens}. */
    public String token(String value) {
        byte[] source = value.getBytes(StandardCharsets.US_ASCII);
        byte[] all = blocksFor(1);
        if (source.length != TOKEN_LENGTH || !decode(source, 0, all, 0)) {
            packIdentity(source, 0, source.length, all, 0);
        }
        return one(all);
    }

    /** The VIN behind a token, or null if the token came from another kind of id or key. */
    public @Nullable String vinOf(String token) {
        byte[] text = token.getBytes(StandardCharsets.US_ASCII);
        byte[] block = new byte[16];
        if (text.length != TOKEN_LENGTH || !decode(text, 0, block, 0)) {
            return null;
        }
        byte[] plain;
        try {
            plain = decrypt.doFinal(block);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("AES on one block failed", e);
        }
        long high = longAt(plain, 0);
        long low = longAt(plain, 8);
        byte[] vin = new byte[VIN_LENGTH];
        for (int i = VIN_LENGTH - 1; i >= 0; i--) {
            // Divide the 128-bit number by 33, schoolbook on 32-bit digits.
            long remainder = Long.remainderUnsigned(high, 33);
            high = Long.divideUnsigned(high, 33);
            long middle = (remainder << 32) | (low >>> 32);
            long upper = middle / 33;
            long lower = ((middle % 33) << 32) | (low & 0xFFFF_FFFFL);
            low = (upper << 32) | (lower / 33);
            vin[i] = VIN_SYMBOLS[(int) (lower % 33)];
        }
        return high == 0 && low == 0 ? new String(vin, StandardCharsets.US_ASCII) : null;
    }

    /**
     * The token that {@link #token} turned into this one, with the same key; null if it is none.
     */
    public @Nullable String tokenBefore(String token) {
        byte[] text = token.getBytes(StandardCharsets.US_ASCII);
        byte[] block = new byte[16];
        if (text.length != TOKEN_LENGTH || !decode(text, 0, block, 0)) {
            return null;
        }
        try {
            byte[] before = new byte[TOKEN_LENGTH];
            encode(decrypt.doFinal(block), 0, before);
            return new String(before, StandardCharsets.US_ASCII);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("AES on one block failed", e);
        }
    }

    private void packIdentity(byte[] source, int offset, int length, byte[] out, int at) {
        if (length == VIN_LENGTH && packVin(source, offset, out, at)) {
            return;
        }
        mac.update(source, offset, length);
        try {
            mac.doFinal(macOut, 0);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("HMAC output does not fit 32 bytes", e);
        }
        System.arraycopy(macOut, 0, out, at, 16);
        out[at] |= (byte) 0x80;
    }

    private static boolean packVin(byte[] source, int offset, byte[] out, int at) {
        // Twelve digits of 33 fit a long; the other five are one factor: one wide product.
        long first = 0;
        long last = 0;
        int bad = 0;
        for (int i = 0; i < VIN_LENGTH; i++) {
            byte symbol = source[offset + i];
            int value = VIN_VALUE[symbol & 0x7F];
            bad |= value | symbol;
            if (i < 12) {
                first = first * 33 + value;
            } else {
                last = last * 33 + value;
            }
        }
        if (bad < 0) {
            return false;
        }
        long high = Math.multiplyHigh(first, FIVE_DIGITS);
        long low = first * FIVE_DIGITS + last;
        if (Long.compareUnsigned(low, last) < 0) {
            high++;
        }
        putLong(out, at, high);
        putLong(out, at + 8, low);
        return true;
    }

    private byte[] blocksFor(int rows) {
        if (blocks.length < rows * 16) {
            blocks = new byte[Math.max(blocks.length * 2, rows * 16)];
        }
        return blocks;
    }

    private void finish(byte[] all, int rows, StringColumn to) {
        encryptInPlace(all, rows);
        byte[] text = new byte[TOKEN_LENGTH];
        for (int row = 0; row < rows; row++) {
            encode(all, row * 16, text);
            to.set(row, text, 0, TOKEN_LENGTH);
        }
    }

    private String one(byte[] all) {
        encryptInPlace(all, 1);
        byte[] text = new byte[TOKEN_LENGTH];
        encode(all, 0, text);
        return new String(text, StandardCharsets.US_ASCII);
    }

    private void encryptInPlace(byte[] all, int rows) {
        try {
            encrypt.doFinal(all, 0, rows * 16, all, 0);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("AES on whole blocks failed", e);
        }
    }

    static void encode(byte[] block, int at, byte[] text) {
        long high = longAt(block, at);
        long low = longAt(block, at + 8);
        text[0] = BASE32[(int) (high >>> 61)];
        text[1] = BASE32[(int) (high >>> 56 & 31)];
        putLong(text, 2, eightSymbols(high >>> 16));
        putLong(text, 10, eightSymbols(high << 24 | low >>> 40));
        putLong(text, 18, eightSymbols(low));
    }

    /** The lowest 40 bits, five to a byte, each as its symbol: eight at a time in one word. */
    private static long eightSymbols(long bits) {
        long x = bits & 0xF_FFFFL | (bits & 0xFF_FFF0_0000L) << 12;
        x = x & 0x0000_03FF_0000_03FFL | (x & 0x000F_FC00_000F_FC00L) << 6;
        x = x & 0x001F_001F_001F_001FL | (x & 0x03E0_03E0_03E0_03E0L) << 3;
        long digits = x + EACH_BYTE * 6 >>> 5 & EACH_BYTE; // 1 where the symbol is a digit
        return x + EACH_BYTE * 'a' - digits * ('a' + 26 - '2');
    }

    private static boolean decode(byte[] text, int offset, byte[] out, int at) {
        long high = 0;
        long low = 0;
        for (int i = 0; i < TOKEN_LENGTH; i++) {
            byte symbol = text[offset + i];
            int value = symbol < 0 ? -1 : BASE32_VALUE[symbol];
            if (value < 0 || (i == 0 && value > 7)) {
                return false; // 26 symbols hold 130 bits: the first may carry only three
            }
            high = (high << 5) | (low >>> 59);
            low = (low << 5) | value;
        }
        putLong(out, at, high);
        putLong(out, at + 8, low);
        return true;
    }

    private static byte[] inverse(byte[] symbols) {
        byte[] values = new byte[128];
        Arrays.fill(values, (byte) -1);
        for (int i = 0; i < symbols.length; i++) {
            values[symbols[i]] = (byte) i;
        }
        return values;
    }

    private static long longAt(byte[] b, int at) {
        return (long) LONG.get(b, at);
    }

    private static void putLong(byte[] b, int at, long value) {
        LONG.set(b, at, value);
    }
}
