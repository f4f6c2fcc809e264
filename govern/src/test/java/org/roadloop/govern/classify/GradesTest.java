package org.roadloop.govern.classify;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.roadloop.core.table.Column;
import org.roadloop.core.table.ColumnType;
import org.roadloop.core.table.DataClass;
import org.roadloop.core.table.Grade;
import org.roadloop.core.table.Schema;

class GradesTest {
    @Test
    void tableA1HasSixteenCells() {
        String table =
                Arrays.stream(HarmGrade.Object.values())
                        .map(
                                o ->
                                        o
                                                + Arrays.stream(HarmGrade.Severity.values())
                                                        .map(s -> " " + HarmGrade.of(o, s))
                                                        .collect(Collectors.joining()))
                        .collect(Collectors.joining("\n", "", "\n"));
        assertThat(table)
                .isEqualTo(
                        """
                        NATIONAL_SECURITY GENERAL IMPORTANT CORE CORE
                        PUBLIC_INTEREST GENERAL GENERAL IMPORTANT CORE
                        ORGANISATION GENERAL GENERAL GENERAL GENERAL
                        INDIVIDUAL GENERAL GENERAL GENERAL GENERAL
                        """);
    }

    @Test
    void tableA2AsFarAsItWasRead() {
        assertThat(
                        Arrays.stream(PersonalItem.values())
                                .filter(PersonalItem::fromTable)
                                .map(i -> i + " " + i.grade()))
                .containsExactly(
                        "VIN PERSONAL",
                        "NUMBER_PLATE PERSONAL",
                        "TRACK SENSITIVE_PERSONAL",
                        "EXACT_POSITION SENSITIVE_PERSONAL",
                        "AUDIO SENSITIVE_PERSONAL",
                        "VIDEO SENSITIVE_PERSONAL");
    }

    @Test
    void everyKindOfValuesHasTheGradeOfItsItem() {
        for (ValueKind kind : ValueKind.values()) {
            assertThat(kind.grade()).as(kind.name()).isEqualTo(PersonalItem.of(kind).grade());
        }
        assertThat(Arrays.stream(DataClass.values()).map(VehicleDataLeaf::of)).doesNotContainNull();
    }

    private static Schema schema(String names) {
        List<Column> columns = new ArrayList<>();
        for (String name : names.split(" ")) {
            DataClass dataClass =
                    switch (name) {
                        case "vehicle" -> DataClass.IDENTITY;
                        case "at" -> DataClass.TIME;
                        case "place" -> DataClass.POSITION;
                        default -> DataClass.ENVIRONMENT;
                    };
            boolean personal = dataClass == DataClass.IDENTITY || dataClass == DataClass.POSITION;
            columns.add(
                    Column.of(
                            name,
                            ColumnType.DOUBLE,
                            "",
                            dataClass,
                            personal ? Grade.PERSONAL : Grade.GENERAL));
        }
        return new Schema(columns);
    }

    @ParameterizedTest
    @CsvSource({
        "vehicle at place,  1,      SENSITIVE_PERSONAL, true",
        "vehicle place,     1,      PERSONAL,           false",
        "at place,          1,      PERSONAL,           false",
        "vehicle at,        1,      PERSONAL,           false",
        "vehicle at,        99999,  PERSONAL,           false",
        "vehicle at,        100000, PERSONAL,           false",
        "vehicle at,        100001, IMPORTANT,          false",
        "temp_c,            100001, GENERAL,            false",
    })
    void combinationAndVolumeRaiseTheGrade(
            String columns, long subjects, Grade grade, boolean track) {
        TableGrade found = TableGrade.of(schema(columns), subjects, List.of());
        assertThat(found.grade()).isEqualTo(grade);
        assertThat(found.track()).isEqualTo(track);
        assertThat(found.reasons().isEmpty())
                .isEqualTo(subjects <= 100_000 && !track || grade == Grade.GENERAL);
    }

    /** One table for each item of the list, and one beside it that is none. */
    @ParameterizedTest
    @CsvSource({
        "place speed_kmh,               true,  SENSITIVE_AREA",
        "place speed_kmh,               false, ''",
        "temp_c,                        true,  ''",
        "road vehicle_flow,             false, TRAFFIC_AND_LOGISTICS",
        "route freight_t,               false, TRAFFIC_AND_LOGISTICS",
        "fuel_flow_rate speed_kmh,      false, ''",
        "station_id power_kw,           false, CHARGING_NETWORK",
        "pile_no occupied status,       false, CHARGING_NETWORK",
        "weather_station power_kw,      false, ''",
        "charge_state soc_percent,      false, ''",
        "vehicle front_camera_image,    false, OUTSIDE_IMAGES",
        "vehicle cabin_camera_image,    false, ''",
    })
    void importantDataIsTagged(String columns, boolean area, String expected) {
        String found =
                ImportantData.of(schema(columns), Map.of(), area, false).stream()
                        .map(Enum::name)
                        .collect(Collectors.joining(" "));
        assertThat(found).isEqualTo(expected);
        Grade grade =
                TableGrade.of(
                                schema(columns),
                                1,
                                ImportantData.of(schema(columns), Map.of(), area, false))
                        .grade();
        assertThat(grade == Grade.IMPORTANT).isEqualTo(!expected.isEmpty());
    }

    @Test
    void picturesWithoutFacesAndPlatesAreNotOnTheList() {
        assertThat(ImportantData.of(schema("front_camera_image"), Map.of(), false, true)).isEmpty();
    }
}
