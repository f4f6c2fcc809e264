package org.roadloop.dataspace.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.roadloop.core.identity.Jws;
import org.roadloop.core.identity.Keystore;
import org.roadloop.core.identity.Signer;
import tools.jackson.databind.json.JsonMapper;

class CallerTest {
    private static final String DID = "did:web:localhost%3A7080";
    @TempDir Path home;

    /** A token is remembered until it expires: one that never does would fill the memory. */
    @ParameterizedTest
    @CsvSource({"0, 60, true", "0, 601, false", "-9223372036854775808, 9000000000, false"})
    void aTokenLivesTenMinutesAtMost(long issued, long expires, boolean good) {
        Clock clock = Clock.systemUTC();
        Signer signer = Keystore.open(home).signer("connector", DID);
        try (HttpClient http = HttpClient.newHttpClient()) {
            SelfIssuedTokens identity =
                    new SelfIssuedTokens(signer, new DidResolver(clock, true), clock);
            long now = Instant.now(clock).getEpochSecond();
            String token =
                    Jws.sign(
                            JsonMapper.shared()
                                    .createObjectNode()
                                    .put("iss", DID)
                                    .put("aud", DID)
                                    .put("jti", UUID.randomUUID().toString())
                                    .put("iat", issued == 0 ? now : issued)
                                    .put("exp", now + expires),
                            signer,
                            "JWT");
            if (good) {
                assertThat(identity.verify("Bearer " + token)).isEqualTo(DID);
            } else {
                assertThatThrownBy(() -> identity.verify("Bearer " + token))
                        .isInstanceOf(CallerIdentity.UnauthorizedException.class)
                        .hasMessageContaining("10 minutes");
            }
        }
    }

    @Test
    void onlyTrustedParticipantsAreHeard() {
        Signer signer = Keystore.open(home).signer("connector", DID);
        try (HttpClient http = HttpClient.newHttpClient()) {
            Clock clock = Clock.systemUTC();
            SelfIssuedTokens identity =
                    new SelfIssuedTokens(signer, new DidResolver(clock, true), clock);
            for (Set<String> heard : List.of(Set.<String>of(), Set.of(DID))) {
                assertThat(
                                new TrustedParticipants(identity, heard)
                                        .verify(identity.authorization(DID)))
                        .isEqualTo(DID);
            }
            CallerIdentity others = new TrustedParticipants(identity, Set.of("did:web:other.org"));
            assertThatThrownBy(() -> others.verify(identity.authorization(DID)))
                    .isInstanceOf(CallerIdentity.UnauthorizedException.class)
                    .hasMessageContaining("not among the participants");
        }
    }

    /** A peer that sends its headers and then nothing must not hold a thread. */
    @Test
    void anAnswerThatNeverEndsIsGivenUp() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                HttpClient http = HttpClient.newHttpClient()) {
            Thread.ofVirtual().start(() -> dripOnce(server));
            HttpRequest request =
                    HttpRequest.newBuilder(
                                    URI.create("http://127.0.0.1:" + server.getLocalPort() + "/"))
                            .build();
            assertThatThrownBy(() -> WholeAnswer.of(http, request, Duration.ofMillis(300), 1000))
                    .isInstanceOf(HttpTimeoutException.class);
            http.shutdownNow();
        }
    }

    private static void dripOnce(ServerSocket server) {
        try (Socket peer = server.accept()) {
            peer.getOutputStream()
                    .write(
                            "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"
                                    .getBytes(StandardCharsets.US_ASCII));
            peer.getOutputStream().flush();
            peer.getInputStream().transferTo(java.io.OutputStream.nullOutputStream());
        } catch (IOException e) {
            // the caller gave up, as it should
        }
    }
}
