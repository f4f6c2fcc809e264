package org.roadloop.collect.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.collect.Counters;
import org.roadloop.collect.Lineage;
import org.roadloop.collect.gb32960.Activation;
import org.roadloop.collect.gb32960.Frame;
import org.roadloop.collect.gb32960.ParameterQuery;
import org.roadloop.collect.gb32960.TerminalControl;
import org.roadloop.collect.gb32960.TerminalParameter;
import org.roadloop.collect.gb32960.VehicleReportTable;
import org.roadloop.collect.gb32960.VehicleSignature;
import org.roadloop.collect.gb32960.cipher.CipherRule;
import org.roadloop.collect.gb32960.cipher.DataUnitCipher;
import org.roadloop.collect.gb32960.cipher.SignatureRule;
import org.roadloop.collect.gb32960.cipher.VehicleSignatures;
import org.roadloop.core.identity.SecurityProviders;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.BatchFeed;
import org.roadloop.core.table.LogPosition;

/** GB/T 32960.3-2025 over sockets: encrypted data units, signed reports, activation. */
class SealedFramesTest {
    private static final HexFormat HEX = HexFormat.of();
    private static final String VIN = "LTEST000000000001";
    private static final String VIN_HEX = HEX.formatHex(VIN.getBytes(StandardCharsets.US_ASCII));
    private static final String KEY = "0123456789abcdeffedcba9876543210";
    private static final String TIME = "1a0b160a1e05";
    private static final String LOGIN =
            Peer.withBcc(
                    "242401fe"
                            + VIN_HEX
                            + "01001e"
                            + TIME
                            + "0001"
                            + "3839383630303030303030303030303030303031"
                            + "0100");

    /** Position with its coordinate system (WGS 84), 121.51 E 31.24 N. */
    private static final String REPORT =
            Peer.withBcc("242402fe" + VIN_HEX + "010011" + TIME + "050001073e16f001dcaf40");

    private static final KeyPair SIGNER = ecc();

    private static final TerminalOrder QUERY =
            (edition, vin, at) -> {
                byte[] out = new byte[64];
                int length =
                        ParameterQuery.write(
                                edition,
                                out,
                                0,
                                vin,
                                at,
                                List.of(TerminalParameter.HEARTBEAT_PERIOD));
                return Arrays.copyOf(out, length);
            };
    private static final TerminalOrder RESET =
            (edition, vin, at) -> {
                byte[] out = new byte[64];
                int length =
                        TerminalControl.write(
                                edition,
                                out,
                                0,
                                vin,
                                at,
                                TerminalControl.Action.RESET,
                                new byte[0]);
                return Arrays.copyOf(out, length);
            };

    @TempDir Path directory;
    private final Counters counters = new Counters();
    private final VehicleRegister register = new VehicleRegister();
    private final DataUnitCipher cipher = new DataUnitCipher(CipherRule.USUAL);
    private FrameLog log;

    @BeforeAll
    static void offerGuomi() {
        SecurityProviders.offer(BouncyCastleProvider::new);
    }

    @BeforeEach
    void start() {
        register.register(VIN, Lineage.SIMULATED);
        register.registerPlatform("CITYPLATFORM", "secret-of-the-city01");
        log = new SegmentLog(directory, FrameLogTest.MASTER, counters);
    }

    @AfterEach
    void stop() {
        log.close();
    }

