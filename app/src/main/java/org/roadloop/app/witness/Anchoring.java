package org.roadloop.app.witness;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.javalin.http.Context;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.roadloop.app.http.Json;
import org.roadloop.app.http.Page;
import org.roadloop.core.ledger.Anchor;
import org.roadloop.core.ledger.Checkpoint;
import org.roadloop.core.ledger.Event;
import org.roadloop.core.ledger.TransparencyLog;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Leaves our checkpoints outside, every so often and when a day (UTC) has ended (存证锚定); each is
 * evidence: {@code ledger.anchored {anchor, size, root, receipt}}. One thread; {@link #answer} any.
 */
final class Anchoring {
    private static final Logger LOG = LoggerFactory.getLogger(Anchoring.class);
    private static final Duration RETRY = Duration.ofMinutes(1);
    private static final int SHOWN = 10_000;

    private final List<Place> places;
    private final TransparencyLog ledger;
    private final String did;
    private final Path file;
    private final Clock clock;
    private final Deque<JsonNode> done = new ArrayDeque<>();
    private final Map<String, Last> lastByName = new HashMap<>();
    private final Map<String, Instant> retryAt = new HashMap<>();
    private final Map<String, LongAdder> failures = new ConcurrentHashMap<>();

    /** An anchor and how often it is used. */
    record Place(Anchor anchor, Duration every) {}

    private record Last(Instant at, long size) {}

    /**
     * @param file what was anchored, JSON lines; a line cut short by a crash is passed over
     */
    Anchoring(List<Place> places, TransparencyLog ledger, String did, Path file, Clock clock) {
        this.places = List.copyOf(places);
        this.ledger = ledger;
        this.did = did;
        this.file = file;
        this.clock = clock;
        try {
            if (Files.exists(file)) {
                for (String line : Files.readAllLines(file)) {
                    remember(line);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("anchorings " + file + " can't be read", e);
        }
    }

    private void remember(String line) {
        try {
            remember(Json.mapper().readTree(line));
        } catch (JacksonException cut) {
            LOG.warn("a line of {} is cut short; the ledger has its evidence", file);
        }
    }

    private synchronized void remember(JsonNode line) {
        done.addLast(line);
        if (done.size() > SHOWN) {
            done.removeFirst();
        }
        lastByName.put(
                line.required("anchor").asString(),
                new Last(
                        Instant.parse(line.required("at").asString()),
                        line.required("size").asLong()));
    }

    /** Anchors where it is time and the log has grown by more than its own evidence of it. */
    void round() throws InterruptedException {
        for (Place place : places) {
            if (due(place)) {
                anchor(place.anchor());
            }
        }
    }

    private synchronized boolean due(Place place) {
        Instant now = clock.instant();
        String name = place.anchor().name();
        if (retryAt.getOrDefault(name, Instant.MIN).isAfter(now)) {
            return false;
        }
        Last last = lastByName.get(name);
        if (last == null) {
            return ledger.size() > 0;
        }
        boolean time =
                !now.isBefore(last.at().plus(place.every())) || day(now).isAfter(day(last.at()));
        return time && ledger.size() > last.size() + places.size();
    }

    private static LocalDate day(Instant at) {
        return LocalDate.ofInstant(at, ZoneOffset.UTC);
    }

    private void anchor(Anchor anchor) throws InterruptedException {
        Checkpoint checkpoint = ledger.checkpoint();
        try {
            String receipt = anchor.anchor(ledger, checkpoint);
            ObjectNode body =
                    Json.mapper()
                            .createObjectNode()
                            .put("anchor", anchor.name())
                            .put("size", checkpoint.size())
                            .put("root", Base64.getEncoder().encodeToString(checkpoint.rootHash()))
                            .put("receipt", receipt);
            Instant at = clock.instant();
            long index =
                    ledger.append(
                                    Event.of(
                                            "ledger.anchored",
                                            at,
                                            did,
                                            "anchor:" + anchor.name(),
                                            body))
                            .firstIndex();
            ObjectNode line = body.deepCopy();
            line.put("at", at.toString()).put("ledgerIndex", index);
            write(line);
            remember(line);
            LOG.info("{} entries anchored at {}", checkpoint.size(), anchor.name());
        } catch (IOException | UncheckedIOException e) {
            failures.computeIfAbsent(anchor.name(), n -> new LongAdder()).increment();
            retryAt.put(anchor.name(), clock.instant().plus(RETRY));
            LOG.warn("anchor {}: {}; tried again in {} s", anchor.name(), e.getMessage(), 60);
        }
    }

    private void write(ObjectNode line) throws IOException {
        try (FileChannel channel =
                FileChannel.open(
                        file,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE,
                        StandardOpenOption.APPEND)) {
            ByteBuffer bytes = ByteBuffer.wrap((line + "\n").getBytes(UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
    }

    /** {@code GET /api/v1/ledger/anchors}: the places, and what was left there, oldest first. */
    void answer(Context c) {
        List<JsonNode> all;
        synchronized (this) {
            all = new ArrayList<>(done);
        }
        Map<String, Object> answer =
                Page.of(c).of(all, line -> line.path("ledgerIndex").asString());
        answer.put("anchors", places.stream().map(p -> p.anchor().name()).toList());
        c.json(answer);
    }

    Map<String, LongSupplier> metrics() {
        Map<String, LongSupplier> metrics = new HashMap<>();
        for (Place place : places) {
            String name = place.anchor().name();
            metrics.put(
                    "ledger_anchor_failures_total{anchor=" + name + "}",
                    () -> failures.getOrDefault(name, new LongAdder()).sum());
        }
        return metrics;
    }
}
