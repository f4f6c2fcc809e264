package org.roadloop.app.part;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.app.clearing.SubjectDeletions;
import org.roadloop.app.config.Config;
import org.roadloop.app.http.Json;
import org.roadloop.collect.jt808.Edition;
import org.roadloop.collect.jt808.OutgoingMessage;
import org.roadloop.collect.jt808.Position;
import org.roadloop.collect.jt808.PositionMessage;
import org.roadloop.core.contract.DeletionReceipt;
import org.roadloop.core.ledger.Entry;
import org.roadloop.core.ledger.Event;
import org.roadloop.dataspace.access.DataRoute;
import org.roadloop.dataspace.access.Pushes;
import org.roadloop.govern.lake.ParquetFiles;
import org.roadloop.govern.privacy.Pseudonym;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** An erasure reaches the consumers of the rows, products made of them and files that wait. */
@Tag("slow")
class ErasureBetweenTwoTest {
    private static final String VIN = "LTEST000000000001";
    private static final String OTHER = "LTEST000000000002";
    private static final String PHONE = "13912345678";
    private static final Instant NOW = Instant.now().truncatedTo(ChronoUnit.SECONDS);

    @TempDir Path folder;
    private TwoPlatforms.Side provider;
    private TwoPlatforms.Side consumer;

    @BeforeEach
    void start() throws Exception {
        Path file = folder.resolve("roadloop.yaml");
        Files.writeString(file, "govern: {commitSeconds: 1}");
        provider =
                new TwoPlatforms.Side(
                        folder.resolve("provider"),
                        Config.load(file).withFreePorts(),
                        Set.of("compute", "products"));
        consumer = new TwoPlatforms.Side(folder.resolve("consumer"), 0, Set.of("dataspace"));
    }

    @AfterEach
    void stop() throws Exception {
        try (TwoPlatforms.Side last = provider) {
            consumer.close();
        }
    }

    private interface Condition {
        boolean holds() throws Exception;
    }

    private static void await(String what, Condition condition) throws Exception {
        long end = System.nanoTime() + 90_000_000_000L;
        while (!condition.holds()) {
            assertThat(System.nanoTime()).as("waiting for " + what).isLessThan(end);
            Thread.sleep(50);
        }
    }

    private static JsonNode json(String text) {
        return Json.mapper().readTree(text.replace('\'', '"'));
    }

    private void report(String... vins) throws Exception {
        StringBuilder lines = new StringBuilder();
        for (String vin : vins) {
            provider.api.post("/api/v1/vehicles", json("{'vehicles':[{'vin':'" + vin + "'}]}"));
            lines.append(
                    "{'message':'RealTimeReport','edition':2016,'id':'%s','collectedAt':'%s','units':[{'unit':'Position','positionValid':true,'longitudeDegrees':121.5,'latitudeDegrees':31.2}]}\n"
                            .formatted(vin, NOW)
                            .replace('\'', '"'));
        }
        provider.api.post(
                "/api/v1/frames?protocol=gb32960",
                "application/x-ndjson",
                lines.toString().getBytes(ISO_8859_1));
        await("rows", () -> rows("vehicle_report") == vins.length);
    }

    private long rows(String table) throws Exception {
        return provider.govern.lake().rowCounts().getOrDefault(table, 0L);
    }

    private void runPlan(String table, String mode) throws Exception {
        provider.api.post(
                "/api/v1/govern/runs",
                Json.mapper()
                        .createObjectNode()
                        .put(
                                "plan",
                                """
                                plan: %1$s
                                version: 1
                                input: { table: vehicle_report }
                                steps:
                                  - select: { columns: [vehicle, soc_percent] }
                                  - pseudonym: { columns: [vehicle], mode: %2$s, contract: of-%1$s }
                                output: { table: %1$s, title: States of charge }
                                purpose: { use: tests, columns: [vehicle, soc_percent] }
                                """
                                        .formatted(table, mode)));
    }

