package org.roadloop.app.witness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.app.http.ApiClient;
import org.roadloop.app.http.Json;
import org.roadloop.app.platform.Platform;
import org.roadloop.core.ledger.Checkpoint;
import org.roadloop.core.ledger.SignedNote;
import tools.jackson.databind.JsonNode;

/** What a regulator can check and what it can't see; and what is left at anchors. */
@Tag("slow")
class RegulatorTest {
    @TempDir Path folder;

    @Test
    void theRootIsRecomputedFromHashesAndOtherTypesStayHidden() throws Exception {
        String yaml = "http: {port: 0}\nledger: {regulatorTypes: [access.token-revoked]}\n";
        try (Platform platform = Towns.start(folder.resolve("home"), yaml);
                ApiClient operator = Towns.operator(platform)) {
            String token = Towns.token(operator, "regulator");
            Towns.token(operator, "auditor");
            for (JsonNode one : operator.get("/api/v1/tokens").path("items")) {
                if (one.path("role").asString().equalsIgnoreCase("auditor")) {
                    operator.delete("/api/v1/tokens/" + one.path("id").asString());
                }
            }
            for (int i = 0; i < 9; i++) {
                Towns.token(operator, "auditor");
            }
            try (ApiClient regulator = new ApiClient(platform.url(), token)) {
                List<JsonNode> items = new ArrayList<>();
                long after = -1;
                JsonNode page;
                do {
                    page =
                            regulator.get(
                                    "/api/v1/regulator/entries?limit=5"
                                            + (after < 0 ? "" : "&after=" + after));
                    page.path("items").forEach(items::add);
                    after = page.path("next").asLong(-1);
                } while (page.has("next"));
                Checkpoint checkpoint = checkpoint(platform);
                assertThat(items).hasSize((int) checkpoint.size());

                List<byte[]> hashes = new ArrayList<>();
                int shown = 0;
                for (JsonNode item : items) {
                    byte[] hash = HexFormat.of().parseHex(item.path("leafHash").asString());
                    hashes.add(hash);
                    if (item.has("leaf")) {
                        shown++;
                        byte[] leaf = Base64.getDecoder().decode(item.path("leaf").asString());
                        assertThat(sha256(new byte[] {0}, leaf)).isEqualTo(hash);
                        assertThat(Json.mapper().readTree(leaf).path("type").asString())
                                .isEqualTo("access.token-revoked");
                    }
                }
                assertThat(root(hashes)).isEqualTo(checkpoint.rootHash());
                assertThat(shown).isEqualTo(1);
                assertThat(
                                regulator
                                        .get("/api/v1/regulator/entries?type=access.token-revoked")
                                        .path("items"))
                        .hasSize(1);
                refused(regulator, "/api/v1/regulator/entries?type=access.token-created");
                refused(regulator, "/api/v1/ledger/entries");
                refused(regulator, "/api/v1/ledger/entries/0/proof");
                refused(regulator, "/log/tile/entries/000.p/4");
                // The same path in other letters must not be another route.
                for (String path : List.of("%65ntries/000.p/4", "entries%2F000.p/4")) {
                    URI escaped = URI.create(platform.url() + "/log/tile/" + path);
                    assertThat(status(escaped, token)).as(path).isBetween(400, 499);
                }
                assertThatThrownBy(() -> Towns.token(regulator, "auditor"))
                        .isInstanceOf(ApiClient.Refused.class)
                        .hasMessageContaining("regulator");
                JsonNode proof = regulator.get("/api/v1/regulator/entries/3/inclusion");
                assertThat(proof.has("leaf")).isFalse();
                assertThat(proof.path("path")).isNotEmpty();
                try (var tile = regulator.stream("/api/v1/regulator/tile/0/0?width=4")) {
                    byte[] four = tile.readAllBytes();
                    assertThat(four).hasSize(128);
                    assertThat(java.util.Arrays.copyOf(four, 32)).isEqualTo(hashes.getFirst());
                }
            }
        }
    }

