package org.roadloop.core.descriptor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class RegistrationSheetTest {
    private static String chinese(RegistrationSheet sheet) {
        return sheet.rows().stream()
                .filter(row -> !row.chinese().isEmpty())
                .map(row -> row.field().name().chinese() + " | " + row.chinese())
                .collect(Collectors.joining("\n"));
    }

    @Test
    void aSheetIsFilledFromTheRecord() {
        assertThat(chinese(RegistrationSheet.of(SampleProducts.tracks())))
                .isEqualTo(
                        """
                        产品名称 | 路口轨迹
                        产品标识 | urn:city:tracks
                        登记编号 | SH-DEX/SH-2026-000123
                        产品类型 | 数据集
                        持有方 | City of A
                        统一社会信用代码 | 91350100M000100Y43
                        分布式身份标识 | did:web:city.example
                        数据来源 | 路侧设备采集
                        权属依据 | 自主采集 & 授权运营
                        产品简介 | 10 Hz 位置 <脱敏>
                        关键词 | trajectory、轨迹
                        数据分级 | 一般数据(含敏感个人信息)
                        是否含个人信息 | 是:vehicle、lon_degrees
                        数据项 | vehicle、at、lon_degrees (deg)、speed_kmh (km/h)、gear、odometer_m (m)、braking
                        数据规模 | 500 行,存储 4096 字节(最近一次治理运行)
                        空间范围 | CN-31-0115、http://sws.geonames.org/1796236/
                        时间范围 | 2026-01-01T00:00:00Z / 2026-07-01T00:00:00Z
                        更新频率 | 1min
                        应用场景 | 交通安全研究
                        使用条件 | %s
                        交付方式 | HttpData-PULL、compute-to-data
                        计价方式 | %s
                        许可协议 | https://creativecommons.org/licenses/by/4.0/
                        质量评价 | 可访问性 100.00 %%、准确性 99.12 %%、完整性 98.00 %%、一致性 100.00 %%、规范性 99.90 %%、时效性 50.00 %%
                        去标识化效果 | k = 12、four-points 0.42 %%、home-200m 3.10 %%
                        合规护照 | sha256:%s
                        版本 | 2.1
                        发布时间 | 2026-11-22T08:00:00Z"""
                                .formatted(
                                        value(SampleProducts.tracks(), "usageTerms"),
                                        value(SampleProducts.tracks(), "priceMode"),
                                        SampleProducts.PASSPORT));
        assertThat(value(SampleProducts.tracks(), "usageTerms"))
                .contains("代码到数据处计算", "safety-research", "不超过", "向第三方提供");
        assertThat(value(SampleProducts.tracks(), "priceMode")).contains("2.000 CNY");
        assertThat(RegistrationSheet.of(SampleProducts.tracks()).missing()).isEmpty();
    }

    private static String value(ProductRecord product, String key) {
        return RegistrationSheet.of(product).rows().stream()
                .filter(row -> row.field().key().equals(key))
                .findFirst()
                .orElseThrow()
                .chinese();
    }

    /** The sample's publisher wrote that its positions are public data. */
    @Test
    void theGradeIsThatOfTheColumnsWhateverThePublisherWrites() {
        assertThat(SampleProducts.TRACKS).contains("\"grade\": \"公开数据\"");
        assertThat(value(SampleProducts.tracks(), "grade")).isEqualTo("一般数据(含敏感个人信息)");
    }

    @Test
    void whatNobodySaidIsMissing() {
        assertThat(RegistrationSheet.of(SampleProducts.plain()).missing())
                .containsExactly(
                        "holderCode",
                        "source",
                        "rightsBasis",
                        "summary",
                        "grade",
                        "updateFrequency",
                        "scenes");
        assertThat(value(SampleProducts.plain(), "priceMode")).isEqualTo("免费");
        String page = RegistrationPage.write(RegistrationSheet.of(SampleProducts.plain()));
        assertThat(page).contains("待填", "holderCode, source");
    }

    @Test
    void aPageHasBothLanguagesAndNoMarkupOfOthers() {
        String page = RegistrationPage.write(RegistrationSheet.of(SampleProducts.tracks()));
        assertThat(page)
                .contains("数据产品登记表", "Registration sheet of a data product", "权属依据")
                .contains("10 Hz 位置 &lt;脱敏&gt;", "自主采集 &amp; 授权运营")
                .doesNotContain("<脱敏>", "http://www", "src=");
        assertThat(page.split("<tr>", -1)).hasSize(31);
    }

    /** A registry that has other fields under other names. */
    @Test
    void fieldsAreConfigured() {
        ObjectNode layout =
                (ObjectNode)
                        JsonMapper.shared()
                                .readTree(
                                        """
                                        {"title": {"zh": "数据资源登记申请", "en": "Application"},
                                         "fields": [
                                           {"key": "holder", "zh": "申请主体", "en": "Applicant",
                                            "required": true},
                                           {"key": "source", "zh": "数据取得方式", "en": "Obtained"},
                                           {"key": "storagePlace", "zh": "存储地点", "en": "Kept at",
                                            "required": true}]}
                                        """);
        RegistrationSheet sheet =
                RegistrationSheet.of(SampleProducts.tracks(), SheetLayout.read(layout));
        assertThat(chinese(sheet)).isEqualTo("申请主体 | City of A\n数据取得方式 | 路侧设备采集");
        assertThat(sheet.missing()).containsExactly("storagePlace");
        assertThat(sheet.json().at("/fields/2/value").isNull()).isTrue();
        assertThat(sheet.json().at("/missing/0").asString()).isEqualTo("storagePlace");
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            delimiter = '|',
            value = {
                "{} | 'fields' is a list",
                "{\"fields\":[{\"key\":\"a\",\"zh\":\"x\"}]} | field 1: needs a text 'en'",
                "{\"fields\":[{\"key\":\"a\",\"zh\":\"x\",\"en\":\"y\",\"must\":true}]} | 'must' is not known",
                "{\"fields\":[{\"key\":\"a b\",\"zh\":\"x\",\"en\":\"y\"}],\"title\":{\"zh\":\"t\",\"en\":\"t\"}} | 'a b' is no key",
                "{\"fields\":[{\"key\":\"a\",\"zh\":\"x\",\"en\":\"y\"}]} | title: needs a text 'zh'",
                "{\"title\":{\"zh\":\"t\",\"en\":\"t\"},\"fields\":[{\"key\":\"a\",\"zh\":\"x\",\"en\":\"y\"},{\"key\":\"a\",\"zh\":\"x\",\"en\":\"y\"}]} | 'a' is given twice",
            })
    void aWrongLayoutIsRefused(String layout, String why) {
        assertThatThrownBy(() -> SheetLayout.read(JsonMapper.shared().readTree(layout)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(why);
    }
}
