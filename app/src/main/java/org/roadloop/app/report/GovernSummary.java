package org.roadloop.app.report;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What passed governance into tables (治理).
 *
 * @param rowsByLineage {@code simulated}, {@code replay}, {@code pilot}
 * @param rejects rows refused, by reason
 * @param duplicates equal key and equal content, dropped
 * @param conflicts equal key, other content: the first kept
 * @param maskedCells cells masked, by rule
 * @param scorecard the six quality indicators
 */
public record GovernSummary(
        List<Table> tables,
        List<Count> rowsByLineage,
        List<Count> rejects,
        long duplicates,
        long conflicts,
        List<Count> maskedCells,
        List<Indicator> scorecard,
        @Nullable Passport passport) {
    public GovernSummary {
        tables = List.copyOf(tables);
        rowsByLineage = List.copyOf(rowsByLineage);
        rejects = List.copyOf(rejects);
        maskedCells = List.copyOf(maskedCells);
        scorecard = List.copyOf(scorecard);
    }

    /**
     * A table of the lake (数据表).
     *
     * @param snapshotId Iceberg's 64-bit id in decimal: text, because a script's number holds 53
     *     bits
     */
    public record Table(String name, long rows, long files, long dataBytes, String snapshotId) {
        public Table {
            requireNonNull(name, "name");
            requireNonNull(snapshotId, "snapshotId");
        }
    }

    /**
     * A quality indicator (质量指标).
     *
     * @param score 0 worst to 1 best
     * @param method how it was computed
     */
    public record Indicator(String name, Text label, double score, Text method) {
        public Indicator {
            requireNonNull(label, "label");
            requireNonNull(method, "method");
            if (!(score >= 0 && score <= 1)) {
                throw new IllegalArgumentException(
                        "indicator '" + name + "' is " + score + ", outside 0..1");
            }
        }
    }

    /**
     * The signed record of this run of the plan (合规护照).
     *
     * @param plan name and version of the governance plan
     * @param hash of the signed bytes, hexadecimal, algorithm in front
     */
    public record Passport(String id, String plan, String hash, Instant issuedAt) {
        public Passport {
            requireNonNull(id, "id");
            requireNonNull(plan, "plan");
            requireNonNull(hash, "hash");
            requireNonNull(issuedAt, "issuedAt");
        }
    }
}
