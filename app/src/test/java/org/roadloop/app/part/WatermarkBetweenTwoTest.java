package org.roadloop.app.part;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.app.http.ApiClient;
import org.roadloop.app.http.HttpServer;
import org.roadloop.app.http.Json;
import org.roadloop.app.trace.TraceRoutes;
import org.roadloop.app.trace.TraceVerb;
import org.roadloop.core.ledger.Entry;
import org.roadloop.core.ledger.Event;
import org.roadloop.core.table.Batch;
import org.roadloop.dataspace.access.Pushes;
import org.roadloop.govern.lake.ParquetFiles;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Rows leave marked by every way alike; the provider names the contract of a leaked file. */
@Tag("slow")
class WatermarkBetweenTwoTest {
    private static final String TERMS =
            "speed_mps=0.1 x_m=0.1 y_m=0.1 acceleration_mps2=0.1 by vehicle at";

    @TempDir Path folder;

    private static ObjectNode asset(String terms) {
        ObjectNode asset =
                (ObjectNode)
                        Json.mapper()
                                .readTree(
                                        """
                                        {"kind":"dataset","id":"marked",
                                         "title":{"en":"Tracks","zh":"轨迹"},"properties":{},
                                         "table":"track_point","snapshot":"latest","columns":[],
                                         "formats":["HttpData-PULL","HttpData-PUSH","LiveStream-PULL"],
                                         "offers":[{"policy":{"@type":"Offer","@id":"offer-2",
                                           "permission":[{"action":"use"}]},
                                          "tariff":{"currency":"CNY","prices":[]}}]}
                                        """);
        ((ObjectNode) asset.path("offers").path(0).path("policy")).put("roadloop:watermark", terms);
        return asset;
    }

    private static String agree(TwoPlatforms two) throws Exception {
        ObjectNode ask = Json.mapper().createObjectNode();
        ask.put("provider", two.provider.platform.url().toString());
        ask.put("dataset", "marked").put("offer", "offer-2");
        JsonNode agreement = two.consumer.api.post("/api/v1/negotiations", ask);
        return agreement.required("id").asString();
    }

    private Path pull(TwoPlatforms two, String agreement, String contentType, String name)
            throws Exception {
        String id = two.transfer(agreement, "HttpData-PULL").required("id").asString();
        Path file = folder.resolve(name);
        try (var in =
                two.consumer.api.stream(
                        "/api/v1/transfers/"
                                + id
                                + "/data?purpose=research&contentType="
                                + contentType)) {
            Files.write(file, in.readAllBytes());
        }
        return file;
    }

    private static List<String> stream(TwoPlatforms two, String agreement) throws Exception {
        String id = two.transfer(agreement, "LiveStream-PULL").required("id").asString();
        List<String> rows = new ArrayList<>();
        try (BufferedReader in =
                new BufferedReader(
                        new InputStreamReader(
                                two.consumer.api.stream(
                                        "/api/v1/transfers/"
                                                + id
                                                + "/stream?purpose=research&cursor=-1"),
                                StandardCharsets.UTF_8))) {
            while (rows.size() < TwoPlatforms.ROWS) {
                String line = in.readLine();
                assertThat(line).as("after %d rows", rows.size()).isNotNull();
                if (line.startsWith("data: ")) {
                    rows.add(line.substring(6));
                }
            }
        }
        return rows;
    }

    private Path pushed(TwoPlatforms two, String agreement) throws Exception {
        ObjectNode ask = Json.mapper().createObjectNode();
        ask.put("agreement", agreement).put("format", Pushes.HTTP).put("purpose", "research");
        String id = two.consumer.api.post("/api/v1/transfers", ask).required("id").asString();
        long end = System.nanoTime() + 60_000_000_000L;
        while (!two.consumer.share.book().getTransfer(id).ended()) {
            assertThat(System.nanoTime()).isLessThan(end);
            Thread.sleep(20);
        }
        try (var in =
                two.consumer.api.stream("/api/v1/transfers/" + id + "/data?purpose=research")) {
            return Files.write(folder.resolve("pushed.parquet"), in.readAllBytes());
        }
    }

    private static JsonNode trace(TwoPlatforms two, Path file) throws Exception {
        return two.provider.api.upload(HttpServer.TRACES, file);
    }

