package org.roadloop.app.clearing;

import io.javalin.http.Context;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.roadloop.app.http.Json;
import org.roadloop.app.http.Problem;
import org.roadloop.app.http.Role;
import org.roadloop.app.http.Route;
import org.roadloop.core.clearing.UsageBatch;
import org.roadloop.core.clearing.UsageRecord;
import org.roadloop.core.clearing.UsageTotals;
import org.roadloop.core.contract.Agreement;
import org.roadloop.core.contract.ContractBook;
import org.roadloop.core.contract.ContractGate;
import org.roadloop.core.ledger.ConflictException;
import org.roadloop.core.ledger.Entry;
import org.roadloop.core.ledger.Event;
import org.roadloop.core.ledger.Jcs;
import org.roadloop.core.ledger.Receipt;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Uses that a meter outside this platform counted, a partner's or an application's (外部计量批次): taken
 * once by the batch's id, whole or not at all, with the samples as evidence. Any thread.
 */
public final class UsageBatches {
    /** Says which batch the {@code usage.sampled} and {@code usage.totalled} after it are. */
    public static final String TAKEN = "usage.batch-taken";

    private static final int MOST_SAMPLES = 100_000;
    private static final Duration CLOCKS_DIFFER = Duration.ofMinutes(5);

    private final OpenBooks books;
    private final MeteredSpans spans = new MeteredSpans();

    public UsageBatches(OpenBooks books) {
        this.books = books;
    }

    public List<Route> routes() {
        return List.of(
                Route.post(
                                "/api/v1/usage/batches",
                                Role.PROVIDER,
                                "Take in what a meter outside counted under our agreements, once",
                                this::take)
                        .schemas(
                                """
                                {"type":"object",
                                 "required":["batch","meter","meterVersion","samples"],
                                 "properties":{"batch":{"type":"string","maxLength":128},
                                 "meter":{"type":"string"},
                                 "meterVersion":{"type":"integer","minimum":1},
                                 "samples":{"type":"array","maxItems":100000,"items":{
                                  "type":"object",
                                  "required":["agreement","quantity","unit","from","until"],
                                  "properties":{"agreement":{"type":"string"},
                                  "action":{"type":"string"},"purpose":{"type":"string"},
                                  "quantity":{"type":"integer","minimum":0},
                                  "unit":{"type":"string"},"flavour":{"type":"string"},
                                  "from":{"type":"string","format":"date-time"},
                                  "until":{"type":"string","format":"date-time"}}}}}}
                                """,
                                """
                                {"type":"object","properties":{"batch":{"type":"string"},
                                 "samples":{"type":"integer"},"ledgerIndex":{"type":"integer"},
                                 "repeated":{"type":"boolean"},"roots":{"type":"array",
                                 "items":{"type":"string"}}}}
                                """));
    }

    /** One at a time: a batch is judged by the batches before it. */
    private synchronized void take(Context c) {
        JsonNode body = Json.object(c);
        String id = body.path("batch").asString("");
        String meter = body.path("meter").asString("");
        int meterVersion = body.path("meterVersion").asInt(0);
        if (!id.matches("[A-Za-z0-9._:-]{1,128}")) {
            throw Problem.badRequest(
                    "invalid_batch", "'batch' is 1 to 128 letters, digits, '.', '_', ':', '-'");
        }
        if (!meter.matches("[a-z][a-z0-9-]{0,63}")
                || meter.equals(ContractGate.METER)
                || meterVersion < 1) {
            throw Problem.badRequest(
                    "invalid_meter",
                    "'meter' is lower-case letters, digits and '-', not one of the platform's own;"
                            + " 'meterVersion' is 1 or more");
        }
        String subject = "usage-batch:" + meter + ":" + id;
        String sha256 = sha256(body);
        if (books.ledger().version(subject) > 0) {
            repeated(c, subject, sha256);
            return;
        }
        List<UsageRecord> samples = samples(body.path("samples"), meter, meterVersion);
        List<UsageBatch> batches = split(samples);
        spans.catchUp(books.ledger());
        batches.forEach(batch -> refuseOverlap(batch.totals()));
        Instant now = books.clock().instant();
        ObjectNode taken = Json.mapper().createObjectNode();
        taken.put("batch", id).put("meter", meter).put("meterVersion", meterVersion);
        taken.put("sha256", sha256).put("samples", samples.size());
        ArrayNode roots = taken.putArray("roots");
        batches.forEach(batch -> roots.add(batch.totals().root()));
        List<Event> events = new ArrayList<>();
        events.add(Event.of(TAKEN, now, books.did(), subject, taken));
        batches.forEach(batch -> events.addAll(batch.events(now, books.did())));
        try {
            Receipt receipt = books.ledger().append(events, Map.of(subject, 0L));
            c.status(201).json(answer(taken, receipt.firstIndex(), false));
        } catch (ConflictException e) {
            repeated(c, subject, sha256);
        }
    }

