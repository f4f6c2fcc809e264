package org.roadloop.app.lake;

import java.util.HashSet;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import org.roadloop.core.asset.Asset;
import org.roadloop.core.asset.AssetCatalog;
import org.roadloop.core.contract.AgreedAssets;
import org.roadloop.core.contract.ContractBook;
import org.roadloop.core.contract.Role;
import org.roadloop.core.table.TableSource;
import org.roadloop.govern.lake.LakeMaintenance.Pin;

/** Whose snapshots stay in the lake (快照保留). */
public final class LakePins {
    private LakePins() {}

    /** Snapshots that an offered data set names, or that a contract in force is about. */
    public static Set<Pin> of(AssetCatalog catalog, ContractBook book, AgreedAssets agreed) {
        Set<Pin> pins = new HashSet<>();
        for (Asset asset : catalog.list()) {
            pin(asset.id(), asset).ifPresent(pins::add);
        }
        for (ContractBook.Contract contract : book.listContracts()) {
            if (contract.inForce() && contract.self() == Role.PROVIDER) {
                String id = contract.agreement().id();
                try {
                    pin(id, agreed.get(id)).ifPresent(pins::add);
                } catch (NoSuchElementException e) {
                    continue; // never offered here: none of our tables
                }
            }
        }
        return pins;
    }

    private static Optional<Pin> pin(String holder, Asset asset) {
        return asset instanceof Asset.Dataset dataset && dataset.snapshot() != TableSource.LATEST
                ? Optional.of(new Pin(holder, dataset.table(), dataset.snapshot()))
                : Optional.empty();
    }
}
