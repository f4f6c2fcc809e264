package org.roadloop.compute.site.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whom an agent trusts with its token, and over which line. */
class AgentTlsTest {
    private static final String PASSWORD = "changeit";

    @TempDir Path home;
    private Path token;

    @BeforeEach
    void token() throws Exception {
        token = Files.writeString(home.resolve("token"), AgentProcess.TOKEN + "\n");
        Files.setPosixFilePermissions(token, PosixFilePermissions.fromString("rw-------"));
    }

    @Test
    void aPlatformIsTrustedByItsCertificateOnly() throws Exception {
        certificate("platform", "ip:127.0.0.1");
        certificate("other", "ip:127.0.0.1");
        certificate("elsewhere", "dns:elsewhere.example");
        AtomicInteger asked = new AtomicInteger();
        HttpsServer server = server("platform", asked);
        try {
            String url = "https://127.0.0.1:" + server.getAddress().getPort();
            assertThat(ask(url, Optional.of(home.resolve("platform.pem")))).isEqualTo("s");
            assertThat(asked).hasValue(1);
            for (Optional<Path> wrong :
                    List.of(Optional.<Path>empty(), Optional.of(home.resolve("other.pem")))) {
                assertThatThrownBy(() -> ask(url, wrong)).isInstanceOf(SSLHandshakeException.class);
            }
        } finally {
            server.stop(0);
        }
        HttpsServer named = server("elsewhere", asked);
        try {
            String url = "https://127.0.0.1:" + named.getAddress().getPort();
            assertThatThrownBy(() -> ask(url, Optional.of(home.resolve("elsewhere.pem"))))
                    .as("the right issuer, another's name")
                    .isInstanceOf(SSLHandshakeException.class);
        } finally {
            named.stop(0);
        }
        assertThat(asked).as("no token was sent").hasValue(1);
        Files.writeString(home.resolve("none.pem"), "");
        assertThatThrownBy(() -> ask("https://127.0.0.1:1", Optional.of(home.resolve("none.pem"))))
                .hasMessageContaining("holds no certificate");
    }

    @ParameterizedTest
    @CsvSource({
        "http://127.0.0.1:7080, false, true",
        "http://[::1]:7080, false, true",
        "http://192.0.2.1:7080, false, false",
        "http://192.0.2.1:7080, true, true",
        "https://192.0.2.1, false, true",
        "https://user:word@192.0.2.1, false, false",
        "https://192.0.2.1/path, false, false",
        "ftp://127.0.0.1, true, false",
        "nothing, true, false",
    })
    void plainHttpStaysOnThisMachine(String url, boolean allowed, boolean good) {
        if (good) {
            assertThat(options(url, Optional.empty(), allowed).site()).isEqualTo("away");
        } else {
            assertThatThrownBy(() -> options(url, Optional.empty(), allowed))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("platform '");
        }
    }

    @Test
    void aTokenFileThatOthersReadIsRefused() throws Exception {
        AgentOptions options = options("http://127.0.0.1:1", Optional.empty(), false);
        assertThat(options.token()).isEqualTo(AgentProcess.TOKEN);
        Files.setPosixFilePermissions(token, PosixFilePermissions.fromString("rw-r-----"));
        assertThatThrownBy(options::token)
                .hasMessageContaining("chmod 600")
                .message()
                .doesNotContain(AgentProcess.TOKEN);
        Files.setPosixFilePermissions(token, PosixFilePermissions.fromString("rw-------"));
        Files.writeString(token, "short");
        assertThatThrownBy(options::token)
                .hasMessageContaining("at least 20")
                .message()
                .doesNotContain("short");
        Files.delete(token);
        assertThatThrownBy(options::token).hasMessageContaining("is missing");
    }

    private String ask(String url, Optional<Path> ca) throws IOException, InterruptedException {
        try (PlatformClient client = new PlatformClient(options(url, ca, false))) {
            return client.post("/sessions", AgentJson.object(), Duration.ofSeconds(30))
                    .path("session")
                    .asString();
        }
    }

    private AgentOptions options(String url, Optional<Path> ca, boolean allowPlainHttp) {
        return new AgentOptions(URI.create(url), "away", token, ca, allowPlainHttp, home);
    }

    private void certificate(String name, String address) throws Exception {
        keytool(
                "-genkeypair",
                "-alias",
                name,
                "-keyalg",
                "EC",
                "-dname",
                "CN=" + name,
                "-ext",
                "san=" + address);
        keytool(
                "-exportcert",
                "-alias",
                name,
                "-rfc",
                "-file",
                home.resolve(name + ".pem").toString());
    }

    private void keytool(String... words) throws Exception {
        List<String> command = new java.util.ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin/keytool").toString());
        command.addAll(List.of(words));
        command.addAll(
                List.of("-storepass", PASSWORD, "-keystore", home.resolve("keys.p12").toString()));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
    }

    private HttpsServer server(String alias, AtomicInteger asked) throws Exception {
        KeyStore all = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(home.resolve("keys.p12"))) {
            all.load(in, PASSWORD.toCharArray());
        }
        KeyStore own = KeyStore.getInstance("PKCS12");
        own.load(null, null);
        own.setKeyEntry(
                alias,
                all.getKey(alias, PASSWORD.toCharArray()),
                PASSWORD.toCharArray(),
                all.getCertificateChain(alias));
        KeyManagerFactory keys =
                KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(own, PASSWORD.toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        HttpsServer server = HttpsServer.create(new InetSocketAddress("127.0.0.1", 0), 10);
        server.setHttpsConfigurator(new HttpsConfigurator(context));
        server.createContext(
                "/",
                exchange -> {
                    asked.incrementAndGet();
                    byte[] answer = "{\"session\":\"s\"}".getBytes(StandardCharsets.UTF_8);
                    exchange.sendResponseHeaders(200, answer.length);
                    exchange.getResponseBody().write(answer);
                    exchange.close();
                });
        server.start();
        return server;
    }
}
