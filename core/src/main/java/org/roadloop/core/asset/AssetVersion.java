package org.roadloop.core.asset;

import java.time.Instant;

/**
 * One publication of an asset (资产版本): publishing again under the same id makes the next one. A
 * contract stays bound to the version it was signed for.
 *
 * @param number from 1
 * @param ledgerIndex entry that published it
 * @param issuedAt when the first version was published, {@code dct:issued}
 * @param publishedAt when this one was, {@code dct:modified}
 */
public record AssetVersion(
        Asset asset,
        int number,
        long ledgerIndex,
        Instant issuedAt,
        Instant publishedAt,
        State state) {

    /** What a version is to somebody who looks for it today. */
    public enum State {
        /** Offered. */
        CURRENT,
        /** A later version took its place. */
        SUPERSEDED,
        /** The last one of an asset that is no longer offered. */
        WITHDRAWN
    }
}
