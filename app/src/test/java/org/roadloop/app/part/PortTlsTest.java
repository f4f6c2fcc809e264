package org.roadloop.app.part;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.app.config.Config;
import org.roadloop.app.home.Home;
import org.roadloop.app.home.HomeException;
import org.roadloop.app.http.ApiClient;
import org.roadloop.app.platform.Platform;
import org.roadloop.collect.Counters;

/** TLS of the gateway's ports from the files of a home, with a certificate of the JDK's keytool. */
@Tag("slow")
class PortTlsTest {
    @TempDir Path folder;

    @Test
    void thePortsNamedSpeakTlsWithTheFilesOfTheHome() throws Exception {
        Home home = Home.open(folder.resolve("home"));
        String token = home.adminToken();
        Path secrets = Files.createDirectories(folder.resolve("home/secrets"));
        String tls = "tls: {ports: [jt808], certificateSecret: gate.crt, keySecret: gate.key}";
        Path file = Files.writeString(folder.resolve("roadloop.yaml"), "collect: {" + tls + "}");
        Config config = Config.load(file).withFreePorts();
        assertThatThrownBy(() -> PortTls.of(config.collect().links().tls(), home, new Counters()))
                .isInstanceOf(HomeException.class);

        KeyStore store = selfSigned();
        Certificate certificate = store.getCertificate("gate");
        secret(secrets.resolve("gate.crt"), "CERTIFICATE", certificate.getEncoded());
        secret(
                secrets.resolve("gate.key"),
                "PRIVATE KEY",
                store.getKey("gate", "changeit".toCharArray()).getEncoded());
        try (Platform platform =
                        Platform.start(home, config, List.of(new CollectPart()), Set.of(), "test");
                ApiClient api = new ApiClient(platform.url(), token)) {
            var status = api.get("/api/v1/collect");
            assertThat(status.at("/connectionsAdmitted").asInt())
                    .isLessThan(status.at("/descriptors/limit").asInt());
            int port = status.at("/ports/jt808").asInt();
            try (Socket plain = new Socket(InetAddress.getLoopbackAddress(), port)) {
                plain.setSoTimeout(60_000);
                plain.getOutputStream().write("7e0102037e".getBytes(StandardCharsets.US_ASCII));
                plain.getInputStream().readAllBytes(); // an alert, then the end
            }
            try (SSLSocket socket =
                    (SSLSocket)
                            trusting(certificate)
                                    .getSocketFactory()
                                    .createSocket(InetAddress.getLoopbackAddress(), port)) {
                socket.startHandshake();
                assertThat(socket.getSession().getPeerCertificates()[0]).isEqualTo(certificate);
            }
            assertThat(api.get("/api/v1/collect").at("/counters/gateway_tls_plain").asInt())
                    .isEqualTo(1);
        }
    }

    private KeyStore selfSigned() throws Exception {
        Path file = folder.resolve("gate.p12");
        Process keytool =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "keytool")
                                        .toString(),
                                "-genkeypair",
                                "-alias",
                                "gate",
                                "-keyalg",
                                "RSA",
                                "-dname",
                                "CN=gate.test",
                                "-storetype",
                                "PKCS12",
                                "-storepass",
                                "changeit",
                                "-keystore",
                                file.toString())
                        .inheritIO()
                        .start();
        assertThat(keytool.waitFor(120, TimeUnit.SECONDS)).isTrue();
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, "changeit".toCharArray());
        }
        return store;
    }

    private static SSLContext trusting(Certificate certificate) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setCertificateEntry("gate", certificate);
        TrustManagerFactory trust =
                TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }

    private static void secret(Path file, String what, byte[] der) throws Exception {
        Files.writeString(
                file,
                "-----BEGIN %s-----\n%s\n-----END %s-----\n"
                        .formatted(what, Base64.getMimeEncoder().encodeToString(der), what));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }
}
