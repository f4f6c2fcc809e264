package org.roadloop.core.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.roadloop.core.ledger.PersonalData.Kind;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

class PersonalDataTest {
    private static final ThreadMXBean CPU = ManagementFactory.getThreadMXBean();
    private static final long SEED = 20_261_122;
    private static final String VIN_SYMBOLS = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789";
    private static final String PLATE_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ";
    private static final String PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼";

    private static byte[] leaf(ObjectNode body) {
        return Leaf.bytes(event(body), null);
    }

    private static Event event(ObjectNode body) {
        return Event.of("test.done", Instant.EPOCH, "did:web:city.example", "subject-1", body);
    }

    private static ObjectNode json(String text) {
        return (ObjectNode) JsonMapper.shared().readTree(text);
    }

    /** The VIN is the example of 49 CFR 565, the number that of GB 11643-1999. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    VIN      | /body/a     | {"a":"1M8GDM9AXKP042788"}
                    VIN      | /body/a/b/1 | {"a":{"b":["x","vehicle/1m8gdm9axkp042788/last"]}}
                    VIN      | /body/a     | {"a":"line\\n1M8GDM9AXKP042788"}
                    VIN      | /body/a     | {"a":"\\u0001LSVAU2A30N4321234"}
                    VIN      | /body/*     | {"LSVAU2A30N4321234":1}
                    VIN      | /body/a/*   | {"a":{"of LSVAU2A30N4321234":{"b":2}}}
                    ID_CARD  | /body/a     | {"a":"身份证11010519491231002X。"}
                    ID_CARD  | /body/a     | {"a":"11010519491231002x"}
                    ID_CARD  | /body/snapshot | {"snapshot":"11010519491231002X"}
                    MOBILE   | /body/a     | {"a":"call 13812345678 now"}
                    MOBILE   | /body/a     | {"a":"+8613812345678"}
                    MOBILE   | /body/a     | {"a":"0086-138 1234 5678"}
                    MOBILE   | /body/a     | {"a":"138-1234-5678"}
                    PLATE    | /body/a     | {"a":"京A12345"}
                    PLATE    | /body/a     | {"a":"车牌粤B·D12345超速"}
                    PLATE    | /body/a     | {"a":"沪A12345F"}
                    PLATE    | /body/a     | {"a":"冀R1234警"}
                    PLATE    | /body/a     | {"a":"粤Z1A23港"}
                    PLATE    | /body/a     | {"a":"闽d-1234学"}
                    POSITION | /body/lat   | {"lat":39.9088}
                    POSITION | /body/p/lonDegrees | {"p":{"lonDegrees":-116.39747}}
                    POSITION | /body/egoLatitude | {"egoLatitude":"39.90883"}
                    POSITION | /body/latitude | {"latitude":399088300}
                    POSITION | /body/g/coordinates/0/1 | {"g":{"coordinates":[[116.3,39.90883]]}}
                    POSITION | /body/start_lng | {"a":[1.23456,2.34567],"start_lng":116.39747}
                    """)
    void whatNamesAPersonIsRefused(Kind kind, String pointer, String body) {
        long before = PersonalData.refused(kind);
        var refused =
                catchThrowableOfType(PersonalData.RefusedException.class, () -> leaf(json(body)));
        assertThat(refused).isNotNull();
        assertThat(refused.kind()).isEqualTo(kind);
        assertThat(refused.pointer()).isEqualTo(pointer);
        assertThat(refused).hasMessageContaining("test.done").hasMessageContaining(kind.word());
        assertThat(PersonalData.refused(kind)).isEqualTo(before + 1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"bytes\":13812345678,\"big\":[13912345678]}",
                "{\"at\":\"2026-11-22T05:45:24.123456789Z\",\"ms\":\"1763789124000\"}",
                "{\"position\":\"000003:1381234567\"}",
                "{\"ratio\":\"0.13812345678\",\"n\":\"17637891240001234\"}",
                "{\"snapshot\":\"110105194912310029\",\"n\":110105194912310}",
                "{\"vin\":\"LSVAU2A3********4\",\"of\":\"XLSVAU2A30N4321234\"}",
                "{\"wrongCheck\":\"1M8GDM9A0KP042788\",\"mixed\":\"1m8gDM9AXKP042788\"}",
                "{\"id\":\"110105194912310021\",\"id13\":\"11010519491331002X\"}",
                "{\"latencyMicros\":1234567,\"latencySeconds\":0.1234567,\"flat\":1.23456}",
                "{\"lat\":39.908,\"longTerm\":1.23456,\"platform\":1.23456,\"lon\":116}",
                "{\"text\":\"京东方A座，川A级，新A123，苏B200米\"}",
                "{\"coordinatesOf\":\"BJ54\",\"a\":[1.23456,[2.34567]]}",
            })
    void whatOnlyLooksLikeItPasses(String body) {
        assertThatCode(() -> leaf(json(body))).doesNotThrowAnyException();
    }

    /** A subject or actor is in the leaf too. */
    @Test
    void aSubjectThatIsAVinIsRefused() {
        Event event =
                Event.withPayload(
                        "test.done", Instant.EPOCH, "did:web:a", "LSVAU2A30N4321234", new byte[1]);
        Payloads.Reference reference = new Payloads.Reference("0".repeat(64), "1".repeat(32));
        assertThatThrownBy(() -> Leaf.bytes(event, reference))
                .isInstanceOf(PersonalData.RefusedException.class)
                .hasMessageContaining("/subject")
                .hasMessageNotContaining("LSVAU");
    }

