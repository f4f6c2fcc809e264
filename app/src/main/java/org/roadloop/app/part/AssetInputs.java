package org.roadloop.app.part;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.roadloop.compute.task.InputResolver;
import org.roadloop.core.asset.Asset;
import org.roadloop.core.contract.UsageGate;
import org.roadloop.core.table.TableExport;
import org.roadloop.core.table.TableSource;
import org.roadloop.govern.lake.Lake;
import org.roadloop.govern.privacy.ReleaseRule;

/**
 * {@code asset:ID} to Parquet files of its governed table, pseudonymised for the contract (合约数据输入).
 * What a task of this process has read is known by its content, as long as the table, its rule of
 * release and the contract's columns are the same. Any thread.
 */
final class AssetInputs implements InputResolver {
    private static final int MOST = 1_000;

    private final String node;
    private final GovernPart govern;
    private final SharePart share;
    private final StagedCopies staged;

    private record Read(
            String agreementId,
            String table,
            long snapshot,
            List<String> columns,
            Optional<ReleaseRule> rule,
            int removals) {}

    /** Rows of a snapshot that were erased are not in it any more, under the same number. */
    private final AtomicInteger removals = new AtomicInteger();

    private final Map<Read, List<Part>> read =
            new LinkedHashMap<>(16, 0.75f, true) {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<Read, List<Part>> eldest) {
                    return size() > MOST;
                }
            };

    /**
     * @param node of the network where the lake is
     */
    AssetInputs(String node, GovernPart govern, SharePart share, StagedCopies staged) {
        this.node = node;
        this.govern = govern;
        this.share = share;
        this.staged = staged;
    }

    @Override
    public Located locate(String url, UsageGate.Lease lease) {
        Asset.Dataset dataset = dataset(url, lease);
        Lake lake = govern.lake();
        long snapshot =
                dataset.snapshot() == TableSource.LATEST
                        ? lake.currentSnapshot(dataset.table())
                        : dataset.snapshot();
        if (snapshot == TableSource.LATEST) {
            return Located.unread(node, 0);
        }
        synchronized (read) {
            List<Part> parts = read.get(key(lease, dataset, snapshot, removals.get()));
            if (parts != null) {
                return new Located(List.of(node), parts);
            }
        }
        return Located.unread(
                node,
                Long.parseLong(
                        lake.summary(dataset.table(), snapshot)
                                .getOrDefault("total-files-size", "0")));
    }

    @Override
    public List<Content> resolve(String url, UsageGate.Lease lease, Path directory)
            throws IOException {
        Asset.Dataset dataset = dataset(url, lease);
        int before = removals.get();
        TableExport.Export export =
                govern.lake()
                        .export(
                                dataset.table(),
                                dataset.snapshot(),
                                dataset.columns(),
                                lease.agreementId(),
                                directory);
        staged.note(lease.agreementId(), export.sha256());
        List<Content> contents = new ArrayList<>();
        List<Part> parts = new ArrayList<>();
        for (int i = 0; i < export.files().size(); i++) {
            Path file = export.files().get(i);
            String name = file.getFileName().toString();
            contents.add(new Content(file, name, export.sha256().get(i)));
            parts.add(new Part(name, Files.size(file), export.sha256().get(i)));
        }
        synchronized (read) {
            read.put(key(lease, dataset, export.snapshot(), before), List.copyOf(parts));
        }
        return contents;
    }

    /** What was read so far is read again, as what may have held rows that are erased. */
    void forget() {
        removals.incrementAndGet();
    }

    private Read key(
            UsageGate.Lease lease, Asset.Dataset dataset, long snapshot, int removalsBefore) {
        return new Read(
                lease.agreementId(),
                dataset.table(),
                snapshot,
                dataset.columns(),
                govern.lake().findRule(dataset.table(), snapshot),
                removalsBefore);
    }

    private Asset.Dataset dataset(String url, UsageGate.Lease lease) {
        if (!url.startsWith("asset:")) {
            throw new IllegalArgumentException(
                    "input '" + url + "' is no asset; write asset:" + lease.assetId());
        }
        String id = url.substring("asset:".length());
        if (!id.equals(lease.assetId())) {
            throw new IllegalArgumentException(
                    "agreement %s is about asset '%s', not '%s'"
                            .formatted(lease.agreementId(), lease.assetId(), id));
        }
        if (share.agreedAssets().get(lease.agreementId()) instanceof Asset.Dataset dataset) {
            return dataset;
        }
        throw new IllegalArgumentException("asset '" + id + "' is no data set");
    }
}