    /** A contract over a table. */
    private String agree(String table) throws Exception {
        provider.api.post(
                "/api/v1/assets",
                json(
                        """
                        {'kind':'dataset','id':'%1$s','title':{'en':'T','zh':'表'},'properties':{},
                         'table':'%1$s','snapshot':'latest','columns':[],
                         'formats':['HttpData-PULL','HttpData-PUSH'],
                         'offers':[{'policy':{'@type':'Offer','@id':'offer-%1$s',
                           'permission':[{'action':'use'}]},
                          'tariff':{'currency':'CNY','prices':[]}}]}
                        """
                                .formatted(table)));
        ObjectNode ask = Json.mapper().createObjectNode();
        ask.put("provider", provider.platform.url().toString());
        ask.put("dataset", table).put("offer", "offer-" + table);
        return consumer.api.post("/api/v1/negotiations", ask).required("id").asString();
    }

    private JsonNode transfer(String agreement, String format) throws Exception {
        ObjectNode ask = Json.mapper().createObjectNode();
        return consumer.api.post(
                "/api/v1/transfers", ask.put("agreement", agreement).put("format", format));
    }

    private void push(String agreement) throws Exception {
        int before = received().size();
        transfer(agreement, Pushes.HTTP);
        await("the push", () -> received().size() > before);
    }

