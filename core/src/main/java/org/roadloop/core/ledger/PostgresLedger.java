package org.roadloop.core.ledger;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.roadloop.core.identity.Signer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

/**
 * One node's door to a ledger in PostgreSQL that several nodes share (共享账本). Any thread.
 *
 * <p>Every node may append; the one that holds the advisory lock gives entries their place ({@link
 * PostgresWriter}, {@link PostgresSequencer}). What is read is what is committed, whoever appended
 * it. Tables: {@link PostgresSchema}.
 */
public final class PostgresLedger implements TransparencyLog, PickedReads {
    private static final Logger LOG = LoggerFactory.getLogger(PostgresLedger.class);

    /** Longer than it takes to follow a leader that hangs. */
    private static final Duration HANDOVER = Duration.ofSeconds(8);

    private static final long MAX_APPEND_BYTES = 64L << 20;

    private final PostgresDatabase database;
    private final PostgresKeys keys;
    private final UUID node;
    private final PostgresPool pool;
    private final PostgresNews news;
    private final PostgresProofs proofs;
    private final PostgresWriter writer;
    private final PostgresListener listener;
    private final PostgresAppends appends;

    private PostgresLedger(
            PostgresDatabase database,
            PostgresKeys keys,
            UUID node,
            PostgresPool pool,
            PostgresCheck found) {
        this.database = database;
        this.keys = keys;
        this.node = node;
        this.pool = pool;
        PostgresTiles.Cache cache = new PostgresTiles.Cache(keys.profile());
        news = new PostgresNews(found.tree().size(), found.checkpoint().orElse(null));
        proofs = new PostgresProofs(pool, cache, news);
        byte[] name = Payloads.sha256(keys.origin().getBytes(StandardCharsets.UTF_8));
        String channel = "roadloop_" + HexFormat.of().formatHex(name, 0, 8);
        long lockKey = ByteBuffer.wrap(name).getLong();
        writer = new PostgresWriter(database, keys, cache, channel, lockKey, news::grownTo);
        listener = new PostgresListener(database, channel, new Ear());
        appends = new PostgresAppends(database.toString(), pool, writer);
    }

    /** As {@link #open(PostgresDatabase, String, Signer, List, List, UUID)}, for one lone node. */
    public static PostgresLedger open(
            PostgresDatabase database,
            String origin,
            Signer signer,
            List<SignedNote.VerifierKey> formerKeys) {
        return open(database, origin, signer, formerKeys, List.of(), UUID.randomUUID());
    }

    /**
     * Opens the log in a database, makes its tables if there are none. Nodes that share a log have
     * the same keys and so the same origin.
     *
     * @param origin name of the log, first line of each checkpoint; no white space, no '+'
     * @param signer signs the checkpoints; its kind tells the {@link LedgerProfile}
     * @param formerKeys keys that may have signed the last checkpoint before a rotation
     * @param handovers of the key's epochs 2, 3, … in order ({@link KeyEvents#handover}); those
     *     that the log does not have are durable in it, once, before the key signs anything
     * @param node of this home, the same at every start; {@link #claim} goes by it
     * @throws UncheckedIOException if the database can't be reached
     * @throws CorruptLogException if a table is not what was written
     * @throws IllegalStateException if it holds another log, one of another profile, or one that
     *     was handed over to a newer key; if a node with an older key leads
     */
    public static PostgresLedger open(
            PostgresDatabase database,
            String origin,
            Signer signer,
            List<SignedNote.VerifierKey> formerKeys,
            List<Event> handovers,
            UUID node) {
        PostgresKeys keys = PostgresKeys.of(origin, signer, formerKeys, handovers);
        PostgresPool pool = new PostgresPool(database);
        try {
            long began = System.nanoTime();
            PostgresCheck found =
                    pool.read(
                            "opening",
                            session -> {
                                PostgresSchema.prepare(
                                        session, database.toString(), origin, keys.profile());
                                PostgresSchema.release(session, node);
                                return PostgresPool.inSnapshot(
                                        session,
                                        () ->
                                                PostgresCheck.of(
                                                        session,
                                                        keys,
                                                        new PostgresTiles.Cache(keys.profile())));
                            });
            PostgresLedger ledger = new PostgresLedger(database, keys, node, pool, found);
            ledger.start();
            LOG.info(
                    "ledger {}: {} entries, opened in {} ms",
                    database,
                    found.tree().size(),
                    (System.nanoTime() - began) / 1_000_000);
            return ledger;
        } catch (RuntimeException e) {
            pool.close();
            throw e;
        }
    }

