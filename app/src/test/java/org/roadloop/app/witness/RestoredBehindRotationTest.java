package org.roadloop.app.witness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.app.config.Config;
import org.roadloop.app.home.Home;
import org.roadloop.app.http.ApiClient;
import org.roadloop.app.operate.OperatePart;
import org.roadloop.app.platform.LedgerKeys;
import org.roadloop.app.platform.Platform;
import org.roadloop.core.identity.KeyHandover;
import org.roadloop.core.identity.Keystore;
import org.roadloop.core.ledger.HandoverProofs;
import org.roadloop.core.ledger.KeyChain;
import org.roadloop.core.ledger.ProofBundle;
import org.roadloop.core.ledger.SignedNote.VerifierKey;
import org.roadloop.core.ledger.witness.Answer;
import org.roadloop.core.ledger.witness.SplitView;
import org.roadloop.core.ledger.witness.Witness;
import tools.jackson.databind.JsonNode;

/**
 * A home is put back from a copy made before its ledger key was rotated: it has never heard of the
 * key that signed what its witness remembers.
 */
@Tag("slow")
class RestoredBehindRotationTest {
    @TempDir Path folder;

    private Path home() {
        return folder.resolve("home");
    }

    private List<VerifierKey> keys(Path home) {
        return LedgerKeys.of(Keystore.open(home.resolve("keys"))).verifiers();
    }

    private static Platform up(Path home, String ledger) throws Exception {
        Files.createDirectories(home);
        Path file = home.resolve("roadloop.yaml");
        Files.writeString(file, "http: {port: 0}\nledger: {witnessSeconds: 1" + ledger + "}\n");
        WitnessPart witness = new WitnessPart(Set::of);
        return Platform.start(
                Home.open(home),
                Config.load(file),
                List.of(new OperatePart(witness::shown), witness),
                Set.of(),
                "test");
    }

    private static String witnesses(WitnessServer... servers) {
        List<String> items = new ArrayList<>();
        for (WitnessServer server : servers) {
            items.add(item(server.url(), server.key()));
        }
        return ", witnesses: [" + String.join(", ", items) + "]";
    }

    private static String item(URI url, VerifierKey key) {
        return "{url: \"" + url + "\", key: \"" + key + "\"}";
    }

    private WitnessServer server(String dir, List<VerifierKey> logKeys) throws Exception {
        return WitnessServer.start(
                folder.resolve(dir), null, "127.0.0.1", 0, logKeys, Clock.systemUTC());
    }

    private static JsonNode witness(Platform platform, int index) throws Exception {
        try (ApiClient api = Towns.operator(platform)) {
            return api.get("/api/v1/ledger/witnesses").at("/items/" + index);
        }
    }

    private static String hold(Platform platform) throws Exception {
        try (ApiClient api = Towns.operator(platform)) {
            return api.get("/api/v1/ledger/witnesses").path("hold").asString();
        }
    }

    private static void append(Platform platform) throws Exception {
        try (ApiClient api = Towns.operator(platform)) {
            Towns.token(api, "auditor");
        }
    }

    private static void awaitCosigned(Platform platform, int witness) throws Exception {
        Towns.await(
                "witness " + witness + " cosigns the newest",
                () -> platform.url().toString(),
                () -> {
                    JsonNode state = witness(platform, witness);
                    return state.path("state").asString().equals("cosigning")
                            && state.path("size").asLong() == size(platform);
                });
    }

    private static long size(Platform platform) throws Exception {
        String note = Towns.text(URI.create(platform.url() + "/api/v1/ledger/checkpoint"));
        return Long.parseLong(note.split("\n", 3)[1]);
    }

    /** A home that was cosigned, copied, rotated and cosigned again; the copy is what is left. */
    private void rotatedAway(WitnessServer before, Path copy) throws Exception {
        try (Platform platform = up(home(), witnesses(before))) {
            append(platform);
            awaitCosigned(platform, 0);
        }
        Towns.copy(home(), copy);
        Keystore.open(home().resolve("keys")).rotate("ledger");
    }

    private void awaitHandover(WitnessServer server) throws Exception {
        String hash = Witness.originHash(keys(home()).getFirst().name());
        Towns.await(
                "the witness keeps the handover",
                () -> "",
                () -> server.witness().findHandover(hash, 2).isPresent());
    }

