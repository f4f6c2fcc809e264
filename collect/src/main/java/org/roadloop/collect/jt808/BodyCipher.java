package org.roadloop.collect.jt808;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.RSAPublicKeySpec;
import java.util.Optional;
import javax.crypto.BadPaddingException;
import javax.crypto.Cipher;
import javax.crypto.IllegalBlockSizeException;

/**
 * Encryption of bodies by RSA (消息体加密); JT/T 808-2013 §§7.11, 8.64-8.65. The keys travel as {e, n}
 * with n of 128 bytes, so a block holds 128. The standard names neither padding nor what to do with
 * more than one block: here it is PKCS#1 v1.5, block by block, which is what the length of the body
 * allows for (at most 7 blocks of 117 bytes). The body is encrypted first, then the BCC is made.
 */
public final class BodyCipher {
    public static final int BLOCK_BYTES = 128;

    /** What a block carries beside its padding. */
    public static final int PLAIN_BYTES = BLOCK_BYTES - 11;

    private static final String ALGORITHM = "RSA/ECB/PKCS1Padding";

    private BodyCipher() {}

    /** The key of an 0A00 or 8A00 message; empty when {e, n} is none of 128 bytes. */
    public static Optional<PublicKey> publicKey(long e, Bytes n) {
        BigInteger modulus = new BigInteger(1, n.toArray());
        if (Math.ceilDiv(modulus.bitLength(), 8) != BLOCK_BYTES) {
            return Optional.empty();
        }
        try {
            return Optional.of(
                    KeyFactory.getInstance("RSA")
                            .generatePublic(new RSAPublicKeySpec(modulus, BigInteger.valueOf(e))));
        } catch (GeneralSecurityException noKey) {
            return Optional.empty();
        }
    }

    /** The message that tells a platform's own key of 1024 bits. */
    public static LinkMessage.PlatformPublicKey message(RSAPublicKey key) {
        if (key.getModulus().bitLength() > 8 * BLOCK_BYTES
                || key.getPublicExponent().bitLength() > 32) {
            throw new IllegalArgumentException(
                    "an RSA key of %d bits does not fit the 128 bytes of the standard; make one of 1024"
                            .formatted(key.getModulus().bitLength()));
        }
        byte[] n = new byte[BLOCK_BYTES];
        byte[] magnitude = key.getModulus().toByteArray();
        int sign = magnitude.length > BLOCK_BYTES ? 1 : 0;
        int used = magnitude.length - sign;
        System.arraycopy(magnitude, sign, n, BLOCK_BYTES - used, used);
        return new LinkMessage.PlatformPublicKey(
                key.getPublicExponent().longValueExact(), Bytes.copyOf(n, 0, BLOCK_BYTES));
    }

    /** Encrypts a body of at most 819 bytes for the holder of the key. */
    public static byte[] encrypt(PublicKey receiver, byte[] body) {
        if (Math.ceilDiv(body.length, PLAIN_BYTES) * BLOCK_BYTES > Frame.LARGEST_BODY_BYTES) {
            throw new IllegalArgumentException(
                    "a body of %d bytes does not fit one message when encrypted; at most %d do"
                            .formatted(
                                    body.length,
                                    Frame.LARGEST_BODY_BYTES / BLOCK_BYTES * PLAIN_BYTES));
        }
        try {
            Cipher cipher = Cipher.getInstance(ALGORITHM);
            cipher.init(Cipher.ENCRYPT_MODE, receiver);
            return blocks(cipher, body, 0, body.length, PLAIN_BYTES);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("cannot encrypt with " + ALGORITHM, e);
        }
    }

    /** Decrypts a body; empty when it was not encrypted for this key. */
    public static Optional<byte[]> decrypt(PrivateKey own, byte[] bytes, int body, int bodyBytes) {
        if (bodyBytes % BLOCK_BYTES != 0) {
            return Optional.empty();
        }
        try {
            Cipher cipher = Cipher.getInstance(ALGORITHM);
            cipher.init(Cipher.DECRYPT_MODE, own);
            return Optional.of(blocks(cipher, bytes, body, bodyBytes, BLOCK_BYTES));
        } catch (BadPaddingException | IllegalBlockSizeException notForUs) {
            return Optional.empty();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("cannot decrypt with " + ALGORITHM, e);
        }
    }

    private static byte[] blocks(Cipher cipher, byte[] in, int from, int length, int blockBytes)
            throws IllegalBlockSizeException, BadPaddingException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int done = 0; done < length; done += blockBytes) {
            out.writeBytes(cipher.doFinal(in, from + done, Math.min(blockBytes, length - done)));
        }
        return out.toByteArray();
    }
}
