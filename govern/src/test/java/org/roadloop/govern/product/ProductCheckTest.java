package org.roadloop.govern.product;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.roadloop.govern.plan.PlanCheck.Finding;
import org.roadloop.govern.plan.PlanReader;

class ProductCheckTest {
    static final List<String> EXAMPLES = ProductPlanReader.EXAMPLES;

    private static ProductCheck check(String yaml) {
        return ProductCheck.of(
                ProductPlanReader.parse(yaml),
                input -> PlanReader.standard(String.valueOf(input.table())).governedSchema());
    }

    @ParameterizedTest
    @FieldSource("EXAMPLES")
    void shippedPlansHaveNoFindings(String name) {
        assertThat(check(ProductPlanReader.example(name)).findings()).isEmpty();
    }

    /** Columns that leave, what is forbidden, and the rules that say so. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    columns                                        | forbid                       | rules
                    speed_mps, length_m                            |                              | ok
                    vehicle, at, x_m, y_m                          |                              | track_leaves
                    vehicle, at, x_m                               |                              | track_leaves
                    vehicle, received_at, y_m                      |                              | track_leaves
                    at, x_m, y_m                                   |                              | ok
                    vehicle, x_m, y_m                              |                              | ok
                    vehicle, at, heading_degrees                   |                              | ok
                    vehicle, at, x_m, y_m                          | forbid: { class: [alarm] }   | (track_leaves)
                    vehicle, at, latitude_degrees                  | forbid: { class: [track] }   | track_leaves
                    latitude_degrees, longitude_degrees            |                              | forbidden_grade
                    vehicle, speed_mps                             | forbid: { grade: personal }  | forbidden_grade
                    vehicle, speed_mps                             | forbid: { class: [identity] }| forbidden_class
                    speed_mps                                      | forbid: { columns: [speed_mps] } | forbidden_column
                    speed_mps, row_key_hi                          |                              | key_leaves
                    speed_mps, segment                             |                              | key_leaves
                    speed, length_m                                |                              | step_refused
                    """,
            useHeadersInDisplayName = true)
    void whatLeavesIsHeldAgainstWhatMustNot(String columns, String forbid, String rules) {
        String pseudonym =
                columns.contains("vehicle")
                        ? "- pseudonym: { columns: [vehicle], mode: reversible, contract: test }"
                        : "- where: { all: [{ column: speed_mps, at_least: 0 }] }";
        String yaml =
                """
                plan: test
                version: 1
                input: { table: track_point }
                steps:
                  %s
                  - select: { columns: [%s] }
                output: { table: test, title: Test }
                purpose: { use: test, columns: [%s] }
                anonymity: { quasi_identifiers: [%s], min_k: 1 }
                %s
                """
                        .formatted(
                                pseudonym, columns, columns, columns, forbid == null ? "" : forbid);
        assertThat(rules(check(yaml).findings())).isEqualTo(rules);
    }

    private static String rules(List<Finding> findings) {
        TreeSet<String> rules = new TreeSet<>();
        findings.forEach(f -> rules.add(f.error() ? f.rule() : "(" + f.rule() + ")"));
        return rules.isEmpty() ? "ok" : String.join(" ", rules);
    }

    private static final String TOKENS =
            """
            plan: test
            version: 1
            input: { table: track_point }
            steps:
              - select: { columns: [vehicle, speed_mps] }
              - rename: { columns: { vehicle: car } }
            output: { table: test, title: Test }
            purpose: { use: test, columns: [car, speed_mps, colour] }
            """;

    @Test
    void thePlatformsTokensDoNotLeaveUnderAnotherName() {
        assertThat(rules(check(TOKENS).findings()))
                .isEqualTo("(no_anonymity) (purpose_unserved) platform_token_leaves");
        String made =
                TOKENS.replace(
                        "output:",
                        "  - pseudonym: { columns: [car], mode: reversible, contract: test }\noutput:");
        assertThat(rules(check(made).findings())).isEqualTo("(no_anonymity) (purpose_unserved)");
    }

    /**
     * Behind what coarsens a position no track is left; without it, or with an identity, one is.
     */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    trajectory_release: { identity: vehicle, time: collected_at, longitude: longitude_degrees, latitude: latitude_degrees } | ok
                    cells: { identity: vehicle, longitude: longitude_degrees, latitude: latitude_degrees, west: 120, south: 30, width_degrees: 1, height_degrees: 1, k: 5 } | ok
                    trip_mask: { identity: vehicle, time: collected_at, longitude: longitude_degrees, latitude: latitude_degrees, trip_ends: {} } | forbidden_grade track_leaves
                    datum: { longitude: longitude_degrees, latitude: latitude_degrees, from: gcj_02, to: wgs_84 } | forbidden_grade track_leaves
                    drop: { columns: [speed_kmh] } | forbidden_grade track_leaves
                    k_anonymity: { k: 5, columns: { longitude_degrees: { widths: [0.01] }, latitude_degrees: { widths: [0.01] } } } | forbidden_grade track_leaves
                    drop: { columns: [vehicle] } | forbidden_grade
                    drop: { columns: [vehicle] } }, { k_anonymity: { k: 5, columns: { longitude_degrees: { widths: [0.01] }, latitude_degrees: { widths: [0.01] } } } | ok
                    """)
    void onlyACoarsePositionIsNoTrack(String step, String rules) {
        String yaml =
                """
                plan: test
                version: 1
                input: { table: vehicle_report }
                steps:
                  - select: { columns: [vehicle, collected_at, longitude_degrees, latitude_degrees, speed_kmh] }
                  - pseudonym: { columns: [vehicle], mode: reversible, contract: test }
                  - { %s }
                output: { table: test, title: Test }
                purpose: { use: test, columns: [none] }
                """
                        .formatted(step.replace("}, {", "}\n  - {"));
        assertThat(
                        check(yaml).findings().stream()
                                .filter(Finding::error)
                                .map(Finding::rule)
                                .filter(rule -> !rule.equals("column_beyond_purpose"))
                                .distinct()
                                .sorted())
                .containsExactly(rules.equals("ok") ? new String[0] : rules.split(" "));
    }

    @Test
    void identitiesOfFilesAreInPlain() {
        String yaml =
                """
                plan: test
                version: 1
                input:
                  files: [cars.csv]
                  columns:
                    vin: { type: string, class: identity, grade: personal }
                    speed_kmh: { from: v, type: double, unit: km/h, class: driving_state, grade: general }
                steps:
                  - where: { all: [{ column: speed_kmh, at_least: 0 }] }
                output: { table: test, title: Test }
                purpose: { use: test, columns: [vin] }
                """;
        ProductCheck check =
                ProductCheck.of(
                        ProductPlanReader.parse(yaml),
                        input -> org.roadloop.govern.lake.Workspace.schema(input.fileColumns()));
        assertThat(rules(check.findings()))
                .isEqualTo("(no_anonymity) column_beyond_purpose identity_in_plain");
        assertThat(check.findings())
                .filteredOn(f -> f.rule().equals("column_beyond_purpose"))
                .singleElement()
                .satisfies(f -> assertThat(f.message()).contains("'speed_kmh'"));
    }
}
