package org.roadloop.dataspace.access;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.roadloop.core.asset.Asset;
import org.roadloop.core.contract.AgreedAssets;
import org.roadloop.core.contract.ContractGate;
import org.roadloop.core.contract.UsageGate;
import org.roadloop.core.policy.Action;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.TableExport;
import org.roadloop.core.table.TableFeed;
import org.roadloop.core.table.TableSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where pull, push and stream get what they carry (出库): the gate is asked first, then rows are
 * written as one file that waits on disk. Any thread.
 */
public final class Releases {
    private static final Logger log = LoggerFactory.getLogger(Releases.class);

    private final ContractGate gate;
    private final AgreedAssets assets;
    private final TableExport export;
    private final TableFeed feed;
    private final Path staging;

    /** Files that are not closed yet, with their table. */
    private final Map<MeteredFile, String> waiting = new ConcurrentHashMap<>();

    /** How often rows were taken out of some table. */
    private final AtomicLong removals = new AtomicLong();

    private final Clock clock;

    /** Who uses what for what, through which transfer. */
    record Use(String agreementId, String consumer, String transferPid, String purpose) {
        static Use of(AccessTokens.Claims claims, String purpose) {
            return new Use(claims.agreementId(), claims.consumer(), claims.transferPid(), purpose);
        }
    }

    /**
     * @param staging directory for files on their way out; what a former run left is removed
     */
    public Releases(
            ContractGate gate,
            AgreedAssets assets,
            TableExport export,
            TableFeed feed,
            Path staging,
            Clock clock) {
        this.gate = gate;
        this.assets = assets;
        this.export = export;
        this.feed = feed;
        this.staging = staging;
        this.clock = clock;
        clear(staging);
    }

    TableFeed feed() {
        return feed;
    }

    /**
     * @throws UsageGate.RefusedException with the reasons
     */
    UsageGate.Lease open(Use use) {
        return switch (gate.open(
                use.agreementId(),
                use.consumer(),
                Action.USE,
                use.purpose(),
                clock.instant(),
                use.transferPid())) {
            case UsageGate.Refusal refusal -> throw new UsageGate.RefusedException(refusal);
            case UsageGate.Lease lease -> lease;
        };
    }

    /**
     * The table behind a lease, in the version that was agreed.
     *
     * @throws AccessProblem if the asset has no rows
     */
    Asset.Dataset dataset(UsageGate.Lease lease) {
        if (assets.get(lease.agreementId()) instanceof Asset.Dataset dataset) {
            return dataset;
        }
        throw new AccessProblem(409, "asset_is_no_table", "only rows can be transferred");
    }

    /**
     * Rows were taken out of a table: files of it that wait to be fetched or are on their way are
     * removed, and the next who asks has one made anew.
     */
    public void forget(String table) {
        long now = removals.incrementAndGet();
        log.debug("removal {} of rows: files of '{}' are made anew", now, table);
        waiting.forEach(
                (file, of) -> {
                    if (of.equals(table)) {
                        file.close();
                    }
                });
    }

    /** A file under a lease of its own; the lease ends with it. */
    MeteredFile openFile(Use use, RowFormat format) throws IOException {
        MeteredFile file = null;
        long before;
        do { // rows may go while the file is made of them
            if (file != null) {
                file.close();
            }
            before = removals.get();
            file = makeFile(use, format);
        } while (removals.get() != before);
        return file;
    }

    private MeteredFile makeFile(Use use, RowFormat format) throws IOException {
        UsageGate.Lease lease = open(use);
        try {
            Asset.Dataset dataset = dataset(lease);
            PinnedExport file = pin(dataset, use.agreementId(), format);
            try {
                gate.noteFile(lease, use.transferPid(), file.sha256(), file.dataBytes());
            } catch (RuntimeException e) {
                clear(file.directory());
                throw e;
            }
            MeteredFile metered = new MeteredFile(lease, file, waiting::remove);
            waiting.put(metered, dataset.table());
            return metered;
        } catch (IOException | RuntimeException e) {
            lease.close();
            throw e;
        }
    }

    private PinnedExport pin(Asset.Dataset dataset, String agreementId, RowFormat format)
            throws IOException {
        Files.createDirectories(staging);
        Path directory = Files.createTempDirectory(staging, "out");
        try {
            return format == RowFormat.PARQUET
                    ? parquet(dataset, agreementId, directory)
                    : text(dataset, agreementId, directory, format);
        } catch (IOException | RuntimeException e) {
            clear(directory);
            throw e;
        }
    }

    private PinnedExport parquet(Asset.Dataset dataset, String agreementId, Path directory)
            throws IOException {
        TableExport.Export made =
                export.export(
                        dataset.table(),
                        dataset.snapshot(),
                        dataset.columns(),
                        agreementId,
                        directory);
        Path file;
        String sha256;
        if (made.files().size() == 1) {
            file = made.files().getFirst();
            sha256 = made.sha256().getFirst();
        } else {
            file = zip(made.files(), directory.resolve(dataset.table() + ".zip"));
            sha256 = sha256(file);
        }
        String type = made.files().size() == 1 ? RowFormat.PARQUET.mediaType() : RowFormat.ZIP;
        return new PinnedExport(
                directory, file, type, sha256, Files.size(file), made.rows(), made.snapshot());
    }

    /** One archive, so that ranges are of one file; Parquet is compressed in itself. */
    private static Path zip(List<Path> files, Path archive) throws IOException {
        try (ZipOutputStream zip =
                new ZipOutputStream(new BufferedOutputStream(Files.newOutputStream(archive)))) {
            zip.setLevel(Deflater.NO_COMPRESSION);
            for (Path file : files) {
                zip.putNextEntry(new ZipEntry(file.getFileName().toString()));
                Files.copy(file, zip);
                zip.closeEntry();
                Files.delete(file);
            }
        }
        return archive;
    }

    private PinnedExport text(
            Asset.Dataset dataset, String agreementId, Path directory, RowFormat format)
            throws IOException {
        long snapshot =
                dataset.snapshot() == TableSource.LATEST
                        ? feed.currentSnapshot(dataset.table())
                        : dataset.snapshot();
        Path file = directory.resolve(dataset.table() + ".txt");
        long rows = 0;
        try (TableSource.Scan scan =
                        feed.openReleased(
                                dataset.table(),
                                TableFeed.START,
                                snapshot,
                                dataset.columns(),
                                agreementId);
                OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
            RowText text = new RowText(scan.schema(), format);
            out.write(text.head());
            while (true) {
                try (Batch batch = scan.next()) {
                    if (batch == null) {
                        break;
                    }
                    for (int row = 0; row < batch.rows(); row++) {
                        out.write(text.row(batch, row));
                    }
                    rows += batch.rows();
                }
            }
        }
        return new PinnedExport(
                directory,
                file,
                format.mediaType(),
                sha256(file),
                Files.size(file),
                rows,
                snapshot);
    }

    private static String sha256(Path file) throws IOException {
        return HexFormat.of().formatHex(Digests.sha256(file, 0, Files.size(file)));
    }

    static void clear(Path directory) {
        if (!Files.isDirectory(directory)) {
            return;
        }
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path path : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException | UncheckedIOException e) {
            log.warn("staging directory {} could not be cleared", directory, e);
        }
    }
}