    @Test
    void bothEditionsSpeakOnOnePortAndKeepTheirOwnStartBytes() throws Exception {
        try (TcpGateway gateway = gateway(FrameSecurity.NONE);
                Peer terminal = connect(gateway, Profile.TERMINAL)) {
            terminal.send(LOGIN);
            assertThat(terminal.receive(31))
                    .isEqualTo(Peer.withBcc("24240101" + VIN_HEX + "010006" + TIME));
            terminal.send(REPORT + Peer.withBcc("242407fe" + VIN_HEX + "010000"));
            assertThat(terminal.receive(25))
                    .isEqualTo(Peer.withBcc("24240701" + VIN_HEX + "010000"));
            terminal.send(Peer.withBcc("232308fe" + VIN_HEX + "010000"));
            assertThat(terminal.receive(31)).startsWith("23230801");
            // Structure wrong is 06 in this edition.
            terminal.send(Peer.withBcc("242402fe" + VIN_HEX + "01000a" + TIME + "05060066"));
            assertThat(terminal.receive(31).substring(0, 8)).isEqualTo("24240206");
        }
        assertThat(Peer.logged(log)).containsExactly(LOGIN, REPORT);
        assertThat(rows(FrameSecurity.NONE)).isEqualTo("2025 121.509616 31.240000");
    }

    @Test
    void anEncryptedReportIsAnsweredOnceItIsKeptAsItCameAndBecomesARow() throws Exception {
        FrameSecurity security = security("{'vin':'LTEST*','cipher':'sm4','key':'" + KEY + "'}");
        String sealed = seal(REPORT);
        try (TcpGateway gateway = gateway(security);
                Peer platform = connect(gateway, Profile.PLATFORM)) {
            platform.send(platformLogin());
            assertThat(platform.receive(31).substring(4, 8)).isEqualTo("0501");
            platform.send(sealed);
            // The time in the answer is the one in the clear.
            assertThat(platform.receive(31))
                    .isEqualTo(Peer.withBcc("24240201" + VIN_HEX + "010006" + TIME));
        }
        assertThat(Peer.logged(log)).hasSize(2).contains(sealed);
        assertThat(rows(security)).isEqualTo("2025 121.509616 31.240000");
        Counters decoding = new Counters();
        assertThat(rows(FrameSecurity.NONE, decoding)).isEqualTo("no row");
        assertThat(decoding.value("gb32960_encrypted")).isEqualTo(1);
    }

    @Test
    void whatTheKeyDoesNotOpenIsRefusedByItsOwnFlag() throws Exception {
        String other = KEY.replace('0', '1');
        FrameSecurity security = security("{'vin':'LTEST*','cipher':'sm4','key':'" + other + "'}");
        try (TcpGateway gateway = gateway(security);
                Peer terminal = connect(gateway, Profile.TERMINAL)) {
            terminal.send(seal(LOGIN));
            assertThat(terminal.receive(25))
                    .isEqualTo(Peer.withBcc("24240107" + VIN_HEX + "010000"));
        }
        assertThat(counters.value("gb32960_decryption_failed")).isEqualTo(1);
        assertThat(Peer.logged(log)).isEmpty();
    }

    @Test
    void aVehicleWithARegisteredKeyMustSignRight() throws Exception {
        String key = Base64.getEncoder().encodeToString(SIGNER.getPublic().getEncoded());
        FrameSecurity security =
                security("{'vin':'" + VIN + "','signer':'ecc','publicKey':'" + key + "'}");
        byte[] signed =
                new VehicleSignatures(SignatureRule.USUAL)
                        .sign(
                                HEX.parseHex(REPORT),
                                0,
                                VehicleSignature.ALGORITHM_ECC,
                                SIGNER.getPrivate());
        String right = HEX.formatHex(signed);
        signed[31 + 1] ^= 0x02; // another coordinate system
        Frame.finish(signed, 0, Frame.dataBytes(signed, 0));
        try (TcpGateway gateway = gateway(security);
                Peer terminal = connect(gateway, Profile.TERMINAL)) {
            terminal.send(LOGIN);
            terminal.receive(31);
            terminal.send(REPORT);
            assertThat(terminal.receive(31).substring(0, 8)).isEqualTo("24240205");
            terminal.send(HEX.formatHex(signed));
            assertThat(terminal.receive(31).substring(0, 8)).isEqualTo("24240205");
            terminal.send(right + Peer.withBcc("242407fe" + VIN_HEX + "010000"));
            assertThat(terminal.receive(25).substring(0, 8)).isEqualTo("24240701");
        }
        assertThat(counters.snapshot())
                .containsEntry("gb32960_signature_missing", 1L)
                .containsEntry("gb32960_signature_wrong", 1L)
                .containsEntry("gb32960_signature_right", 1L);
        assertThat(Peer.logged(log)).containsExactly(LOGIN, right);
    }

