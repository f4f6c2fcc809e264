package org.roadloop.govern.classify;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDate;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.roadloop.core.table.Column;
import org.roadloop.core.table.ColumnType;
import org.roadloop.core.table.CoordinateSystem;
import org.roadloop.core.table.DataClass;
import org.roadloop.core.table.Grade;
import org.roadloop.core.table.Schema;

class ReleaseGateTest {
    private static final LocalDate TODAY = LocalDate.of(2026, 6, 1);
    private static final LocalDate CONTRACT = LocalDate.of(2027, 12, 31);
    private static final Column WHO =
            Column.of("vehicle", ColumnType.STRING, "", DataClass.IDENTITY, Grade.PERSONAL);
    private static final Column WHERE =
            new Column(
                    "longitude",
                    ColumnType.DOUBLE,
                    "deg",
                    DataClass.POSITION,
                    Grade.SENSITIVE_PERSONAL,
                    CoordinateSystem.WGS_84);
    private static final Column SPEED =
            Column.of(
                    "speed_kmh", ColumnType.DOUBLE, "km/h", DataClass.DRIVING_STATE, Grade.GENERAL);

    private static ReleaseFacts facts(
            String region,
            @Nullable LocalDate licence,
            @Nullable LocalDate assessed,
            @Nullable LocalDate approved,
            Schema columns,
            long ordinary,
            long sensitive) {
        return new ReleaseFacts(
                new ReleaseFacts.Recipient(
                        "did:web:b.example", region, licence, assessed, CONTRACT, approved),
                columns,
                List.of(),
                List.of(),
                Set.of("research"),
                null,
                TODAY,
                new SubjectLedger.Counts(2026, ordinary, sensitive),
                true,
                false);
    }

    private static String codes(ReleaseFacts facts) {
        return switch (ReleaseGate.decide(facts)) {
            case GateDecision.Open open -> "";
            case GateDecision.Closed closed -> {
                assertThat(closed.reasons())
                        .allSatisfy(
                                r -> {
                                    assertThat(r.clause()).isNotEmpty();
                                    assertThat(r.english()).contains(": "); // what, then how to fix
                                    assertThat(r.chinese()).isNotEmpty();
                                });
                yield closed.reasons().stream()
                        .map(GateDecision.Reason::code)
                        .collect(Collectors.joining(" "));
            }
        };
    }

    @ParameterizedTest
    @CsvSource({
        // region,  licence,    approved,   codes
        "CN-31,     ,           ,           surveying_licence_missing",
        "CN-31,     2026-05-31, ,           surveying_licence_expired",
        "CN-31,     2026-06-01, ,           ''",
        "310115,    2027-12-31, ,           ''",
        "DE,        2027-12-31, ,           surveying_export",
        "DE,        2027-12-31, 2026-05-31, surveying_export",
        "DE,        2027-12-31, 2026-06-01, ''",
        "CN-HK,     2027-12-31, ,           surveying_export",
        "810000,    2027-12-31, ,           surveying_export",
        "DE,        ,           ,           surveying_licence_missing surveying_export",
        "'',        2027-12-31, ,           region_unknown",
    })
    void coordinatesGoToHoldersOfALicenceInTheCountry(
            String region,
            @Nullable LocalDate licence,
            @Nullable LocalDate approved,
            String codes) {
        Schema schema = Schema.of(WHO, WHERE);
        assertThat(codes(facts(region, licence, null, approved, schema, 0, 0))).isEqualTo(codes);
    }

    @Test
    void pointCloudsAreSurveyingDataAsWell() {
        ReleaseFacts plain = facts("CN", null, null, null, Schema.of(SPEED), 0, 0);
        assertThat(codes(plain)).isEmpty();
        ReleaseFacts cloud =
                new ReleaseFacts(
                        plain.recipient(),
                        plain.columns(),
                        List.of("point cloud"),
                        List.of(),
                        plain.purposes(),
                        null,
                        TODAY,
                        plain.counts(),
                        false,
                        false);
        assertThat(codes(cloud)).isEqualTo("surveying_licence_missing");
    }

