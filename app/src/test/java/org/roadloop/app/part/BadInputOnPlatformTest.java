package org.roadloop.app.part;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.app.config.Config;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What an operator sees of bad input: one counter and one line for each kind of it. */
@Tag("slow")
class BadInputOnPlatformTest {
    private static final Set<String> ONLY = Set.of("dataspace");

    @TempDir Path folder;

    private static String metrics(TwoPlatforms.Side side) throws Exception {
        return side.get("/metrics", side.token()).body();
    }

    static HttpResponse<String> catalog(TwoPlatforms.Side of, String authorization)
            throws Exception {
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(
                    HttpRequest.newBuilder(
                                    URI.create(of.platform.url() + "/dsp/2025-1/catalog/request"))
                            .header("Authorization", authorization)
                            .POST(
                                    HttpRequest.BodyPublishers.ofString(
                                            """
                                            {"@context":["https://w3id.org/dspace/2025/1/context.jsonld"],
                                             "@type":"CatalogRequestMessage"}
                                            """))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        }
    }

    @Test
    void aLineSaysWhatCameFromWhomAndWhatToDo() throws Exception {
        PrintStream before = System.err;
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        System.setErr(new PrintStream(said, true, StandardCharsets.UTF_8));
        String token;
        String answer;
        try (TwoPlatforms.Side us = new TwoPlatforms.Side(folder.resolve("us"), 0, ONLY);
                TwoPlatforms.Side them = new TwoPlatforms.Side(folder.resolve("them"), 0, ONLY)) {
            token = them.share.identity().authorization(us.seen.context.participant().did());
            try (Socket socket =
                    new Socket(InetAddress.getByName("localhost"), us.platform.url().getPort())) {
                socket.setSoTimeout(30_000);
                String head =
                        "POST /dsp/2025-1/negotiations/request HTTP/1.1\r\nHost: localhost\r\n"
                                + "Authorization: "
                                + token
                                + "\r\nContent-Length: 900000000\r\n\r\n";
                socket.getOutputStream().write(head.getBytes(StandardCharsets.UTF_8));
                answer =
                        new String(socket.getInputStream().readNBytes(600), StandardCharsets.UTF_8);
            }
            for (int i = 0; i < 3; i++) {
                assertThat(catalog(us, "Bearer a.b.c").statusCode()).isEqualTo(401);
            }
            assertThat(metrics(us))
                    .contains("roadloop_messages_refused_total{reason=\"too_large\"} 1.0")
                    .contains("roadloop_messages_refused_total{reason=\"token_forged\"} 3.0")
                    .contains("roadloop_callers_refused_total{reason=\"token_forged\"} 3.0");

            // and the other way round: a catalogue that is none
            HttpResponse<String> none =
                    us.post(
                            "/api/v1/catalogs",
                            us.token(),
                            JsonMapper.shared()
                                    .createObjectNode()
                                    .put("provider", them.platform.url() + "/metrics"));
            assertThat(none.statusCode()).as(none.body()).isBetween(400, 499);
        } finally {
            System.setErr(before);
        }
        assertThat(answer).startsWith("HTTP/1.1 413 ").contains("ContractNegotiationError");
        String log = said.toString(StandardCharsets.UTF_8);
        assertThat(log)
                .contains(
                        "refused POST /dsp/2025-1/negotiations/request of did:web:localhost",
                        "with 413 too_large: a message has at most 32768 bytes; its software"
                                + " writes no message of DSP 2025-1: show its operator this line")
                .doesNotContain(token.substring(token.length() - 40));
        assertThat(log.lines().filter(line -> line.contains("token_forged")))
                .as("said once in ten seconds")
                .hasSize(1);
    }

    private TwoPlatforms.Side member(String name, int port, String identity) throws Exception {
        Path home = Files.createDirectories(folder.resolve(name));
        Path file = home.resolve("roadloop.yaml");
        Files.writeString(
                file,
                "http: {port: "
                        + port
                        + "}\ndataspace:\n  identity:\n    kind: dcp\n    dcp:\n"
                        + identity.indent(6));
        return new TwoPlatforms.Side(home, Config.load(file), ONLY);
    }

    /** Below those that the system gives to outgoing connections: nobody takes it meanwhile. */
    static int freePort() throws Exception {
        while (true) {
            try (ServerSocket free =
                    new ServerSocket(ThreadLocalRandom.current().nextInt(20_000, 32_000))) {
                return free.getLocalPort();
            } catch (BindException taken) {
                // another one
            }
        }
    }

    /** In a space of credentials a token is good for one message. */
    @Test
    void aTokenReplayedInASpaceOfCredentialsIsRefusedAndCounted() throws Exception {
        int first = freePort();
        int second = freePort();
        String issuer = "did:web:localhost%3A" + first;
        try (TwoPlatforms.Side authority =
                        member(
                                "authority",
                                first,
                                "issuer:\n  members:\n    - {did: \"did:web:localhost%3A"
                                        + second
                                        + "\", memberOf: park}\n");
                TwoPlatforms.Side member =
                        member(
                                "member",
                                second,
                                "trustedIssuers:\n  - {did: \"" + issuer + "\"}\n")) {
            JsonNode ask =
                    JsonMapper.shared()
                            .readTree(
                                    "{\"issuer\":\""
                                            + issuer
                                            + "\",\"types\":[\"MembershipCredential\"]}");
            member.api.post("/api/v1/credentials/request", ask);
            ApprovalBetweenTwoTest.await(
                    "the credential",
                    () -> member.api.get("/api/v1/credentials").toString().contains("ISSUED"));
            String token = member.share.identity().authorization(issuer);
            assertThat(catalog(authority, token).statusCode()).isEqualTo(200);
            HttpResponse<String> again = catalog(authority, token);
            assertThat(again.statusCode()).isEqualTo(401);
            assertThat(again.body()).contains("CatalogError", "token_replayed");
            assertThat(metrics(authority))
                    .contains("roadloop_messages_refused_total{reason=\"token_replayed\"} 1.0");
        }
    }
}