    private static void names(JsonNode answer, String agreement, TwoPlatforms two) {
        assertThat(answer.required("found")).as(answer.toPrettyString()).hasSize(1);
        JsonNode found = answer.required("found").path(0);
        assertThat(found.required("agreement").asString()).isEqualTo(agreement);
        assertThat(found.required("partner").asString())
                .isEqualTo(two.consumer.seen.context.participant().did());
        assertThat(found.required("byRow").required("cells").asLong()).isGreaterThan(100);
        assertThat(found.required("byRow").required("matched"))
                .isEqualTo(found.required("byRow").required("cells"));
        assertThat(found.required("log10Bound").asLong()).isLessThan(-20);
    }

    @Test
    void aLeakedFileNamesItsContractHoweverItLeft() throws Exception {
        try (TwoPlatforms two = new TwoPlatforms(folder)) {
            two.provider.api.post("/api/v1/assets", asset(TERMS));
            String one = agree(two);
            String other = agree(two);
            Path csv = pull(two, one, "text/csv", "one.csv");
            Path lines = pull(two, one, "application/x-ndjson", "one.jsonl");
            Path parquet = pull(two, one, "application/vnd.apache.parquet", "one.parquet");
            Path others = pull(two, other, "text/csv", "other.csv");
            Path clean = pull(two, two.agree(), "application/x-ndjson", "clean.jsonl");

            assertThat(Files.readString(pull(two, one, "text/csv", "again.csv")))
                    .isEqualTo(Files.readString(csv));
            assertThat(stream(two, one)).isEqualTo(Files.readAllLines(lines));
            equalValues(parquet, lines);
            equalValues(pushed(two, one), lines);
            assertThat(
                            two.consumer.get(
                                    "/api/v1/agreements/" + one + "/text", two.consumer.token()))
                    .satisfies(page -> assertThat(page.body()).contains(TERMS));
            changedWithinTolerance(Files.readAllLines(lines), Files.readAllLines(clean));

            two.provider.api.post(
                    "/api/v1/agreements/" + one + "/terminate",
                    Json.mapper().createObjectNode().put("code", "breach").put("reason", "leak"));
            for (Path file : List.of(csv, lines, parquet)) {
                names(trace(two, file), one, two);
            }
            names(trace(two, others), other, two);
            JsonNode none = trace(two, clean);
            assertThat(none.required("found")).isEmpty();
            assertThat(none.required("agreementsTested").asLong()).isEqualTo(2);
            assertThat(none.required("power").required("cells").asLong()).isGreaterThan(100);
            evidence(two, one);
            verb(csv, clean, one);
        }
    }

    private static void equalValues(Path parquet, Path lines) throws Exception {
        List<String> expected = Files.readAllLines(lines);
        int row = 0;
        try (var scan = ParquetFiles.scan(List.of(parquet))) {
            for (Batch batch = scan.next(); batch != null; batch = scan.next()) {
                int speed = batch.schema().indexOf("speed_mps");
                for (int r = 0; r < batch.rows(); r++) {
                    JsonNode line = Json.mapper().readTree(expected.get(row++));
                    assertThat(batch.doubles(speed)[r])
                            .isEqualTo(line.required("speed_mps").asDouble());
                }
            }
        }
        assertThat(row).isEqualTo(TwoPlatforms.ROWS);
    }

    private static void changedWithinTolerance(List<String> marked, List<String> clean) {
        int changed = 0;
        for (int row = 0; row < clean.size(); row++) {
            JsonNode was = Json.mapper().readTree(clean.get(row));
            JsonNode is = Json.mapper().readTree(marked.get(row));
            for (String name : was.propertyNames()) {
                if (TERMS.contains(name + "=")) {
                    double before = was.path(name).asDouble();
                    assertThat(is.path(name).asDouble()).isCloseTo(before, within(0.1 + 1e-9));
                    changed += is.path(name).asDouble() == before ? 0 : 1;
                } else if (!name.equals("vehicle")) { // another contract, another pseudonym
                    assertThat(is.path(name)).as(name).isEqualTo(was.path(name));
                }
            }
        }
        assertThat(changed / (4.0 * clean.size())).isBetween(0.05, 0.2);
    }

    private static void evidence(TwoPlatforms two, String agreement) {
        try (var entries = two.provider.seen.context.ledger().read(0)) {
            List<Event> traced =
                    entries.map(Entry::event)
                            .filter(e -> e.type().equals(TraceRoutes.TRACED))
                            .toList();
            assertThat(traced).hasSize(5);
            JsonNode body = traced.getFirst().json();
            assertThat(traced.getFirst().subject()).matches("trace:[0-9a-f]{64}");
            assertThat(body.required("found").path(0).required("agreement").asString())
                    .isEqualTo(agreement);
            assertThat(traced.getLast().json().required("found")).isEmpty();
        }
    }

