package org.roadloop.govern.lake;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.iceberg.BaseTable;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.ExpireSnapshots;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.ManifestFile;
import org.apache.iceberg.ManifestFiles;
import org.apache.iceberg.RewriteFiles;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotRef;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.io.CloseableIterable;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.ledger.Event;
import org.roadloop.core.ledger.Ledger;
import org.roadloop.govern.privacy.ReleaseRule;
import tools.jackson.databind.json.JsonMapper;

/**
 * What keeps tables small and pinned snapshots alive (数据湖维护): pins, compaction, expiry, removal of
 * orphans. Each step is one Iceberg commit or deletes only what no snapshot names, so it may be cut
 * off anywhere and begun again. One thread; ingest may run beside it.
 *
 * <p>A pin is an Iceberg tag named {@code pin-HOLDER}: other engines keep it, too.
 */
public final class LakeMaintenance {
    private static final String TAG = "pin-";

    private final Lake lake;
    private final Settings settings;
    private final Evidence evidence;

    /**
     * @param smallRows a file with fewer rows is joined with others
     * @param targetRows rows of a joined file, at most
     * @param leastFiles so many small files are worth a rewriting
     * @param keep snapshots younger than this stay
     * @param leastSnapshots so many of the newest stay, however old
     * @param orphanAge a file that no snapshot names is an orphan once it is so old
     */
    public record Settings(
            long smallRows,
            long targetRows,
            int leastFiles,
            Duration keep,
            int leastSnapshots,
            Duration orphanAge) {
        public static final Settings DEFAULT =
                new Settings(500_000, 4_000_000, 8, Duration.ofDays(7), 20, Duration.ofHours(24));

        public Settings {
            if (smallRows < 1 || targetRows < smallRows || leastFiles < 2 || leastSnapshots < 1) {
                throw new IllegalArgumentException(
                        "maintenance needs 1 <= smallRows <= targetRows, 2 files, 1 snapshot; not "
                                + smallRows
                                + ", "
                                + targetRows
                                + ", "
                                + leastFiles
                                + ", "
                                + leastSnapshots);
            }
        }
    }

    /**
     * Someone for whom a snapshot is kept.
     *
     * @param holder id of an agreement or of an offered asset
     */
    public record Pin(String holder, String table, long snapshot) {}

    /** Where each step is written down before it is done. */
    @FunctionalInterface
    public interface Evidence {
        /**
         * @param step dotted: {@code lake.pinned}, {@code lake.compacted}
         */
        void note(String step, String table, Map<String, Object> facts);

        /**
         * Entries of a ledger.
         *
         * @param did who acts
         */
        static Evidence in(Ledger ledger, String did, Clock clock) {
            JsonMapper json = JsonMapper.shared();
            return (step, table, facts) ->
                    ledger.append(
                            Event.of(step, clock.instant(), did, table, json.valueToTree(facts)));
        }
    }

    /**
     * @param hash sum of the hashes of all rows, whatever their order, as decimal text
     */
    public record Compaction(
            int filesBefore, int filesAfter, long rows, String hash, long snapshot) {}

    public LakeMaintenance(Lake lake, Settings settings, Evidence evidence) {
        this.lake = lake;
        this.settings = settings;
        this.evidence = evidence;
    }

    /** Makes the pins of all tables the wanted ones: new ones are set, others end. */
    public void pin(Set<Pin> wanted) {
        Set<String> tables = new TreeSet<>(lake.tables());
        for (String table : tables) {
            Map<String, Pin> byTag = new TreeMap<>();
            for (Pin pin : wanted) {
                if (pin.table().equals(table)) {
                    byTag.put(tag(pin), pin);
                }
            }
            lake.changing(table, fresh -> pin(table, fresh, byTag));
        }
    }

    /** A tag's name is plain, whatever the holder's id holds. */
    private static String tag(Pin pin) {
        return TAG + Long.toHexString(pin.snapshot()) + "-" + Sql.digest(pin.holder());
    }

