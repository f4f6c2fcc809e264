package org.roadloop.app.witness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.core.identity.Keystore;
import org.roadloop.core.ledger.Event;
import org.roadloop.core.ledger.FileLedger;
import org.roadloop.core.ledger.SignedNote;
import org.roadloop.core.ledger.witness.Cosignatures;
import org.roadloop.core.ledger.witness.Submission;
import org.roadloop.core.ledger.witness.Witness;
import tools.jackson.databind.json.JsonMapper;

/** A witness with its port, and a log that asks it. */
class WitnessServerTest {
    private static final Clock CLOCK = Clock.systemUTC();
    @TempDir Path folder;

    private static void grow(FileLedger log, int entries) {
        for (int i = 0; i < entries; i++) {
            log.append(
                    Event.of(
                            "usage.metered",
                            Instant.parse("2026-11-22T06:00:00Z"),
                            "did:web:example.com",
                            "agreement:1",
                            JsonMapper.shared().createObjectNode()));
        }
    }

    private FileLedger log(String dir) {
        return FileLedger.open(
                folder.resolve(dir),
                "example.com/roads",
                Keystore.open(folder.resolve("keys")).signer("ledger", "did:web:example.com"));
    }

    private WitnessServer server(SignedNote.VerifierKey key) throws Exception {
        return WitnessServer.start(
                folder.resolve("witness"), null, "127.0.0.1", 0, List.of(key), CLOCK);
    }

