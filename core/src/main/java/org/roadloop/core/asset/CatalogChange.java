package org.roadloop.core.asset;

import java.time.Instant;

/**
 * What happened to an asset (目录变更), as subscribers are told. In the order of the ledger, so that
 * the entry's index is the place to go on from, also after a restart of either side.
 *
 * @param kind of the asset: {@code dataset}, {@code model}, …
 * @param version the number that was published, or the last one of what was withdrawn
 * @param reason of a withdrawal; else empty
 */
public record CatalogChange(
        long ledgerIndex,
        Instant at,
        What what,
        String assetId,
        String kind,
        int version,
        String reason) {

    /** Kinds of changes. */
    public enum What {
        PUBLISHED,
        /** Published again: the version before it is superseded. */
        REPLACED,
        WITHDRAWN
    }
}
