package org.roadloop.collect.jt808;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.interfaces.RSAPublicKey;
import org.junit.jupiter.api.Test;

class BodyCipherTest {
    @Test
    void aBodyComesBackByTheKeyThatTravelledAsAMessage() throws Exception {
        KeyPair platform = pair(1024);
        LinkMessage.PlatformPublicKey told =
                BodyCipher.message((RSAPublicKey) platform.getPublic());
        BodyWriter out = new BodyWriter(Edition.JT2013);
        told.write(out);
        assertThat(out.length()).isEqualTo(132);
        PublicKey key = BodyCipher.publicKey(told.e(), told.n()).orElseThrow();
        assertThat(key).isEqualTo(platform.getPublic());
        for (int length : new int[] {0, 1, 117, 118, 819}) {
            byte[] body = new byte[length];
            java.util.Arrays.fill(body, (byte) 0x7E);
            byte[] encrypted = BodyCipher.encrypt(key, body);
            assertThat(encrypted.length).isLessThanOrEqualTo(Frame.LARGEST_BODY_BYTES);
            assertThat(BodyCipher.decrypt(platform.getPrivate(), encrypted, 0, encrypted.length))
                    .hasValueSatisfying(plain -> assertThat(plain).isEqualTo(body));
        }
        assertThatThrownBy(() -> BodyCipher.encrypt(key, new byte[820]))
                .hasMessageContaining("at most 819");
        byte[] forOther = BodyCipher.encrypt(pair(1024).getPublic(), new byte[10]);
        assertThat(BodyCipher.decrypt(platform.getPrivate(), forOther, 0, 128)).isEmpty();
        assertThat(BodyCipher.decrypt(platform.getPrivate(), forOther, 0, 127)).isEmpty();
    }

    @Test
    void whatIsNoKeyIsNone() throws Exception {
        assertThat(BodyCipher.publicKey(65_537, Bytes.ofHex("00".repeat(128)))).isEmpty();
        assertThat(BodyCipher.publicKey(65_537, Bytes.ofHex("00".repeat(100) + "FF".repeat(28))))
                .isEmpty();
        RSAPublicKey large = (RSAPublicKey) pair(2048).getPublic();
        assertThatThrownBy(() -> BodyCipher.message(large)).hasMessageContaining("2048 bits");
    }

    private static KeyPair pair(int bits) throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(bits);
        return generator.generateKeyPair();
    }
}