    private void pin(String table, Table fresh, Map<String, Pin> wanted) {
        Set<String> there = new TreeSet<>(fresh.refs().keySet());
        there.removeIf(name -> !name.startsWith(TAG));
        for (Map.Entry<String, Pin> entry : wanted.entrySet()) {
            Pin pin = entry.getValue();
            long standing = Lake.standing(fresh, pin.snapshot());
            if (!there.remove(entry.getKey()) && fresh.snapshot(standing) != null) {
                evidence.note(
                        "lake.pinned",
                        table,
                        Map.of(
                                "holder", pin.holder(),
                                "snapshot", Long.toString(pin.snapshot())));
                fresh.manageSnapshots().createTag(entry.getKey(), standing).commit();
                fresh.refresh();
            }
        }
        Map<String, SnapshotRef> refs = Map.copyOf(fresh.refs());
        refs.forEach(
                (ended, ref) -> {
                    if (there.contains(ended)) {
                        evidence.note(
                                "lake.unpinned",
                                table,
                                Map.of("pin", ended, "snapshot", Long.toString(ref.snapshotId())));
                        fresh.manageSnapshots().removeTag(ended).commit();
                        fresh.refresh();
                    }
                });
    }

    /** Snapshots that pins keep, by table order of their ids. */
    public List<Long> pinned(String table) {
        return lake.fresh(table).refs().entrySet().stream()
                .filter(ref -> ref.getKey().startsWith(TAG))
                .map(ref -> ref.getValue().snapshotId())
                .sorted()
                .toList();
    }

    /**
     * Joins small files into sorted ones, some of them at a time; the rows stay the same, which is
     * checked by their count and the sum of their hashes before anybody sees the new files.
     *
     * @return empty if it is not worth it
     */
    public Optional<Compaction> compact(String table) {
        Table before = lake.fresh(table);
        @Nullable Snapshot from = before.currentSnapshot();
        if (from == null) {
            return Optional.empty();
        }
        List<DataFile> small = small(before);
        if (small.size() < settings.leastFiles()) {
            return Optional.empty();
        }
        @Nullable TableFields fields = lake.columns(table).whole();
        if (fields == null) {
            return Optional.empty(); // another program gave it a column that cannot be written here
        }
        @Nullable ReleaseRule rule = lake.findRule(table).orElse(null);
        FileRewrite rewrite = lake.rewrite();
        FileRewrite.Joined joined =
                rewrite.join(
                        table,
                        fields,
                        rule == null ? List.of() : List.of(rule.identity(), rule.time()),
                        small);
        try {
            long[] snapshot = {0};
            lake.changing(
                    table,
                    fresh -> {
                        evidence.note(
                                "lake.compacted",
                                table,
                                Map.of(
                                        "after", Long.toString(TableWriter.snapshot(fresh)),
                                        "files", small.size(),
                                        "rows", joined.rows(),
                                        "hash", joined.hash(),
                                        "sha256", joined.sha256()));
                        RewriteFiles change =
                                fresh.newRewrite()
                                        .validateFromSnapshot(from.snapshotId())
                                        .rewriteFiles(new HashSet<>(small), Set.of(joined.file()));
                        // what the newest snapshot says of the log and its passport stays said
                        fresh.currentSnapshot().summary().entrySet().stream()
                                .filter(e -> e.getKey().startsWith("roadloop."))
                                .forEach(e -> change.set(e.getKey(), e.getValue()));
                        change.commit();
                        fresh.refresh();
                        snapshot[0] = TableWriter.snapshot(fresh);
                    });
            return Optional.of(
                    new Compaction(small.size(), 1, joined.rows(), joined.hash(), snapshot[0]));
        } catch (RuntimeException e) {
            if (!DiskFault.is(e)) {
                lake.files().remove(joined.path());
            }
            throw e;
        }
    }