    @Test
    void nothingOfARefusedAppendIsWritten(@TempDir Path dir) throws Exception {
        try (FileLedger ledger = TestLog.open(dir, TestLog.signer())) {
            Event good = event(json("{}"));
            Event bad = event(json("{\"phone\":\"13812345678\"}"));
            assertThatThrownBy(() -> ledger.append(List.of(good, bad)))
                    .isInstanceOf(PersonalData.RefusedException.class);
            assertThat(ledger.size()).isZero();
            ledger.append(good);
            assertThat(ledger.size()).isEqualTo(1);
        }
    }

    @Test
    void tenThousandSecretsInRandomPlacesAreRefused() {
        Random random = new Random(SEED);
        for (int i = 0; i < 10_000; i++) {
            ObjectNode body = ourBody(random);
            String secret = secret(random);
            hide(body, secret, random);
            assertThatThrownBy(() -> leaf(body))
                    .as("seed %d, secret %d: %s in %s", SEED, i, secret, body)
                    .isInstanceOf(PersonalData.RefusedException.class)
                    .hasMessageNotContaining(secret);
        }
    }

    @Test
    @Tag("slow")
    void aHundredThousandBodiesOfOurOwnEventsPass() {
        Random random = new Random(SEED);
        for (int i = 0; i < 100_000; i++) {
            ObjectNode body = ourBody(random);
            String at = "seed " + SEED + ", body " + i + ": " + body;
            assertThatCode(() -> leaf(body)).as(at).doesNotThrowAnyException();
        }
    }

    private static String secret(Random random) {
        return switch (random.nextInt(4)) {
            case 0 -> vin(random);
            case 1 -> plate(random);
            case 2 -> "1" + (3 + random.nextInt(7)) + digits(random, 9);
            default -> idCard(random);
        };
    }

    private static String vin(Random random) {
        StringBuilder vin = new StringBuilder();
        while (vin.length() < 13) {
            vin.append(VIN_SYMBOLS.charAt(random.nextInt(VIN_SYMBOLS.length())));
        }
        vin.setCharAt(0, random.nextBoolean() ? 'L' : 'J');
        vin.append(digits(random, 4));
        int[] weight = {8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2};
        String values = "A1B2C3D4E5F6G7H8J1K2L3M4N5P7R9S2T3U4V5W6X7Y8Z9";
        int sum = 0;
        for (int i = 0; i < 17; i++) {
            char c = vin.charAt(i);
            int value = (Character.isDigit(c) ? c : values.charAt(values.indexOf(c) + 1)) - '0';
            sum += value * weight[i];
        }
        vin.setCharAt(8, "0123456789X".charAt(sum % 11));
        return vin.toString();
    }