    @Test
    void aLogIsFollowedAcrossRestartsOfItsWitness() throws Exception {
        Cosignatures cosignatures = new Cosignatures(folder.resolve("cosigned"));
        try (HttpClient http = HttpClient.newHttpClient();
                FileLedger log = log("log")) {
            OwnLog own = new OwnLog(log, List.of(log.verifierKey()), List.of());
            grow(log, 5);
            String firstKey;
            try (WitnessServer server = server(log.verifierKey())) {
                firstKey = server.key().toString();
                Cosigner cosigner =
                        new Cosigner(new WitnessClient(http, server.url()), server.key(), CLOCK);
                assertThat(cosigner.offer(own, cosignatures)).isEmpty();
                assertThat(cosigner.state().size()).isEqualTo(5);
                grow(log, 3);
                assertThat(cosigner.offer(own, cosignatures)).isEmpty();
                assertThat(cosigner.state().standing()).isEqualTo(Cosigner.Standing.COSIGNING);
                assertThat(cosigner.state().size()).isEqualTo(8);
                assertThatThrownBy(() -> server(log.verifierKey()))
                        .as("two witnesses on one folder")
                        .isInstanceOf(IllegalStateException.class);
                assertThat(Towns.text(URI.create(server.url() + "/metrics")))
                        .contains("roadloop_witness_answers_total{result=\"cosigned\"} 2");
            }
            try (Stream<Path> keys = Files.list(folder.resolve("witness/keys"))) {
                for (Path key : keys.toList()) {
                    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(key)))
                            .as(key.toString())
                            .isEqualTo("rw-------");
                }
            }
            try (WitnessServer server = server(log.verifierKey())) {
                assertThat(server.key().toString()).isEqualTo(firstKey);
                grow(log, 1);
                // A client that does not know where the witness is asks from nothing.
                Cosigner cosigner =
                        new Cosigner(new WitnessClient(http, server.url()), server.key(), CLOCK);
                assertThat(cosigner.offer(own, cosignatures)).isEmpty();
                assertThat(cosigner.state().size()).isEqualTo(9);
                assertThat(
                                SignedNote.verify(
                                                cosignatures.onto(log.checkpoint()),
                                                List.of(log.verifierKey(), server.key()))
                                        .signatures())
                        .hasSize(2);
            }
        }
    }

    @Test
    void answersHaveTheStatusTypeAndBodyOfTheSpecification() throws Exception {
        try (HttpClient http = HttpClient.newHttpClient();
                FileLedger log = log("log");
                WitnessServer server = server(log.verifierKey())) {
            grow(log, 7);
            WitnessClient client = new WitnessClient(http, server.url());
            String origin = "example.com/roads";
            assertThat(client.findCheckpoint(origin)).as("never cosigned: 404").isEmpty();
            String whole = Submission.of(log, log.checkpoint(), 0).write();
            assertThat(post(http, server, whole).statusCode()).isEqualTo(200);
            grow(log, 1);
            HttpResponse<String> conflict =
                    post(http, server, Submission.of(log, log.checkpoint(), 0).write());
            assertThat(conflict.statusCode()).isEqualTo(409);
            assertThat(conflict.body()).isEqualTo("7\n");
            assertThat(conflict.headers().firstValue("Content-Type"))
                    .hasValueSatisfying(type -> assertThat(type).startsWith("text/x.tlog.size"));
            assertThat(post(http, server, whole.replace("example.com", "example.org")).statusCode())
                    .isEqualTo(404);
            assertThat(post(http, server, "old\n").statusCode()).isEqualTo(400);
            assertThat(
                            post(http, server, "old 1\n" + "A".repeat(Submission.MAX_BYTES))
                                    .statusCode())
                    .isEqualTo(413);
            SignedNote.verify(
                    client.findCheckpoint(origin).orElseThrow(),
                    List.of(server.key(), log.verifierKey()));
            assertThat(
                            Towns.get(
                                            URI.create(
                                                    server.url()
                                                            + "/"
                                                            + Witness.originHash(origin)
                                                            + "/checkpoint"))
                                    .statusCode())
                    .isEqualTo(200);
            RemoteAnchor anchor = new RemoteAnchor("chain", client, server.key());
            assertThat(anchor.anchor(log, log.checkpoint())).startsWith("\u2014 roadloop-witness/");
        }
    }

    private static HttpResponse<String> post(HttpClient http, WitnessServer server, String body)
            throws Exception {
        return http.send(
                HttpRequest.newBuilder(URI.create(server.url() + "/add-checkpoint"))
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void onlyOurOwnSignatureConvictsUs() throws Exception {
        try (HttpClient http = HttpClient.newHttpClient();
                FileLedger log = log("log");
                FileLedger fork = log("fork");
                WitnessServer server = server(log.verifierKey())) {
            List<SignedNote.VerifierKey> ownKeys = List.of(log.verifierKey());
            OwnLog own = new OwnLog(log, ownKeys, List.of());
            WitnessClient client = new WitnessClient(http, server.url());
            Cosignatures cosignatures = new Cosignatures(folder.resolve("cosigned"));
            grow(log, 6);
            new Cosigner(client, server.key(), CLOCK).offer(own, cosignatures);
            grow(fork, 2);
            Cosigner shrunk = new Cosigner(client, server.key(), CLOCK);
            assertThat(shrunk.offer(new OwnLog(fork, ownKeys, List.of()), cosignatures))
                    .hasValueSatisfying(
                            fault -> {
                                assertThat(fault.view().firstSize()).isEqualTo(6);
                                assertThat(fault.view().secondSize()).isEqualTo(2);
                            });
            assertThat(shrunk.state().standing()).isEqualTo(Cosigner.Standing.CONVICTING);
        }
    }

    /** A witness that lies, or is asked about another log of the same name, stops nobody. */
    @Test
    void aWitnessWithoutOurSignatureIsDoubted() throws Exception {
        Keystore other = Keystore.open(folder.resolve("other"));
        try (HttpClient http = HttpClient.newHttpClient();
                FileLedger log = log("log");
                FileLedger stranger =
                        FileLedger.open(
                                folder.resolve("stranger"),
                                "example.com/roads",
                                other.signer("ledger", "did:web:example.org"));
                WitnessServer server = server(log.verifierKey())) {
            WitnessClient client = new WitnessClient(http, server.url());
            Cosignatures cosignatures = new Cosignatures(folder.resolve("cosigned"));
            grow(log, 6);
            new Cosigner(client, server.key(), CLOCK)
                    .offer(new OwnLog(log, List.of(log.verifierKey()), List.of()), cosignatures);
            grow(stranger, 2);
            OwnLog own = new OwnLog(stranger, List.of(stranger.verifierKey()), List.of());
            Cosigner doubted = new Cosigner(client, server.key(), CLOCK);
            assertThat(doubted.offer(own, cosignatures)).isEmpty();
            assertThat(doubted.state().standing()).isEqualTo(Cosigner.Standing.DOUBTING);
            assertThat(doubted.state().claimedSize()).isEqualTo(6);
        }
    }
}