    /** The oldest small files that make one of the wanted size. */
    private List<DataFile> small(Table table) {
        List<DataFile> small = new ArrayList<>();
        long rows = 0;
        try (CloseableIterable<FileScanTask> tasks = table.newScan().planFiles()) {
            List<DataFile> all = new ArrayList<>();
            tasks.forEach(task -> all.add(task.file()));
            all.removeIf(file -> file.recordCount() >= settings.smallRows());
            all.sort(
                    java.util.Comparator.comparing(
                                    (DataFile f) ->
                                            f.dataSequenceNumber() == null
                                                    ? 0L
                                                    : f.dataSequenceNumber())
                            .thenComparing(DataFile::location));
            for (DataFile file : all) {
                if (rows + file.recordCount() > settings.targetRows()) {
                    break;
                }
                rows += file.recordCount();
                small.add(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot plan a scan of " + table.name(), e);
        }
        return small;
    }

    /**
     * Drops snapshots that are old and that no pin names, with the files that only they had.
     *
     * @return how many snapshots went
     */
    public int expire(String table, Instant now) {
        int[] gone = {0};
        lake.changing(
                table,
                fresh -> {
                    ExpireSnapshots expire =
                            fresh.expireSnapshots()
                                    .expireOlderThan(now.minus(settings.keep()).toEpochMilli())
                                    .retainLast(settings.leastSnapshots())
                                    .executeDeleteWith(new Here())
                                    .planWith(new Here());
                    List<Snapshot> old = expire.apply();
                    if (old.isEmpty()) {
                        return;
                    }
                    evidence.note(
                            "lake.expired",
                            table,
                            Map.of(
                                    "snapshots",
                                    old.stream().map(s -> Long.toString(s.snapshotId())).toList()));
                    // Named one by one, Iceberg deletes every file that no snapshot is left with;
                    // else it keeps what a compaction replaced until the compaction expires.
                    old.forEach(snapshot -> expire.expireSnapshotId(snapshot.snapshotId()));
                    expire.commit();
                    gone[0] = old.size();
                });
        return gone[0];
    }

    /** Runs at once on the calling thread. */
    static final class Here extends java.util.concurrent.AbstractExecutorService {
        private volatile boolean over;

        @Override
        public void execute(Runnable task) {
            task.run();
        }

        @Override
        public void shutdown() {
            over = true;
        }

        @Override
        public List<Runnable> shutdownNow() {
            over = true;
            return List.of();
        }

        @Override
        public boolean isShutdown() {
            return over;
        }

        @Override
        public boolean isTerminated() {
            return over;
        }

        @Override
        public boolean awaitTermination(long timeout, java.util.concurrent.TimeUnit unit) {
            return true;
        }
    }

    /** Files of a table that no snapshot names and nobody is about to commit, in order of name. */
    public List<Path> orphans(String table, Instant now) {
        Table fresh = lake.fresh(table);
        Set<Path> named = named(fresh);
        Path directory = lake.directory(table);
        if (!Files.isDirectory(directory)) {
            throw new NoSuchElementException("table '" + table + "' has no directory");
        }
        Instant before = now.minus(settings.orphanAge());
        return lake.files().list(directory).stream()
                .filter(stored -> stored.modified().isBefore(before))
                .map(TableFiles.Stored::file)
                .filter(file -> !named.contains(file) && !lake.isUncommitted(file))
                .sorted()
                .toList();
    }

    /** Deletes the orphans of a table and says which they were; ends unfinished uploads, too. */
    public List<Path> removeOrphans(String table, Instant now) {
        lake.files().abortUnfinished(lake.directory(table), now.minus(settings.orphanAge()));
        List<Path> orphans = orphans(table, now);
        if (!orphans.isEmpty()) {
            Path directory = lake.directory(table);
            evidence.note(
                    "lake.orphans-removed",
                    table,
                    Map.of(
                            "files",
                            orphans.stream()
                                    .map(f -> directory.relativize(f).toString())
                                    .toList()));
            orphans.forEach(lake.files()::remove);
        }
        return orphans;
    }

    private Set<Path> named(Table table) {
        Set<Path> named = new HashSet<>();
        TableMetadata metadata = ((BaseTable) table).operations().current();
        named.add(lake.resolve(metadata.metadataFileLocation()));
        metadata.previousFiles().forEach(entry -> named.add(lake.resolve(entry.file())));
        Set<String> read = new HashSet<>();
        for (Snapshot snapshot : table.snapshots()) {
            named.add(lake.resolve(snapshot.manifestListLocation()));
            for (ManifestFile manifest : snapshot.allManifests(table.io())) {
                if (read.add(manifest.path())) {
                    named.add(lake.resolve(manifest.path()));
                    paths(table, manifest, named);
                }
            }
        }
        return named;
    }

    private void paths(Table table, ManifestFile manifest, Set<Path> named) {
        try (CloseableIterable<String> paths =
                ManifestFiles.readPaths(manifest, table.io(), table.specs())) {
            paths.forEach(path -> named.add(lake.resolve(path)));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read a manifest of " + table.name(), e);
        }
    }
}