    @Test
    void activationHoldsOnlyWithTheRegisteredKey() throws Exception {
        String key = Base64.getEncoder().encodeToString(SIGNER.getPublic().getEncoded());
        FrameSecurity security =
                security("{'vin':'" + VIN + "','signer':'ecc','publicKey':'" + key + "'}");
        try (TcpGateway gateway = gateway(security);
                Peer terminal = connect(gateway, Profile.TERMINAL)) {
            terminal.send(activation(SIGNER));
            assertThat(terminal.receive(27))
                    .isEqualTo(Peer.withBcc("24240afe" + VIN_HEX + "0100020100"));
            terminal.send(activation(ecc()));
            assertThat(terminal.receive(27))
                    .isEqualTo(Peer.withBcc("24240afe" + VIN_HEX + "0100020200"));
        }
        assertThat(counters.value("gb32960_activations")).isEqualTo(1);
        assertThat(Peer.logged(log)).hasSize(1);
    }

    /** Annex B, tables B.5 and B.10: query of the heartbeat period, reset of the terminal. */
    @Test
    void ordersAreRepeatedUntilAnsweredOrGivenUp() throws Exception {
        try (TcpGateway gateway = gateway(FrameSecurity.NONE);
                Peer terminal =
                        new Peer(
                                gateway.listen(
                                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                                        Profile.TERMINAL,
                                        new TerminalOrder.Rule(300_000_000L, 2)))) {
            assertThat(gateway.order(VIN, QUERY).join().outcome())
                    .isEqualTo(CommandResult.Outcome.NOT_CONNECTED);
            terminal.send(LOGIN);
            terminal.receive(31);
            CompletableFuture<CommandResult> query = gateway.order(VIN, QUERY);
            CompletableFuture<CommandResult> second = gateway.order(VIN, QUERY);
            String asked = Peer.withBcc("242480fe" + VIN_HEX + "010008" + "1a0b160a1e06" + "0109");
            assertThat(terminal.receive(33)).isEqualTo(asked);
            assertThat(terminal.receive(33)).as("the repeat").isEqualTo(asked);
            assertThat(second.get(20, TimeUnit.SECONDS).outcome())
                    .isEqualTo(CommandResult.Outcome.BUSY);
            String values =
                    Peer.withBcc("24248001" + VIN_HEX + "010009" + "1a0b160a1e06" + "01091e");
            terminal.send(values);
            assertThat(query.get(20, TimeUnit.SECONDS))
                    .isEqualTo(new CommandResult(CommandResult.Outcome.DONE, 0));
            assertThat(Peer.logged(log)).containsExactly(LOGIN, values);

            CompletableFuture<CommandResult> reset = gateway.order(VIN, RESET);
            assertThat(terminal.receive(32))
                    .isEqualTo(
                            Peer.withBcc("242482fe" + VIN_HEX + "010007" + "1a0b160a1e06" + "03"));
            assertThat(reset.get(20, TimeUnit.SECONDS).outcome())
                    .isEqualTo(CommandResult.Outcome.TIMED_OUT);
            terminal.receive(32);
            CompletableFuture<CommandResult> refused = gateway.order(VIN, RESET);
            terminal.receive(32);
            terminal.send(Peer.withBcc("24248202" + VIN_HEX + "010007" + "1a0b160a1e06" + "03"));
            assertThat(refused.get(20, TimeUnit.SECONDS))
                    .isEqualTo(new CommandResult(CommandResult.Outcome.REFUSED, 2));
        }
    }

