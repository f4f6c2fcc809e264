package org.roadloop.govern.classify;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.Column;
import org.roadloop.core.table.ColumnType;
import org.roadloop.core.table.DataClass;
import org.roadloop.core.table.Grade;
import org.roadloop.core.table.Schema;

class ClassifierTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    plate | 京A·12345        | true
                    plate | 沪ad12345        | true
                    plate | 京A12345应急     | false
                    plate | 京X1234应急      | true
                    plate | 使012345         | true
                    plate | 224578使         | true
                    plate | WJ京1234X        | true
                    plate | 粤Z1234港        | true
                    plate | 粤B1234挂        | true
                    plate | 京A1B2CD         | false
                    phone | +86 13912345678  | true
                    phone | 139-1234-5678    | true
                    phone | 15412345678      | false
                    phone | 010-12345678     | false
                    line  | 010-12345678     | true
                    line  | 0755-1234567     | true
                    id    | 110105491231002  | true
                    id    | 990105491231002  | false
                    id    | 110105491331002  | false
                    card  | 4111111111111111 | true
                    card  | 4111111111111112 | false
                    card  | 9111111111111110 | false
                    imei  | 490154203237518  | false
                    imei  | 356938035643809  | true
                    imei  | 356938035643808  | false
                    iccid | 89860012345678901234 | true
                    iccid | 79860012345678901234 | false
                    mac   | 00:1A:2b:3c:4d:5e | true
                    mac   | 00:1A-2b:3c:4d:5e | false
                    email | a.b+c@mail.example.cn | true
                    email | a@b@example.cn   | false
                    email | a@example        | false
                    maker | WVWZZZ1KZ6W123456 | true
                    maker | ABCZZZ1KZ6W123456 | false
                    """)
    void values(String kind, String text, boolean expected) {
        boolean actual =
                switch (kind) {
                    case "plate" -> NumberPlates.isPlate(text);
                    case "phone" -> Validators.isPhone(text);
                    case "line" -> Validators.isLandline(text);
                    case "id" -> Validators.isIdCard(text);
                    case "card" -> Validators.isBankCard(text);
                    case "imei" -> Validators.isImei(text);
                    case "iccid" -> Validators.isIccid(text);
                    case "mac" -> Validators.isMac(text);
                    case "email" -> Validators.isEmail(text);
                    case "maker" -> Validators.isVinOfKnownMaker(text);
                    default -> throw new IllegalArgumentException(kind);
                };
        assertThat(actual).isEqualTo(expected);
    }

    private static Column declared(int i, ColumnType type) {
        return Column.of("c" + i, type, "", DataClass.LINEAGE, Grade.GENERAL);
    }

    /** Kinds found in columns that are called so at their source, or "nothing". */
    private static List<String> found(List<String> labels, List<IntFunction<Object>> columns) {
        int rows = 200;
        Column[] schema = new Column[columns.size()];
        Arrays.setAll(schema, c -> declared(c, type(columns.get(c).apply(0))));
        Batch batch = new Batch(Schema.of(schema), rows);
        for (int i = 0; i < rows; i++) {
            batch.addRow();
            for (int c = 0; c < schema.length; c++) {
                switch (columns.get(c).apply(i)) {
                    case String s -> batch.set(c, i, s);
                    case Integer n -> batch.set(c, i, n.intValue());
                    case Long n -> batch.set(c, i, n.longValue());
                    case Double d -> batch.set(c, i, d.doubleValue());
                    default -> throw new IllegalArgumentException();
                }
            }
        }
        Map<String, String> names = new java.util.HashMap<>();
        for (int c = 0; c < schema.length; c++) {
            names.put("c" + c, labels.get(c));
        }
        Classifier classifier = new Classifier(batch.schema(), names);
        classifier.add(batch, 0, rows);
        String[] kinds = new String[schema.length];
        Arrays.fill(kinds, "nothing");
        classifier
                .guesses()
                .forEach(
                        g ->
                                kinds[Integer.parseInt(g.column().substring(1))] =
                                        g.kind().name().toLowerCase(java.util.Locale.ROOT));
        return List.of(kinds);
    }

    private static ColumnType type(Object value) {
        return switch (value) {
            case String s -> ColumnType.STRING;
            case Integer n -> ColumnType.INT;
            case Long n -> ColumnType.LONG;
            default -> ColumnType.DOUBLE;
        };
    }

    private static double round(double value, double scale) {
        return Math.rint(value * scale) / scale;
    }

    @Test
    void onePhoneInTwentyNotesIsEnough() {
        assertThat(
                        found(
                                List.of("remark", "备注", "note"),
                                List.of(
                                        i -> i % 20 == 3 ? "call 13912345678 first" : "done " + i,
                                        i -> "工单" + (48_213_094_411L + i * 7_919L * 99_991L) + "完成",
                                        i -> i % 20 == 3 ? "车辆京A12345停放" : "例行检查")))
                .containsExactly("phone", "nothing", "plate");
    }

    @Test
    void aPositionIsFoundUnderNamesThatSayNothing() {
        assertThat(
                        found(
                                List.of("f1", "f2", "v3", "v4", "a", "b"),
                                List.of(
                                        i -> round(121.47 + i * 1.3e-4 + i % 7 * 1e-5, 1e6),
                                        i -> round(31.23 + i * 0.7e-4 + i % 5 * 1e-5, 1e6),
                                        i -> (int) (116_397_128 + i * 97L + i % 7 * 31),
                                        i -> (int) (39_908_715 + i * 53L + i % 5 * 17),
                                        i -> round(11.575 + i * 1.3e-4 + i % 7 * 1e-5, 1e7),
                                        i -> round(48.137 + i * 0.7e-4 + i % 5 * 1e-5, 1e7))))
                .containsExactly(
                        "longitude", "latitude", "longitude", "latitude", "longitude", "latitude");
    }

    @Test
    void whatOnlyLooksLikeOneIsLeft() {
        assertThat(
                        found(
                                List.of(
                                        "year",
                                        "wd",
                                        "order_no",
                                        "accelLat",
                                        "x",
                                        "sn",
                                        "plate",
                                        "p"),
                                List.of(
                                        i -> 1990 + i % 36,
                                        i -> 20.5 + i % 9,
                                        i -> "WNF" + (10_000_000_000_000L + i * 7_777_777L),
                                        i -> round(Math.sin(i) * 0.7, 100),
                                        i -> round(Math.sin(i * 1.7) * 80, 1e6),
                                        i -> 13_800_000_000L + i,
                                        i -> i % 2 == 0 ? "front" : "rear",
                                        i -> round(Math.cos(i * 2.3) * 80, 1e6))))
                .containsOnly("nothing");
    }

    @Test
    void positionsAsTextHaveManyForms() {
        assertThat(
                        found(
                                List.of("a", "b", "c", "d", "e"),
                                List.of(
                                        i -> "116.39" + (100 + i) + ",39.90" + (100 + i),
                                        i ->
                                                "POINT(116.39"
                                                        + (100 + i)
                                                        + " 39.90"
                                                        + (100 + i)
                                                        + ")",
                                        i ->
                                                "{\"type\":\"Point\",\"coordinates\":[116.39"
                                                        + (100 + i)
                                                        + ",39.9041]}",
                                        i ->
                                                "wx4g"
                                                        + "0bcdefghjkmnpqrstuvwxyz".charAt(i % 23)
                                                        + i % 10
                                                        + "gx",
                                        i -> Integer.toHexString(0x1234567 + i * 7_654_321))))
                .containsExactly(
                        "position_text",
                        "position_text",
                        "position_text",
                        "position_text",
                        "nothing");
    }

    @Test
    void aTagThatIsThereIsJudgedAgain() {
        Schema schema =
                Schema.of(
                        Column.of("a", ColumnType.STRING, "", DataClass.IDENTITY, Grade.GENERAL),
                        Column.of("b", ColumnType.STRING, "", DataClass.IDENTITY, Grade.PERSONAL));
        Batch batch = new Batch(schema, 3);
        for (int i = 0; i < 3; i++) {
            batch.addRow();
            batch.set(0, i, "11010519491231002X");
            batch.set(1, i, "1M8GDM9AXKP042788");
        }
        assertThat(Classifier.mismatches(batch))
                .singleElement()
                .asString()
                .contains("'a'", "identity, general", "id_card", "sensitive_personal")
                .doesNotContain("110105");
    }
}