    @ParameterizedTest
    @CsvSource({
        "DE,    999999,  9999,  ,           ''",
        "DE,    1000000, 9999,  ,           export_subjects",
        "DE,    999999,  10000, ,           export_sensitive_subjects",
        "DE,    1000000, 10000, ,           export_subjects export_sensitive_subjects",
        "DE,    1000000, 10000, 2026-06-01, ''",
        "DE,    1000000, 10000, 2026-05-31, export_subjects export_sensitive_subjects",
        "CN-31, 1000000, 10000, ,           ''",
    })
    void limitsOfReleasesAbroad(
            String region,
            long ordinary,
            long sensitive,
            @Nullable LocalDate assessed,
            String codes) {
        Schema schema = Schema.of(WHO, SPEED);
        assertThat(codes(facts(region, null, assessed, null, schema, ordinary, sensitive)))
                .isEqualTo(codes);
    }

    @ParameterizedTest
    @CsvSource({
        "DE,    false, 99999,  9999, ,           ''",
        "DE,    false, 100000, 9999, ,           export_standard_contract",
        "DE,    false, 100000, 9999, 2026-06-01, ''",
        "DE,    false, 100000, 9999, 2026-05-31, export_standard_contract",
        "DE,    false, 999999, 9999, ,           export_standard_contract",
        "DE,    true,  0,      1,    ,           export_standard_contract",
        "DE,    true,  0,      1,    2026-06-01, ''",
        "DE,    true,  0,      9999, 2026-06-01, ''",
        "CN-31, true,  100000, 9999, ,           ''",
    })
    void belowTheAssessmentAContractIsFiled(
            String region,
            boolean sensitive,
            long ordinarySubjects,
            long sensitiveSubjects,
            @Nullable LocalDate contract,
            String codes) {
        Column health =
                Column.of(
                        "heart_rate_bpm",
                        ColumnType.DOUBLE,
                        "1/min",
                        DataClass.DRIVING_STATE,
                        Grade.SENSITIVE_PERSONAL);
        ReleaseFacts facts =
                facts(
                        region,
                        null,
                        null,
                        null,
                        Schema.of(WHO, sensitive ? health : SPEED),
                        ordinarySubjects,
                        sensitiveSubjects);
        ReleaseFacts.Recipient to = facts.recipient();
        assertThat(
                        codes(
                                new ReleaseFacts(
                                        new ReleaseFacts.Recipient(
                                                to.did(), region, null, null, contract, null),
                                        facts.columns(),
                                        List.of(),
                                        List.of(),
                                        facts.purposes(),
                                        null,
                                        TODAY,
                                        facts.counts(),
                                        true,
                                        false)))
                .isEqualTo(codes);
    }

    @ParameterizedTest
    @CsvSource({
        "DE,    true,  false, export_important",
        "DE,    false, true,  export_critical_infrastructure",
        "CN-31, true,  true,  ''",
    })
    void importantDataAndCriticalOperatorsNeedAnAssessmentAtOnce(
            String region, boolean important, boolean critical, String codes) {
        ReleaseFacts plain = facts(region, null, null, null, Schema.of(WHO, SPEED), 1, 0);
        assertThat(
                        codes(
                                new ReleaseFacts(
                                        plain.recipient(),
                                        plain.columns(),
                                        List.of(),
                                        important
                                                ? List.of(ImportantData.CHARGING_NETWORK)
                                                : List.of(),
                                        plain.purposes(),
                                        null,
                                        TODAY,
                                        plain.counts(),
                                        true,
                                        critical)))
                .isEqualTo(codes);
    }

    @ParameterizedTest
    @CsvSource({
        "research, vehicle speed_kmh, ''",
        "research, vehicle,           fields_beyond_purpose",
        "research, ,                  ''",
        ",         ,                  purpose_missing",
    })
    void fieldsThatThePurposeDoesNotNeedAreRefused(
            @Nullable String purpose, @Nullable String fields, String codes) {
        ReleaseFacts plain = facts("CN", null, null, null, Schema.of(WHO, SPEED), 0, 0);
        assertThat(
                        codes(
                                new ReleaseFacts(
                                        plain.recipient(),
                                        plain.columns(),
                                        List.of(),
                                        List.of(),
                                        purpose == null ? Set.of() : Set.of(purpose),
                                        fields == null ? null : Set.of(fields.split(" ")),
                                        TODAY,
                                        plain.counts(),
                                        true,
                                        false)))
                .isEqualTo(codes);
    }
}
