package org.roadloop.app.part;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.roadloop.app.http.Json;
import org.roadloop.app.lake.LakeKeeper;
import org.roadloop.core.ledger.Entry;
import org.roadloop.core.ledger.Event;
import org.roadloop.core.ledger.TransparencyLog;
import org.roadloop.core.table.LogPosition;
import org.roadloop.govern.lake.DiskFault;
import org.roadloop.govern.lake.Lake;
import org.roadloop.govern.lake.RowRemoval;
import org.roadloop.govern.operator.Keyring;
import org.roadloop.govern.plan.ErasedSubjects;
import org.roadloop.govern.privacy.Pseudonym;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/*
 * A table has tokens, a request has a subject id; neither leads to the other without a VIN. The key
 * of the tokens gives the VIN behind each distinct one, and the VIN the subject id: so nothing has
 * to be kept by which somebody erased could be found again, only the id, in the ledger.
 *
 * Order of an erasure: `subject.rows-erasing` is durable; ingest leaves the subject out from the
 * next chunk on; what it had taken in before is committed; the rows go; `subject.rows-erased` is the
 * receipt. A stop in between is made good in the keeper's next round. At each start the tables are
 * looked through for everyone with an order, since a lake may have been put back from a backup.
 */

/**
 * A vehicle's rows in the governed tables (主体数据行): how many, which, and their erasure with a
 * receipt. Any thread.
 */
final class SubjectRows implements ErasedSubjects {
    private static final Logger LOG = LoggerFactory.getLogger(SubjectRows.class);
    static final String ERASING = "subject.rows-erasing";
    static final String ERASED = "subject.rows-erased";

    private final Lake lake;
    private final LakeKeeper keeper;
    private final Keyring keys;
    private final VehicleSubjects subjects;
    private final TransparencyLog ledger;
    private final String did;
    private final Clock clock;
    private final Function<String, Optional<String>> clockColumn;
    private final Progress progress;

    /** When the rows of a subject were last ordered to go, µs since 1970. */
    private final Map<String, Long> ordered = new ConcurrentHashMap<>();

    /** Orders without a receipt, by subject. */
    private final Map<String, Begun> begun = new ConcurrentHashMap<>();

    private volatile Supplier<Map<String, Instant>> ended = Map::of;
    private volatile long upToMicros = Long.MIN_VALUE;

    /**
     * @param order index of the entry
     * @param logEnd what stood in the frame log then may be in memory on its way to a table
     */
    private record Begun(long order, LogPosition logEnd) {}

    /** How far things are (进度). */
    interface Progress {
        LogPosition logEnd();

        /** Whether all tables have committed what is before a place in the log. */
        boolean hasTaken(LogPosition upTo);
    }

    /**
     * @param clockColumn of a table: when a row arrived, or else its own time
     */
    SubjectRows(
            Lake lake,
            LakeKeeper keeper,
            Keyring keys,
            VehicleSubjects subjects,
            TransparencyLog ledger,
            String did,
            Clock clock,
            Function<String, Optional<String>> clockColumn,
            Progress progress) {
        this.lake = lake;
        this.keeper = keeper;
        this.keys = keys;
        this.subjects = subjects;
        this.ledger = ledger;
        this.did = did;
        this.clock = clock;
        this.clockColumn = clockColumn;
        this.progress = progress;
        try (Stream<Entry> entries = ledger.read(0, Set.of(ERASING, ERASED))) {
            entries.forEach(
                    entry -> {
                        if (entry.event().type().equals(ERASING)) {
                            arm(entry);
                        } else {
                            begun.remove(entry.event().subject());
                        }
                    });
        }
    }

    private void arm(Entry entry) {
        long micros = micros(entry.event().at());
        ordered.merge(entry.event().subject(), micros, Math::max);
        begun.put(entry.event().subject(), new Begun(entry.index(), progress.logEnd()));
        upToMicros = Math.max(upToMicros, micros);
    }