    private static int status(URI url, String token) throws Exception {
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(
                            HttpRequest.newBuilder(url)
                                    .header("Authorization", "Bearer " + token)
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .statusCode();
        }
    }

    private static void refused(ApiClient regulator, String path) {
        assertThatThrownBy(() -> regulator.get(path))
                .as(path)
                .isInstanceOf(ApiClient.Refused.class)
                .extracting(e -> ((ApiClient.Refused) e).status())
                .isEqualTo(403);
    }

    private static Checkpoint checkpoint(Platform platform) throws Exception {
        SignedNote.VerifierKey key =
                SignedNote.VerifierKey.parse(
                        Towns.text(URI.create(platform.url() + "/api/v1/ledger/key")));
        return SignedNote.parseCheckpoint(
                Towns.text(URI.create(platform.url() + "/api/v1/ledger/checkpoint")), List.of(key));
    }

    /** RFC 6962 §2.1, by its recursive definition. */
    private static byte[] root(List<byte[]> hashes) throws Exception {
        if (hashes.size() == 1) {
            return hashes.getFirst();
        }
        int k = Integer.highestOneBit(hashes.size() - 1);
        return sha256(
                new byte[] {1}, root(hashes.subList(0, k)), root(hashes.subList(k, hashes.size())));
    }

    private static byte[] sha256(byte[]... parts) throws Exception {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        for (byte[] part : parts) {
            digest.update(part);
        }
        return digest.digest();
    }

    @Test
    void checkpointsAreLeftAtEachAnchorAndThatIsEvidence() throws Exception {
        Path file = folder.resolve("outside.jsonl");
        Path home = folder.resolve("home");
        try (Platform first = Towns.start(home, "http: {port: 0}\n")) {
            assertThat(first.partNames()).contains("witness");
        }
        String logKey;
        try (Platform again = Towns.start(home, "http: {port: 0}\n")) {
            logKey = Towns.text(URI.create(again.url() + "/api/v1/ledger/key")).strip();
        }
        try (WitnessServer chain =
                WitnessServer.start(
                        folder.resolve("chain"),
                        null,
                        "127.0.0.1",
                        0,
                        List.of(SignedNote.VerifierKey.parse(logKey)),
                        java.time.Clock.systemUTC())) {
            String yaml =
                    """
                    http: {port: 0}
                    ledger:
                      witnessSeconds: 1
                      anchors:
                        - {kind: file, name: archive, file: %s}
                        - {kind: witness, name: chain, url: "%s", key: "%s"}
                    """
                            .formatted(file, chain.url(), chain.key());
            try (Platform platform = Towns.start(home, yaml);
                    ApiClient operator = Towns.operator(platform)) {
                Towns.token(operator, "auditor");
                String[] seen = {""};
                Towns.await(
                        "both anchors",
                        () -> seen[0],
                        () -> {
                            JsonNode answer = operator.get("/api/v1/ledger/anchors");
                            seen[0] = answer.toString();
                            return answer.path("items").size() == 2;
                        });
                JsonNode items = operator.get("/api/v1/ledger/anchors").path("items");
                assertThat(items.get(0).path("receipt").asString()).isEqualTo("byte 0");
                assertThat(items.get(1).path("receipt").asString())
                        .startsWith("\u2014 roadloop-witness/");
                JsonNode line = Json.mapper().readTree(Files.readAllLines(file).getFirst());
                SignedNote.parseCheckpoint(
                        line.path("note").asString(),
                        List.of(SignedNote.VerifierKey.parse(logKey)));
                long index = items.get(1).path("ledgerIndex").asLong();
                JsonNode entry =
                        operator.get("/api/v1/ledger/entries?limit=1000")
                                .path("items")
                                .get((int) index);
                assertThat(entry.path("type").asString()).isEqualTo("ledger.anchored");
                assertThat(entry.at("/body/receipt")).isEqualTo(items.get(1).path("receipt"));
            }
        }
    }
}
