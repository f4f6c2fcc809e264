package org.roadloop.core.ledger;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.ledger.PostgresRequest.Decision;
import org.roadloop.core.ledger.PostgresRequest.Refusal;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives entries their place (定序): the work of the one leader. One thread.
 *
 * <p>Everything happens on the session that holds the advisory lock. If the session is lost, its
 * open transaction is too, and the lock is free only after that: two leaders never write at once,
 * whatever either of them believes. After any failure the sequencer is thrown away and begun anew
 * from what is committed.
 */
final class PostgresSequencer {
    private static final Logger LOG = LoggerFactory.getLogger(PostgresSequencer.class);

    /** Leaves of other nodes that one transaction takes. */
    private static final long CLAIM_BYTES = 16L << 20;

    private static final int CLAIM_REQUESTS = 1000;

    /** A writer has long given up a request this old. */
    private static final int LAPSE_SECONDS = 30;

    private static final int KNOWN_VERSIONS = 20_000;

    private static final String CLAIM =
            """
            DELETE FROM ledger_intake WHERE seq IN (
                SELECT seq FROM (
                    SELECT seq, own, sum(own) OVER (ORDER BY seq) AS until FROM (
                        SELECT seq, octet_length(leaves) AS own FROM ledger_intake
                        ORDER BY seq LIMIT %d) AS oldest) AS sized
                WHERE until - own < %d)
            RETURNING seq, request, leaves, expected,
                clock_timestamp() - entered_at > interval '%d seconds'
            """
                    .formatted(CLAIM_REQUESTS, CLAIM_BYTES, LAPSE_SECONDS);

    /** One round trip. */
    private static final String WRITE =
            """
            INSERT INTO ledger_entry (index, leaf)
                SELECT ? + o - 1, leaf FROM unnest(?::bytea[]) WITH ORDINALITY AS t (leaf, o);
            INSERT INTO ledger_subject (key, version) SELECT * FROM unnest(?::bytea[], ?::bigint[])
                ON CONFLICT (key) DO UPDATE SET version = excluded.version;
            INSERT INTO ledger_receipt (request, first_index, count, refusal)
                SELECT * FROM unnest(?::uuid[], ?::bigint[], ?::int[], ?::bytea[]);
            UPDATE ledger_head SET size = ?, root = ? WHERE size = ? AND held IS NULL;
            SELECT pg_notify(?, ?)
            """;