    private List<VerifierKey> firstKeys() throws Exception {
        up(home(), "").close();
        return keys(home());
    }

    @Test
    void itsWitnessHandsOverTheRotationAndItsOwnSignatureStopsIt() throws Exception {
        Path copy = folder.resolve("copy");
        try (WitnessServer server = server("witness", firstKeys())) {
            rotatedAway(server, copy);
        }
        long remembered;
        try (WitnessServer server = server("witness", keys(home()))) {
            try (Platform platform = up(home(), witnesses(server))) {
                append(platform);
                awaitCosigned(platform, 0);
                remembered = size(platform);
                awaitHandover(server);
            }
            try (Platform restored = up(copy, witnesses(server))) {
                assertThat(hold(restored))
                        .startsWith(
                                "witness "
                                        + server.key().name()
                                        + " holds a checkpoint of "
                                        + remembered
                                        + " entries that this ledger has signed, with a key that"
                                        + " this home has never had and that its newest key handed"
                                        + " over to, and its ")
                        .contains("entries do not continue it: was an old backup restored?")
                        .endsWith("'ledger: {acceptRollback: " + remembered + "}' and start again");
                assertThatThrownBy(() -> append(restored))
                        .isInstanceOf(ApiClient.Refused.class)
                        .hasMessageContaining("the ledger is on hold: witness ");
                assertThat(witness(restored, 0).path("state").asString()).isEqualTo("convicting");
            }
            try (Platform restored =
                            up(copy, ", acceptRollback: " + remembered + witnesses(server));
                    ApiClient api = Towns.operator(restored)) {
                append(restored);
                JsonNode accepted = theOne(api, "ledger.rollback-accepted").path("body");
                // Who has the first key only can check what was lost, from the entry alone.
                List<ProofBundle> handovers = new ArrayList<>();
                accepted.path("handovers")
                        .forEach(p -> handovers.add(ProofBundle.parse(p.asString())));
                KeyChain chain = HandoverProofs.follow(keys(copy).getFirst(), handovers, List.of());
                assertThat(chain.newest()).isEqualTo(keys(home()).getFirst());
                assertThat(chain.checkpoint(SplitView.fromJson(accepted).first()).size())
                        .isEqualTo(remembered);
            }
        }
    }

    /** The witness was told of the new key only, and answers 403 to the old one. */
    @Test
    void aWitnessThatKnowsTheNewKeyOnlyStopsItToo() throws Exception {
        Path copy = folder.resolve("copy");
        try (WitnessServer server = server("witness", firstKeys())) {
            rotatedAway(server, copy);
        }
        try (WitnessServer server = server("witness", List.of(keys(home()).getFirst()))) {
            try (Platform platform = up(home(), witnesses(server))) {
                awaitCosigned(platform, 0);
                awaitHandover(server);
            }
            try (Platform restored = up(copy, witnesses(server))) {
                assertThat(hold(restored)).contains("that its newest key handed over to");
            }
        }
    }

