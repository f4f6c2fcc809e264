package org.roadloop.app.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ReportTest {
    private static final Pattern NUMBER =
            Pattern.compile(
                    "data-at=\"([^\"]*)\" (?:data-)?value=\"([^\"]*)\"(?: data-scale=\"([^\"]*)\")?>([^<]*)<");
    private static final Pattern WORD =
            Pattern.compile("data-at=\"([^\"]*)\" data-is=\"([^\"]*)\"");

    static Stream<Summary> summaries() {
        return Stream.of(SampleSummary.of(42), SampleSummary.of(7), SampleSummary.broken());
    }

    @ParameterizedTest
    @MethodSource("summaries")
    void jsonReadsBackAsTheSameSummary(Summary summary) {
        assertThat(SummaryJson.parse(summary.toJson())).isEqualTo(summary);
        assertThat(SummaryJson.parse(summary.toJson()).toJson()).isEqualTo(summary.toJson());
    }

    @Test
    void jsonIsStableAndNamesItsUnits() {
        JsonNode json = JsonMapper.shared().readTree(SampleSummary.of(42).toJson());
        assertThat(json.propertyNames())
                .containsExactly(
                        "format",
                        "run",
                        "stations",
                        "collect",
                        "govern",
                        "share",
                        "compute",
                        "apply",
                        "prove",
                        "map",
                        "charts");
        assertThat(json.at("/run/startedAt").asString()).isEqualTo("2026-05-04T08:15:30.123Z");
        assertThat(json.at("/run").propertyNames())
                .containsExactly(
                        "version",
                        "seed",
                        "startedAt",
                        "totalSeconds",
                        "stages",
                        "machine",
                        "dataSources",
                        "notes");
        assertThat(json.at("/map/tracks/0/samples/0").size()).isEqualTo(3);
        assertThat(json.at("/stations/0/figures/0/value").toString()).isEqualTo("61152");
        assertThat(json.at("/stations/5/figures/2/value").toString()).isEqualTo("4.318");
    }

    @Test
    void aSummaryOfAnotherFormatIsRefusedByName() {
        String json = SampleSummary.broken().toJson();
        assertThatThrownBy(() -> SummaryJson.parse(json.replace("summary/1", "summary/9")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("roadloop-summary/9");
        assertThatThrownBy(
                        () ->
                                SummaryJson.parse(
                                        json.replace("\"charts\"", "\"carts\" : 1, \"charts\"")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("carts");
        assertThatThrownBy(() -> Figure.of("x", Double.NaN, "s", "x", "x"))
                .hasMessageContaining("x is NaN");
    }

    @ParameterizedTest
    @MethodSource("summaries")
    void everyNumberOnThePageIsTheOneInTheJson(Summary summary) {
        JsonNode json = JsonMapper.shared().readTree(summary.toJson());
        String html = Report.html(summary);
        Matcher number = NUMBER.matcher(html);
        List<String> wrong = new ArrayList<>();
        int seen = 0;
        while (number.find()) {
            seen++;
            JsonNode node = json.at(number.group(1));
            BigDecimal value = new BigDecimal(number.group(2));
            BigDecimal scale =
                    number.group(3) == null ? BigDecimal.ONE : new BigDecimal(number.group(3));
            BigDecimal shown = new BigDecimal(number.group(4).replace(",", ""));
            boolean same =
                    node.isNumber()
                            && node.decimalValue().compareTo(value) == 0
                            && agrees(shown, scale, value);
            if (!same) {
                wrong.add(number.group() + " against " + node);
            }
        }
        Matcher word = WORD.matcher(html);
        while (word.find()) {
            seen++;
            String said = plain(word.group(2));
            if (!json.at(word.group(1)).asString().equals(said)) {
                wrong.add(word.group() + " against " + json.at(word.group(1)));
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(Pattern.compile("data-at=").matcher(html).results().count()).isEqualTo(seen);
    }

    /** The shown text is the value rounded at its own last digit, or to three digits. */
    private static boolean agrees(BigDecimal shown, BigDecimal scale, BigDecimal value) {
        BigDecimal difference = shown.multiply(scale).subtract(value).abs();
        BigDecimal half = shown.ulp().multiply(scale).divide(BigDecimal.TWO);
        BigDecimal fiveThousandths = value.abs().multiply(new BigDecimal("0.005"));
        return difference.compareTo(half) <= 0 && difference.compareTo(fiveThousandths) <= 0;
    }

    @Test
    void theMainFiguresAreThere() {
        Summary summary = SampleSummary.of(42);
        String html = Report.html(summary);
        for (String pointer :
                List.of(
                        "/run/totalSeconds",
                        "/run/seed",
                        "/run/machine/peakPssMebibytes",
                        "/collect/frames/sent",
                        "/collect/crash/missingAfterRestart",
                        "/collect/crash/storedTwice",
                        "/govern/tables/0/rows",
                        "/govern/tables/0/snapshotId",
                        "/govern/scorecard/5/score",
                        "/govern/passport/hash",
                        "/share/messages/5/state",
                        "/share/agreement/hash",
                        "/share/refusals/0/reasons/0/code",
                        "/compute/quotes/1/bid/boundSeconds",
                        "/compute/flow/boundMicros",
                        "/apply/pilotEvent/found",
                        "/apply/certificate/failureUpperBound",
                        "/apply/certificate/cases/95/verdict",
                        "/apply/monitor/latencyP99Millis",
                        "/prove/log/rootHash",
                        "/prove/inclusion/path/9",
                        "/prove/tampering/found",
                        "/prove/bill/lines/2/amountMilli",
                        "/prove/bill/totalMilli")) {
            assertThat(html).contains("data-at=\"" + pointer + "\"");
        }
        for (int s = 0; s < 7; s++) {
            for (int f = 0; f < summary.stations().get(s).figures().size(); f++) {
                assertThat(html)
                        .contains("data-at=\"/stations/" + s + "/figures/" + f + "/value\"");
            }
        }
    }

    @ParameterizedTest
    @MethodSource("summaries")
    void nothingIsLoadedFromOutside(Summary summary) {
        String html = Report.html(summary);
        Matcher address =
                Pattern.compile(
                                "(?:src|href|action|poster|srcset)\\s*=\\s*[\"']?([^\"'\\s>]*)|url\\(\\s*[\"']?([^)\"']*)|@import")
                        .matcher(html);
        List<String> addresses = new ArrayList<>();
        while (address.find()) {
            addresses.add(address.group(1) != null ? address.group(1) : address.group(2));
        }
        assertThat(addresses)
                .isNotEmpty()
                .allMatch(
                        a ->
                                a.startsWith("#")
                                        || a.startsWith("data:")
                                        || a.equals("summary.json"));
        assertThat(html).doesNotContain("fetch(").doesNotContain("XMLHttpRequest");
    }

    @Test
    void dataCanNotEndTheScriptNorMakeAnElement() {
        Summary summary = SampleSummary.of(42);
        String attack = "</script><script>alert('x')</script><img src=x onerror=alert(1)> & \"q\"";
        List<Station> stations = new ArrayList<>(summary.stations());
        stations.set(
                0,
                new Station(
                        Station.Name.COLLECT,
                        Station.Status.DONE,
                        1,
                        List.of(Figure.of("x\" onclick=\"y", 1, attack, attack, attack)),
                        Text.same(attack)));
        Summary attacked =
                new Summary(
                        Summary.FORMAT,
                        summary.run(),
                        stations,
                        summary.collect(),
                        summary.govern(),
                        summary.share(),
                        summary.compute(),
                        summary.apply(),
                        summary.prove(),
                        summary.map(),
                        summary.charts());
        String clean = Report.html(summary);
        String html = Report.html(attacked);
        assertThat(count(html, "<script")).isEqualTo(count(clean, "<script"));
        assertThat(count(html, "</script")).isEqualTo(count(clean, "</script"));
        assertThat(html).doesNotContain("<img").doesNotContain("\" onclick=\"y");
        assertThat(embedded(html)).isEqualTo(attacked);
    }

    @ParameterizedTest
    @MethodSource("summaries")
    void thePageCarriesTheWholeSummaryAndEveryElementCloses(Summary summary) {
        String html = Report.html(summary);
        assertThat(embedded(html)).isEqualTo(summary);
        for (String tag :
                List.of("section", "table", "tbody", "div", "span", "data", "svg", "ol")) {
            assertThat(count(html, "<" + tag + " ") + count(html, "<" + tag + ">"))
                    .as(tag)
                    .isEqualTo(count(html, "</" + tag + ">"));
        }
    }

    @Test
    void bothLanguagesAreThere() {
        String html = Report.html(SampleSummary.of(42));
        assertThat(html)
                .contains("车路云数据闭环")
                .contains("采集", "治理", "共享", "计算", "应用", "存证", "展示")
                .contains("认证矩阵", "账单", "数字合约", "合规护照");
        assertThat(count(html, "lang=\"zh-CN\"")).isGreaterThan(200);
        // Words come in pairs; the switch itself shows the other language's name.
        assertThat(count(html, "<span lang=\"zh-CN\"")).isEqualTo(count(html, "<span lang=\"en\""));
    }

    @Test
    void aRunThatStoppedEarlySaysSo() {
        String html = Report.html(SampleSummary.broken());
        assertThat(html)
                .contains("The loop did not close")
                .contains("闭环未完成")
                .contains("The run did not get here")
                .contains("disk full")
                .contains("No recordings were given");
    }

    @Test
    void writesBothFilesAndDrawsThePageAgainFromTheJson(@TempDir Path directory)
            throws IOException {
        Summary summary = SampleSummary.of(42);
        Path html = Report.write(summary, directory.resolve("deep/out"));
        Path again = directory.resolve("again.html");
        Report.render(html.resolveSibling(Report.SUMMARY_FILE), again);
        assertThat(again).hasSameBinaryContentAs(html);
        assertThat(Files.size(html)).isLessThan(3_000_000);
        Path wrong = Files.writeString(directory.resolve("wrong.json"), "{}");
        assertThatThrownBy(() -> Report.render(wrong, again)).hasMessageContaining("wrong.json");
    }

    /** RFC 9162 §2.1.5: the example tree of seven leaves; path of d0 is b, h, l; of d6 is i, k. */
    @Test
    void siblingsStandOnTheSideWhereTheyAreJoined() {
        assertThat(MerklePicture.siblingsOnTheLeft(0, 7, 3)).containsExactly(false, false, false);
        assertThat(MerklePicture.siblingsOnTheLeft(3, 7, 3)).containsExactly(true, true, false);
        assertThat(MerklePicture.siblingsOnTheLeft(4, 7, 3)).containsExactly(false, false, true);
        assertThat(MerklePicture.siblingsOnTheLeft(6, 7, 2)).containsExactly(true, true);
    }

    private static Summary embedded(String html) {
        Matcher script =
                Pattern.compile(
                                "<script type=\"application/json\" id=\"summary\">(.*?)</script>",
                                Pattern.DOTALL)
                        .matcher(html);
        assertThat(script.find()).isTrue();
        return SummaryJson.parse(script.group(1));
    }

    private static String plain(String escaped) {
        return escaped.replace("&lt;", "<")
                .replace("&gt;", ">")
                .replace("&quot;", "\"")
                .replace("&#39;", "'")
                .replace("&amp;", "&");
    }

    private static int count(String text, String part) {
        return text.split(Pattern.quote(part), -1).length - 1;
    }
}
