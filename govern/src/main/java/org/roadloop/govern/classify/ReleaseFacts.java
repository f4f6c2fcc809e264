package org.roadloop.govern.classify;

import java.time.LocalDate;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.table.Schema;

/**
 * What is known of a release before its contract is signed, and again before each use (签约事实). Empty
 * and null mean that nobody said so.
 *
 * @param columns that would be released
 * @param surveying what of it is surveying data besides columns of coordinates: {@code point
 *     cloud}, {@code imagery}, {@code road topology}
 * @param important what of it is important data
 * @param purposes the offer allows; empty if it names none
 * @param fields that any of these purposes needs; null if nobody wrote it down
 * @param today in Asia/Shanghai
 * @param counts of this year with the subjects of this release in them
 * @param personal whether it is about people or vehicles
 */
public record ReleaseFacts(
        Recipient recipient,
        Schema columns,
        List<String> surveying,
        List<ImportantData> important,
        Set<String> purposes,
        @Nullable Set<String> fields,
        LocalDate today,
        SubjectLedger.Counts counts,
        boolean personal,
        boolean criticalInfrastructure) {
    public ReleaseFacts {
        surveying = List.copyOf(surveying);
        important = List.copyOf(important);
        purposes = Set.copyOf(purposes);
        fields = fields == null ? null : Set.copyOf(fields);
    }

    /**
     * Who would get it.
     *
     * @param region ISO 3166 or GB/T 2260; empty if nobody knows
     * @param surveyingLicenceUntil last day of its navigation-map licence (导航电子地图制作测绘资质)
     * @param assessedUntil last day of a security assessment passed for releases to it (数据出境安全评估)
     * @param standardContractUntil last day of a filed standard contract with it, or of a
     *     certification (个人信息出境标准合同、认证)
     * @param exportApprovedUntil last day of an approval to take surveying data abroad
     */
    public record Recipient(
            String did,
            String region,
            @Nullable LocalDate surveyingLicenceUntil,
            @Nullable LocalDate assessedUntil,
            @Nullable LocalDate standardContractUntil,
            @Nullable LocalDate exportApprovedUntil) {
        public boolean known() {
            return !region.isEmpty();
        }

        /** Mainland China; Hong Kong, Macao and Taiwan are other customs territories. */
        public boolean abroad() {
            boolean china =
                    region.equals("CN")
                            || region.startsWith("CN-")
                            || region.matches("[1-8]\\d{5}");
            boolean other =
                    region.matches("CN-(HK|MO|TW|81|82|71)(-.*)?")
                            || region.matches("(71|81|82)\\d{4}");
            return known() && (!china || other);
        }
    }
}
