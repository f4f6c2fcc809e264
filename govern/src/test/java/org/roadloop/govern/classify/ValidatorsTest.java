package org.roadloop.govern.classify;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.Column;
import org.roadloop.core.table.ColumnType;
import org.roadloop.core.table.DataClass;
import org.roadloop.core.table.Grade;
import org.roadloop.core.table.Schema;

class ValidatorsTest {
    // VINs: the worked examples of the check digit rule. ID: the example of GB 11643.
    @ParameterizedTest
    @CsvSource({
        "vin,   1M8GDM9AXKP042788, true",
        "vin,   11111111111111111, true",
        "vin,   1M8GDM9A1KP042788, false",
        "vin,   1M8GDM9AXKP04278,  false",
        "vin,   IM8GDM9AXKP042788, false",
        "plate, 京A12345,   true",
        "plate, 粤B1234学,  true",
        "plate, 粤Z1234港,  true",
        "plate, 沪AD12345,  true",
        "plate, 沪AF12345,  true",
        "plate, 京A12345D,  true",
        "plate, 沪AL12345,  false",
        "plate, 京I12345,   false",
        "plate, 京AO2345,   false",
        "plate, XA12345,    false",
        "phone, 13912345678, true",
        "phone, 12912345678, false",
        "phone, 1391234567,  false",
        "id,    11010519491231002X, true",
        "id,    110105194912310021, false",
        "id,    11010519491331002X, false",
    })
    void kinds(String kind, String text, boolean expected) {
        boolean actual =
                switch (kind) {
                    case "vin" -> Validators.isVin(text);
                    case "plate" -> Validators.isPlate(text);
                    case "phone" -> Validators.isPhone(text);
                    case "id" -> Validators.isIdCard(text);
                    default -> throw new IllegalArgumentException(kind);
                };
        assertThat(actual).isEqualTo(expected);
    }

    @Test
    void valuesBeatNames() {
        Schema schema =
                Schema.of(
                        Column.of("note", ColumnType.STRING, "", DataClass.LINEAGE, Grade.GENERAL),
                        Column.of(
                                "vin_count", ColumnType.INT, "", DataClass.LINEAGE, Grade.GENERAL),
                        Column.of(
                                "start_lat",
                                ColumnType.DOUBLE,
                                "deg",
                                DataClass.POSITION,
                                Grade.PERSONAL),
                        Column.of(
                                "flat_rate",
                                ColumnType.DOUBLE,
                                "",
                                DataClass.ENERGY_STATE,
                                Grade.GENERAL));
        Batch batch = new Batch(schema, 4);
        for (int i = 0; i < 4; i++) {
            int row = batch.addRow();
            batch.set(0, row, "1M8GDM9AXKP042788");
            batch.set(1, row, i);
            batch.set(2, row, 31.2 + i * 0.001);
            batch.set(3, row, 0.5);
        }
        assertThat(Classifier.classify(batch).stream().map(g -> g.column() + " " + g.kind()))
                .containsExactly("note VIN", "start_lat LATITUDE");
        assertThat(Classifier.mismatches(batch)).hasSize(2).allMatch(m -> !m.contains("1M8G"));
    }
}
