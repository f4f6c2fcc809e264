package org.roadloop.collect.gb32960.cipher;

import java.util.regex.Pattern;

/**
 * What the standard leaves open about its ciphers (加密约定), to be agreed with each sender.
 *
 * @param aes JCA transformation without a vector: {@code AES/ECB/PKCS5Padding}
 * @param rsa block by block where the data unit is longer than one
 * @param sm4 as AES
 * @param sm2 order of the parts of a ciphertext
 */
public record CipherRule(String aes, String rsa, String sm4, Sm2Order sm2) {
    private static final Pattern TRANSFORMATION = Pattern.compile("\\w+/\\w+/[\\w-]+");

    /** Point, then hash and text, or text and hash (SM2密文顺序). */
    public enum Sm2Order {
        /** GB/T 32918.4-2016. */
        C1_C3_C2,
        /** The draft that older programs follow. */
        C1_C2_C3
    }

    /** What platforms in the field do, as far as public code tells. */
    public static final CipherRule USUAL =
            new CipherRule(
                    "AES/ECB/PKCS5Padding",
                    "RSA/ECB/PKCS1Padding",
                    "SM4/ECB/PKCS5Padding",
                    Sm2Order.C1_C3_C2);

    public CipherRule {
        require(aes, "AES/");
        require(rsa, "RSA/");
        require(sm4, "SM4/");
    }

    private static void require(String transformation, String cipher) {
        if (!transformation.startsWith(cipher)
                || !TRANSFORMATION.matcher(transformation).matches()) {
            throw new IllegalArgumentException(
                    "'%s' is no transformation like %sECB/PKCS5Padding"
                            .formatted(transformation, cipher));
        }
    }
}
