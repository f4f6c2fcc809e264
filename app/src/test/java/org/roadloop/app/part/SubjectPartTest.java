package org.roadloop.app.part;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.app.config.Config;
import org.roadloop.app.home.Home;
import org.roadloop.app.http.ApiClient;
import org.roadloop.app.http.Json;
import org.roadloop.app.operate.OperatePart;
import org.roadloop.app.platform.Part;
import org.roadloop.app.platform.Platform;
import org.roadloop.app.platform.PlatformContext;
import org.roadloop.core.identity.Jws;
import org.roadloop.core.identity.Keystore;
import org.roadloop.core.ledger.Event;
import org.roadloop.core.ledger.Jcs;
import org.roadloop.core.ledger.LedgerVerifier;
import org.roadloop.core.ledger.ProofBundle;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** A person's request, from the door to the disk and back after a restart. */
@Tag("slow")
class SubjectPartTest {
    /** Of no real vehicle: check digit by 49 CFR 565. */
    private static final String VIN = "LSVAU2A30N4321234";

    private static final String OTHER = "1M8GDM9AXKP042788";

    @TempDir Path folder;
    private PlatformContext context;
    private Home home;

    /** Lets the test reach what every part has. */
    private final class Window implements Part {
        @Override
        public String name() {
            return "window";
        }

        @Override
        public void start(PlatformContext started) {
            context = started;
        }

        @Override
        public void close() {}
    }

    private Platform up() throws Exception {
        home = Home.open(folder);
        CollectPart collect = new CollectPart();
        return Platform.start(
                home,
                Config.DEFAULTS.withFreePorts(),
                List.of(new OperatePart(), collect, new SubjectPart(collect), new Window()),
                Set.of(),
                "test");
    }

    private static ObjectNode json(String text) {
        return (ObjectNode) Json.mapper().readTree(text);
    }

    private ApiClient client(Platform platform) {
        return new ApiClient(platform.url(), home.adminToken());
    }

    private void registerBoth(ApiClient client) throws Exception {
        client.post(
                "/api/v1/vehicles",
                json(
                        """
                        {"vehicles":[{"vin":"%s","lineage":"replay"},{"vin":"%s"}]}
                        """
                                .formatted(VIN, OTHER)));
    }

    private static final JsonNode BECAUSE =
            json(
                    """
                    {"reason":"the owner withdrew consent","legalBasis":"PIPL art. 47 (1) 3"}
                    """);

    @Test
    void aVehicleIsErasedAndStaysErasedAfterARestart() throws Exception {
        String path;
        try (Platform platform = up();
                ApiClient client = client(platform)) {
            registerBoth(client);
            JsonNode known = client.post("/api/v1/subjects", json("{\"vin\":\"" + VIN + "\"}"));
            assertThat(known.get("registered").asBoolean()).isTrue();
            path = "/api/v1/subjects/" + known.get("subject").asString();
            assertThat(client.get(path).at("/registration/lineage").asString()).isEqualTo("replay");
            JsonNode done = client.post(path + "/erase", BECAUSE);
            assertThat(done.get("registration").asBoolean()).isTrue();
            long evidence = done.get("evidence").asLong();
            assertThat(client.get("/api/v1/collect").get("vehiclesRegistered").asInt())
                    .isEqualTo(1);
            JsonNode again = client.post(path + "/erase", BECAUSE);
            assertThat(again.get("registration").asBoolean()).isFalse();
            assertThat(again.has("evidence")).isFalse();
            JsonNode export = client.get(path);
            assertThat(export.has("registration")).isFalse();
            assertThat(export.at("/entries/0/type").asString()).isEqualTo("subject.erased");
            assertThat(export.at("/entries/0/index").asLong()).isEqualTo(evidence);
        }
        assertThat(Files.readString(folder.resolve("registers.jsonl")))
                .contains(OTHER)
                .doesNotContain(VIN)
                .doesNotContain("erasing");
        try (Platform platform = up();
                ApiClient client = client(platform)) {
            assertThat(client.get("/api/v1/collect").get("vehiclesRegistered").asInt())
                    .isEqualTo(1);
            registerBoth(client); // it may come back, by an act of its own
            assertThat(client.get("/api/v1/collect").get("vehiclesRegistered").asInt())
                    .isEqualTo(2);
        }
    }

