package org.roadloop.collect.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import javax.crypto.spec.SecretKeySpec;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.roadloop.collect.Counters;
import org.roadloop.collect.Lineage;

/** TLS on the gateway's ports, with the JDK's own client at the other end. */
@Tag("slow")
class TlsGatewayTest {
    private static final String VIN = "LTEST000000000001";
    private static final String PHONE = "013900000001";

    @TempDir Path directory;
    private final Counters counters = new Counters();
    private final VehicleRegister register = new VehicleRegister();
    private final TerminalRegister terminals =
            new TerminalRegister(new SecretKeySpec(new byte[32], "HmacSHA256"), (_, _) -> {});
    private SegmentLog log;
    private TcpGateway gateway;
    private TestCertificates authority;
    private final AtomicReference<TlsCredentials.Pem> pem = new AtomicReference<>();

    @BeforeEach
    void start() throws Exception {
        authority = new TestCertificates("test authority");
        TestCertificates.Issued own = authority.issue("gateway.test", "gateway.test");
        pem.set(new TlsCredentials.Pem(own.certificatePem(), own.keyPem(), null));
        register.register(VIN, Lineage.SIMULATED);
        register.register("LTEST000000000002", Lineage.SIMULATED);
        register.registerPlatform("CITYPLATFORM", "secret-of-the-city01");
        terminals.register(PHONE, Lineage.SIMULATED, null);
        terminals.register("013900000002", Lineage.SIMULATED, null);
        log = new SegmentLog(directory, FrameLogTest.MASTER, counters);
        gateway =
                new TcpGateway(
                        log, register, counters, Clock.systemUTC(), GatewaySettings.DEFAULT, 1);
    }

