package org.roadloop.govern.privacy;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.SecretKeySpec;

/*
 * NIST SP 800-38G Rev. 1, algorithms 7 (encryption) and 8 (decryption) of FF1; the steps are
 * numbered as there. Ten Feistel rounds over the two halves of the text as numbers; the round
 * function is a CBC-MAC under AES.
 *
 *   P   01 02 01 | radix, 3 bytes | 10 | u mod 256 | n, 4 bytes | t, 4 bytes
 *   Q   tweak | zeros | round, 1 byte | number of one half, b bytes
 *
 * Where a half is below 2^54 it is a long, and the 2^(8 d) bits of the round function are reduced
 * byte by byte; otherwise a BigInteger. Both give the same numbers.
 */

/**
 * FF1, encryption that keeps length and alphabet (保留格式加密). A text is its symbols' numbers, 0 up to
 * {@code radix - 1}. One thread.
 */
final class Ff1 {
    /** SP 800-38G Rev. 1: fewer possible texts could be found by trying. */
    static final int LEAST_DOMAIN = 1_000_000;

    static final int MOST_SYMBOLS = 4096;
    private static final int ROUNDS = 10;
    private static final long LONG_LIMIT = 1L << 54;

    private final int radix;
    private final Cipher aes;
    private final boolean longs;
    private final int leastSymbols;

    /**
     * @param key 16, 24 or 32 bytes
     * @param radix 2..65536
     */
    Ff1(byte[] key, int radix) {
        this(key, radix, true);
    }