    private final Connection session;
    private final String channel;
    private final PostgresTiles.Cache cache;
    private final TreeHash hash;
    private final TileTree tree;
    private Optional<Checkpoint> last;
    private boolean committing;
    private final Map<String, Long> versions =
            new LinkedHashMap<>(64, 0.75f, true) {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
                    return size() > KNOWN_VERSIONS;
                }
            };

    private PostgresSequencer(
            Connection session, String channel, PostgresTiles.Cache cache, PostgresCheck found) {
        this.session = session;
        this.channel = channel;
        this.cache = cache;
        hash = cache.profile().treeHash();
        tree = found.tree();
        last = found.checkpoint();
    }

    /**
     * Takes up where the last leader ended, if that is what its checkpoint says. A key that is new
     * to the log is durable in it on return, before it signs anything; and once, since no two lead.
     */
    static PostgresSequencer begin(
            Connection session, String channel, PostgresKeys keys, PostgresTiles.Cache cache)
            throws SQLException {
        session.setAutoCommit(false);
        PostgresCheck found = PostgresCheck.of(session, keys, cache);
        session.commit();
        PostgresSequencer begun = new PostgresSequencer(session, channel, cache, found);
        if (!found.missing().isEmpty()) {
            List<byte[]> leaves =
                    found.missing().stream().map(event -> Leaf.bytes(event, null)).toList();
            begun.commit(List.of(PostgresRequest.of(leaves, Map.of(), List.of())), false);
            LOG.info("ledger {}: handed over to key {}", keys.origin(), keys.current());
        }
        return begun;
    }

    /**
     * What one transaction did.
     *
     * @param claimed requests of other nodes that were taken from the intake
     * @param size of the log after it
     */
    record Committed(List<Decision> decisions, int claimed, long size) {}

    private record Claimed(long seq, PostgresRequest request, boolean lapsed) {}

    long size() {
        return tree.size();
    }

    /** True after a commit that ended without an answer: it may have come through. */
    boolean committing() {
        return committing;
    }

    Optional<Checkpoint> last() {
        return last;
    }

    /**
     * Appends what waits, in one transaction, durable on return.
     *
     * @param local requests of this node
     * @param withIntake also those of others
     */
    Committed commit(List<PostgresRequest> local, boolean withIntake) throws SQLException {
        List<Claimed> claimed = withIntake ? claim() : List.of();
        List<PostgresRequest> group = new ArrayList<>(local);
        claimed.forEach(c -> group.add(c.request()));
        if (group.isEmpty()) {
            session.commit();
            return new Committed(List.of(), 0, tree.size());
        }
        Map<UUID, Decision> decided = decided(local, claimed);
        Map<UUID, Decision> fresh = new LinkedHashMap<>();
        for (Claimed c : claimed) {
            if (c.lapsed() && !decided.containsKey(c.request().id)) {
                fresh.put(
                        c.request().id,
                        refused(c.request().id, new Refusal.Lapsed("no leader took it in time")));
            }
        }
        List<PostgresRequest> open = new ArrayList<>();
        Set<UUID> seen = new HashSet<>();
        for (PostgresRequest request : group) {
            if (!decided.containsKey(request.id)
                    && !fresh.containsKey(request.id)
                    && seen.add(request.id)) {
                open.add(request);
            }
        }
        Map<String, Long> base = load(open);
        long before = tree.size();
        long next = before;
        Map<String, Long> changed = new LinkedHashMap<>();
        List<byte[]> leaves = new ArrayList<>();
        List<PostgresRequest> accepted = new ArrayList<>();
        for (PostgresRequest request : open) {
            Optional<Refusal> conflict = conflict(request, base, changed);
            if (conflict.isPresent()) {
                fresh.put(request.id, refused(request.id, conflict.get()));
                continue;
            }
            for (byte[] leaf : request.leaves) {
                String subject = Leaf.subject(leaf);
                changed.merge(subject, base.getOrDefault(subject, 0L) + 1, (a, b) -> a + 1);
            }
            Receipt receipt = new Receipt(next, request.leaves.size());
            fresh.put(request.id, new Decision(request.id, receipt, Optional.empty()));
            accepted.add(request);
            leaves.addAll(request.leaves);
            next += request.leaves.size();
        }
        PostgresPayloads.insert(
                session, accepted.stream().flatMap(request -> request.payloads.stream()).toList());
        writeTiles(leaves);
        write(before, leaves, changed, fresh.values());
        dropPayloads(leaves, claimed, decided, fresh);
        committing = true;
        session.commit();
        committing = false;
        versions.putAll(changed);
        List<Decision> all = new ArrayList<>(decided.values());
        all.addAll(fresh.values());
        return new Committed(all, claimed.size(), tree.size());
    }

    private static Decision refused(UUID request, Refusal why) {
        return new Decision(request, new Receipt(-1, 0), Optional.of(why));
    }

    private List<Claimed> claim() throws SQLException {
        List<Claimed> claimed = new ArrayList<>();
        try (PreparedStatement asked = session.prepareStatement(CLAIM);
                ResultSet row = asked.executeQuery()) {
            while (row.next()) {
                claimed.add(
                        new Claimed(
                                row.getLong(1),
                                PostgresRequest.of(
                                        row.getObject(2, UUID.class),
                                        row.getBytes(3),
                                        row.getBytes(4)),
                                row.getBoolean(5)));
            }
        }
        claimed.sort(Comparator.comparingLong(Claimed::seq));
        return claimed;
    }

    /** What an earlier leader, or an earlier attempt, has decided already. */
    private Map<UUID, Decision> decided(List<PostgresRequest> local, List<Claimed> claimed)
            throws SQLException {
        List<UUID> ids = new ArrayList<>();
        local.stream().filter(r -> r.uncertain).forEach(r -> ids.add(r.id));
        claimed.forEach(c -> ids.add(c.request().id));
        Map<UUID, Decision> decided = new HashMap<>();
        for (Decision decision : PostgresReceipts.of(session, ids)) {
            decided.put(decision.request(), decision);
        }
        return decided;
    }

    private static Optional<Refusal> conflict(
            PostgresRequest request, Map<String, Long> base, Map<String, Long> changed) {
        for (Map.Entry<String, Long> expected : request.expected.entrySet()) {
            String subject = expected.getKey();
            Long now = changed.get(subject);
            long actual = now != null ? now : base.getOrDefault(subject, 0L);
            if (actual != expected.getValue()) {
                return Optional.of(new Refusal.Conflict(subject, expected.getValue(), actual));
            }
        }
        return Optional.empty();
    }

    /** Versions before this group; nobody else changes them while the lock is held. */
    private Map<String, Long> load(List<PostgresRequest> open) throws SQLException {
        Map<String, Long> base = new HashMap<>();
        List<String> unknown = new ArrayList<>();
        for (PostgresRequest request : open) {
            Set<String> subjects = new LinkedHashSet<>(request.expected.keySet());
            request.leaves.forEach(leaf -> subjects.add(Leaf.subject(leaf)));
            for (String subject : subjects) {
                if (!base.containsKey(subject)) {
                    Long kept = versions.get(subject);
                    base.put(subject, kept == null ? 0L : kept);
                    if (kept == null) {
                        unknown.add(subject);
                    }
                }
            }
        }
        base.putAll(PostgresSubjects.versions(session, unknown));
        return base;
    }

    private void writeTiles(List<byte[]> leaves) throws SQLException {
        List<Integer> levels = new ArrayList<>();
        List<Long> numbers = new ArrayList<>();
        List<byte[]> tiles = new ArrayList<>();
        List<byte[]> roots = new ArrayList<>();
        for (byte[] leaf : leaves) {
            tree.append(
                    hash.leaf(leaf),
                    (level, n, hashes) -> {
                        levels.add(level);
                        numbers.add(n);
                        tiles.add(hashes);
                        roots.add(hash.root(hashes, 0, TilePath.WIDTH));
                    });
        }
        if (tiles.isEmpty()) {
            return;
        }
        try (PreparedStatement insert =
                session.prepareStatement(
                        "INSERT INTO ledger_tile (level, n, hashes, root) SELECT * FROM"
                                + " unnest(?::int[], ?::bigint[], ?::bytea[], ?::bytea[])")) {
            insert.setArray(1, session.createArrayOf("int4", levels.toArray()));
            insert.setArray(2, session.createArrayOf("int8", numbers.toArray()));
            insert.setArray(3, session.createArrayOf("bytea", tiles.toArray(byte[][]::new)));
            insert.setArray(4, session.createArrayOf("bytea", roots.toArray(byte[][]::new)));
            insert.executeUpdate();
        }
    }

    private void write(
            long before,
            List<byte[]> leaves,
            Map<String, Long> changed,
            Collection<Decision> decisions)
            throws SQLException {
        byte[][] keys = changed.keySet().stream().map(PostgresSubjects::key).toArray(byte[][]::new);
        byte[] @Nullable [] refusals = new byte[decisions.size()][];
        int at = 0;
        for (Decision decision : decisions) {
            refusals[at++] = decision.refusal().map(Refusal::json).orElse(null);
        }
        try (PreparedStatement write = session.prepareStatement(WRITE)) {
            write.setLong(1, before);
            write.setArray(2, session.createArrayOf("bytea", leaves.toArray(byte[][]::new)));
            write.setArray(3, session.createArrayOf("bytea", keys));
            write.setArray(4, session.createArrayOf("int8", changed.values().toArray()));
            write.setArray(
                    5,
                    session.createArrayOf(
                            "uuid", decisions.stream().map(Decision::request).toArray()));
            write.setArray(
                    6,
                    session.createArrayOf(
                            "int8",
                            decisions.stream().map(d -> d.receipt().firstIndex()).toArray()));
            write.setArray(
                    7,
                    session.createArrayOf(
                            "int4", decisions.stream().map(d -> d.receipt().count()).toArray()));
            write.setArray(8, session.createArrayOf("bytea", refusals));
            write.setLong(9, tree.size());
            write.setBytes(10, tree.root());
            write.setLong(11, before);
            write.setString(12, channel);
            write.setString(13, PostgresListener.HEAD + tree.size());
            write.execute();
            write.getMoreResults();
            write.getMoreResults();
            write.getMoreResults();
            if (write.getUpdateCount() != 1) {
                mustNotBeHeld();
                throw CorruptLogException.inTable(
                        "ledger_head",
                        "size " + before,
                        "somebody without the lock has changed it; the append was not committed");
            }
        }
    }

    private void mustNotBeHeld() throws SQLException {
        Optional<String> why = PostgresSchema.findHold(session);
        if (why.isPresent()) {
            throw new IllegalStateException("it is on hold: " + why.get());
        }
    }

    /** Of what was erased, and of what was refused: no entry names it. */
    private void dropPayloads(
            List<byte[]> leaves,
            List<Claimed> claimed,
            Map<UUID, Decision> decided,
            Map<UUID, Decision> fresh)
            throws SQLException {
        List<String> salts = new ArrayList<>();
        leaves.forEach(leaf -> Leaf.erasedSalt(leaf).ifPresent(salts::add));
        for (Claimed c : claimed) {
            Decision decision = fresh.get(c.request().id);
            if (decision == null) {
                decision = decided.get(c.request().id);
            }
            if (decision != null && decision.refusal().isPresent()) {
                for (byte[] leaf : c.request().leaves) {
                    Leaf.payload(leaf).ifPresent(reference -> salts.add(reference.salt()));
                }
            }
        }
        PostgresPayloads.drop(session, salts);
    }

    /**
     * Signs what is committed, and only if it continues what was signed last; after a rotation the
     * last is signed anew.
     */
    Checkpoint publish(PostgresKeys keys) throws SQLException {
        PostgresTiles.Head head = PostgresTiles.head(session);
        if (last.isPresent()) {
            Checkpoint before = last.get();
            if (before.size() == head.size() && PostgresCheck.signedBy(before, keys.current())) {
                session.commit();
                return before;
            }
            PostgresCheck.mustContinue(session, head, before, cache);
        }
        Checkpoint made =
                SignedNote.checkpoint(keys.origin(), head.size(), head.root(), keys.signer());
        try (PreparedStatement insert =
                session.prepareStatement(
                        "INSERT INTO ledger_checkpoint (size, root, note) VALUES (?, ?, ?);"
                                + " DELETE FROM ledger_checkpoint WHERE seq <="
                                + " currval(pg_get_serial_sequence('ledger_checkpoint',"
                                + " 'seq')) - ?; SELECT pg_notify(?, ?)")) {
            insert.setLong(1, made.size());
            insert.setBytes(2, made.rootHash());
            insert.setString(3, made.note());
            insert.setInt(4, PostgresSchema.CHECKPOINTS);
            insert.setString(5, channel);
            insert.setString(6, PostgresListener.CHECKPOINT);
            insert.execute();
        }
        session.commit();
        last = Optional.of(made);
        return made;
    }
}