    private static String plate(Random random) {
        String head =
                PROVINCES.charAt(random.nextInt(31))
                        + one(PLATE_LETTERS, random)
                        + (random.nextInt(4) == 0 ? "·" : "");
        return head
                + switch (random.nextInt(4)) {
                    case 0 -> one(PLATE_LETTERS, random) + digits(random, 4);
                    case 1 -> one("DF", random) + digits(random, 5);
                    case 2 -> digits(random, 2) + one(PLATE_LETTERS, random) + digits(random, 2);
                    default -> digits(random, 4) + one("警学挂港澳", random);
                };
    }

    private static String idCard(Random random) {
        String head =
                one("123456", random)
                        + digits(random, 5)
                        + (1930 + random.nextInt(90))
                        + "%02d%02d".formatted(1 + random.nextInt(12), 1 + random.nextInt(28))
                        + digits(random, 3);
        int sum = 0;
        for (int i = 0; i < 17; i++) { // weights of GB 11643: 2^(17-i) mod 11
            sum += (head.charAt(i) - '0') * ((1 << 17 - i) % 11);
        }
        return head + "10X98765432".charAt(sum % 11);
    }

    private static String one(String of, Random random) {
        return String.valueOf(of.charAt(random.nextInt(of.length())));
    }

    private static String digits(Random random, int count) {
        StringBuilder digits = new StringBuilder();
        while (digits.length() < count) {
            digits.append(random.nextInt(10));
        }
        return digits.toString();
    }

    /** As a value, a member's name, in an array, or with text around it. */
    private static void hide(ObjectNode body, String secret, Random random) {
        String before = one(" :/,(\n\t\"\\号-_", random);
        String after = one(" ./,)\n\"\\号-_", random);
        switch (random.nextInt(4)) {
            case 0 -> body.put("note", secret);
            case 1 -> body.put("note", "of" + before + secret + after + "is");
            case 2 -> body.putObject("by").put(secret, 1);
            default -> body.putArray("list").add("x").addObject().put("k", before + secret + after);
        }
    }

    /** What stands in contracts, usage, passports, certificates, bookings and alarms. */
    private static ObjectNode ourBody(Random random) {
        ObjectNode body = JsonMapper.shared().createObjectNode();
        byte[] bytes = new byte[64];
        random.nextBytes(bytes);
        body.put("agreement", "urn:uuid:" + new UUID(random.nextLong(), random.nextLong()));
        body.put("providerSignature", Base64.getEncoder().encodeToString(bytes));
        body.put("jws", Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
        body.put("hash", HexFormat.of().formatHex(bytes, 0, 32));
        body.put("snapshot", String.valueOf(random.nextLong() & Long.MAX_VALUE));
        body.put("from", random.nextInt(1000) + ":" + random.nextInt(Integer.MAX_VALUE));
        body.put("until", Instant.ofEpochMilli(random.nextLong(4_000_000_000_000L)).toString());
        body.put("quantity", random.nextLong(1L << 53)).put("ttcSeconds", random.nextDouble());
        body.put("peerAddress", "http://127.0.0.1:" + random.nextInt(65_536) + "/dsp");
        body.put("city", "上海市嘉定区路口" + random.nextInt(10_000));
        ArrayNode values = body.putArray("values");
        for (int i = random.nextInt(8); i > 0; i--) {
            values.add(random.nextGaussian() * 1000);
        }
        body.put("bundle", "tile/entries/x" + (100 + random.nextInt(900)) + "/067.p/12");
        return body;
    }

    /** Printed, for the figure in docs/personal-data.md. */
    static void main() {
        byte[] leaf =
                leaf(
                        json(
                                """
                                {"action":"use","actor":"did:web:localhost%3A19194","asset":
                                "vehicle-report","from":"2026-11-22T05:45:24.123Z","meter":"gate",
                                "meterVersion":1,"purpose":"research","quantity":1048576,"unit":
                                "row","until":"2026-11-22T05:45:25.456Z","agreement":
                                "urn:uuid:6b8e2c5e-53f1-4c0e-9f0f-0d5f3b0a7c11"}
                                """));
        for (int round = 0; round < 8; round++) {
            long began = CPU.getCurrentThreadCpuTime();
            for (int i = 0; i < 1_000_000; i++) {
                PersonalData.refuse("usage.metered", leaf);
            }
            System.out.printf(
                    "guard_micros %.3f us of CPU per leaf of %d bytes%n",
                    (CPU.getCurrentThreadCpuTime() - began) / 1e9, leaf.length);
        }
    }
}
