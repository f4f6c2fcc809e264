package org.roadloop.core.identity;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.spec.ECGenParameterSpec;
import java.util.Arrays;

/**
 * SM2 digital signature with SM3 (国密签名), GB/T 32918.2, through whatever JCA provider has it. The
 * signer's ID is the 16 bytes {@code 1234567812345678} of GB/T 35276. Any thread.
 *
 * <p>A signature here is r and s, 32 bytes each, big-endian; a provider's is their DER (GM/T 0009).
 */
final class Sm2 {
    private static final String ALGORITHM = "SM3withSM2";
    private static final int WORD = 32;

    private Sm2() {}

    /**
     * @throws IllegalStateException if there is none
     */
    static Provider provider() {
        return SecurityProviders.of("Signature", ALGORITHM);
    }

    static KeyPair generate() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC", provider());
        generator.initialize(new ECGenParameterSpec("sm2p256v1"));
        return generator.generateKeyPair();
    }

    static byte[] sign(PrivateKey key, byte[] message) {
        try {
            Signature signature = Signature.getInstance(ALGORITHM, provider());
            signature.initSign(key);
            signature.update(message);
            return plain(signature.sign());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("SM2 signing failed", e);
        }
    }

    static boolean verify(PublicKey key, byte[] message, byte[] signature) {
        if (signature.length != 2 * WORD) {
            return false;
        }
        try {
            Signature verifier = Signature.getInstance(ALGORITHM, provider());
            verifier.initVerify(key);
            verifier.update(message);
            return verifier.verify(der(signature));
        } catch (SignatureException malformed) {
            return false;
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException(
                    "key is " + key.getAlgorithm() + ", not an SM2 public key", e);
        }
    }

    /** SEQUENCE of two INTEGERs; both together stay below 128 bytes, so lengths are one byte. */
    private static byte[] der(byte[] plain) {
        byte[] r = new BigInteger(1, Arrays.copyOf(plain, WORD)).toByteArray();
        byte[] s = new BigInteger(1, Arrays.copyOfRange(plain, WORD, 2 * WORD)).toByteArray();
        byte[] der = new byte[6 + r.length + s.length];
        der[0] = 0x30;
        der[1] = (byte) (der.length - 2);
        der[2] = 0x02;
        der[3] = (byte) r.length;
        System.arraycopy(r, 0, der, 4, r.length);
        der[4 + r.length] = 0x02;
        der[5 + r.length] = (byte) s.length;
        System.arraycopy(s, 0, der, 6 + r.length, s.length);
        return der;
    }

    private static byte[] plain(byte[] der) {
        byte[] plain = new byte[2 * WORD];
        int rBytes = der[3];
        right(Arrays.copyOfRange(der, 4, 4 + rBytes), plain, WORD);
        right(Arrays.copyOfRange(der, 6 + rBytes, der.length), plain, 2 * WORD);
        return plain;
    }

    /** Writes a number so that it ends before {@code end}; a sign byte in front falls off. */
    private static void right(byte[] number, byte[] out, int end) {
        int length = Math.min(number.length, WORD);
        System.arraycopy(number, number.length - length, out, end - length, length);
    }
}