    @AfterEach
    void stop() {
        gateway.close();
        log.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void bothProtocolsAreServed(String version) throws Exception {
        TlsCredentials credentials = credentials(false);
        SSLContext client = authority.client(null);
        try (Peer terminal = connect(listen(Profile.TERMINAL, credentials), client, version)) {
            terminal.send(Gb32960Frames.login(VIN));
            assertThat(terminal.receive(31).substring(4, 8)).isEqualTo("0101");
            terminal.send(Gb32960Frames.report(VIN) + Gb32960Frames.heartbeat(VIN));
            assertThat(terminal.receive(25).substring(4, 8)).isEqualTo("0701");
        }
        try (Peer terminal = connect(listenJt808(credentials), client, version)) {
            terminal.send(Jt808Frames.frame("0100", PHONE, 1, Jt808Frames.REGISTRATION));
            String token = Jt808Frames.token(Jt808Frames.receive(terminal));
            terminal.send(Jt808Frames.frame("0102", PHONE, 2, token));
            Jt808Frames.receive(terminal);
            terminal.send(Jt808Frames.frame("0200", PHONE, 3, Jt808Frames.POSITION));
            assertThat(Jt808Frames.receive(terminal)).endsWith("0003" + "0200" + "00");
        }
        assertThat(Peer.logged(log)).hasSize(3);
        assertThat(counters.value("gateway_tls_handshakes")).isEqualTo(2);
        assertThat(counters.value("gateway_internal_error")).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void withAClientCaTheRightCertificateIsAskedFor(String version) throws Exception {
        TestCertificates fleet = new TestCertificates("fleet authority");
        TestCertificates stranger = new TestCertificates("fleet authority");
        InetSocketAddress port = listen(Profile.PLATFORM, mutual(fleet, false));

        try (Peer none = connect(port, authority.client(null), version)) {
            assertThat(isRefused(none)).isTrue();
        }
        Await.until(() -> counters.value("gateway_tls_no_certificate") == 1);
        try (Peer wrong = connect(port, authority.client(stranger.issue("metro", null)), version)) {
            assertThat(isRefused(wrong)).isTrue();
        }
        Await.until(() -> counters.value("gateway_tls_certificate") == 1);
        try (Peer right = connect(port, authority.client(fleet.issue("metro", null)), version)) {
            right.send(Gb32960Frames.platformLogin("CITYPLATFORM", "secret-of-the-city01"));
            assertThat(right.receive(31).substring(4, 8)).isEqualTo("0501");
        }
        assertThat(counters.value("gateway_internal_error")).isZero();
        assertThat(counters.value("gateway_tls_handshakes")).isEqualTo(1);
        Await.until(() -> gateway.connectionCount() == 0);
    }

    @Test
    void aCertificateMayBindWhoLogsIn() throws Exception {
        TestCertificates fleet = new TestCertificates("fleet authority");
        TlsCredentials bound = mutual(fleet, true);
        SSLContext vehicle = authority.client(fleet.issue("ltest000000000001", null));
        try (Peer terminal = connect(listen(Profile.TERMINAL, bound), vehicle, "TLSv1.3")) {
            terminal.send(Gb32960Frames.login("LTEST000000000002"));
            assertThat(terminal.receive(31).substring(4, 8)).isEqualTo("0102");
            terminal.send(Gb32960Frames.login(VIN));
            assertThat(terminal.receive(31).substring(4, 8)).isEqualTo("0101");
        }
        SSLContext named = authority.client(fleet.issue("terminal", "13900000001"));
        try (Peer terminal = connect(listenJt808(bound), named, "TLSv1.3")) {
            for (String phone : List.of("013900000002", PHONE)) {
                terminal.send(Jt808Frames.frame("0100", phone, 1, Jt808Frames.REGISTRATION));
                String token = Jt808Frames.token(Jt808Frames.receive(terminal));
                terminal.send(Jt808Frames.frame("0102", phone, 2, token));
                assertThat(Jt808Frames.receive(terminal))
                        .endsWith(phone.equals(PHONE) ? "010200" : "010201");
            }
        }
        try (Peer platform = connect(listen(Profile.PLATFORM, bound), vehicle, "TLSv1.3")) {
            platform.send(Gb32960Frames.platformLogin("CITYPLATFORM", "secret-of-the-city01"));
            assertThat(platform.receive(31).substring(4, 8)).isEqualTo("0502");
        }
        assertThat(counters.value("gateway_tls_identity")).isEqualTo(3);
        assertThat(counters.value("gb32960_vin_not_certified")).isEqualTo(1);
    }

    @Test
    void whoSpeaksNoTlsOrStallsIsCut() throws Exception {
        InetSocketAddress port = listen(Profile.TERMINAL, credentials(false));
        try (Peer plain = new Peer(port)) {
            plain.send(Gb32960Frames.login(VIN));
            assertThat(plain.isEnded()).isTrue();
        }
        Await.until(() -> counters.value("gateway_tls_plain") == 1);
        // The head of a handshake record of 512 bytes, and no more.
        try (Peer stalled = new Peer(port)) {
            stalled.send("160301" + "0200" + "01");
            assertThat(stalled.isEnded()).isTrue();
        }
        Await.until(() -> counters.value("gateway_tls_timeout") == 1);
        try (Peer gone = new Peer(port)) {
            gone.send("160301" + "0200" + "01");
        }
        Await.until(() -> counters.value("gateway_tls_broken_off") == 1);
        Await.until(() -> gateway.connectionCount() == 0);
        assertThat(counters.value("gateway_internal_error")).isZero();
        assertThat(counters.value("gateway_first_frame_timeout")).isZero();
        assertThat(Peer.logged(log)).isEmpty();
    }

    @Test
    void aRenewedCertificateHoldsWithoutARestartAndABadOneDoesNot() throws Exception {
        InetSocketAddress port = listen(Profile.TERMINAL, credentials(false));
        assertThat(shown(port)).isEqualTo("CN=gateway.test");
        TestCertificates.Issued renewed = authority.issue("renewed.test", null);
        String oldKey = pem.get().key();
        pem.set(new TlsCredentials.Pem(renewed.certificatePem(), oldKey, null));
        Await.until(
                () -> {
                    assertThat(shown(port)).isEqualTo("CN=gateway.test");
                    return counters.value("gateway_tls_renewal_failed") > 0;
                });
        pem.set(new TlsCredentials.Pem(renewed.certificatePem(), renewed.keyPem(), null));
        Await.until(() -> shown(port).equals("CN=renewed.test"));
        assertThat(counters.value("gateway_tls_renewed")).isEqualTo(1);
    }

    @Test
    void faultyFilesAreToldAtTheStartWithoutTheirText() throws Exception {
        TlsCredentials.Pem good = pem.get();
        TestCertificates.Issued other = authority.issue("other.test", null);
        for (TlsCredentials.Pem bad :
                List.of(
                        new TlsCredentials.Pem("no certificate", good.key(), null),
                        new TlsCredentials.Pem(good.certificate(), "SECRETKEYTEXT", null),
                        new TlsCredentials.Pem(good.certificate(), other.keyPem(), null),
                        new TlsCredentials.Pem(good.certificate(), good.key(), "no CA"))) {
            assertThatThrownBy(() -> new TlsCredentials(() -> bad, rule(false), counters))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("the TLS ")
                    .hasMessageNotContaining("SECRETKEYTEXT");
        }
        assertThatThrownBy(() -> credentials(true)).hasMessageContaining("client CA");
    }

    @Test
    void onlyTls12And13AreSpoken() throws Exception {
        var handler = credentials(false).handler(UnpooledByteBufAllocator.DEFAULT);
        assertThat(handler.engine().getEnabledProtocols())
                .containsExactlyInAnyOrder("TLSv1.3", "TLSv1.2");
    }

    private static boolean isRefused(Peer peer) throws IOException {
        try {
            // With TLS 1.3 a client learns of it when it reads.
            return peer.receive(1).isEmpty();
        } catch (IOException e) {
            return true;
        }
    }

    private String shown(InetSocketAddress port) throws Exception {
        try (Socket plain = new Socket(port.getAddress(), port.getPort());
                SSLSocket socket = handshake(plain, authority.client(null), "TLSv1.3")) {
            X509Certificate certificate =
                    (X509Certificate) socket.getSession().getPeerCertificates()[0];
            return certificate.getSubjectX500Principal().getName();
        }
    }

    private TlsCredentials credentials(boolean bindsIdentity) {
        return new TlsCredentials(pem::get, rule(bindsIdentity), counters);
    }

    private TlsCredentials mutual(TestCertificates clientCa, boolean bindsIdentity)
            throws Exception {
        TlsCredentials.Pem own = pem.get();
        TlsCredentials.Pem both =
                new TlsCredentials.Pem(own.certificate(), own.key(), clientCa.rootPem());
        return new TlsCredentials(() -> both, rule(bindsIdentity), counters);
    }

    private static TlsCredentials.Rule rule(boolean bindsIdentity) {
        return new TlsCredentials.Rule(Duration.ofSeconds(2), Duration.ofMillis(20), bindsIdentity);
    }

    private InetSocketAddress listen(Profile profile, @Nullable TlsCredentials tls)
            throws Exception {
        return gateway.listen(any(), profile, TerminalOrder.Rule.ANNEX_B, tls);
    }

    private InetSocketAddress listenJt808(TlsCredentials tls) throws Exception {
        return gateway.listenJt808(any(), terminals, Jt808Settings.DEFAULT, tls);
    }

    private static InetSocketAddress any() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    /** A refused handshake shows when the peer reads or writes, at the latest. */
    private static Peer connect(InetSocketAddress port, SSLContext client, String version)
            throws Exception {
        Socket plain = new Socket(port.getAddress(), port.getPort());
        SSLSocket socket =
                (SSLSocket)
                        client.getSocketFactory()
                                .createSocket(plain, "gateway.test", port.getPort(), true);
        socket.setEnabledProtocols(new String[] {version});
        return new Peer(socket);
    }

    private static SSLSocket handshake(Socket plain, SSLContext client, String version)
            throws Exception {
        SSLSocket socket =
                (SSLSocket)
                        client.getSocketFactory()
                                .createSocket(plain, "gateway.test", plain.getPort(), true);
        socket.setEnabledProtocols(new String[] {version});
        socket.startHandshake();
        return socket;
    }
}