    private static long micros(Instant at) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, at);
    }

    @Override
    public long upToMicros() {
        return upToMicros;
    }

    @Override
    public boolean isErased(String identity, long arrivedMicros) {
        @Nullable Long vehicle = ordered.get(subjects.of(identity));
        if (vehicle == null) {
            vehicle = ordered.get(subjects.ofPhone(identity));
        }
        return vehicle != null && arrivedMicros <= vehicle;
    }

    /** Erasures without a receipt yet. */
    int pending() {
        return begun.size();
    }

    /** The pseudonyms in a table, in any of its snapshots, of some vehicles. */
    private Map<String, Set<String>> tokens(String table, Set<String> wanted) {
        Pseudonym internal = Pseudonym.internal(keys);
        Map<String, Set<String>> tokens = new TreeMap<>();
        keeper.identities(
                table,
                token -> {
                    @Nullable String vin = internal.vinOf(token);
                    if (vin != null) {
                        String subject = subjects.of(vin);
                        if (wanted.contains(subject)) {
                            tokens.computeIfAbsent(subject, s -> new HashSet<>()).add(token);
                        }
                    }
                });
        return tokens;
    }

    /** A vehicle's rows of the newest snapshot as CSV, unmasked and with all columns. */
    long export(String table, String subject, Path csv) {
        return keeper.export(
                table, tokens(table, Set.of(subject)).getOrDefault(subject, Set.of()), csv);
    }

    /** Tables with a vehicle's rows, in order of name. */
    List<String> tablesWith(String subject) {
        return lake.tables().stream()
                .filter(table -> !tokens(table, Set.of(subject)).isEmpty())
                .toList();
    }

    /**
     * Orders a vehicle's rows to go; nothing is written if it is not the first time and no row came
     * since.
     *
     * @return false if there is nothing to do
     */
    synchronized boolean order(String subject, String reason, String legalBasis, String by) {
        if (begun.containsKey(subject)) {
            return true;
        }
        if (ordered.containsKey(subject) && tablesWith(subject).isEmpty()) {
            return false;
        }
        ObjectNode body = Json.mapper().createObjectNode();
        body.put("by", by).put("legalBasis", legalBasis).put("reason", reason);
        Event event = Event.of(ERASING, clock.instant(), did, subject, body);
        long index = ledger.append(event).firstIndex();
        arm(new Entry(index, event));
        return true;
    }

    /**
     * Ends what was ordered.
     *
     * @return index of the receipt; null while it is too early or the disk refuses
     */
    @Nullable Long finish(String subject, Duration longest) throws InterruptedException {
        @Nullable Begun one = begun.get(subject);
        long until = System.nanoTime() + longest.toNanos();
        while (one != null && !progress.hasTaken(one.logEnd())) {
            if (System.nanoTime() > until) {
                return null;
            }
            Thread.sleep(50);
        }
        synchronized (this) {
            if (one == null || begun.get(subject) != one) {
                return null;
            }
            try {
                ObjectNode body = Json.mapper().createObjectNode();
                body.put("order", one.order());
                remove(subject, body.putArray("tables"));
                stays(body.putArray("stays"));
                long receipt =
                        ledger.append(Event.of(ERASED, clock.instant(), did, subject, body))
                                .firstIndex();
                begun.remove(subject);
                return receipt;
            } catch (RuntimeException e) {
                if (!DiskFault.is(e)) {
                    throw e;
                }
                LOG.warn("an erasure is finished later, storage refuses: {}", e.getMessage());
                return null;
            }
        }
    }

    /** Whose last consent has ended, and when; asked in each round of the keeper. */
    void endWith(Supplier<Map<String, Instant>> consents) {
        ended = consents;
    }

    /**
     * Orders the rows of those to go whose last consent has ended, then ends all that was begun;
     * for the keeper's round.
     */
    void finishAll() {
        ended.get()
                .forEach(
                        (subject, end) -> {
                            @Nullable Long last = ordered.get(subject);
                            if (VehicleSubjects.isVehicle(subject)
                                    && (last == null || last < micros(end))) {
                                order(
                                        subject,
                                        "no consent is in force any more",
                                        "PIPL art. 47 (1) 4",
                                        did);
                            }
                        });
        for (String subject : List.copyOf(begun.keySet())) {
            try {
                finish(subject, Duration.ZERO);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    /** A lake may be older than the ledger: what was erased goes again. */
    void repeat() {
        if (ordered.isEmpty()) {
            return;
        }
        for (String table : lake.tables()) {
            tokens(table, ordered.keySet())
                    .forEach((subject, tokens) -> remove(table, subject, tokens, true));
        }
    }

    private void remove(String subject, ArrayNode tables) {
        for (String table : lake.tables()) {
            Set<String> tokens = tokens(table, Set.of(subject)).get(subject);
            if (tokens == null) {
                continue;
            }
            remove(table, subject, tokens, false)
                    .ifPresent(
                            done ->
                                    tables.addObject()
                                            .put("table", table)
                                            .put("rows", done.rows())
                                            .put("files", done.files())
                                            .put("snapshotsRemoved", done.expired().size())
                                            .put("pinnedReplaced", done.replaced().size()));
        }
    }

    /**
     * When it is repeated, rows that arrived after the order are of a new registration and stay.
     */
    private Optional<RowRemoval.Removal> remove(
            String table, String subject, Set<String> tokens, boolean again) {
        @Nullable Long at = ordered.get(subject);
        @Nullable String column = again ? clockColumn.apply(table).orElse(null) : null;
        return keeper.remove(
                table,
                new RowRemoval.Rows.OfSubjects(tokens, column, at == null ? Long.MAX_VALUE : at),
                again ? "erasure-repeated" : "erasure");
    }

    private static void stays(ArrayNode stays) {
        stays.addObject()
                .put("what", "raw frames")
                .put(
                        "why",
                        "segments hold frames of others; they are read without the subject's, and"
                                + " their keys are dropped by retention.frameLogDays");
        stays.addObject()
                .put("what", "keyed hashes of row keys")
                .put("why", "in the duplicate index, until its window has passed or a restart");
        stays.addObject()
                .put("what", "copies made under contracts")
                .put(
                        "why",
                        "under contract pseudonyms; the contract's duty to delete reaches them");
        stays.addObject()
                .put("what", "backups made before")
                .put("why", "a lake put back is cleared again at the start");
    }

    /** Receipts of a subject with proofs, oldest first. */
    List<Entry> receipts(String subject) {
        List<Entry> receipts = new ArrayList<>();
        try (Stream<Entry> entries = ledger.read(0, Set.of(ERASING, ERASED))) {
            entries.filter(entry -> entry.event().subject().equals(subject)).forEach(receipts::add);
        }
        return receipts;
    }
}
