package org.roadloop.core.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PlaceTest {
    private static Verdict ask(Place place, Operator operator, String... right) {
        Policy policy =
                Policy.offer(
                        "urn:o",
                        List.of(
                                Permission.of(
                                        "use",
                                        new Constraint.Atomic(
                                                "spatial", operator, List.of(right)))));
        Request request =
                new Request(
                        "use",
                        "did:web:a.example",
                        "tracks",
                        "",
                        Instant.EPOCH,
                        Usage.UNKNOWN,
                        Map.of(Place.OPERAND, Set.of(place.name())),
                        Map.of(),
                        Map.of(),
                        place.partOf(policy.rightOperands(Place.OPERAND)),
                        Map.of(),
                        Set.of());
        return Evaluation.evaluate(policy, request);
    }

    /** Codes of GB/T 2260 and ISO 3166-2: 31 and SH are Shanghai, 310115 is Pudong in it. */
    @ParameterizedTest
    @CsvSource({
        "310115, isPartOf, CN-31, true",
        "310115, isPartOf, CN-SH, true",
        "310115, isPartOf, 310000, true",
        "310115, isPartOf, CN, true",
        "310115, isPartOf, 310115, true",
        "310115, isPartOf, 310116, false",
        "310115, isPartOf, CN-32, false",
        "CN-31-0115, isPartOf, 310115, true",
        "CN-31-0115, isPartOf, CN-SH, true",
        "CN-SH, isPartOf, 310000, true",
        "CN-SH, isPartOf, CN-31, true",
        "CN-SH, isPartOf, 310115, false",
        "440305, isPartOf, 440300, true",
        "440305, isPartOf, CN-GD, true",
        "310115, isAnyOf, CN-31, true",
        "310115, isNoneOf, CN-31, false",
        "310115, isNoneOf, CN-44, true",
        "310115, eq, CN-31, false",
        "DE-BE, isPartOf, DE, true",
        "DE-BE, isPartOf, CN, false",
    })
    void aRegionIsPartOfThoseAroundIt(String at, String operator, String right, boolean permitted) {
        Operator asked = Operator.of(operator, "");
        assertThat(
                        ask(new Place(at, null, Place.Basis.OWN), asked, right)
                                instanceof Verdict.Permitted)
                .isEqualTo(permitted);
    }

    /** A square around the Bund with a hole around its middle. */
    private static final String FENCE =
            "POLYGON((121.4 31.2, 121.6 31.2, 121.6 31.3, 121.4 31.3, 121.4 31.2),"
                    + " (121.48 31.24, 121.52 31.24, 121.52 31.26, 121.48 31.26, 121.48 31.24))";

    @ParameterizedTest
    @CsvSource({
        "121.45, 31.25, true",
        "121.40, 31.25, true",
        "121.60, 31.30, true",
        "121.50, 31.25, false",
        "121.48, 31.25, true",
        "121.39, 31.25, false",
        "121.45, 31.31, false",
        "31.25, 121.45, false",
    })
    void aPointIsInsideAFenceOrNot(double lonDegrees, double latDegrees, boolean inside) {
        if (Math.abs(latDegrees) > 90) {
            assertThatThrownBy(() -> new Place.Point(lonDegrees, latDegrees))
                    .hasMessageContaining("latitude");
            return;
        }
        Place.Point point = new Place.Point(lonDegrees, latDegrees);
        for (String region : new String[] {"", "310101"}) {
            Place place = new Place(region, point, Place.Basis.DECLARED);
            assertThat(ask(place, Operator.IS_PART_OF, FENCE) instanceof Verdict.Permitted)
                    .isEqualTo(inside);
        }
        assertThat(ask(new Place("310101", null, Place.Basis.OWN), Operator.IS_PART_OF, FENCE))
                .as("a region says nothing of a fence")
                .isInstanceOf(Verdict.Denied.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "POLYGON",
                "POLYGON()",
                "POLYGON((1 1, 2 2))",
                "POLYGON((1 1, 2 2, 3 1, 1 2))",
                "POLYGON((1 1, 2 2, 3 x, 1 1))",
                "POLYGON((1 1, 2 200, 3 1, 1 1))",
                "POLYGON((1 1, 2 2, 3 1, 1 1)",
                "POINT(1 1)",
            })
    void whatIsNoPolygonIsNoFence(String text) {
        assertThat(Geofence.read(text)).isEmpty();
    }

    @Test
    void aPlaceIsACodeOrAPoint() {
        for (String code : new String[] {"Shanghai", "31", "cn-31", "910000", "3101155"}) {
            assertThatThrownBy(() -> new Place(code, null, Place.Basis.OWN))
                    .as(code)
                    .hasMessageContaining("GB/T 2260");
        }
    }
}
