package org.roadloop.collect.gb32960.cipher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPrivateKeySpec;
import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.roadloop.collect.gb32960.CollectionTime;
import org.roadloop.collect.gb32960.Edition;
import org.roadloop.collect.gb32960.Frame;
import org.roadloop.collect.gb32960.RealTimeReport;
import org.roadloop.collect.gb32960.ReportUnits;
import org.roadloop.collect.gb32960.ReportVerdict;
import org.roadloop.collect.gb32960.VehicleSignature;
import org.roadloop.core.identity.SecurityProviders;

/**
 * Ciphers against the examples of their standards, and every cipher and signature there and back.
 */
class DataUnitCipherTest {
    private static final HexFormat HEX = HexFormat.of();
    private static final byte[] VIN = "LTEST000000000001".getBytes(StandardCharsets.US_ASCII);
    private static final Provider GUOMI = new BouncyCastleProvider();
    private static final KeyPair RSA = newRsa();
    private final DataUnitCipher cipher = new DataUnitCipher(CipherRule.USUAL);

    @BeforeAll
    static void offerGuomi() {
        SecurityProviders.offer(BouncyCastleProvider::new);
    }

    /** FIPS 197, appendix C.1; behind it one block of padding. */
    @Test
    void aes128IsThatOfFips197() throws Exception {
        Key key = new SecretKeySpec(HEX.parseHex("000102030405060708090a0b0c0d0e0f"), "AES");
        byte[] sealed =
                cipher.encrypt(
                        frame(HEX.parseHex("00112233445566778899aabbccddeeff")),
                        0,
                        Frame.ENCRYPTION_AES_128,
                        key);
        assertThat(Frame.encryption(sealed, 0)).isEqualTo(3);
        assertThat(HEX.formatHex(sealed, 24, 40)).isEqualTo("69c4e0d86a7b0430d8cdb78070b4c55a");
        assertThat(sealed).hasSize(25 + 32);
        assertThat(Frame.hasRightBcc(sealed, 0)).isTrue();
    }

    /** GB/T 32907-2016, annex A.1. */
    @Test
    void sm4IsThatOfItsStandard() throws Exception {
        byte[] block = HEX.parseHex("0123456789abcdeffedcba9876543210");
        byte[] sealed =
                cipher.encrypt(
                        frame(block), 0, Frame.ENCRYPTION_SM4, new SecretKeySpec(block, "SM4"));
        assertThat(HEX.formatHex(sealed, 24, 40)).isEqualTo("681edf34d206965e86b3e94f536e4246");
    }

