package org.roadloop.app.part;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.app.config.Config;
import org.roadloop.app.config.GateRules;
import org.roadloop.app.config.UsageControl;
import org.roadloop.app.contract.GatedDecider;
import org.roadloop.app.http.Json;
import org.roadloop.core.ledger.Entry;
import org.roadloop.core.policy.Place;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.Schema;
import org.roadloop.dataspace.access.DataRoute;
import org.roadloop.govern.classify.SubjectLedger;
import org.roadloop.govern.lake.Lake;
import tools.jackson.databind.JsonNode;

/** A provider in Shanghai with its gates on, and a consumer abroad: two whole platforms. */
@Tag("slow")
class GatesBetweenTwoTest {
    private static final String RESEARCH =
            "\"permission\":[{\"action\":\"use\",\"constraint\":[{\"leftOperand\":\"purpose\","
                    + "\"operator\":\"eq\",\"rightOperand\":\"research\"}]}]";

    private static final LocalDate FILED = LocalDate.of(2999, 12, 31);

    @TempDir Path folder;
    private TwoPlatforms.Side consumer;
    private TwoPlatforms.Side provider;

    @BeforeEach
    void start() throws Exception {
        Config free = Config.DEFAULTS.withFreePorts();
        consumer = new TwoPlatforms.Side(folder.resolve("consumer"), free, Set.of("dataspace"));
        String did = consumer.seen.context.participant().did();
        UsageControl control =
                new UsageControl(
                        Optional.of(new Place("310115", null, Place.Basis.OWN)),
                        Map.of(did, new Place("DE", null, Place.Basis.DECLARED)),
                        Duration.ofMinutes(10),
                        30,
                        new GateRules(
                                true,
                                false,
                                Map.of(did, new GateRules.Party(null, null, FILED, null)),
                                Map.of(
                                        "research",
                                        Set.of("vehicle", "at", "speed_mps", "x_m", "y_m"))));
        Config.Dataspace space = free.dataspace();
        Config gated =
                new Config(
                        free.http(),
                        free.participant(),
                        free.collect(),
                        free.govern(),
                        new Config.Dataspace(
                                space.trustedParticipants(),
                                space.identity(),
                                space.federation(),
                                space.pushHosts(),
                                space.pushToPrivateAddresses(),
                                space.requireSignatures(),
                                control,
                                space.unsignedPeers(),
                                space.registrationSheet()),
                        free.clearing(),
                        free.compute(),
                        free.network(),
                        free.retention(),
                        free.ledger(),
                        free.costs());
        provider =
                new TwoPlatforms.Side(
                        folder.resolve("provider"), gated, Set.of("compute", "costs"));
        TwoPlatforms.writeRows(provider.govern.lake());
    }

    @AfterEach
    void stop() throws Exception {
        provider.close();
        consumer.close();
    }

    private String agree(String asset, String columns, String properties, String rules)
            throws Exception {
        provider.api.post(
                "/api/v1/assets",
                Json.mapper()
                        .readTree(
                                """
                                {"kind":"dataset","id":"%s","title":{"en":"Rows","zh":"数据"},
                                 "properties":{%s},"table":"track_point","snapshot":"-1",
                                 "columns":[%s],"formats":["HttpData-PULL"],
                                 "offers":[{"policy":{"@type":"Offer","@id":"offer-%s",%s},
                                  "tariff":{"currency":"CNY","prices":[]}}]}
                                """
                                        .formatted(asset, properties, columns, asset, rules)));
        return consumer.api
                .post(
                        "/api/v1/negotiations",
                        Json.mapper()
                                .createObjectNode()
                                .put("provider", provider.platform.url().toString())
                                .put("dataset", asset)
                                .put("offer", "offer-" + asset))
                .required("id")
                .asString();
    }

    private List<String> refusedAtTheGate(String asset) {
        try (var entries = provider.seen.context.ledger().read(0)) {
            return entries.map(Entry::event)
                    .filter(e -> e.type().equals(GatedDecider.REFUSED))
                    .filter(e -> e.json().required("asset").asString().equals(asset))
                    .flatMap(e -> e.json().required("reasons").valueStream())
                    .map(r -> r.required("code").asString())
                    .toList();
        }
    }

