package org.roadloop.app.part;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.app.http.Json;
import org.roadloop.core.clearing.UsageRecord;
import org.roadloop.core.ledger.Entry;
import org.roadloop.dataspace.access.LiveStreams;
import org.roadloop.dataspace.access.Pushes;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Rows of a lake go to another platform by pull, push and stream; both meters say the same. */
@Tag("slow")
class TransfersBetweenTwoTest {
    @TempDir Path folder;

    private static long sum(TwoPlatforms.Side side, String type, String agreement, String unit) {
        try (var entries = side.seen.context.ledger().read(0)) {
            return entries.map(Entry::event)
                    .filter(e -> e.type().equals(type))
                    .filter(e -> e.subject().equals(agreement))
                    .map(e -> UsageRecord.fromJson(e.json()))
                    .filter(u -> u.unit().equals(unit))
                    .mapToLong(UsageRecord::quantity)
                    .sum();
        }
    }

    private static void metersAgree(TwoPlatforms two, String agreement) {
        for (String unit : List.of("use", "row", "byte")) {
            assertThat(sum(two.consumer, UsageRecord.RECEIVED, agreement, unit))
                    .as(unit)
                    .isPositive()
                    .isEqualTo(sum(two.provider, UsageRecord.EVENT, agreement, unit));
        }
    }

    private static String ask(TwoPlatforms two, String agreement, String format) throws Exception {
        ObjectNode body = Json.mapper().createObjectNode();
        body.put("agreement", agreement).put("format", format).put("purpose", "research");
        return two.consumer.api.post("/api/v1/transfers", body).required("id").asString();
    }

    private static byte[] data(TwoPlatforms two, String transfer, String query) throws Exception {
        try (var in =
                two.consumer.api.stream(
                        "/api/v1/transfers/" + transfer + "/data?purpose=research" + query)) {
            return in.readAllBytes();
        }
    }

    @Test
    void everyFormArrivesAndIsCountedAlikeOnBothSides() throws Exception {
        try (TwoPlatforms two = new TwoPlatforms(folder)) {
            String pulled = two.agree();
            String csv =
                    new String(
                            data(two, ask(two, pulled, "HttpData-PULL"), "&contentType=text/csv"),
                            StandardCharsets.UTF_8);
            assertThat(csv.lines()).hasSize(TwoPlatforms.ROWS + 1);
            metersAgree(two, pulled);

            String pushed = two.agree();
            String push = ask(two, pushed, Pushes.HTTP);
            awaitState(two, push, "COMPLETED");
            assertThat(new String(data(two, push, ""), 0, 4, StandardCharsets.US_ASCII))
                    .isEqualTo("PAR1");
            metersAgree(two, pushed);

            stream(two);
        }
    }

    private static void awaitState(TwoPlatforms two, String transfer, String state)
            throws Exception {
        long end = System.nanoTime() + 60_000_000_000L;
        while (true) {
            JsonNode items = two.consumer.api.get("/api/v1/transfers?limit=100").required("items");
            for (JsonNode item : items) {
                if (item.required("id").asString().equals(transfer)
                        && item.required("state").asString().equals(state)) {
                    return;
                }
            }
            assertThat(System.nanoTime()).as(items.toString()).isLessThan(end);
            Thread.sleep(20);
        }
    }

    /** All rows there are, then a commit's, then the end. */
    private static void stream(TwoPlatforms two) throws Exception {
        String agreement = two.agree();
        String transfer = ask(two, agreement, LiveStreams.FORMAT);
        List<String> rows = new ArrayList<>();
        try (BufferedReader in =
                new BufferedReader(
                        new InputStreamReader(
                                two.consumer.api.stream(
                                        "/api/v1/transfers/"
                                                + transfer
                                                + "/stream?purpose=research&cursor=-1"),
                                StandardCharsets.UTF_8))) {
            read(in, rows, TwoPlatforms.ROWS);
            TwoPlatforms.writeRows(two.provider.govern.lake());
            read(in, rows, 2 * TwoPlatforms.ROWS);
            assertThat(rows.getFirst())
                    .contains("\"vehicle\":")
                    .doesNotContain("\"vehicle\":\"car");
            metersAgree(two, agreement);

            two.provider.api.post(
                    "/api/v1/agreements/" + agreement + "/terminate",
                    Json.mapper().createObjectNode().put("code", "breach").put("reason", "x"));
            String line = in.readLine();
            while (line != null && !line.equals("event: end")) {
                line = in.readLine();
            }
            assertThat(line).isEqualTo("event: end");
        }
    }

    private static void read(BufferedReader in, List<String> rows, int until) throws IOException {
        while (rows.size() < until) {
            String line = in.readLine();
            assertThat(line).as("after %d rows", rows.size()).isNotNull();
            if (line.startsWith("data: ")) {
                rows.add(line.substring(6));
            }
        }
    }
}
