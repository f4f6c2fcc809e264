package org.roadloop.core.identity;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.PrivateKey;
import java.security.PublicKey;
import java.util.HexFormat;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** SM2 and SM3 by the examples of their standards; Ed25519 by both of its implementations. */
class GuomiTest {
    private static final HexFormat HEX = HexFormat.of();

    @BeforeAll
    static void provider() {
        SecurityProviders.offer(BouncyCastleProvider::new);
    }

    @AfterEach
    void jdk() {
        Ed25519.useJdk();
    }

    /** GB/T 32905-2016, A.1 and A.2. */
    @ParameterizedTest
    @CsvSource({
        "abc, 1, 66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0",
        "abcd, 16, debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732",
    })
    void sm3(String part, int times, String digest) {
        byte[] message = part.repeat(times).getBytes(US_ASCII);
        assertThat(HEX.formatHex(SecurityProviders.digest("SM3").digest(message)))
                .isEqualTo(digest);
    }

    /** GB/T 32918.5-2017, A.2: the recommended curve, ID 1234567812345678. */
    @Test
    void sm2VerifiesTheSignatureOfTheStandard() {
        PublicKey key =
                KeyAlgorithm.SM2.publicKey(
                        HEX.parseHex(
                                "04"
                                        + "09f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020"
                                        + "ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13"));
        byte[] signature =
                HEX.parseHex(
                        "f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3"
                                + "b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa");
        byte[] message = "message digest".getBytes(US_ASCII);
        assertThat(KeyAlgorithm.SM2.verify(key, message, signature)).isTrue();
        for (int i = 0; i < signature.length; i++) {
            signature[i] ^= 1;
            assertThat(KeyAlgorithm.SM2.verify(key, message, signature)).as("byte %d", i).isFalse();
            signature[i] ^= 1;
        }
        assertThat(KeyAlgorithm.SM2.verify(key, "message".getBytes(US_ASCII), signature)).isFalse();
        assertThat(KeyAlgorithm.SM2.verify(key, message, new byte[63])).isFalse();
        assertThat(KeyAlgorithm.SM2.verify(key, message, new byte[64])).isFalse();
    }

    @Test
    void aPointBesideTheCurveIsNoKey() {
        byte[] raw = new byte[65];
        raw[0] = 4;
        raw[64] = 1;
        assertThatThrownBy(() -> KeyAlgorithm.SM2.publicKey(raw))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("65 bytes that are no SM2 public key");
    }

    /** RFC 8032 §7.1, tests 1 to 3. */
    @ParameterizedTest
    @CsvSource({
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60,"
                + " d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a, '',"
                + " e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb,"
                + " 3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c, 72,"
                + " 92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7,"
                + " fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025, af82,"
                + " 6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    })
    void ed25519(String seed, String publicKey, String message, String signature) throws Exception {
        PrivateKey signing =
                KeyAlgorithm.ED25519.decodePrivate(
                        HEX.parseHex("302e020100300506032b657004220420" + seed));
        PublicKey key = Ed25519.publicKey(HEX.parseHex(publicKey));
        byte[] text = HEX.parseHex(message);
        for (Runnable implementation : new Runnable[] {Ed25519::useJdk, Ed25519::useOffered}) {
            implementation.run();
            byte[] made = Ed25519.sign(signing, text);
            assertThat(HEX.formatHex(made)).isEqualTo(signature);
            assertThat(Ed25519.verify(key, text, made)).isTrue();
            made[40] ^= 1;
            assertThat(Ed25519.verify(key, text, made)).isFalse();
            assertThat(Ed25519.verify(key, text, new byte[63])).isFalse();
            assertThat(Ed25519.verify(key, text, new byte[0])).isFalse();
        }
        assertThat(Ed25519.provider()).isEqualTo("BC");
    }
}
