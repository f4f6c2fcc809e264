package org.roadloop.app.part;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.app.http.Json;
import org.roadloop.core.contract.UsageEvents;
import org.roadloop.core.ledger.Entry;
import org.roadloop.core.ledger.Event;
import org.roadloop.dataspace.access.Pushes;
import tools.jackson.databind.JsonNode;

/** What was pushed to a consumer is gone at its deadline, and the provider has a signed receipt. */
@Tag("slow")
class DeletionBetweenTwoTest {
    @TempDir Path folder;

    private static List<Event> events(TwoPlatforms.Side side, String type, String agreement) {
        try (Stream<Entry> entries = side.seen.context.ledger().read(0)) {
            return entries.map(Entry::event)
                    .filter(e -> e.type().equals(type))
                    .filter(e -> e.subject().equals(agreement))
                    .toList();
        }
    }

    private static void await(String what, Predicate<Void> condition) throws Exception {
        long end = System.nanoTime() + 90_000_000_000L;
        while (!condition.test(null)) {
            assertThat(System.nanoTime()).as("waiting for " + what).isLessThan(end);
            Thread.sleep(50);
        }
    }

    private long kept() throws Exception {
        Path received = folder.resolve("consumer").resolve("received");
        if (!Files.isDirectory(received)) {
            return 0;
        }
        try (Stream<Path> files = Files.list(received)) {
            return files.count();
        }
    }

    @Test
    void aPushedFileIsDeletedAtItsDeadlineAndTheReceiptArrives() throws Exception {
        try (TwoPlatforms two = new TwoPlatforms(folder)) {
            two.provider.api.post(
                    "/api/v1/assets",
                    Json.mapper()
                            .readTree(
                                    """
                                    {"kind":"dataset","id":"lent",
                                     "title":{"en":"Tracks","zh":"轨迹"},
                                     "properties":{"dct:license":"roadloop:contract"},
                                     "table":"track_point","snapshot":"-1","columns":[],
                                     "formats":["HttpData-PUSH"],
                                     "offers":[{"policy":{"@type":"Offer","@id":"offer-2",
                                       "permission":[{"action":"use","duty":[{"action":"delete",
                                        "constraint":[{"leftOperand":"elapsedTime",
                                         "operator":"lteq","rightOperand":"PT8S"}]}]}]},
                                      "tariff":{"currency":"CNY","prices":[]}}]}
                                    """));
            JsonNode negotiated =
                    two.consumer.api.post(
                            "/api/v1/negotiations",
                            Json.mapper()
                                    .createObjectNode()
                                    .put("provider", two.provider.platform.url().toString())
                                    .put("dataset", "lent")
                                    .put("offer", "offer-2"));
            String agreement = negotiated.required("id").asString();
            two.transfer(agreement, Pushes.HTTP);
            await("the push", v -> events(two.consumer, "usage.received", agreement).size() > 0);
            assertThat(kept()).isPositive();
            await(
                    "the receipt",
                    v -> !events(two.provider, UsageEvents.PERFORMED, agreement).isEmpty());
            assertThat(kept()).as("files that are left").isZero();

            Event performed = events(two.provider, UsageEvents.PERFORMED, agreement).getFirst();
            JsonNode receipt = performed.json().required("evidence").required("receipt");
            assertThat(receipt.required("files")).isNotEmpty();
            assertThat(receipt.required("by").asString())
                    .isEqualTo(two.consumer.seen.context.participant().did());
            JsonNode duties = two.provider.api.get("/api/v1/agreements/" + agreement + "/duties");
            assertThat(duties.required("items").get(0).required("state").asString())
                    .isEqualTo("FULFILLED");
            await("the end", v -> events(two.consumer, "deletion.reported", agreement).size() == 1);
            assertThat(
                            two.consumer
                                    .api
                                    .get("/api/v1/agreements/" + agreement + "/duties")
                                    .required("items")
                                    .get(0)
                                    .required("state")
                                    .asString())
                    .isEqualTo("FULFILLED");
        }
    }
}
