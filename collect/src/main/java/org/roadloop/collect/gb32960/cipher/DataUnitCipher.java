package org.roadloop.collect.gb32960.cipher;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.Key;
import java.security.interfaces.RSAKey;
import java.util.Arrays;
import javax.crypto.Cipher;
import org.roadloop.collect.gb32960.Edition;
import org.roadloop.collect.gb32960.Frame;
import org.roadloop.core.identity.SecurityProviders;

/**
 * Opens and closes the data unit of a frame (数据单元加解密); GB/T 32960.3-2016 and -2025, table 2: the
 * data unit is encrypted first and summed then, so a frame is checked before it is opened. Any
 * thread.
 */
public final class DataUnitCipher {
    private static final int SM2_POINT_BYTES = 65;
    private static final int SM2_HASH_BYTES = 32;

    /** Of PKCS #1 v1.5. */
    private static final int RSA_PADDING_BYTES = 11;

    private final CipherRule rule;

    public DataUnitCipher(CipherRule rule) {
        this.rule = rule;
    }

    /**
     * The frame with its data unit in the clear.
     *
     * @param frame offset of a complete frame with a right BCC, encrypted by 02 to 05
     * @throws GeneralSecurityException if the key does not fit, or the data unit is none of its
     *     ciphertexts: to be answered with {@link Frame#FLAG_DECRYPTION_FAILED}
     */
    public byte[] decrypt(byte[] bytes, int frame, Key key) throws GeneralSecurityException {
        int data = Frame.dataOffset(frame);
        byte[] unit = Arrays.copyOfRange(bytes, data, data + Frame.dataBytes(bytes, frame));
        byte[] clear = run(Cipher.DECRYPT_MODE, Frame.encryption(bytes, frame), key, unit);
        return frame(bytes, frame, Frame.ENCRYPTION_NONE, clear);
    }

    /**
     * The frame with its data unit encrypted.
     *
     * @param encryption 02 to 05
     * @throws GeneralSecurityException if the key does not fit
     */
    public byte[] encrypt(byte[] bytes, int frame, int encryption, Key key)
            throws GeneralSecurityException {
        int data = Frame.dataOffset(frame);
        byte[] unit = Arrays.copyOfRange(bytes, data, data + Frame.dataBytes(bytes, frame));
        return frame(bytes, frame, encryption, run(Cipher.ENCRYPT_MODE, encryption, key, unit));
    }

    private static byte[] frame(byte[] bytes, int frame, int encryption, byte[] unit)
            throws GeneralSecurityException {
        if (unit.length > Frame.LARGEST_BYTES - Frame.SMALLEST_BYTES) {
            throw new GeneralSecurityException(
                    "a data unit of %d bytes is over %d"
                            .formatted(unit.length, Frame.LARGEST_BYTES - Frame.SMALLEST_BYTES));
        }
        byte[] out = new byte[Frame.SMALLEST_BYTES + unit.length];
        Frame.write(
                out,
                0,
                Edition.of(bytes, frame),
                Frame.command(bytes, frame),
                Frame.flag(bytes, frame),
                Frame.id(bytes, frame).getBytes(StandardCharsets.ISO_8859_1),
                encryption,
                unit);
        return out;
    }

    private byte[] run(int mode, int encryption, Key key, byte[] unit)
            throws GeneralSecurityException {
        return switch (encryption) {
            case Frame.ENCRYPTION_RSA -> rsa(mode, key, unit);
            case Frame.ENCRYPTION_AES_128 -> whole(Cipher.getInstance(rule.aes()), mode, key, unit);
            case Frame.ENCRYPTION_SM2 -> sm2(mode, key, unit);
            case Frame.ENCRYPTION_SM4 ->
                    whole(
                            Cipher.getInstance(rule.sm4(), SecurityProviders.of("Cipher", "SM4")),
                            mode,
                            key,
                            unit);
            default ->
                    throw new GeneralSecurityException(
                            "no cipher has the number %d; there are 2 to 5".formatted(encryption));
        };
    }

    private static byte[] whole(Cipher cipher, int mode, Key key, byte[] unit)
            throws GeneralSecurityException {
        cipher.init(mode, key);
        return cipher.doFinal(unit);
    }

    private byte[] rsa(int mode, Key key, byte[] unit) throws GeneralSecurityException {
        if (!(key instanceof RSAKey rsa)) {
            throw new InvalidKeyException("a key of " + key.getAlgorithm() + " is none of RSA");
        }
        Cipher cipher = Cipher.getInstance(rule.rsa());
        cipher.init(mode, key);
        int modulusBytes = (rsa.getModulus().bitLength() + 7) / 8;
        int block = mode == Cipher.DECRYPT_MODE ? modulusBytes : modulusBytes - RSA_PADDING_BYTES;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int at = 0;
        do {
            int size = Math.min(block, unit.length - at);
            out.writeBytes(cipher.doFinal(unit, at, size));
            at += size;
        } while (at < unit.length);
        return out.toByteArray();
    }

    /** A provider's ciphertext is point, text, hash. */
    private byte[] sm2(int mode, Key key, byte[] unit) throws GeneralSecurityException {
        boolean turned = rule.sm2() == CipherRule.Sm2Order.C1_C3_C2;
        boolean isOpening = mode == Cipher.DECRYPT_MODE;
        if (isOpening && unit.length < SM2_POINT_BYTES + SM2_HASH_BYTES) {
            throw new GeneralSecurityException(
                    "an SM2 ciphertext of %d bytes is too short".formatted(unit.length));
        }
        Cipher cipher = Cipher.getInstance("SM2", SecurityProviders.of("Cipher", "SM2"));
        cipher.init(mode, key);
        if (isOpening) {
            return cipher.doFinal(turned ? swap(unit, SM2_HASH_BYTES) : unit);
        }
        byte[] sealed = cipher.doFinal(unit);
        return turned ? swap(sealed, sealed.length - SM2_POINT_BYTES - SM2_HASH_BYTES) : sealed;
    }

    /** Puts the {@code first} bytes behind the point to the end. */
    private static byte[] swap(byte[] sealed, int first) {
        byte[] swapped = sealed.clone();
        int rest = sealed.length - SM2_POINT_BYTES - first;
        System.arraycopy(sealed, SM2_POINT_BYTES + first, swapped, SM2_POINT_BYTES, rest);
        System.arraycopy(sealed, SM2_POINT_BYTES, swapped, SM2_POINT_BYTES + rest, first);
        return swapped;
    }
}