    /** A quantity or a text that a batch can't hold must not be answered as taken. */
    private static List<UsageBatch> split(List<UsageRecord> samples) {
        try {
            return UsageBatch.split(samples);
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw Problem.badRequest("invalid_samples", String.valueOf(e.getMessage()));
        }
    }

    /** Uses of one interval in two batches would be billed twice. */
    private void refuseOverlap(UsageTotals totals) {
        for (UsageTotals.Total total : totals.totals()) {
            spans.overlap(totals, total)
                    .ifPresent(
                            other -> {
                                throw new Problem(
                                        409,
                                        "interval_taken",
                                        "meter '"
                                                + totals.meter()
                                                + "' has counted "
                                                + total.unit()
                                                + " of agreement '"
                                                + total.agreement()
                                                + "' from "
                                                + other.from()
                                                + " until "
                                                + other.until()
                                                + " already; batches of one meter do not overlap");
                            });
        }
    }

    private static ObjectNode answer(JsonNode taken, long index, boolean repeated) {
        ObjectNode answer = Json.mapper().createObjectNode();
        answer.put("batch", taken.required("batch").asString());
        answer.put("samples", taken.required("samples").asLong());
        answer.put("ledgerIndex", index).put("repeated", repeated);
        answer.set("roots", taken.required("roots"));
        return answer;
    }

    /** The same batch again is answered as the first time; another one under its id is refused. */
    private void repeated(Context c, String subject, String sha256) {
        Entry first;
        try (Stream<Entry> entries = books.ledger().readAbout(0, subject::equals)) {
            first = entries.findFirst().orElseThrow();
        }
        if (!first.event().json().required("sha256").asString().equals(sha256)) {
            throw new Problem(
                    409,
                    "batch_differs",
                    "a batch with this id and other samples is in the ledger at "
                            + first.index()
                            + "; give the new one its own id");
        }
        c.json(answer(first.event().json(), first.index(), true));
    }

    private List<UsageRecord> samples(JsonNode array, String meter, int meterVersion) {
        if (!array.isArray() || array.isEmpty() || array.size() > MOST_SAMPLES) {
            throw Problem.badRequest(
                    "invalid_samples", "'samples' is a list of 1 to " + MOST_SAMPLES);
        }
        List<UsageRecord> samples = new ArrayList<>(array.size());
        for (JsonNode sample : array) {
            String where = "samples[" + samples.size() + "]";
            try {
                samples.add(sample(sample, where, meter, meterVersion));
            } catch (Problem e) {
                throw e;
            } catch (RuntimeException e) {
                throw Problem.badRequest("invalid_sample", where + ": " + e.getMessage());
            }
        }
        return samples;
    }

    private UsageRecord sample(JsonNode json, String where, String meter, int meterVersion) {
        String id = json.required("agreement").asString();
        ContractBook.Contract contract =
                books.contracts()
                        .findContract(id)
                        .filter(held -> held.agreement().provider().equals(books.did()))
                        .orElseThrow(
                                () ->
                                        Problem.badRequest(
                                                "agreement_not_ours",
                                                where
                                                        + ": we are provider of no agreement '"
                                                        + id
                                                        + "'"));
        Agreement agreement = contract.agreement();
        UsageRecord use =
                new UsageRecord(
                        id,
                        agreement.asset(),
                        agreement.consumer(),
                        json.path("action").asString("use"),
                        json.path("purpose").asString(""),
                        json.required("quantity").asLong(),
                        json.required("unit").asString(),
                        meter,
                        meterVersion,
                        Instant.parse(json.required("from").asString()),
                        Instant.parse(json.required("until").asString()),
                        json.path("flavour").asString(""));
        if (!UsageRecord.UNITS.contains(use.unit())
                && agreement.tariff().findPrice(use.unit(), use.flavour()).isEmpty()) {
            throw Problem.badRequest(
                    "unknown_unit",
                    where
                            + ": unit '"
                            + use.unit()
                            + "' is none of "
                            + String.join(", ", UsageRecord.UNITS)
                            + " and the agreement has no price for it");
        }
        Optional<Instant> ended = contract.ended().map(ContractBook.Ended::at);
        if (use.from().isBefore(agreement.agreedAt())
                || ended.filter(end -> use.until().isAfter(end)).isPresent()
                || use.until().isAfter(books.clock().instant().plus(CLOCKS_DIFFER))) {
            throw Problem.badRequest(
                    "outside_agreement",
                    where + ": its time is not within the agreement's, up to now");
        }
        LocalDate day = books.clearing().day(use.until());
        if (books.clearing().closedThrough().filter(last -> !day.isAfter(last)).isPresent()) {
            throw new Problem(
                    409,
                    "day_closed",
                    where + ": " + day + " is closed; the parties settle it by a dispute");
        }
        return use;
    }

    private static String sha256(JsonNode json) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(Jcs.bytes(json)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this JDK has no SHA-256", e);
        }
    }
}