    /** GB/T 32918.5-2017, annex C.2: "encryption standard" for the recommended curve. */
    @Test
    void sm2OpensTheExampleOfItsStandard() throws Exception {
        byte[] sealed =
                HEX.parseHex(
                        "04"
                                + "04ebfc718e8d1798620432268e77feb6415e2ede0e073c0f4f640ecd2e149a73"
                                + "e858f9d81e5430a57b36daab8f950a3c64e6ee6a63094d99283aff767e124df0"
                                + "59983c18f809e262923c53aec295d30383b54e39d609d160afcb1908d0bd8766"
                                + "21886ca989ca9c7d58087307ca93092d651efa");
        AlgorithmParameters curve = AlgorithmParameters.getInstance("EC", GUOMI);
        curve.init(new ECGenParameterSpec("sm2p256v1"));
        PrivateKey key =
                KeyFactory.getInstance("EC", GUOMI)
                        .generatePrivate(
                                new ECPrivateKeySpec(
                                        new BigInteger(
                                                "3945208f7b2144b13f36e38ac6d39f95"
                                                        + "889393692860b51a42fb81ef4df7c5b8",
                                                16),
                                        curve.getParameterSpec(ECParameterSpec.class)));
        byte[] frame = new byte[25 + sealed.length];
        Frame.write(frame, 0, Edition.V2025, 2, 0xFE, VIN, Frame.ENCRYPTION_SM2, sealed);
        byte[] open = cipher.decrypt(frame, 0, key);
        assertThat(new String(open, 24, open.length - 25, StandardCharsets.US_ASCII))
                .isEqualTo("encryption standard");
        DataUnitCipher draft =
                new DataUnitCipher(
                        new CipherRule(
                                CipherRule.USUAL.aes(),
                                CipherRule.USUAL.rsa(),
                                CipherRule.USUAL.sm4(),
                                CipherRule.Sm2Order.C1_C2_C3));
        assertThatThrownBy(() -> draft.decrypt(frame, 0, key))
                .isInstanceOf(GeneralSecurityException.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4, 5})
    void whatIsClosedOpensAgainAndNothingElseDoes(int encryption) throws Exception {
        KeyPair pair = encryption == 2 ? rsa() : sm2();
        byte[] secret = new byte[16];
        new SecureRandom().nextBytes(secret);
        boolean symmetric = encryption == 3 || encryption == 5;
        Key secretKey = new SecretKeySpec(secret, encryption == 3 ? "AES" : "SM4");
        for (int size : new int[] {6, 245, 246, 1000}) {
            byte[] unit = new byte[size];
            Arrays.fill(unit, (byte) 0x24);
            byte[] clear = frame(unit);
            byte[] sealed =
                    cipher.encrypt(clear, 0, encryption, symmetric ? secretKey : pair.getPublic());
            assertThat(Frame.hasRightBcc(sealed, 0)).isTrue();
            assertThat(sealed).isNotEqualTo(clear);
            assertThat(new ReportUnits().walk(sealed, 0)).isEqualTo(ReportVerdict.ENCRYPTED);
            Key opening = symmetric ? secretKey : pair.getPrivate();
            assertThat(cipher.decrypt(sealed, 0, opening)).isEqualTo(clear);
            byte[] cut = Arrays.copyOf(sealed, sealed.length - 1);
            Frame.finish(cut, 0, cut.length - 25);
            assertThatThrownBy(() -> cipher.decrypt(cut, 0, opening))
                    .isInstanceOf(GeneralSecurityException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void aSignatureHoldsUnderItsRuleOnly(int algorithm) throws Exception {
        KeyPair pair =
                switch (algorithm) {
                    case 1 -> sm2();
                    case 2 -> rsa();
                    default -> p256();
                };
        KeyPair another = algorithm == 2 ? sm2() : rsa();
        byte[] unit = new byte[9];
        CollectionTime.write(1_795_314_605_000_000L, unit, 0);
        unit[6] = 4; // engine, 2025
        byte[] frame = frame(unit);
        for (SignatureRule.Mark mark : SignatureRule.Mark.values()) {
            VehicleSignatures signatures = new VehicleSignatures(new SignatureRule(mark));
            byte[] signed = signatures.sign(frame, 0, algorithm, pair.getPrivate());
            assertThat(Frame.hasRightBcc(signed, 0)).isTrue();
            assertThat(check(signatures, signed, pair.getPublic()))
                    .isEqualTo(SignatureVerdict.RIGHT);
            for (SignatureRule.Mark other : SignatureRule.Mark.values()) {
                VehicleSignatures judge = new VehicleSignatures(new SignatureRule(other));
                assertThat(check(judge, signed, pair.getPublic()))
                        .isEqualTo(other == mark ? SignatureVerdict.RIGHT : SignatureVerdict.WRONG);
            }
            assertThat(check(signatures, signed, another.getPublic()))
                    .isEqualTo(SignatureVerdict.ALGORITHM);
            byte[] changed = signed.clone();
            changed[32]++;
            assertThat(check(signatures, changed, pair.getPublic()))
                    .isEqualTo(SignatureVerdict.WRONG);
            int at = Frame.dataOffset(0) + unit.length;
            changed = signed.clone();
            changed[at + 1] = 9;
            assertThat(check(signatures, changed, pair.getPublic()))
                    .isEqualTo(SignatureVerdict.ALGORITHM);
        }
        assertThat(check(new VehicleSignatures(SignatureRule.USUAL), frame, pair.getPublic()))
                .isEqualTo(SignatureVerdict.MISSING);
    }

    private static SignatureVerdict check(
            VehicleSignatures signatures, byte[] frame, PublicKey key) {
        ReportUnits units = new ReportUnits();
        assertThat(units.walk(frame, 0)).isEqualTo(ReportVerdict.OK);
        assertThat(VehicleSignature.MARK).isEqualTo(0xFF);
        return signatures.check(frame, 0, units, key);
    }

    private static byte[] frame(byte[] unit) {
        byte[] frame = new byte[25 + unit.length];
        Frame.write(
                frame,
                0,
                Edition.V2025,
                RealTimeReport.COMMAND,
                Frame.FLAG_COMMAND,
                VIN,
                Frame.ENCRYPTION_NONE,
                unit);
        return frame;
    }

    private static KeyPair rsa() {
        return RSA;
    }

    private static KeyPair newRsa() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(2048);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static KeyPair sm2() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC", GUOMI);
        generator.initialize(new ECGenParameterSpec("sm2p256v1"));
        return generator.generateKeyPair();
    }

    private static KeyPair p256() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        return generator.generateKeyPair();
    }
}