    private void start() {
        listener.start();
        writer.start();
        try {
            awaitHandover();
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /** Whoever leads hands the log over: this node, or another that has the new key too. */
    private void awaitHandover() {
        long until = System.nanoTime() + HANDOVER.toNanos();
        while (version(KeyEvents.SUBJECT) < keys.handovers().size()) {
            if (System.nanoTime() - until > 0) {
                throw new IllegalStateException(
                        "ledger "
                                + database
                                + " was not handed over to the key of epoch "
                                + (keys.handovers().size() + 1)
                                + " ("
                                + (writer.leads()
                                        ? writer.queue().troubleText()
                                        : "another node leads, with an older key")
                                + "): stop every node, give each the same keys/, start them again");
            }
            news.awaitGrowth(size(), Duration.ofMillis(PostgresListener.POLL_MILLIS));
        }
    }

    /** What the listener passes on. */
    private final class Ear implements PostgresListener.Ear {
        private boolean unreadable;

        @Override
        public void head(Connection session, long newSize) throws SQLException {
            writer.answers(session);
            news.grownTo(newSize);
        }

        @Override
        public void checkpoint(Connection session) throws SQLException {
            try {
                PostgresCheck.newest(session, keys.verifiers()).ifPresent(news::signed);
                unreadable = false;
            } catch (CorruptLogException e) {
                if (!unreadable) {
                    LOG.error("is keys/ of this node older than the log? {}", e.getMessage());
                }
                unreadable = true;
            }
        }

        @Override
        public void signWanted() {
            writer.signAsked();
        }

        @Override
        public void intake() {
            writer.queue().intake();
        }
    }

    /** True while this node gives entries their place. */
    public boolean leads() {
        return writer.leads();
    }

    // ---------------------------------------------------------------- appending

    @Override
    public Receipt append(List<Event> events, Map<String, Long> expectedVersions) {
        Leaf.mustNotErase(events);
        return appendAny(events, expectedVersions);
    }

    private Receipt appendAny(List<Event> events, Map<String, Long> expectedVersions) {
        if (events.isEmpty()) {
            throw new IllegalArgumentException("an append needs at least one event");
        }
        List<byte[]> leaves = new ArrayList<>(events.size());
        StringBuilder text = new StringBuilder(512);
        List<PostgresPayloads.Stored> payloads = new ArrayList<>();
        for (Event event : events) {
            leaves.add(
                    switch (event.body()) {
                        case Event.Inline inline -> Leaf.bytes(event, null, text);
                        case Event.Payload payload -> {
                            PostgresPayloads.Stored stored =
                                    PostgresPayloads.salted(keys.profile(), payload.bytes());
                            payloads.add(stored);
                            yield Leaf.bytes(event, stored.reference(), text);
                        }
                        case Event.Erased erased ->
                                throw new IllegalArgumentException(
                                        "an erased event can't be appended");
                    });
        }
        PostgresRequest request = PostgresRequest.of(leaves, expectedVersions, payloads);
        if (request.leafBytes() > MAX_APPEND_BYTES) {
            throw new IllegalArgumentException(
                    "an append of "
                            + request.leafBytes()
                            + " bytes is over 64 MiB; use payloads or split it");
        }
        Receipt receipt = settle(request);
        news.grownTo(receipt.firstIndex() + receipt.count());
        return receipt;
    }

    /** As {@link #append}, of what is encoded. */
    Receipt settle(PostgresRequest request) {
        return appends.settle(request);
    }

    // ---------------------------------------------------------------- reading

    /** One indexed row, asked each time: what another node has appended counts at once. */
    @Override
    public long version(String subject) {
        return pool.read(
                "version of a subject", session -> PostgresSubjects.version(session, subject));
    }

    /** As this node last heard: at least its own appends, another's within milliseconds. */
    @Override
    public long size() {
        return news.size();
    }

    @Override
    public boolean shared() {
        return true;
    }

    @Override
    public boolean claim(String role) {
        return pool.read("role " + role, session -> PostgresSchema.claim(session, role, node));
    }

    @Override
    public void hold(String why) {
        pool.read("hold", session -> PostgresSchema.hold(session, why, node));
    }

    @Override
    public long awaitGrowth(long beyond, Duration atMost) {
        return news.awaitGrowth(beyond, atMost);
    }

    @Override
    public Iterator<Entry> entries(long fromIndex, LeafFilter filter) {
        return new PostgresEntries(pool, keys.profile(), filter, fromIndex, proofs.committedSize());
    }

    @Override
    public byte[] leaf(long index) {
        return proofs.leaf(index);
    }

    @Override
    public Optional<byte[]> findSalt(long index) {
        return Leaf.payload(leaf(index)).flatMap(this::findSalt);
    }

    private Optional<byte[]> findSalt(Payloads.Reference reference) {
        return pool.read(
                "salt",
                session ->
                        Optional.ofNullable(PostgresPayloads.findSalt(session, reference.salt())));
    }

    // ---------------------------------------------------------------- proving

    @Override
    public Checkpoint checkpoint() {
        try {
            return news.awaitSigned(
                            proofs.committedSize(),
                            keys.current(),
                            PostgresAppends.PATIENCE,
                            writer.queue()::wantCheckpoint)
                    .orElseThrow(
                            () ->
                                    new UncheckedIOException(
                                            "ledger "
                                                    + database
                                                    + ": no checkpoint was signed by our key",
                                            new IOException(writer.queue().troubleText())));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UncheckedIOException(
                    "ledger " + database + ": interrupted before a checkpoint was signed",
                    new IOException(e));
        }
    }

    @Override
    public InclusionProof inclusion(long index) {
        return proofs.inclusion(index, size());
    }

    @Override
    public InclusionProof inclusion(long index, long treeSize) {
        return proofs.inclusion(index, treeSize);
    }

    @Override
    public ConsistencyProof consistency(long oldSize, long newSize) {
        return proofs.consistency(oldSize, newSize);
    }

    @Override
    public byte[] tile(int level, long n, int width) {
        return proofs.tile(level, n, width);
    }

    @Override
    public byte[] entryBundle(long n, int width) {
        return proofs.entryBundle(n, width);
    }

    @Override
    public SignedNote.VerifierKey verifierKey() {
        return keys.current();
    }

    // ---------------------------------------------------------------- erasing, copying, closing

    /** The payload goes in the very transaction that appends {@code ledger.erased}. */
    @Override
    public void erase(long index) {
        Payloads.Reference reference = Leaf.erasable(index, leaf(index));
        if (findSalt(reference).isEmpty()) {
            return;
        }
        appendAny(
                List.of(
                        Event.of(
                                Leaf.ERASED_EVENT,
                                Instant.now(),
                                keys.signer().did(),
                                "ledger",
                                JsonMapper.shared()
                                        .createObjectNode()
                                        .put("index", index)
                                        .put("salt", reference.salt()))),
                Map.of());
        vacuum();
    }

    /** A deleted row stays in its page until vacuum; it comes by itself, but not at once. */
    private void vacuum() {
        try {
            pool.read(
                    "vacuum",
                    session -> {
                        try (Statement statement = session.createStatement()) {
                            return statement.execute("VACUUM ledger_payload");
                        }
                    });
        } catch (UncheckedIOException e) {
            LOG.warn("an erased payload waits for the database's own vacuum: {}", e.getMessage());
        }
    }

    /** As files, format 1 of {@link FileLedger}: {@link LedgerVerifier} checks the whole of it. */
    @Override
    public Checkpoint backup(Path target) {
        Checkpoint checkpoint = checkpoint();
        pool.read(
                "backup",
                session ->
                        PostgresPool.inSnapshot(
                                session,
                                () ->
                                        PostgresCopy.write(
                                                session, checkpoint, target, keys.profile())));
        LOG.info("ledger {}: backup of {} entries to {}", database, checkpoint.size(), target);
        return checkpoint;
    }

    @Override
    public void close() {
        writer.close();
        listener.close();
        news.close();
        pool.close();
    }

    @Override
    public String toString() {
        return "ledger " + keys.origin() + " in " + database;
    }
}
