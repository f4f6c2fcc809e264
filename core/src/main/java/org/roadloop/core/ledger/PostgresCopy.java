package org.roadloop.core.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * Writes a log out of its tables as a log directory (导出), the format that {@link FileLedger} opens.
 *
 * <p>All of it is one state of the database: a payload that is missing was erased by an entry that
 * the copy has, in its tiles or, beyond the checkpoint, in its journal.
 */
final class PostgresCopy {
    private static final int PAGE = 4 * TilePath.WIDTH;

    private final Connection session;
    private final Path target;
    private final LedgerProfile profile;
    private final TileTree tree;
    private final TreeHash hash;

    private PostgresCopy(Connection session, Path target, LedgerProfile profile) {
        this.session = session;
        this.target = target;
        this.profile = profile;
        hash = profile.treeHash();
        tree = new TileTree(hash);
    }

    /** In a transaction of the caller that sees one state, which has the checkpoint. */
    static Checkpoint write(
            Connection session, Checkpoint checkpoint, Path target, LedgerProfile profile)
            throws SQLException {
        try {
            Files.createDirectories(target);
            try (Stream<Path> inside = Files.list(target)) {
                if (inside.findAny().isPresent()) {
                    throw new IllegalArgumentException(
                            "backup directory " + target + " is not empty; name a new one");
                }
            }
            new PostgresCopy(session, target, profile).write(checkpoint);
            return checkpoint;
        } catch (IOException e) {
            throw new UncheckedIOException("backup to " + target, e);
        }
    }

    private void write(Checkpoint checkpoint) throws SQLException, IOException {
        long base = checkpoint.size() / TilePath.WIDTH * TilePath.WIDTH;
        for (long from = 0; from < base; from += PAGE) {
            full(from, Math.min(base, from + PAGE));
        }
        byte[] rootAtBase = tree.root();
        long end = PostgresTiles.head(session).size();
        List<byte[]> rest = leaves(base, end);
        EntryBundle bundle = new EntryBundle();
        for (byte[] leaf : rest.subList(0, (int) (checkpoint.size() - base))) {
            bundle.add(leaf);
            append(leaf);
        }
        if (!Arrays.equals(tree.root(), checkpoint.rootHash())) {
            throw CorruptLogException.inTable(
                    "ledger_entry",
                    "index 0 to " + (checkpoint.size() - 1),
                    "the entries do not hash to the signed root");
        }
        partials(bundle);
        byte[] packed = Batch.of(rest, List.of(), hash).packed();
        Journal.create(
                        target.resolve("journal"),
                        new Journal.Header(base, rootAtBase),
                        ByteBuffer.wrap(packed),
                        Step.Listener.NONE)
                .close();
        DurableFiles.replaceAndSync(
                target.resolve("checkpoint"), checkpoint.note().getBytes(UTF_8));
        DurableFiles.replaceAndSync(target.resolve("format"), profile.format().getBytes(UTF_8));
    }

    private void full(long from, long until) throws SQLException, IOException {
        EntryBundle bundle = new EntryBundle();
        for (byte[] leaf : leaves(from, until)) {
            bundle.add(leaf);
            append(leaf);
            if (bundle.count() == TilePath.WIDTH) {
                long n = tree.size() / TilePath.WIDTH - 1;
                DurableFiles.replaceAndSync(target.resolve(TilePath.bundle(n)), bundle.toBytes());
                bundle.clear();
            }
        }
    }

    private void append(byte[] leaf) {
        tree.append(
                hash.leaf(leaf),
                (level, n, hashes) -> {
                    try {
                        DurableFiles.replaceAndSync(
                                target.resolve(TilePath.tile(level, n)), hashes);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                });
    }

    private void partials(EntryBundle bundle) throws IOException {
        for (int level = 0; level < tree.levelCount(); level++) {
            int width = tree.width(level);
            if (width > 0) {
                DurableFiles.replaceAndSync(
                        target.resolve(TilePath.partialTile(level, tree.number(level), width)),
                        tree.partial(level));
            }
        }
        if (bundle.count() > 0) {
            DurableFiles.replaceAndSync(
                    target.resolve(
                            TilePath.partialBundle(tree.size() / TilePath.WIDTH, bundle.count())),
                    bundle.toBytes());
        }
    }

    /** A page of leaves, whose payloads go into files of their own. */
    private List<byte[]> leaves(long from, long until) throws SQLException, IOException {
        List<byte[]> leaves = PostgresEntries.leaves(session, from, until);
        List<Payloads.Reference> references = new ArrayList<>();
        leaves.forEach(leaf -> Leaf.payload(leaf).ifPresent(references::add));
        Payloads files = new Payloads(target, profile);
        // a payload may be large: one at a time
        for (Payloads.Reference reference : references) {
            PostgresPayloads.Stored stored =
                    PostgresPayloads.find(session, reference.salt()).get(reference.salt());
            if (stored != null) {
                files.keep(reference, stored.salt(), stored.checked(profile, reference));
            }
        }
        return leaves;
    }
}