    /** Files that arrived whole. */
    private List<Path> received() throws Exception {
        Path folder = this.folder.resolve("consumer/received");
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".rows")).toList();
        }
    }

    private static List<Event> events(TwoPlatforms.Side side, String type, String about) {
        try (Stream<Entry> entries = side.seen.context.ledger().read(0)) {
            return entries.map(Entry::event)
                    .filter(e -> e.type().equals(type) && e.subject().equals(about))
                    .toList();
        }
    }

    private String released(String agreement, String vin) {
        String internal = Pseudonym.internal(provider.govern.keys()).identity(vin);
        return Pseudonym.ofAgreement(provider.govern.keys(), agreement).token(internal);
    }

    /** Kept files of the consumer with a text in a cell. */
    private List<Path> kept(String text) throws Exception {
        List<Path> hits = new ArrayList<>();
        for (Path file : received()) {
            try (var scan = ParquetFiles.scan(List.of(file))) {
                scan.forEachBatch(
                        batch -> {
                            int vehicle = batch.schema().indexOf("vehicle");
                            for (int row = 0; row < batch.rows(); row++) {
                                if (batch.strings(vehicle).get(row).equals(text)) {
                                    hits.add(file);
                                }
                            }
                        });
            }
        }
        return hits;
    }

    private String subject(String member, String value) throws Exception {
        return "/api/v1/subjects/"
                + provider.api
                        .post(
                                "/api/v1/subjects",
                                Json.mapper().createObjectNode().put(member, value))
                        .required("subject")
                        .asString();
    }

    private JsonNode erase(String subject) throws Exception {
        return provider.api.post(
                subject + "/erase", json("{'reason':'asked for','legalBasis':'PIPL art. 47'}"));
    }

    private boolean confirmed(String... agreements) {
        return Stream.of(agreements)
                .noneMatch(a -> events(provider, SubjectDeletions.CONFIRMED, a).isEmpty());
    }

    @Test
    void anErasureReachesConsumersAndProducts() throws Exception {
        report(VIN, OTHER);
        runPlan("soc_reversible", "reversible");
        runPlan("soc_open_epoch", "one_way");
        runPlan("soc_closed_epoch", "one_way");
        provider.api.post("/api/v1/govern/epochs/of-soc_closed_epoch/1/close", json("{}"));
        String raw = agree("vehicle_report");
        String made = agree("soc_reversible");
        String never = agree("soc_open_epoch");
        push(raw);
        push(made);
        assertThat(kept(released(raw, VIN))).hasSize(1);
        assertThat(received()).hasSize(2);

        String subject = subject("vin", VIN);
        JsonNode done = erase(subject);
        assertThat(done.required("rows").asString()).isEqualTo("erased");
        assertThat(rows("vehicle_report")).isEqualTo(1);
        assertThat(rows("soc_reversible")).isEqualTo(1);
        assertThat(rows("soc_open_epoch")).isEqualTo(1);
        assertThat(rows("soc_closed_epoch")).as("nobody can tell whose").isEqualTo(2);
        await("receipts", () -> confirmed(raw, made));
        assertThat(received()).as("files with the pseudonym").isEmpty();
        assertThat(events(provider, SubjectDeletions.ASKED, never)).as("it got nothing").isEmpty();

        JsonNode receipts = provider.api.get(subject + "/receipts").required("receipts");
        JsonNode own = receipts.get(1).required("body");
        assertThat(own.required("asked").toString()).contains(raw, made).doesNotContain(never);
        assertThat(own.required("stays").toString()).contains("product soc_closed_epoch");
        assertThat(receipts).hasSize(4);
        JsonNode theirs = receipts.get(2).required("body");
        DeletionReceipt receipt = DeletionReceipt.fromJson(theirs.required("receipt"));
        assertThat(receipt.by()).isEqualTo(consumer.seen.context.participant().did());
        assertThat(receipt.files()).hasSize(1);
        assertThat(events(provider, SubjectDeletions.ASKED, raw).getFirst().body())
                .as("the pseudonym is dropped with the receipt")
                .isInstanceOf(Event.Erased.class);
        JsonNode told =
                consumer.api.get("/api/v1/agreements/" + raw + "/subject-deletions").path("items");
        assertThat(told).hasSize(1);
        assertThat(told.get(0).required("pseudonym").asString()).isEqualTo(released(raw, VIN));
        for (TwoPlatforms.Side side : List.of(provider, consumer)) {
            try (Stream<Entry> entries = side.seen.context.ledger().read(0)) {
                assertThat(entries.map(e -> e.event().toString()))
                        .noneMatch(event -> event.contains(VIN));
            }
        }

        push(raw); // what can be had now is without the subject
        assertThat(kept(released(raw, VIN))).isEmpty();
        assertThat(kept(released(raw, OTHER))).hasSize(1);
    }

    @Test
    void aConsumerThatIsAwayIsAskedWhenItIsBackAndAnswersTheSameTwice() throws Exception {
        report(VIN);
        String raw = agree("vehicle_report");
        push(raw);
        consumer =
                consumer.again(
                        keys -> {
                            try {
                                erase(subject("vin", VIN));
                                await(
                                        "a request",
                                        () ->
                                                !events(provider, SubjectDeletions.ASKED, raw)
                                                        .isEmpty());
                                Thread.sleep(1_500);
                                assertThat(confirmed(raw)).isFalse();
                            } catch (Exception e) {
                                throw new AssertionError(e);
                            }
                        });
        await("the receipt", () -> confirmed(raw));
        assertThat(events(consumer, "deletion.done", raw)).hasSize(1);
        assertThatThrownBy(
                        () ->
                                consumer.api.post(
                                        "/clearing/agreements/" + raw + "/subject-deletions",
                                        json("{'request':'x','pseudonym':'y'}")))
                .hasMessageContaining("token is not valid");
    }

    @Test
    void aFileThatWaitsToBePulledIsMadeAnewWithoutTheErased() throws Exception {
        report(VIN, OTHER);
        String raw = agree("vehicle_report");
        JsonNode transfer = transfer(raw, DataRoute.FORMAT);
        HttpResponse<byte[]> begin = pull(transfer, "bytes=0-9");
        assertThat(begin.statusCode()).isEqualTo(206);
        assertThat(waiting()).hasSize(1);
        erase(subject("vin", VIN));
        await("the file to go", () -> waiting().isEmpty());
        HttpResponse<byte[]> rest = pull(transfer, "bytes=10-");
        assertThat(rest.headers().firstValue("ETag"))
                .isNotEqualTo(begin.headers().firstValue("ETag"));
        String all = new String(pull(transfer, "bytes=0-").body(), ISO_8859_1);
        assertThat(all).contains(released(raw, OTHER)).doesNotContain(released(raw, VIN));
    }

    private HttpResponse<byte[]> pull(JsonNode transfer, String range) throws Exception {
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(
                    HttpRequest.newBuilder(URI.create(transfer.required("endpoint").asString()))
                            .header(
                                    "Authorization",
                                    "Bearer " + transfer.required("token").asString())
                            .header("Accept", "text/csv")
                            .header("Range", range)
                            .build(),
                    HttpResponse.BodyHandlers.ofByteArray());
        }
    }

    private List<Path> waiting() throws Exception {
        try (Stream<Path> files = Files.walk(folder.resolve("provider/tmp/pull"))) {
            return files.filter(Files::isRegularFile).toList();
        }
    }

    @Test
    void rowsGoEverywhereOnceTheLastConsentIsWithdrawn() throws Exception {
        report(VIN, OTHER);
        runPlan("soc_reversible", "reversible");
        String raw = agree("vehicle_report");
        push(raw);
        String subject = subject("vin", VIN);
        ObjectNode consent =
                (ObjectNode)
                        json(
                                "{'purposes':['research'],'classes':['position'],'from':'2026-01-01T00:00:00Z'}");
        consent.put("until", NOW.plus(300, ChronoUnit.DAYS).toString());
        String one = given(subject, consent);
        String two = given(subject, consent.put("from", "2026-02-01T00:00:00Z"));
        provider.api.delete(subject + "/consents/" + one);
        provider.govern.keep();
        assertThat(rows("vehicle_report")).as("another consent is in force").isEqualTo(2);
        provider.api.delete(subject + "/consents/" + two);
        provider.govern.keep();
        assertThat(rows("vehicle_report")).isEqualTo(1);
        assertThat(rows("soc_reversible")).isEqualTo(1);
        await("the receipt", () -> confirmed(raw));
        assertThat(kept(released(raw, VIN))).isEmpty();
        assertThat(provider.api.get(subject + "/receipts").at("/receipts/0/body/reason").asString())
                .isEqualTo("no consent is in force any more");
    }

    private String given(String subject, ObjectNode consent) throws Exception {
        return provider.api.post(subject + "/consents", consent).required("consent").asString();
    }

    @Test
    void rowsKnownByAPhoneOnlyAreFoundByIt() throws Exception {
        Position position =
                new Position(0, 3, 31.24, 121.51, 12, 36, 90, NOW.toString(), List.of(), null);
        for (String phone : List.of(PHONE, "13912345679")) {
            provider.api.post(
                    "/api/v1/terminals", json("{'terminals':[{'terminal':'" + phone + "'}]}"));
            byte[] frame =
                    OutgoingMessage.of(
                                    new PositionMessage.PositionReport(position),
                                    Edition.JT2013,
                                    phone,
                                    1)
                            .frames()
                            .getFirst();
            provider.api.post("/api/v1/frames?protocol=jt808", "application/octet-stream", frame);
        }
        await("rows", () -> rows("positions") == 2);
        String other = subject("phone", "13912345679");
        assertThat(provider.api.get(other).at("/tables/0").asString()).isEqualTo("positions");
        String subject = subject("phone", PHONE);
        JsonNode done = erase(subject);
        assertThat(done.required("rows").asString()).isEqualTo("erased");
        assertThat(rows("positions")).isEqualTo(1);
        JsonNode receipts = provider.api.get(subject + "/receipts");
        assertThat(receipts.at("/receipts/1/body/tables/0/rows").asInt()).isEqualTo(1);
        assertThatThrownBy(() -> subject("phone", "12a"))
                .hasMessageContaining("1 to 20 decimal digits");
    }
}