    private void verb(Path leaked, Path clean, String agreement) {
        StringWriter out = new StringWriter();
        CommandLine verb = new CommandLine(new TraceVerb()).setOut(new PrintWriter(out));
        String home = folder.resolve("provider").toString();
        assertThat(verb.execute("--home", home, leaked.toString())).isZero();
        assertThat(out.toString()).contains("agreement " + agreement).contains("ended ");
        out.getBuffer().setLength(0);
        assertThat(verb.execute("--home", home, clean.toString())).isEqualTo(1);
        assertThat(out.toString()).contains("no mark found: of at most");
    }

    @Test
    void whatCannotBeMarkedOrReadIsRefusedByName() throws Exception {
        try (TwoPlatforms two = new TwoPlatforms(folder)) {
            for (String[] wrong :
                    new String[][] {
                        {"brake=1", "can't be marked"},
                        {"length_m", "is no column=tolerance"},
                        {"longitude_degrees=0.000001", "no column 'longitude_degrees'"},
                    }) {
                assertThatThrownBy(() -> two.provider.api.post("/api/v1/assets", asset(wrong[0])))
                        .isInstanceOf(ApiClient.Refused.class)
                        .hasMessageContaining(wrong[1]);
            }
            two.provider.api.post("/api/v1/assets", asset(TERMS));
            agree(two);
            Path broken = Files.writeString(folder.resolve("broken"), "PAR1 and nothing");
            assertThatThrownBy(() -> trace(two, broken)).hasMessageContaining("no Parquet file");
            Path text = Files.writeString(folder.resolve("text.jsonl"), "{\"speed_mps\":1}\n{oh");
            assertThatThrownBy(() -> trace(two, text)).hasMessageContaining("line 2 is no JSON");
            Path large = folder.resolve("large.csv");
            try (var writer = Files.newBufferedWriter(large)) {
                writer.write("at;speed_mps\n");
                for (int i = 0; i < 1_000_000; i++) {
                    writer.write("2026-01-01 00:00:00;" + i / 10.0 + "\n");
                }
            }
            assertThat(Files.size(large)).isGreaterThan(16 << 20);
            JsonNode answer = trace(two, large);
            assertThat(answer.required("found")).isEmpty();
            assertThat(answer.required("rows").asLong()).isEqualTo(1_000_000);
            assertThat(answer.required("rowsTested").asLong()).isBetween(32_768L, 65_536L);
        }
    }

    /** What two sides sign can be kept: such terms don't wait for rows that are to leave. */
    @Test
    void aWatermarkThatCantBePutInIsNeitherOfferedNorAgreed() throws Exception {
        try (TwoPlatforms two = new TwoPlatforms(folder)) {
            two.provider.api.post("/api/v1/assets", asset(TERMS));
            ApprovalBetweenTwoTest.rules(
                    two.provider, "[{\"name\":\"people\",\"decide\":\"hold\"}]");
            ObjectNode ask = Json.mapper().createObjectNode();
            ask.put("provider", two.provider.platform.url().toString()).put("wait", false);
            ask.set("policy", offer("brake=1"));
            two.consumer.api.post("/api/v1/negotiations", ask);
            ApprovalBetweenTwoTest.await(
                    "held", () -> !two.provider.share.approvals().listHeld().isEmpty());
            JsonNode held =
                    ApprovalBetweenTwoTest.only(
                            two.provider.api.get("/api/v1/negotiations?state=held"));
            String decision =
                    "/api/v1/negotiations/" + held.required("id").asString() + "/decision";

            ObjectNode agree = Json.mapper().createObjectNode().put("agree", true);
            Map<ObjectNode, String> wrong =
                    Map.of(
                            agree,
                            "can't be marked",
                            counter("speed_mps"),
                            "is no column=tolerance",
                            counter("longitude_degrees=0.1"),
                            "no column 'longitude_degrees'");
            wrong.forEach(
                    (body, why) ->
                            assertThatThrownBy(() -> two.provider.api.post(decision, body))
                                    .isInstanceOf(ApiClient.Refused.class)
                                    .hasMessageContaining(why));
            assertThat(two.provider.share.approvals().listHeld()).hasSize(1);
            two.provider.api.post(decision, counter(TERMS));
            assertThat(two.provider.share.approvals().listHeld()).isEmpty();
        }
    }

    private static ObjectNode counter(String terms) {
        ObjectNode counter = Json.mapper().createObjectNode();
        counter.putObject("counter").set("policy", offer(terms));
        return counter;
    }

    private static ObjectNode offer(String terms) {
        ObjectNode policy =
                (ObjectNode) asset(terms).path("offers").path(0).path("policy").deepCopy();
        return policy.put("target", "marked");
    }
}