    /** As a kill left it: the intent is on disk, evidence and the new file are not. */
    @Test
    void aStopInTheMiddleIsMadeGoodAtTheNextStart() throws Exception {
        String subject;
        try (Platform platform = up();
                ApiClient client = client(platform)) {
            registerBoth(client);
            subject =
                    client.post("/api/v1/subjects", json("{\"vin\":\"" + VIN + "\"}"))
                            .get("subject")
                            .asString();
        }
        Path file = folder.resolve("registers.jsonl");
        String intent =
                """
                {"erasing":"%s","request":{"reason":"r","legalBasis":"l","by":"token:t","version":0}}
                """
                        .formatted(subject);
        for (int start = 0; start < 2; start++) {
            try (Platform platform = up();
                    ApiClient client = client(platform)) {
                JsonNode export = start == 0 ? null : client.get("/api/v1/subjects/" + subject);
                if (export != null) {
                    assertThat(export.get("entries").size()).as("evidence once").isEqualTo(1);
                }
            }
            if (start == 0) {
                Files.writeString(file, intent, StandardOpenOption.APPEND);
            }
        }
        assertThat(Files.readString(file)).contains(OTHER).doesNotContain(VIN);
        assertThat(Files.readString(file)).doesNotContain("erasing");
    }

    @Test
    void anExportVerifiesWithoutThePlatformAndAnErasureKeepsTheLogVerifiable() throws Exception {
        JsonNode export;
        JsonNode after;
        byte[] personal = "{\"owner\":\"Zhang San\",\"phone\":\"13812345678\"}".getBytes("UTF-8");
        try (Platform platform = up();
                ApiClient client = client(platform)) {
            var ledger = context.ledger();
            var at = context.clock().instant();
            ledger.append(
                    List.of(
                            Event.withPayload("task.created", at, "did:web:a", "task-1", personal),
                            Event.of("task.placed", at, "did:web:a", "task-1", json("{}")),
                            Event.of("task.placed", at, "did:web:a", "task-2", json("{}")),
                            Event.withPayload(
                                    "case.opened",
                                    at,
                                    "did:web:a",
                                    "case-1",
                                    "{\"task\":\"task-1\"}".getBytes("UTF-8"))));
            export = client.get("/api/v1/subjects/task-1");
            assertThat(client.get("/api/v1/subjects/did:web:a").get("entries").size()).isEqualTo(4);
            JsonNode done = client.post("/api/v1/subjects/task-1/erase", BECAUSE);
            assertThat(done.get("erased").toString()).isEqualTo("[0]");
            assertThat(done.get("kept").toString()).isEqualTo("[1]");
            ObjectNode chosen = (ObjectNode) BECAUSE.deepCopy();
            chosen.putArray("entries").add(3);
            assertThat(client.post("/api/v1/subjects/task-1/erase", chosen).get("erased"))
                    .hasToString("[3]");
            chosen.putArray("entries").add(2);
            assertThatThrownBy(() -> client.post("/api/v1/subjects/task-1/erase", chosen))
                    .hasMessageContaining("[2]");
            assertThatThrownBy(
                            () ->
                                    client.post(
                                            "/api/v1/subjects/task-1/erase",
                                            json("{\"reason\":\"\",\"legalBasis\":\"x\"}")))
                    .hasMessageContaining("needs 'reason'");
            after = client.get("/api/v1/subjects/task-1");
        }
        assertThat(export.get("entries").size()).isEqualTo(3);
        for (JsonNode entry : export.get("entries")) {
            var verdict =
                    ProofBundle.parse(entry.get("proof").asString())
                            .verify(export.get("logKey").asString());
            assertThat(verdict.ok()).as(verdict.reason()).isTrue();
        }
        JsonNode first = export.at("/entries/0");
        byte[] payload = Base64.getDecoder().decode(first.get("payload").asString());
        assertThat(payload).isEqualTo(personal);
        MessageDigest hash = MessageDigest.getInstance("SHA-256");
        hash.update(Base64.getDecoder().decode(first.get("salt").asString()));
        assertThat(ProofBundle.parse(first.get("proof").asString()).leafText())
                .contains(HexFormat.of().formatHex(hash.digest(payload)));
        ObjectNode unsigned = (ObjectNode) export.deepCopy();
        unsigned.remove("signature");
        var key = Keystore.open(folder.resolve("keys")).signer("participant", "x").publicKey();
        assertThat(Jws.verify(export.get("signature").asString(), key).get("sha256").asString())
                .isEqualTo(
                        HexFormat.of()
                                .formatHex(
                                        MessageDigest.getInstance("SHA-256")
                                                .digest(Jcs.bytes(unsigned))));
        assertThat(after.at("/entries/0").has("payload")).isFalse();
        assertThat(after.at("/entries/0").has("erased")).isTrue();
        var verification =
                LedgerVerifier.verify(folder.resolve("ledger"), export.get("logKey").asString());
        assertThat(verification.fault()).isEmpty();
    }
}
