package org.roadloop.core.ledger;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.identity.Signer;
import org.roadloop.core.ledger.PostgresRequest.Decision;
import org.roadloop.core.ledger.PostgresRequest.Refusal;
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
public final class PostgresLedger implements TransparencyLog {
    private static final Logger LOG = LoggerFactory.getLogger(PostgresLedger.class);

    /** How long an append waits for the database or for a new leader before it is refused. */
    private static final Duration PATIENCE = Duration.ofSeconds(6);

    private static final long MAX_APPEND_BYTES = 64L << 20;

    /** {@code idle_session_timeout}, on which fencing of a hung leader rests. */
    private static final int OLDEST_SERVER = 140_000;

    private final PostgresDatabase database;
    private final String origin;
    private final Signer signer;
    private final List<SignedNote.VerifierKey> keys;
    private final PostgresPool pool;
    private final PostgresTiles.Cache cache = new PostgresTiles.Cache();
    private final PostgresWriter writer;
    private final PostgresListener listener;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition news = lock.newCondition();
    private long size;
    private @Nullable Checkpoint signed;
    private volatile boolean closed;

    private PostgresLedger(
            PostgresDatabase database,
            String origin,
            Signer signer,
            List<SignedNote.VerifierKey> keys,
            PostgresPool pool,
            PostgresCheck found) {
        this.database = database;
        this.origin = origin;
        this.signer = signer;
        this.keys = keys;
        this.pool = pool;
        size = found.tree().size();
        signed = found.checkpoint().orElse(null);
        byte[] name = Payloads.sha256(origin.getBytes(StandardCharsets.UTF_8));
        String channel = "roadloop_" + HexFormat.of().formatHex(name, 0, 8);
        writer =
                new PostgresWriter(
                        database,
                        origin,
                        signer,
                        keys,
                        cache,
                        channel,
                        ByteBuffer.wrap(name).getLong(),
                        this::grownTo);
        listener = new PostgresListener(database, channel, new Ear());
    }