    /** A witness of another make keeps no handovers and shows no checkpoint: only its word. */
    @Test
    void theWordOfAllWitnessesThatAnswerStopsItAndThatOfOneOfTwoDoesNot() throws Exception {
        Path copy = folder.resolve("copy");
        List<VerifierKey> first = firstKeys();
        try (Plain plain = new Plain(folder.resolve("plain"), first);
                WitnessServer fair = server("fair", first)) {
            String one = ", witnesses: [" + item(plain.url(), plain.witness.key()) + "]";
            String two = one.replace("]", ", " + item(fair.url(), fair.key()) + "]");
            try (Platform platform = up(home(), two)) {
                append(platform);
                awaitCosigned(platform, 0);
                awaitCosigned(platform, 1);
            }
            Towns.copy(home(), copy);
            Keystore.open(home().resolve("keys")).rotate("ledger");
            plain.witness.trust(first.getFirst().name(), keys(home()));
            long remembered;
            try (Platform platform = up(home(), one)) {
                append(platform);
                awaitCosigned(platform, 0);
                remembered = size(platform);
            }
            try (Platform restored = up(copy, one)) {
                assertThat(hold(restored))
                        .startsWith(
                                "every configured witness that answers ("
                                        + plain.witness.key().name()
                                        + ") remembers up to "
                                        + remembered
                                        + " entries of this ledger, which has ")
                        .contains("was a backup from before a rotation of the ledger key restored?")
                        .endsWith("'ledger: {acceptRollback: " + remembered + "}' and start again");
                assertThatThrownBy(() -> append(restored))
                        .isInstanceOf(ApiClient.Refused.class)
                        .hasMessageContaining("the ledger is on hold: every configured witness");
            }
            // One that remembers nothing says nothing.
            try (WitnessServer fresh = server("fresh", first);
                    Platform restored =
                            up(
                                    copy,
                                    one.replace(
                                            "]", ", " + item(fresh.url(), fresh.key()) + "]"))) {
                assertThat(witness(restored, 1).path("state").asString()).isEqualTo("cosigning");
                assertThat(hold(restored)).contains("every configured witness");
            }
            // One whose memory the log continues speaks against it.
            try (Platform doubted = up(copy, two)) {
                assertThat(hold(doubted)).isEmpty();
                assertThat(witness(doubted, 0).path("state").asString()).isEqualTo("doubting");
                assertThat(witness(doubted, 0).path("remark").asString())
                        .contains("remembers " + remembered + " entries");
                append(doubted);
            }
            try (Platform restored = up(copy, ", acceptRollback: " + remembered + one);
                    ApiClient api = Towns.operator(restored)) {
                append(restored);
                JsonNode body = theOne(api, "ledger.rollback-accepted").path("body");
                assertThat(body.path("kind").asString()).isEqualTo("claimed");
                assertThat(body.path("firstSize").asLong()).isEqualTo(remembered);
            }
        }
    }

    /**
     * The documented way with a lost key is no rollback, whichever keys the witness was told of.
     */
    @Test
    void aLostKeyThatWasReplacedIsNotRefused() throws Exception {
        try (WitnessServer server = server("witness", firstKeys())) {
            try (Platform platform = up(home(), witnesses(server))) {
                append(platform);
                awaitCosigned(platform, 0);
            }
            Files.delete(home().resolve("keys/ledger.1.private"));
            Keystore keystore = Keystore.open(home().resolve("keys"));
            keystore.replace(
                    "ledger",
                    KeyHandover.Because.LOST,
                    keystore.signer("participant", "did:web:localhost"));
            try (Platform platform = up(home(), witnesses(server))) {
                append(platform);
                assertThat(hold(platform)).isEmpty();
                assertThat(witness(platform, 0).path("state").asString()).isEqualTo("refusing");
            }
        }
        try (WitnessServer server = server("witness", keys(home()));
                Platform platform = up(home(), witnesses(server))) {
            append(platform);
            awaitCosigned(platform, 0);
            assertThat(hold(platform)).isEmpty();
        }
    }

    private static JsonNode theOne(ApiClient api, String type) throws Exception {
        List<JsonNode> found = new ArrayList<>();
        for (JsonNode entry : api.get("/api/v1/ledger/entries?limit=1000").path("items")) {
            if (entry.path("type").asString().equals(type)) {
                found.add(entry);
            }
        }
        assertThat(found).hasSize(1);
        return found.getFirst();
    }

    /** A witness that answers add-checkpoint and nothing else. */
    private static final class Plain implements AutoCloseable {
        final Witness witness;
        private final HttpServer http;

        Plain(Path dir, List<VerifierKey> logKeys) throws Exception {
            Keystore keystore = Keystore.open(dir.resolve("keys"));
            witness =
                    new Witness(
                            dir.resolve("logs"),
                            "plain.example/witness",
                            keystore.signer("witness", "did:web:localhost"),
                            List.of(),
                            Clock.systemUTC(),
                            view -> {});
            witness.trust(logKeys.getFirst().name(), logKeys);
            http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            http.createContext(
                    "/",
                    exchange -> {
                        try (exchange) {
                            byte[] asked = exchange.getRequestBody().readAllBytes();
                            if (!exchange.getRequestURI().getPath().equals("/add-checkpoint")) {
                                exchange.sendResponseHeaders(404, -1);
                                return;
                            }
                            Answer answer = witness.addCheckpoint(asked);
                            byte[] body = answer.body().getBytes();
                            exchange.sendResponseHeaders(answer.status(), body.length);
                            exchange.getResponseBody().write(body);
                        }
                    });
            http.start();
        }

        URI url() {
            return URI.create("http://localhost:" + http.getAddress().getPort());
        }

        @Override
        public void close() {
            http.stop(0);
        }
    }
}
