package org.roadloop.app.catalog;

import java.util.Optional;
import java.util.function.Function;
import org.roadloop.core.asset.Asset;
import org.roadloop.core.policy.Policy;
import org.roadloop.core.table.Schema;
import org.roadloop.core.watermark.WatermarkTerms;

/**
 * Refuses terms whose watermark can't be put in (水印条款核对) when they are made: otherwise it would be
 * noticed when rows are to leave, under a contract that both have signed. Any thread.
 *
 * @param released the columns of a table that may leave, where the tables are here; throws {@link
 *     java.util.NoSuchElementException} if there is no such table
 */
public record MarkableTerms(Function<String, Optional<Schema>> released) {
    /**
     * @throws IllegalArgumentException saying what of the terms is wrong for this asset
     */
    public void check(Asset asset, Policy policy) {
        Optional<WatermarkTerms> terms = WatermarkTerms.find(policy);
        if (terms.isEmpty()) {
            return;
        }
        if (!(asset instanceof Asset.Dataset dataset)) {
            throw new IllegalArgumentException(
                    WatermarkTerms.MEMBER + " of offer " + policy.uid() + ": only rows have one");
        }
        released.apply(dataset.table())
                .map(all -> dataset.columns().isEmpty() ? all : all.select(dataset.columns()))
                .ifPresent(terms.get()::check);
    }
}