    /**
     * Opens the log in a database, makes its tables if there are none. Nodes that share a log have
     * the same keys and so the same origin.
     *
     * @param origin name of the log, first line of each checkpoint; no white space, no '+'
     * @param signer signs the checkpoints
     * @param formerKeys keys that may have signed the last checkpoint before a rotation
     * @throws UncheckedIOException if the database can't be reached
     * @throws CorruptLogException if a table is not what was written
     */
    public static PostgresLedger open(
            PostgresDatabase database,
            String origin,
            Signer signer,
            List<SignedNote.VerifierKey> formerKeys) {
        List<SignedNote.VerifierKey> keys = new ArrayList<>(formerKeys);
        keys.addFirst(new SignedNote.VerifierKey(origin, signer.publicKey()));
        PostgresPool pool = new PostgresPool(database);
        try {
            long began = System.nanoTime();
            PostgresCheck found =
                    pool.read(
                            "opening",
                            session -> {
                                mustBeFit(session, database);
                                PostgresSchema.prepare(session, database.toString(), origin);
                                return verified(session, keys);
                            });
            PostgresLedger ledger = new PostgresLedger(database, origin, signer, keys, pool, found);
            ledger.listener.start();
            ledger.writer.start();
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

    private static void mustBeFit(Connection session, PostgresDatabase database)
            throws SQLException {
        if (Integer.parseInt(PostgresSchema.setting(session, "server_version_num"))
                < OLDEST_SERVER) {
            throw new IllegalStateException(
                    database
                            + " is PostgreSQL "
                            + PostgresSchema.setting(session, "server_version")
                            + "; the ledger needs 14 or later");
        }
        if (PostgresSchema.setting(session, "fsync").equals("off")) {
            LOG.warn("{} runs with fsync = off: what it acknowledges can be lost", database);
        }
    }

    /** All in one state of the database, whatever the leader does meanwhile. */
    private static PostgresCheck verified(Connection session, List<SignedNote.VerifierKey> keys)
            throws SQLException {
        return inSnapshot(
                session, () -> PostgresCheck.of(session, keys, new PostgresTiles.Cache()));
    }

    /** Work on one state of the database. */
    interface SnapshotWork<T> {
        T run() throws SQLException;
    }

    static <T> T inSnapshot(Connection session, SnapshotWork<T> work) throws SQLException {
        session.setAutoCommit(false);
        try (Statement statement = session.createStatement()) {
            statement.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY");
            T result = work.run();
            session.commit();
            session.setAutoCommit(true);
            return result;
        }
    }

    /** What the listener passes on. */
    private final class Ear implements PostgresListener.Ear {
        @Override
        public void head(Connection session, long newSize) throws SQLException {
            writer.answers(session);
            grownTo(newSize);
        }

        @Override
        public void checkpoint(Connection session) throws SQLException {
            PostgresCheck.newest(session, keys).ifPresent(PostgresLedger.this::signed);
        }

        @Override
        public void signWanted() {
            writer.signAsked();
        }

        @Override
        public void intake() {
            writer.intake();
        }
    }

    private void grownTo(long newSize) {
        lock.lock();
        try {
            if (newSize > size) {
                size = newSize;
                news.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    private void signed(Checkpoint checkpoint) {
        lock.lock();
        try {
            Checkpoint known = signed;
            if (known == null || checkpoint.size() >= known.size()) {
                signed = checkpoint;
                news.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** True while this node gives entries their place. */
    public boolean leads() {
        return writer.leads();
    }

    // ---------------------------------------------------------------- appending

    @Override
    public Receipt append(List<Event> events, Map<String, Long> expectedVersions) {
        if (events.isEmpty()) {
            throw new IllegalArgumentException("an append needs at least one event");
        }
        List<byte[]> leaves = new ArrayList<>(events.size());
        List<PostgresRequest.Stored> payloads = new ArrayList<>();
        for (Event event : events) {
            leaves.add(
                    switch (event.body()) {
                        case Event.Inline inline -> Leaf.bytes(event, null);
                        case Event.Payload payload -> {
                            PostgresRequest.Stored stored = PostgresRequest.store(payload.bytes());
                            payloads.add(stored);
                            yield Leaf.bytes(event, stored.reference());
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
        grownTo(receipt.firstIndex() + receipt.count());
        return receipt;
    }

    /** Waits for what the leader makes of a request. */
    Receipt settle(PostgresRequest request) {
        writer.enqueue(request);
        boolean interrupted = false;
        try {
            while (true) {
                long rest = PATIENCE.toNanos() - (System.nanoTime() - request.beganNanos);
                try {
                    return request.done.get(Math.max(0, rest), TimeUnit.NANOSECONDS);
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (TimeoutException e) {
                    return giveUp(request);
                } catch (ExecutionException e) {
                    throw own(e.getCause());
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** An exception of this thread's own, so that its trace says who asked. */
    private RuntimeException own(@Nullable Throwable cause) {
        return switch (cause) {
            case ConflictException conflict -> conflict;
            case UncheckedIOException io ->
                    new UncheckedIOException(String.valueOf(io.getMessage()), new IOException(io));
            case null, default -> new IllegalStateException("ledger " + database, cause);
        };
    }

    /**
     * Patience is over. What the database can't know of is refused; else it is asked to refuse it,
     * and its answer counts: the entries may be in the log after all.
     */
    private Receipt giveUp(PostgresRequest request) {
        String why = writer.troubleText();
        if (!writer.takeBack(request)) {
            Decision decision;
            try {
                decision = pool.read("giving up an append", session -> withdraw(session, request));
            } catch (UncheckedIOException unreachable) {
                writer.forget(request);
                request.done.cancel(false);
                throw new UncheckedIOException(
                        "ledger "
                                + database
                                + " was lost while it was written ("
                                + why
                                + "): the act must not happen, though the log may come to hold its"
                                + " entry",
                        new IOException(unreachable));
            }
            if (decision.refusal().isEmpty()) {
                writer.forget(request);
                return decision.receipt();
            }
        }
        writer.forget(request);
        request.done.cancel(false);
        throw new UncheckedIOException(
                "ledger " + database + " can't be written (" + why + "); the act must not happen",
                new IOException(why));
    }

    /** Whoever writes the receipt first decides; a leader that comes later finds it. */
    private static Decision withdraw(Connection session, PostgresRequest request)
            throws SQLException {
        session.setAutoCommit(false);
        try (PreparedStatement take =
                        session.prepareStatement("DELETE FROM ledger_intake WHERE request = ?");
                PreparedStatement refuse =
                        session.prepareStatement(
                                "INSERT INTO ledger_receipt (request, first_index, count, refusal)"
                                        + " VALUES (?, -1, 0, ?) ON CONFLICT DO NOTHING")) {
            take.setObject(1, request.id);
            take.executeUpdate();
            refuse.setObject(1, request.id);
            refuse.setBytes(2, new Refusal.Lapsed("its writer gave it up").json());
            boolean refused = refuse.executeUpdate() == 1;
            if (refused) {
                PostgresSequencer.dropPayloads(
                        session, request.payloads.stream().map(p -> p.reference().salt()).toList());
            }
            session.commit();
            List<Decision> decided = PostgresSequencer.receipts(session, List.of(request.id));
            session.commit();
            session.setAutoCommit(true);
            return decided.getFirst();
        }
    }

    // ---------------------------------------------------------------- reading

    /** One indexed row, asked each time: what another node has appended counts at once. */
    @Override
    public long version(String subject) {
        return pool.read(
                "version of a subject",
                session -> {
                    try (PreparedStatement asked =
                            session.prepareStatement(
                                    "SELECT version FROM ledger_subject WHERE key = ?")) {
                        asked.setBytes(1, PostgresSequencer.key(subject));
                        try (ResultSet row = asked.executeQuery()) {
                            return row.next() ? row.getLong(1) : 0L;
                        }
                    }
                });
    }

    /** As this node last heard: at least its own appends, another's within milliseconds. */
    @Override
    public long size() {
        lock.lock();
        try {
            return size;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean shared() {
        return true;
    }

    @Override
    public long awaitGrowth(long beyond, Duration atMost) {
        long rest = atMost.toNanos();
        lock.lock();
        try {
            while (size <= beyond && rest > 0 && !closed) {
                rest = news.awaitNanos(rest);
            }
            return size;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return size;
        } finally {
            lock.unlock();
        }
    }

    private long committedSize() {
        long now = pool.read("size of the log", session -> PostgresTiles.head(session).size());
        grownTo(now);
        return now;
    }

    @Override
    public Stream<Entry> read(long fromIndex) {
        if (fromIndex < 0) {
            throw new IllegalArgumentException("no entry has index " + fromIndex);
        }
        return StreamSupport.stream(
                Spliterators.spliteratorUnknownSize(
                        new PostgresEntries(pool, fromIndex, committedSize()),
                        Spliterator.ORDERED | Spliterator.NONNULL | Spliterator.IMMUTABLE),
                false);
    }

    @Override
    public byte[] leaf(long index) {
        if (index < 0 || (index >= size() && index >= committedSize())) {
            throw new IllegalArgumentException(
                    "the ledger has no entry " + index + "; it has " + size());
        }
        return pool.read(
                "entry " + index,
                session -> PostgresEntries.leaves(session, index, index + 1).getFirst());
    }

    // ---------------------------------------------------------------- proving

    @Override
    public Checkpoint checkpoint() {
        long wanted = committedSize();
        long until = System.nanoTime() + PATIENCE.toNanos();
        lock.lock();
        try {
            while (true) {
                Checkpoint known = signed;
                if (known != null
                        && known.size() >= wanted
                        && PostgresCheck.signedBy(known, keys.getFirst())) {
                    return known;
                }
                if (closed || until - System.nanoTime() <= 0) {
                    throw new UncheckedIOException(
                            "ledger " + database + ": no checkpoint was signed",
                            new IOException(writer.troubleText()));
                }
                writer.wantCheckpoint();
                news.awaitNanos(TimeUnit.MILLISECONDS.toNanos(PostgresListener.POLL_MILLIS));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UncheckedIOException(
                    "ledger " + database + ": interrupted before a checkpoint was signed",
                    new IOException(e));
        } finally {
            lock.unlock();
        }
    }

    /** Work on the tree of a size. */
    private interface TreeWork<T> {
        T run(TileProofs proofs) throws IOException;
    }

    private <T> T onTree(String what, long treeSize, TreeWork<T> work) {
        return pool.read(
                what, session -> work.run(new PostgresTiles(session, treeSize, cache).proofs()));
    }

    private void mustHave(boolean there, String what) {
        if (!there) {
            throw new IllegalArgumentException(what + "; the ledger has " + size());
        }
    }

    private boolean holds(long wanted) {
        return wanted <= size() || wanted <= committedSize();
    }

    @Override
    public InclusionProof inclusion(long index) {
        return inclusion(index, size());
    }

    @Override
    public InclusionProof inclusion(long index, long treeSize) {
        mustHave(
                index >= 0 && index < treeSize && holds(treeSize),
                "no proof of entry " + index + " among " + treeSize);
        return onTree(
                "proof of entry " + index,
                treeSize,
                proofs ->
                        new InclusionProof(
                                index,
                                treeSize,
                                proofs.leafHash(index),
                                proofs.inclusion(index, treeSize)));
    }

    @Override
    public ConsistencyProof consistency(long oldSize, long newSize) {
        mustHave(
                oldSize >= 0 && oldSize <= newSize && holds(newSize),
                "no consistency proof from " + oldSize + " to " + newSize + " entries");
        return onTree(
                "consistency proof",
                newSize,
                proofs ->
                        new ConsistencyProof(
                                oldSize, newSize, proofs.consistency(oldSize, newSize)));
    }

    @Override
    public byte[] tile(int level, long n, int width) {
        boolean named =
                level >= 0
                        && level < Long.SIZE / 8 - 1
                        && n >= 0
                        && n < Long.MAX_VALUE >>> (8 * (level + 1))
                        && width >= 1
                        && width <= TilePath.WIDTH;
        mustHave(
                named && holds((n * TilePath.WIDTH + width) << (8 * level)),
                "no tile " + level + "/" + n + " of width " + width);
        return pool.read(
                "tile",
                session ->
                        Arrays.copyOf(
                                new PostgresTiles(session, size(), cache).tile(level, n),
                                width * TreeHash.BYTES));
    }

    @Override
    public byte[] entryBundle(long n, int width) {
        mustHave(
                n >= 0
                        && n < Long.MAX_VALUE >>> 8
                        && width >= 1
                        && width <= TilePath.WIDTH
                        && holds(n * TilePath.WIDTH + width),
                "no entry bundle " + n + " of width " + width);
        long from = n * TilePath.WIDTH;
        EntryBundle bundle = new EntryBundle();
        pool.read("entry bundle", session -> PostgresEntries.leaves(session, from, from + width))
                .forEach(bundle::add);
        return bundle.toBytes();
    }

    @Override
    public SignedNote.VerifierKey verifierKey() {
        return keys.getFirst();
    }

    // ---------------------------------------------------------------- erasing, copying, closing

    /** The payload goes in the very transaction that appends {@code ledger.erased}. */
    @Override
    public void erase(long index) {
        Optional<Payloads.Reference> found = Leaf.payload(leaf(index));
        if (found.isEmpty()) {
            throw new IllegalArgumentException(
                    "entry " + index + " has no payload; an inline body can't be erased");
        }
        String salt = found.get().salt();
        boolean there =
                pool.read("payload", session -> !PostgresEntries.salts(session, salt).isEmpty());
        if (!there) {
            return;
        }
        append(
                Event.of(
                        Leaf.ERASED_EVENT,
                        Instant.now(),
                        signer.did(),
                        "ledger",
                        JsonMapper.shared()
                                .createObjectNode()
                                .put("index", index)
                                .put("salt", salt)));
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
                        inSnapshot(session, () -> PostgresCopy.write(session, checkpoint, target)));
        LOG.info("ledger {}: backup of {} entries to {}", database, checkpoint.size(), target);
        return checkpoint;
    }

    @Override
    public void close() {
        writer.close();
        closed = true;
        listener.close();
        lock.lock();
        try {
            news.signalAll();
        } finally {
            lock.unlock();
        }
        pool.close();
    }

    @Override
    public String toString() {
        return "ledger " + origin + " in " + database;
    }
}