    private String pull(String agreement) throws Exception {
        JsonNode transfer =
                consumer.api.post(
                        "/api/v1/transfers",
                        Json.mapper()
                                .createObjectNode()
                                .put("agreement", agreement)
                                .put("format", DataRoute.FORMAT));
        String id = transfer.required("id").asString();
        try (var in = consumer.api.stream("/api/v1/transfers/" + id + "/data?purpose=research")) {
            return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }

    private void countBefore(int from, int to, boolean sensitive) {
        SubjectLedger ledger = provider.share.counters();
        ledger.debit(
                new SubjectLedger.Disclosure("did:web:other.example", "", sensitive),
                ledger.subjects(IntStream.range(from, to).mapToObj(i -> "other-" + i).toList()));
    }

    @Test
    void whatMayNotLeaveIsNotSignedAndTheLedgerSaysWhy() {
        String some = "\"vehicle\",\"at\",\"speed_mps\"";
        assertThatThrownBy(
                        () -> agree("aimless", some, "", "\"permission\":[{\"action\":\"use\"}]"))
                .hasMessageContaining("purpose_missing");
        assertThat(refusedAtTheGate("aimless")).containsExactly("purpose_missing");
        assertThatThrownBy(() -> agree("all", "", "", RESEARCH))
                .hasMessageContaining("fields_beyond_purpose")
                .hasMessageContaining("yaw_rate_dps");
        assertThatThrownBy(
                        () ->
                                agree(
                                        "cloud",
                                        some,
                                        "\"roadloop:surveying\":\"point cloud\"",
                                        RESEARCH))
                .hasMessageContaining("surveying_licence_missing");
        assertThat(refusedAtTheGate("cloud"))
                .containsExactly("surveying_licence_missing", "surveying_export");
        assertThatThrownBy(
                        () ->
                                agree(
                                        "listed",
                                        some,
                                        "\"roadloop:important\":\"sensitive_area\"",
                                        RESEARCH))
                .hasMessageContaining("sensitive areas");
        assertThat(refusedAtTheGate("listed")).containsExactly("export_important");
        assertThat(provider.share.counters().counts().ordinary()).isZero();
    }

    @Test
    void subjectsCountOnceWhenTheirDataLeave() throws Exception {
        String speeds = agree("speeds", "\"vehicle\",\"at\",\"speed_mps\"", "", RESEARCH);
        assertThat(provider.share.counters().counts().ordinary()).isZero();
        pull(speeds);
        pull(speeds);
        assertThat(provider.share.counters().counts().ordinary()).isEqualTo(7);
        assertThat(provider.share.counters().counts().sensitive()).isZero();
        String did = consumer.seen.context.participant().did();
        assertThat(provider.share.counters().counts(did, "").ordinary()).isEqualTo(7);
        assertThat(provider.share.counters().counts("", "research").ordinary()).isEqualTo(7);
    }

    /** Rows of so many more vehicles, one each. */
    private void moreVehicles(int from, int to) {
        Lake lake = provider.govern.lake();
        Schema schema = lake.schema("track_point");
        List<Batch> batches = new ArrayList<>();
        for (int at = from; at < to; at += Batch.MAX_ROWS) {
            int rows = Math.min(Batch.MAX_ROWS, to - at);
            Batch batch = new Batch(schema, rows);
            for (int i = 0; i < rows; i++) {
                int row = batch.addRow();
                batch.set(schema.indexOf("vehicle"), row, "other-" + (at + i));
                batch.set(schema.indexOf("at"), row, 1_790_000_000_000_000L + at + i);
            }
            batches.add(batch);
        }
        lake.commit(
                "track_point",
                List.of(lake.write("track_point", batches)),
                lake.committedPosition("track_point"),
                Map.of());
    }

    @Test
    void theHundredThousandAndFirstSubjectMakesPersonalDataImportant() throws Exception {
        String some = "\"vehicle\",\"at\",\"speed_mps\"";
        moreVehicles(7, 100_000); // beside seven that are there
        agree("hundred", some, "", RESEARCH);
        JsonNode before = provider.api.get("/api/v1/tables/track_point/classification");
        assertThat(before.required("subjects").asLong()).isEqualTo(100_000);
        assertThat(before.required("grade").asString()).isEqualTo("sensitive_personal");
        moreVehicles(100_000, 100_001);
        assertThatThrownBy(() -> agree("hundred-and-one", some, "", RESEARCH))
                .hasMessageContaining("export_important")
                .hasMessageContaining("100000");
        assertThat(refusedAtTheGate("hundred-and-one")).containsExactly("export_important");
        JsonNode after = provider.api.get("/api/v1/tables/track_point/classification");
        assertThat(after.required("grade").asString()).isEqualTo("important");
        assertThat(after.required("reasons").valueStream().map(r -> r.required("rule").asString()))
                .containsExactly("many_subjects");
        assertThat(after.required("track").asBoolean()).isTrue();
    }

    @Test
    void theTenThousandthSubjectOfSensitiveDataNeedsAnAssessment() throws Exception {
        String ways = "\"vehicle\",\"at\",\"x_m\",\"y_m\"";
        countBefore(0, 9_992, true); // and seven vehicles: 9,999
        String agreement = agree("ways", ways, "", RESEARCH);
        countBefore(9_992, 9_993, true);
        assertThatThrownBy(() -> pull(agreement))
                .hasMessageContaining("sensitive personal data of 10000 subjects");
        assertThatThrownBy(() -> agree("ways-again", ways, "", RESEARCH))
                .hasMessageContaining("export_sensitive_subjects");
        assertThat(provider.share.counters().counts().sensitive()).isEqualTo(9_993);
        // others are not concerned
        pull(agree("speeds", "\"vehicle\",\"at\",\"speed_mps\"", "", RESEARCH));
    }
}
