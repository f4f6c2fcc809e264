package org.roadloop.govern.privacy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScrubTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Vehicle 1M8GDM9AXKP042788 towed | Vehicle [vin] towed",
                "vin=1m8gdm9axkp042788;ok | vin=[vin];ok",
                "1M8-GDM9AX-KP042788 | [vin]",
                "1 M 8 G D M 9 A X K P 0 4 2 7 8 8! | [vin]!",
                "车架号：１Ｍ８ＧＤＭ９ＡＸＫＰ０４２７８８。 | 车架号：[vin]。",
                "dump_LSVAA4182E2123456_20261122.mp4 | dump_[vin]_20261122.mp4",
                "车主京A12345来电 | 车主[plate]来电",
                "京Ａ·１２３４５ | [plate]",
                "京 A 1 2 3 4 5 | [plate]",
                "沪AD12345、粤B1234学 | [plate]、[plate]",
                "cam_沪a-d12345.jpg | cam_[plate].jpg",
                "call 13812345678 now | call [phone] now",
                "电话138 1234 5678 | 电话[phone]",
                "+86 138-1234-5678, (021) 62345678 | [phone], [phone]",
                "tel:１３８１２３４５６７８ | tel:[phone]",
                "①010-62345678转8 | ①[phone]转8",
                "身份证11010519491231002X号 | 身份证[id_number]号",
                "110105 19491231 002x | [id_number]",
                "mail li.lei+x@example.com.cn. | mail [email].",
                "li＠example．com | [email]",
                "li (at) example.org | [email]",
                "stopped at 31.230416, 121.473701 for 5 min | stopped at [position] for 5 min",
                "track_31.23041_121.47370.csv | track_[position].csv",
                "lat: 31.2304, lon: 121.4737 | [position]",
                "{\"lat\":31.2304,\"x\":1} | {\"[position],\"x\":1}",
                "北纬31.2304度 | [position]",
                "31°13'49\"N 121°28'25\"E | [position] [position]",
                "N31.230416 E121.473701 | [position]",
            })
    void whatIsPersonalGoesAndTheRestStays(String text, String expected) {
        assertThat(PersonalText.scrub(text, kind -> {})).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "order 20261122 13:45, 17 km, 3.5 V",
                "epoch 1700000000000 and 1700000000",
                "sha256 0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8",
                "battery pack 12345678901234567890",
                "version 1.234.567, pi 3.14159",
                "京东物流 AB12",
                "ratio 0.123 of 45 %",
                "１２ 个电池，温度 ２５.５ 度",
                "",
            })
    void whatIsNotPersonalStays(String text) {
        assertThat(PersonalText.scrub(text, kind -> {})).isEqualTo(text);
    }

    /** Found wherever it stands: 4,000 secrets between other words, of every kind. */
    @Test
    void nothingLeavesALongerText() {
        long seed = 99;
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        String[] around = {"报告 ", "fault code P0A80, ", "、", "(", " at ", "\n", "：", "file_"};
        int missed = 0;
        List<String> examples = new ArrayList<>();
        for (int i = 0; i < 4000; i++) {
            String secret = secret(random, i % 4);
            String text =
                    around[random.nextInt(around.length)]
                            + secret
                            + (random.nextBoolean() ? " end" : "，结束");
            if (PersonalText.scrub(text, kind -> {}).contains(secret)) {
                missed++;
                examples.add(text);
            }
        }
        assertThat(missed).as(examples.toString()).isZero();
    }

    private static String secret(Random random, int kind) {
        return switch (kind) {
            case 0 -> "1" + (3 + random.nextInt(7)) + digits(random, 9);
            case 1 -> "京津沪粤苏浙".charAt(random.nextInt(6)) + "B" + digits(random, 5);
            case 2 -> "LSVAA4182E2" + digits(random, 6);
            default ->
                    "3"
                            + random.nextInt(10)
                            + "."
                            + digits(random, 6)
                            + ", 12"
                            + random.nextInt(10)
                            + "."
                            + digits(random, 6);
        };
    }

    private static String digits(Random random, int count) {
        StringBuilder digits = new StringBuilder();
        for (int i = 0; i < count; i++) {
            digits.append(random.nextInt(10));
        }
        return digits.toString();
    }

    @Test
    void aColumnIsScrubbedAndCounted() {
        TextTable.Result out =
                TextTable.of(
                                """
                                note                    other
                                call_13812345678_or_139 13812345678
                                fine                    x
                                -                       y
                                """)
                        .through(new Scrub(List.of("note")));
        assertThat(out.text())
                .isEqualTo(
                        """
                        note                other
                        call [phone] or 139 13812345678
                        fine                x
                        -                   y
                        """);
        assertThat(out.report().changed()).containsExactly(java.util.Map.entry("phone", 1L));
    }
}
