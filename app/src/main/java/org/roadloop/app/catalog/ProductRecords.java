package org.roadloop.app.catalog;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.asset.Asset;
import org.roadloop.core.asset.AssetCatalog;
import org.roadloop.core.asset.AssetVersion;
import org.roadloop.core.descriptor.GovernedRun;
import org.roadloop.core.descriptor.ProductRecord;
import org.roadloop.core.table.Column;
import org.roadloop.core.table.TableSource;

/** Puts together what is known of a product (产品档案汇集): catalogue, tables, passports. Any thread. */
public final class ProductRecords {
    private final AssetCatalog catalog;
    private final Tables tables;
    private final PassportSearch passports;
    private final String address;

    /** What the tables say, where they are here. */
    public interface Tables {
        /** Columns that may leave; empty where the table is not here. */
        List<Column> released(String table);

        /** Of the scorecard since the start; empty if there is none. */
        Map<String, Double> indicators(String table);

        /**
         * The passport of the rows that a snapshot added; empty if it names none.
         *
         * @param snapshot or {@link TableSource#LATEST}
         * @throws NoSuchElementException if the table has no such snapshot any more
         */
        Optional<String> passportSha256(String table, long snapshot);
    }

    /**
     * @param address of our connector
     */
    public ProductRecords(
            AssetCatalog catalog, Tables tables, PassportSearch passports, String address) {
        this.catalog = catalog;
        this.tables = tables;
        this.passports = passports;
        this.address = address;
    }

    /**
     * @param number of the version; 0: the last one
     * @throws NoSuchElementException if there is no such asset or version
     */
    public ProductRecord get(String assetId, int number) {
        List<AssetVersion> versions = catalog.listVersions(assetId);
        AssetVersion version =
                number == 0
                        ? versions.getLast()
                        : versions.stream()
                                .filter(v -> v.number() == number)
                                .findFirst()
                                .orElseThrow(
                                        () ->
                                                new NoSuchElementException(
                                                        "asset '"
                                                                + assetId
                                                                + "' has no version "
                                                                + number
                                                                + "; it has 1 to "
                                                                + versions.size()));
        if (!(version.asset() instanceof Asset.Dataset dataset)) {
            return new ProductRecord(version, address, List.of(), Map.of(), null);
        }
        GovernedRun run = run(dataset);
        return new ProductRecord(version, address, columns(dataset), quality(dataset, run), run);
    }

    private List<Column> columns(Asset.Dataset dataset) {
        List<Column> released = tables.released(dataset.table());
        if (dataset.columns().isEmpty()) {
            return released;
        }
        List<Column> offered = new ArrayList<>();
        for (String name : dataset.columns()) {
            released.stream().filter(c -> c.name().equals(name)).forEach(offered::add);
        }
        return offered;
    }

    private @Nullable GovernedRun run(Asset.Dataset dataset) {
        try {
            return tables.passportSha256(dataset.table(), dataset.snapshot())
                    .flatMap(sha256 -> passports.find(dataset.table(), sha256))
                    .orElse(null);
        } catch (NoSuchElementException e) {
            return null; // the snapshot has expired: nothing can be said of its run
        }
    }

    /** A pinned snapshot is judged by its own run, a table that is followed by its scorecard. */
    private Map<String, Double> quality(Asset.Dataset dataset, @Nullable GovernedRun run) {
        Map<String, Double> indicators =
                dataset.snapshot() == TableSource.LATEST
                        ? tables.indicators(dataset.table())
                        : Map.of();
        return indicators.isEmpty() && run != null ? run.quality() : indicators;
    }
}