    @Test
    void aFaultInTheKeysNamesItsLineAndNothingElse() {
        assertThatThrownBy(
                        () ->
                                new SenderKeys(
                                        List.of(
                                                "",
                                                "{\"vin\":\"LTEST*\",\"cipher\":\"sm4\",\"key\":\"c0ffee\"}")))
                .hasMessageContaining("line 2")
                .hasNoCause()
                .message()
                .doesNotContain("c0ffee", "LTEST");
    }

    private static String activation(KeyPair chip) throws Exception {
        byte[] vin = VIN.getBytes(StandardCharsets.US_ASCII);
        byte[] point = Arrays.copyOf(chip.getPublic().getEncoded(), 64);
        byte[] frame = new byte[512];
        long at = 1_795_314_605_000_000L;
        byte[] zero = new byte[32];
        int ecc = VehicleSignature.ALGORITHM_ECC;
        Activation.write(frame, 0, vin, at, "CHIP01", point, ecc, zero, zero);
        int data = Frame.dataOffset(0);
        Signature signer = Signature.getInstance("SHA256withECDSAinP1363Format");
        signer.initSign(chip.getPrivate());
        signer.update(frame, data, Activation.vin(frame, data) + Frame.ID_BYTES - data);
        byte[] rs = signer.sign();
        byte[] r = Arrays.copyOf(rs, 32);
        byte[] s = Arrays.copyOfRange(rs, 32, 64);
        int length = Activation.write(frame, 0, vin, at, "CHIP01", point, ecc, r, s);
        return HEX.formatHex(frame, 0, length);
    }

    private static String platformLogin() {
        return Peer.withBcc(
                "242405fe"
                        + VIN_HEX
                        + "010029"
                        + TIME
                        + "0001"
                        + "43495459504c4154464f524d"
                        + "7365637265742d6f662d7468652d636974793031"
                        + "01");
    }

    private String seal(String frame) throws Exception {
        return HEX.formatHex(
                cipher.encrypt(
                        HEX.parseHex(frame),
                        0,
                        Frame.ENCRYPTION_SM4,
                        new SecretKeySpec(HEX.parseHex(KEY), "SM4")));
    }

    private static FrameSecurity security(String line) {
        SenderKeys keys = new SenderKeys(List.of(line.replace('\'', '"')));
        return new FrameSecurity(keys, keys, CipherRule.USUAL, SignatureRule.USUAL);
    }

    private TcpGateway gateway(FrameSecurity security) {
        Clock clock = Clock.fixed(Instant.parse("2026-11-22T02:30:06Z"), ZoneOffset.UTC);
        return new TcpGateway(log, register, counters, clock, GatewaySettings.DEFAULT, security, 1);
    }

    private static Peer connect(TcpGateway gateway, Profile profile) throws Exception {
        InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        return new Peer(gateway.listen(any, profile));
    }

    private String rows(FrameSecurity security) throws Exception {
        return rows(security, new Counters());
    }

    private String rows(FrameSecurity security, Counters decoding) throws Exception {
        log.flush();
        try (LogFeed feed =
                new LogFeed(log, decoding, 4096, List.of(new Gb32960Decoder(decoding, security)))) {
            BatchFeed.Chunk chunk = feed.next(LogPosition.START, Duration.ofMillis(50));
            if (chunk == null) {
                return "no row";
            }
            try (chunk) {
                Batch rows = chunk.batches().get(VehicleReportTable.NAME);
                assertThat(rows.rows()).isEqualTo(1);
                return "%d %.6f %.6f"
                        .formatted(
                                rows.ints(VehicleReportTable.EDITION)[0],
                                rows.doubles(VehicleReportTable.LONGITUDE_DEGREES)[0],
                                rows.doubles(VehicleReportTable.LATITUDE_DEGREES)[0]);
            }
        }
    }

    private static KeyPair ecc() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(256);
            return generator.generateKeyPair();
        } catch (java.security.GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
