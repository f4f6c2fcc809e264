package org.roadloop.app.part;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.roadloop.app.config.UsageControl;
import org.roadloop.app.http.Json;
import org.roadloop.app.platform.PlatformContext;
import org.roadloop.core.contract.DeletionReceipt;
import org.roadloop.core.contract.UsageEvents;
import org.roadloop.core.identity.Jws;
import org.roadloop.core.identity.Signer;
import org.roadloop.core.ledger.Entry;
import org.roadloop.core.ledger.Event;
import org.roadloop.dataspace.access.DataRoute;
import org.roadloop.dataspace.access.LiveStreams;
import org.roadloop.dataspace.access.Pushes;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

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

    /** The one file that came, once nothing of its arrival lies beside it. */
    private Path received() throws Exception {
        List<Path> files = new ArrayList<>();
        await(
                "the file alone",
                v -> {
                    files.clear();
                    try (Stream<Path> now = Files.list(folder.resolve("consumer/received"))) {
                        now.forEach(files::add);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                    return files.size() == 1 && files.getFirst().toString().endsWith(".rows");
                });
        return files.getFirst();
    }

    private static String delete(String within) {
        return ("'permission':[{'action':'use','duty':[{'action':'delete','constraint':"
                + "[{'leftOperand':'elapsedTime','operator':'lteq','rightOperand':'"
                + within
                + "'}]}]}]");
    }

    private static String state(TwoPlatforms.Side side, String agreement) throws Exception {
        return side.api
                .get("/api/v1/agreements/" + agreement + "/duties")
                .required("items")
                .get(0)
                .required("state")
                .asString();
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
            String agreement = two.agree("lent", delete("PT8S"));
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

    /**
     * Stopped between the word that a file goes and its removal: the next start removes it, and the
     * receipt names it once. So it does where the removal was done and only its receipt was not.
     */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aDeletionThatWasInterruptedIsFinished(boolean removed) throws Exception {
        try (TwoPlatforms two = new TwoPlatforms(folder)) {
            String agreement = two.agree("lent", delete("PT20S"));
            two.transfer(agreement, Pushes.HTTP);
            await("the push", v -> !events(two.consumer, "usage.received", agreement).isEmpty());
            Path file = received();
            byte[] bytes = Files.readAllBytes(file);
            String sha256 =
                    HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
            String duty =
                    two.consumer
                            .api
                            .get("/api/v1/agreements/" + agreement + "/duties")
                            .required("items")
                            .get(0)
                            .required("id")
                            .asString();
            ObjectNode body = Json.mapper().createObjectNode().put("duty", duty);
            body.set(
                    "files",
                    DeletionReceipt.write(
                            List.of(new DeletionReceipt.DeletedFile(sha256, bytes.length, true))));
            PlatformContext context = two.consumer.seen.context;
            context.ledger()
                    .append(
                            Event.of(
                                    "deletion.begun",
                                    Instant.now(),
                                    context.participant().did(),
                                    agreement,
                                    body));
            assertThat(events(two.provider, UsageEvents.PERFORMED, agreement)).isEmpty();
            two.consumer =
                    two.consumer.again(
                            keys -> {
                                if (removed && !file.toFile().delete()) {
                                    assertThat(file).as("no time was left").doesNotExist();
                                }
                            });
            await(
                    "the receipt",
                    v -> !events(two.provider, UsageEvents.PERFORMED, agreement).isEmpty());
            assertThat(kept()).as("files that are left").isZero();
            JsonNode files =
                    events(two.provider, UsageEvents.PERFORMED, agreement)
                            .getFirst()
                            .json()
                            .required("evidence")
                            .required("receipt")
                            .required("files");
            assertThat(files).hasSize(1);
            assertThat(files.get(0).required("sha256").asString()).isEqualTo(sha256);
            assertThat(state(two.provider, agreement)).isEqualTo("FULFILLED");
        }
    }

    /**
     * Where a contract says nothing of it, the operator does: dataspace.usageControl.receivedDays.
     */
    @Test
    void whatWasPushedLongAgoIsRemoved() throws Exception {
        try (TwoPlatforms two = new TwoPlatforms(folder)) {
            String agreement = two.agree();
            two.transfer(agreement, Pushes.HTTP);
            await("the push", v -> !events(two.consumer, "usage.received", agreement).isEmpty());
            Path received = folder.resolve("consumer/received");
            Path old = received();
            Path young = Files.copy(old, received.resolve("young"));
            Instant limit =
                    Instant.now().minus(Duration.ofDays(UsageControl.DEFAULTS.receivedDays()));
            Files.setLastModifiedTime(old, FileTime.from(limit.minusSeconds(60)));
            Files.setLastModifiedTime(young, FileTime.from(limit.plusSeconds(3600)));
            two.consumer = two.consumer.again(keys -> {});
            await("the removal", v -> !Files.exists(old));
            assertThat(young).exists();
        }
    }

    /**
     * What passes through to a user at the deadline ends, and a late restart deletes what is left.
     */
    @Test
    void aStreamEndsWithTheDeletion() throws Exception {
        try (TwoPlatforms two = new TwoPlatforms(folder)) {
            String agreement = two.agree("lent", delete("PT20S"));
            String id = two.transfer(agreement, LiveStreams.FORMAT).required("id").asString();
            CompletableFuture<byte[]> read =
                    CompletableFuture.supplyAsync(
                            () -> {
                                try (var in =
                                        two.consumer.api.stream(
                                                "/api/v1/transfers/"
                                                        + id
                                                        + "/stream?purpose=x&cursor=-1")) {
                                    return in.readAllBytes();
                                } catch (Exception e) {
                                    return e.toString().getBytes(UTF_8);
                                }
                            });
            await("rows", v -> !events(two.consumer, "usage.received", agreement).isEmpty());
            assertThat(read).isNotDone();
            byte[] all = read.get(60, TimeUnit.SECONDS);
            assertThat(new String(all, UTF_8)).contains("event: rows", "deleted_as_agreed");
            await(
                    "the receipt",
                    v -> !events(two.provider, UsageEvents.PERFORMED, agreement).isEmpty());
        }
    }

    @Test
    void forgedReceiptsAreRefusedAndCounted() throws Exception {
        try (TwoPlatforms two = new TwoPlatforms(folder)) {
            String agreement = two.agree("lent", delete("PT1H"));
            String other = two.agree();
            two.transfer(agreement, Pushes.HTTP);
            await("the push", v -> !events(two.consumer, "usage.received", agreement).isEmpty());
            Event sent = events(two.provider, UsageEvents.FILE, agreement).getFirst();
            DeletionReceipt.DeletedFile file =
                    new DeletionReceipt.DeletedFile(
                            sent.json().required("sha256").asString(),
                            sent.json().required("dataBytes").asLong(),
                            true);
            Signer consumer = two.consumer.seen.context.participant();
            Signer provider = two.provider.seen.context.participant();
            DeletionReceipt good =
                    new DeletionReceipt(
                            agreement,
                            "lent",
                            "/permission/0/duty/0",
                            Instant.now(),
                            consumer.did(),
                            List.of(file));
            assertThat(send(two, agreement, good, provider)).contains("receipt_signature");
            assertThat(send(two, agreement, with(good, other, List.of(file)), consumer))
                    .contains("receipt_of_another");
            assertThat(send(two, other, good, consumer)).contains("receipt_of_another");
            DeletionReceipt.DeletedFile wrong =
                    new DeletionReceipt.DeletedFile("0".repeat(64), file.dataBytes(), true);
            assertThat(send(two, agreement, with(good, agreement, List.of(wrong)), consumer))
                    .contains("receipt_hash");
            DeletionReceipt.DeletedFile longer =
                    new DeletionReceipt.DeletedFile(file.sha256(), file.dataBytes() + 1, false);
            assertThat(send(two, agreement, with(good, agreement, List.of(longer)), consumer))
                    .contains("receipt_hash");
            assertThat(events(two.provider, UsageEvents.PERFORMED, agreement)).isEmpty();
            assertThat(state(two.provider, agreement)).isNotEqualTo("FULFILLED");
            assertThat(two.provider.get("/metrics", two.provider.token()).body())
                    .containsPattern("deletion_receipts_refused_total[^\n]* 5");

            assertThat(send(two, agreement, good, consumer)).contains("\"noted\":true");
            assertThat(state(two.provider, agreement)).isEqualTo("FULFILLED");
        }
    }

    private static DeletionReceipt with(
            DeletionReceipt receipt, String agreement, List<DeletionReceipt.DeletedFile> files) {
        return new DeletionReceipt(
                agreement,
                receipt.asset(),
                receipt.duty(),
                receipt.deletedAt(),
                receipt.by(),
                files);
    }

    private static String send(TwoPlatforms two, String to, DeletionReceipt receipt, Signer signer)
            throws Exception {
        ObjectNode body = Json.mapper().createObjectNode();
        body.set("receipt", receipt.toJson());
        body.put("signature", Jws.sign(receipt.signedBytes(), signer, DeletionReceipt.TYPE));
        String audience = two.provider.seen.context.participant().did();
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(
                            HttpRequest.newBuilder(
                                            URI.create(
                                                    two.provider.platform.url()
                                                            + "/clearing/agreements/"
                                                            + to
                                                            + "/deletions"))
                                    .header("Content-Type", "application/json")
                                    .header(
                                            "Authorization",
                                            two.consumer.share.identity().authorization(audience))
                                    .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
        }
    }

    @Test
    void aDeadlineWithoutReceiptViolatesTheDutyAndShutsTheContract() throws Exception {
        try (TwoPlatforms two = new TwoPlatforms(folder, Duration.ofSeconds(1))) {
            String agreement = two.agree("lent", delete("PT20S"));
            two.transfer(agreement, Pushes.HTTP);
            await("the push", v -> !events(two.consumer, "usage.received", agreement).isEmpty());
            two.consumer =
                    two.consumer.again(
                            keys -> {
                                try {
                                    await(
                                            "the violation",
                                            v ->
                                                    !events(
                                                                    two.provider,
                                                                    UsageEvents.VIOLATED,
                                                                    agreement)
                                                            .isEmpty());
                                    assertThat(state(two.provider, agreement))
                                            .isEqualTo("VIOLATED");
                                    assertThat(kept())
                                            .as("files at the dead consumer")
                                            .isPositive();
                                } catch (Exception e) {
                                    throw new AssertionError(e);
                                }
                            });
            assertThat(events(two.provider, UsageEvents.VIOLATED, agreement)).hasSize(1);
            String id = two.transfer(agreement, DataRoute.FORMAT).required("id").asString();
            // back again, the consumer does what it owes; until then its rights are gone
            String answer =
                    two.consumer
                            .get(
                                    "/api/v1/transfers/" + id + "/data?purpose=x",
                                    two.consumer.token())
                            .body();
            assertThat(answer).contains("duty_violated");
            await(
                    "the deletion",
                    v -> !events(two.consumer, UsageEvents.PERFORMED, agreement).isEmpty());
            assertThat(kept()).isZero();
        }
    }
}
