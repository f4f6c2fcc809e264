package org.roadloop.govern.product;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.roadloop.core.table.Grade;
import org.roadloop.govern.plan.PlanException;
import org.roadloop.govern.privacy.TripMasking;

class ProductPlanReaderTest {
    private static final String PLAN =
            """
            plan: hours
            version: 2
            input: { table: vehicle_report, snapshot: 7 }
            seed: 11
            steps:
              - where:
                  all:
                    - { column: speed_kmh, at_least: 0.5 }
                    - { column: gear, in: [1, 2] }
              - trip_mask:
                  identity: vehicle
                  time: collected_at
                  longitude: longitude_degrees
                  latitude: latitude_degrees
                  masked: [speed_kmh]
                  trip_ends: { from_meters: 200, to_meters: 900, gap_minutes: 12 }
              - aggregate/1:
                  window: { column: collected_at, length: 1h }
                  vehicle: vehicle
                  min_vehicles: 5
                  values: { speed_kmh: [mean, max] }
            output: { table: hours, title: Hours }
            purpose: { use: planning, columns: [collected_at] }
            """;

    @Test
    void keysAreTheComponentsOfRecords() {
        ProductPlan plan = ProductPlanReader.parse(PLAN);
        assertThat(plan.input().snapshot()).isEqualTo(7);
        assertThat(plan.seed()).isEqualTo(11);
        assertThat(plan.forbid()).isEqualTo(ProductPlan.Forbid.DEFAULT);
        assertThat(plan.forbidden().grade()).isEqualTo(Grade.SENSITIVE_PERSONAL);
        assertThat(plan.steps().get(0).line()).isEqualTo(6);
        assertThat(plan.steps().get(0).operator())
                .isEqualTo(
                        new Where(
                                List.of(
                                        new Where.Condition(
                                                "speed_kmh", null, 0.5, null, null, null, null),
                                        new Where.Condition(
                                                "gear",
                                                List.of("1", "2"),
                                                null,
                                                null,
                                                null,
                                                null,
                                                null))));
        assertThat(plan.steps().get(1).operator())
                .isInstanceOfSatisfying(
                        TripMasking.class,
                        mask ->
                                assertThat(mask.tripEnds())
                                        .isEqualTo(new TripMasking.TripEnds(200.0, 900.0, 12, 10)));
        assertThat(plan.steps().get(2).operator())
                .isEqualTo(
                        new Aggregate(
                                new Aggregate.Window("collected_at", Duration.ofHours(1)),
                                null,
                                null,
                                "vehicle",
                                5,
                                Map.of(
                                        "speed_kmh",
                                        List.of(
                                                Aggregate.Statistic.MEAN,
                                                Aggregate.Statistic.MAX))));
    }

    /** Constants, maps of records, lists of records and of numbers, what may be left out. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    k_anonymity: { k: 2, columns: { a: { widths: [5, 10] }, b: { groups: { x: [y] } } }, search: fast } | KAnonymity[k=2, columns={a=Hierarchy[groups=null, widths=[5.0, 10.0], keep=null], b=Hierarchy[groups={x=[y]}, widths=null, keep=null]}, suppressionPercent=4.0, search=FAST]
                    pseudonym: { columns: [v], mode: one_way, contract: c, epoch: 2 } | PseudonymColumns[columns=[v], mode=ONE_WAY, contract=c, epoch=2]
                    datum: { longitude: x, latitude: y, to: gcj_02 } | Datum[longitude=x, latitude=y, to=GCJ_02, from=null, plugIn=null]
                    cells: { identity: v, longitude: x, latitude: y, west: 120, south: 30, width_degrees: 1, height_degrees: 1, k: 3 } | Cells[identity=v, longitude=x, latitude=y, west=120.0, south=30.0, widthDegrees=1.0, heightDegrees=1.0, k=3, depth=8, lossPercent=5.0]
                    trip_mask: { identity: v, time: t, longitude: x, latitude: y, areas: [{ name: a, longitudes: [0, 1, 1], latitudes: [0, 0, 1] }] } | TripMasking[identity=v, time=t, longitude=x, latitude=y, masked=[], areas=[Area[name=a, longitudes=[0.0, 1.0, 1.0], latitudes=[0.0, 0.0, 1.0]]], marginFromMeters=50.0, marginToMeters=500.0, tripEnds=null]
                    """)
    void parametersOfEveryKindAreRead(String step, String operator) {
        String yaml =
                """
                plan: p
                version: 1
                input: { table: t }
                steps: [{ %s }]
                output: { table: o, title: O }
                purpose: { use: u, columns: [c] }
                """
                        .formatted(step);
        assertThat(ProductPlanReader.parse(yaml).steps().getFirst().operator())
                .hasToString(operator);
        assertThat(PlanSchemaTest.errors(yaml)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    version: 2        | versoin: 2       | line 2: unknown key 'versoin' in the plan; did you mean 'version'?
                    aggregate/1       | agregate         | line 17: no operator 'agregate'; did you mean 'aggregate'?
                    min_vehicles: 5   | min_vehicle: 5   | line 20: unknown key 'min_vehicle' in step 'aggregate/1'; did you mean 'min_vehicles'?
                    min_vehicles: 5   | min_vehicles: 1  | step 'aggregate/1': min_vehicles 1 would show single vehicles
                    min_vehicles: 5   | min_vehicles: x  | line 20: step 'aggregate/1'.min_vehicles: this is no whole number that fits
                    [mean, max]       | [mean, maxx]     | did you mean 'max'?
                    length: 1h        | length: 1 hour   | line 18: step 'aggregate/1'.window.length: a length of time is
                    at_least: 0.5     | at_least: some   | line 8: step 'where'.all.at_least: this is no number
                    , at_least: 0.5   | ''               | line 8: step 'where'.all: a condition needs one of in
                    table: vehicle_report, | ''          | line 3: the plan.input: an input names either a table or files
                    version: 2        | version: 0       | the plan: version 0 is below 1
                    plan: hours       | 'x: 1'           | unknown key 'x'
                    trip_ends:        | trip_end:        | did you mean 'trip_ends'?
                    title: Hours      | titel: Hours     | unknown key 'titel' in the plan.output; did you mean 'title'?
                    """)
    void aMistakeIsNamedWithItsLine(String right, String wrong, String message) {
        assertThat(PLAN).contains(right);
        assertThatThrownBy(
                        () ->
                                ProductPlanReader.parse(
                                        PLAN.replaceFirst(
                                                java.util.regex.Pattern.quote(right), wrong)))
                .isInstanceOf(PlanException.class)
                .hasMessageContaining(message);
    }

    @Test
    void everyOperatorCallsItselfAsItIsListed() {
        ProductPlan plan = ProductPlanReader.parse(PLAN);
        for (ProductPlan.Step step : plan.steps()) {
            assertThat(Operators.find(step.operator().name()))
                    .hasValueSatisfying(
                            e -> assertThat(e.type()).isEqualTo(step.operator().getClass()));
        }
        assertThat(Operators.ALL).allMatch(e -> e.type().isRecord());
    }
}
