package org.roadloop.collect.gb32960.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.roadloop.collect.gb32960.RandomFrames;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class Gb32960TextTest {
    private static final String HEARTBEAT = "232307fe4c54455354303030303030303030303031010000a3";

    /** Every message and unit of both editions, with codes and values out of range. */
    @Test
    void whatIsDecodedEncodesToTheSameBytes() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        RandomFrames frames = new RandomFrames(new Random(seed));
        Set<String> seen = new TreeSet<>();
        for (int i = 0; i < 2000; i++) {
            byte[] frame = frames.next();
            String hex = HexFormat.of().formatHex(frame);
            ObjectNode message = TextFrames.decodeOne(hex);
            assertThat(TextFrames.encode(message)).isEqualTo(hex);
            seen.add(message.path("message").asString() + message.path("edition"));
            for (JsonNode unit : message.path("units").values()) {
                seen.add(unit.path("unit").asString() + message.path("edition"));
            }
        }
        assertThat(seen).contains("Custom2016", "Custom2025", "Unknown2016", "Unknown2025");
        for (var edition : org.roadloop.collect.gb32960.Edition.values()) {
            for (MessageBodies message : MessageBodies.of(edition)) {
                assertThat(seen).contains(message.name() + edition.year());
            }
            for (UnitBodies.Unit unit : UnitBodies.units(edition).values()) {
                assertThat(seen).contains(unit.name() + edition.year());
            }
        }
    }

    /** Annex B of 2016: the answer keeps what the command said; a query's brings the values. */
    @Test
    void bothShapesOfAnswersAreRead() {
        // Login answered whole, worked by hand: flag 01 instead of FE turns the BCC a3 into 5c.
        String whole =
                "232301014c5445535430303030303030303030303101001e1a0b160a1e05"
                        + "0001"
                        + "3839383630303030303030303030303030303031"
                        + "0100"
                        + "5c";
        ObjectNode long2016 = TextFrames.decodeOne(whole);
        assertThat(long2016.path("answer").asString()).isEqualTo("success");
        assertThat(long2016.path("serial").asInt()).isEqualTo(1);
        assertThat(TextFrames.encode(long2016)).isEqualTo(whole);
        String brief = "232301014c544553543030303030303030303030310100061a0b160a1e05" + "4a";
        ObjectNode short2016 = TextFrames.decodeOne(brief);
        assertThat(short2016.toString())
                .isEqualTo(
                        "{\"message\":\"VehicleLogin\",\"edition\":2016,"
                                + "\"id\":\"LTEST000000000001\",\"answer\":\"success\","
                                + "\"at\":\"2026-11-22T02:30:05Z\"}");
        assertThat(TextFrames.encode(short2016)).isEqualTo(brief);
        String values =
                TextFrames.encode(
                        TextFrames.object(
                                """
                                {"message":"ParameterQuery","edition":2025,"answer":"success",
                                 "id":"LTEST000000000001","at":"2026-11-22T02:30:05Z",
                                 "parameters":[{"reportingPeriodSeconds":30},
                                  {"platformNameBytes":4},{"platformName":"a.cn"},
                                  {"platformPort":9000},{"sampling":"no"}]}"""));
        // Time, count 5, 02 1e, 04 04, 05 "a.cn", 06 2328, 10 02.
        assertThat(values.substring(48, values.length() - 2))
                .isEqualTo("1a0b160a1e0505021e040405612e636e0623281002");
        assertThat(TextFrames.encode(TextFrames.decodeOne(values))).isEqualTo(values);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    02 | 02 | 0258 | reportingPeriodSeconds      | 600
                    02 | 03 | ea60 | alarmReportingPeriodMillis  | 60000
                    01 | 01 | 03e8 | storagePeriodMillis         | 1000
                    """)
    void parametersOf2016TakeTwoBytes(
            String count, String id, String value, String name, int number) {
        ObjectNode message =
                TextFrames.object(
                        """
                        {"message":"ParameterSetting","edition":2016,"id":"LTEST000000000001",
                         "at":"2026-11-22T02:30:05Z","parameters":[{"%s":%d}]}"""
                                .formatted(name, number));
        assertThat(TextFrames.encode(message)).contains("1a0b160a1e0501" + id + value);
    }

    @Test
    void faultsHaveTheirPlaceAndTheirName() {
        byte[] heartbeat = HexFormat.of().parseHex(HEARTBEAT);
        byte[] wrong = heartbeat.clone();
        wrong[24]++;
        assertThat(
                        texts(
                                join(
                                        new byte[] {1, 2, 3},
                                        heartbeat,
                                        wrong,
                                        heartbeat,
                                        Arrays.copyOf(heartbeat, 9))))
                .containsExactly(
                        "0 gb32960_garbage",
                        "Heartbeat",
                        "28 gb32960_bcc",
                        "Heartbeat",
                        "78 gb32960_incomplete");
        // Time 2026-13-..: no month.
        assertThat(
                        texts(
                                HexFormat.of()
                                        .parseHex(
                                                "232302fe4c544553543030303030303030303030310100061a0d160a1e05"
                                                        + "b0")))
                .containsExactly("24 gb32960_time");
        // An engine of two bytes instead of five.
        assertThat(
                        texts(
                                HexFormat.of()
                                        .parseHex(
                                                "232302fe4c544553543030303030303030303030310100091a0b160a1e05"
                                                        + "040101"
                                                        + "bd")))
                .containsExactly("30 gb32960_unit_length");
        assertThat(
                        texts(
                                HexFormat.of()
                                        .parseHex(
                                                "232304fe4c544553543030303030303030303030310100071a0b160a1e05"
                                                        + "01"
                                                        + "b0")))
                .containsExactly("30 gb32960_structure");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    {"message":"Heartbeat","edition":2016}                                                     | there is no id
                    {"message":"Hartbeat","edition":2016,"id":"x"}                                             | message is 'Hartbeat'
                    {"message":"Heartbeat","edition":2017,"id":"x"}                                            | no edition 2017
                    {"message":"Heartbeat","edition":2016,"id":"x","speedKmh":3}                               | there is no place for speedKmh
                    {"message":"Heartbeat","edition":2016,"id":"123456789012345678"}                           | id is no ASCII text of at most 17
                    {"message":"KeyExchange","edition":2016,"id":"x"}                                          | messages of 2016 are
                    {"message":"VehicleLogout","edition":2016,"id":"x","loggedOutAt":"soon","serial":1}        | loggedOutAt is no time like
                    {"message":"VehicleLogout","edition":2016,"id":"x","loggedOutAt":"2026-11-22T02:30:05Z","serial":65535} | serial is 65535, outside 1.0..65531.0
                    {"message":"RealTimeReport","edition":2025,"id":"x","collectedAt":"2026-11-22T02:30:05Z","units":[{"unit":"Extremes"}]} | units[0].unit is 'Extremes'
                    {"message":"RealTimeReport","edition":2025,"id":"x","collectedAt":"2026-11-22T02:30:05Z","units":[{"unit":"Engine","crankSpeedRpm":60001}]} | units[0].crankSpeedRpm is 60001
                    """)
    void whatCannotBeEncodedIsNamed(String json, String message) {
        assertThatThrownBy(() -> TextFrames.encode(TextFrames.object(json)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    private static List<String> texts(byte[] bytes) {
        return TextFrames.decode(bytes).stream()
                .map(
                        found ->
                                found instanceof ObjectNode message
                                        ? message.path("message").asString()
                                        : found.toString())
                .toList();
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }
}