    /**
     * @param longs false computes with big integers always
     */
    Ff1(byte[] key, int radix, boolean longs) {
        if (radix < 2 || radix > 65_536) {
            throw new IllegalArgumentException("FF1 radix " + radix + " is outside 2..65536");
        }
        this.radix = radix;
        this.longs = longs;
        leastSymbols = leastSymbols(radix);
        try {
            aes = Cipher.getInstance("AES/ECB/NoPadding");
            aes.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "AES"));
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException(
                    "FF1 key has " + key.length + " bytes; AES takes 16, 24 or 32", e);
        }
    }

    /** Symbols from which on there are {@link #LEAST_DOMAIN} texts. */
    static int leastSymbols(int radix) {
        int symbols = 0;
        for (long domain = 1; domain < LEAST_DOMAIN; domain *= radix) {
            symbols++;
        }
        return Math.max(2, symbols);
    }

    int[] encrypt(int[] text, byte[] tweak) {
        return run(text, tweak, true);
    }

    int[] decrypt(int[] text, byte[] tweak) {
        return run(text, tweak, false);
    }

    private int[] run(int[] text, byte[] tweak, boolean forward) {
        int n = text.length;
        if (n < leastSymbols || n > MOST_SYMBOLS) {
            throw new IllegalArgumentException(
                    "FF1 text has "
                            + n
                            + " symbols; radix "
                            + radix
                            + " takes "
                            + leastSymbols
                            + ".."
                            + MOST_SYMBOLS);
        }
        for (int symbol : text) {
            if (symbol < 0 || symbol >= radix) {
                throw new IllegalArgumentException("FF1 text has a symbol outside its radix");
            }
        }
        int u = n / 2;
        int v = n - u;
        double bits = v * (Math.log(radix) / Math.log(2));
        return longs && bits < 53
                ? new LongHalves(text, u, v, tweak).run(forward)
                : new BigHalves(text, u, v, tweak).run(forward);
    }

    /** Bytes that hold radix^v - 1 (step 3). */
    private int halfBytes(int v) {
        return (BigInteger.valueOf(radix).pow(v).subtract(BigInteger.ONE).bitLength() + 7) / 8;
    }

    /** What both kinds of halves share. */
    private abstract class Halves {
        final int n;
        final int u;
        final int v;
        final int b;
        final int d;
        private final byte[] afterP;
        private final byte[] q;

        Halves(int u, int v, byte[] tweak) {
            this.u = u;
            this.v = v;
            n = u + v;
            b = halfBytes(v);
            d = 4 * ((b + 3) / 4) + 4; // step 4
            int t = tweak.length;
            byte[] p = { // step 5
                1,
                2,
                1,
                (byte) (radix >>> 16),
                (byte) (radix >>> 8),
                (byte) radix,
                10,
                (byte) u,
                (byte) (n >>> 24),
                (byte) (n >>> 16),
                (byte) (n >>> 8),
                (byte) n,
                (byte) (t >>> 24),
                (byte) (t >>> 16),
                (byte) (t >>> 8),
                (byte) t
            };
            afterP = cipher(p);
            int length = (t + b + 1 + 15) / 16 * 16;
            q = new byte[length];
            System.arraycopy(tweak, 0, q, 0, t);
        }

        /** Steps 6 i to iii: {@code d} bytes of the round function. */
        byte[] round(int i, byte[] half) {
            q[q.length - b - 1] = (byte) i;
            Arrays.fill(q, q.length - b, q.length, (byte) 0);
            System.arraycopy(half, 0, q, q.length - half.length, half.length);
            byte[] r = afterP.clone();
            for (int at = 0; at < q.length; at += 16) {
                for (int k = 0; k < 16; k++) {
                    r[k] ^= q[at + k];
                }
                r = cipher(r);
            }
            byte[] s = Arrays.copyOf(r, (d + 15) / 16 * 16);
            for (int j = 1; j * 16 < d; j++) {
                byte[] block = r.clone();
                block[14] ^= (byte) (j >>> 8);
                block[15] ^= (byte) j;
                System.arraycopy(cipher(block), 0, s, j * 16, 16);
            }
            return Arrays.copyOf(s, d);
        }

        private byte[] cipher(byte[] block) {
            try {
                return aes.doFinal(block);
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("AES on one block failed", e);
            }
        }
    }

    private final class LongHalves extends Halves {
        private long a;
        private long half;
        private final long powU;
        private final long powV;

        LongHalves(int[] text, int u, int v, byte[] tweak) {
            super(u, v, tweak);
            a = number(text, 0, u);
            half = number(text, u, n);
            powU = power(u);
            powV = power(v);
            if (powV >= LONG_LIMIT) {
                throw new IllegalStateException("half of FF1 text is too large for a long");
            }
        }

        int[] run(boolean forward) {
            for (int k = 0; k < ROUNDS; k++) {
                int i = forward ? k : ROUNDS - 1 - k;
                long modulus = i % 2 == 0 ? powU : powV;
                long y = 0;
                for (byte value : round(i, bytes(forward ? half : a))) {
                    y = (y * 256 + (value & 0xFF)) % modulus;
                }
                if (forward) {
                    long c = (a + y) % modulus;
                    a = half;
                    half = c;
                } else {
                    long c = Math.floorMod(half - y, modulus);
                    half = a;
                    a = c;
                }
            }
            int[] out = new int[n];
            digits(a, out, 0, u);
            digits(half, out, u, n);
            return out;
        }

        private byte[] bytes(long number) {
            byte[] bytes = new byte[b];
            long left = number;
            for (int i = b - 1; i >= 0; i--) {
                bytes[i] = (byte) left;
                left >>>= 8;
            }
            return bytes;
        }

        private long number(int[] text, int from, int to) {
            long number = 0;
            for (int i = from; i < to; i++) {
                number = number * radix + text[i];
            }
            return number;
        }

        private long power(int exponent) {
            long power = 1;
            for (int i = 0; i < exponent; i++) {
                power *= radix;
            }
            return power;
        }

        private void digits(long number, int[] out, int from, int to) {
            long left = number;
            for (int i = to - 1; i >= from; i--) {
                out[i] = (int) (left % radix);
                left /= radix;
            }
        }
    }

    private final class BigHalves extends Halves {
        private final BigInteger base = BigInteger.valueOf(radix);
        private BigInteger a;
        private BigInteger half;

        BigHalves(int[] text, int u, int v, byte[] tweak) {
            super(u, v, tweak);
            a = number(text, 0, u);
            half = number(text, u, n);
        }

        int[] run(boolean forward) {
            BigInteger powU = base.pow(u);
            BigInteger powV = base.pow(v);
            for (int k = 0; k < ROUNDS; k++) {
                int i = forward ? k : ROUNDS - 1 - k;
                BigInteger modulus = i % 2 == 0 ? powU : powV;
                BigInteger y = new BigInteger(1, round(i, bytes(forward ? half : a)));
                BigInteger c = (forward ? a.add(y) : half.subtract(y)).mod(modulus);
                if (forward) {
                    a = half;
                    half = c;
                } else {
                    half = a;
                    a = c;
                }
            }
            int[] out = new int[n];
            digits(a, out, 0, u);
            digits(half, out, u, n);
            return out;
        }

        /** Big endian, without leading zeros. */
        private byte[] bytes(BigInteger number) {
            byte[] signed = number.toByteArray();
            return signed.length > 1 && signed[0] == 0
                    ? Arrays.copyOfRange(signed, 1, signed.length)
                    : signed;
        }

        private BigInteger number(int[] text, int from, int to) {
            BigInteger number = BigInteger.ZERO;
            for (int i = from; i < to; i++) {
                number = number.multiply(base).add(BigInteger.valueOf(text[i]));
            }
            return number;
        }

        private void digits(BigInteger number, int[] out, int from, int to) {
            BigInteger left = number;
            for (int i = to - 1; i >= from; i--) {
                BigInteger[] parts = left.divideAndRemainder(base);
                out[i] = parts[1].intValue();
                left = parts[0];
            }
        }
    }
}
