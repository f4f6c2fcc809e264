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
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.roadloop.app.clearing.SubjectDeletions;
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
import org.roadloop.govern.product.ProductRun;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/*
 * A table has tokens, a request has a subject id; neither leads to the other without a VIN or a phone
 * (SubjectTokens): so nothing has to be kept by which somebody erased could be found again, only the
 * id, in the ledger.
 *
 * Order of an erasure: `subject.rows-erasing` is durable; ingest leaves the subject out from the
 * next chunk on; what it had taken in before is committed; consumers who have the rows are to be
 * asked; the rows go; `subject.rows-erased` is the receipt, and lets the asking begin. A stop in between is made good in the keeper's next round. At each start the tables are
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
    private final SubjectTokens tokens;
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

    /** Null where nothing is shared. */
    private volatile @Nullable SubjectDeletions partners;

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
     * @param findPhone of a subject, while its terminal is registered
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
            Function<String, Optional<String>> findPhone,
            Progress progress) {
        this.lake = lake;
        this.keeper = keeper;
        this.keys = keys;
        this.subjects = subjects;
        this.tokens = new SubjectTokens(lake, keeper, keys, subjects, ledger, findPhone);
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
        for (JsonNode token : entry.event().json().path("tokens")) {
            tokens.note(entry.event().subject(), token.asString());
        }
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

    /**
     * While a terminal is registered: what leads to rows of a subject that is known by its phone
     * only must be known before the registration goes.
     */
    void know(String subject) {
        tokens.ofPhone(subject);
    }

    /** A vehicle's rows of the newest snapshot as CSV, unmasked and with all columns. */
    long export(String table, String subject, Path csv) {
        return keeper.export(
                table, tokens.of(table, Set.of(subject)).getOrDefault(subject, Set.of()), csv);
    }

    /** Tables with a vehicle's rows, in order of name. */
    List<String> tablesWith(String subject) {
        return lake.tables().stream()
                .filter(table -> !tokens.of(table, Set.of(subject)).isEmpty())
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
        Set<String> known = tokens.ofPhone(subject);
        if (!known.isEmpty()) {
            known.forEach(body.putArray("tokens")::add);
        }
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
                remove(subject, one.order(), body.putArray("tables"), body.putArray("asked"));
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

    /** Consumers who received the rows are asked to delete theirs. */
    void tellPartnersBy(SubjectDeletions deletions) {
        partners = deletions;
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
        for (String table : tokens.tables()) {
            boolean product = ProductRun.isProduct(lake, table);
            if (product && clockColumn.apply(table).isEmpty()) {
                continue; // its rows have no time: those of a new registration would go, too
            }
            tokens.of(table, ordered.keySet())
                    .forEach((subject, found) -> remove(table, subject, found, true));
        }
    }

    private void remove(String subject, long order, ArrayNode tables, ArrayNode asked) {
        for (String table : tokens.tables()) {
            Set<String> found = tokens.of(table, Set.of(subject)).get(subject);
            if (found == null) {
                continue;
            }
            ask(table, found, order).forEach(asked::add);
            remove(table, subject, found, false)
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

    /** Before the rows go: afterwards nothing tells which pseudonyms a partner has. */
    private List<String> ask(String table, Set<String> found, long order) {
        SubjectDeletions to = partners;
        if (to == null) {
            return List.of();
        }
        List<String> agreements = to.recipients(table);
        for (String agreement : agreements) {
            Pseudonym released = Pseudonym.ofAgreement(keys, agreement);
            for (String token : found) {
                to.ask(agreement, released.token(token), order);
            }
        }
        return agreements;
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

    private void stays(ArrayNode stays) {
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
                        "consumers of the contracts under 'asked' were told the pseudonym; what"
                                + " they answer is a receipt, too. Their own users' copies are theirs"
                                + " to reach");
        for (String table : tokens.unreachable()) {
            stays.addObject()
                    .put("what", "rows of product " + table + " under a closed epoch")
                    .put("why", "its key is destroyed: nobody can tell whose they are");
        }
        stays.addObject()
                .put("what", "files under inputs/, and products without an identity")
                .put("why", "the operator put the files there; the others name nobody");
        stays.addObject()
                .put("what", "backups made before")
                .put("why", "a lake put back is cleared again at the start");
    }

    /** Receipts of a subject, oldest first: our own, then those of partners. */
    List<Entry> receipts(String subject) {
        List<Entry> receipts = new ArrayList<>();
        Set<Long> orders = new HashSet<>();
        try (Stream<Entry> entries = ledger.read(0, Set.of(ERASING, ERASED))) {
            entries.filter(entry -> entry.event().subject().equals(subject)).forEach(receipts::add);
        }
        receipts.forEach(entry -> orders.add(entry.index()));
        try (Stream<Entry> entries = ledger.read(0, Set.of(SubjectDeletions.CONFIRMED))) {
            entries.filter(e -> orders.contains(e.event().json().path("order").asLong(-1)))
                    .forEach(receipts::add);
        }
        return receipts;
    }
}
