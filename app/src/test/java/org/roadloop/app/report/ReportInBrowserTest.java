package org.roadloop.app.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page in a real browser, from the file system. */
@Tag("slow")
class ReportInBrowserTest {
    private static final Path CHROMIUM = Path.of("/usr/bin/chromium");

    @TempDir Path directory;

    @BeforeAll
    static void needsChromium() {
        assumeTrue(
                Files.isExecutable(CHROMIUM),
                CHROMIUM + " is missing: the report is not looked at in a browser");
    }

    @Test
    void drawsEverythingWithoutAnError() throws Exception {
        Summary summary = SampleSummary.of(42);
        Path html = Report.write(summary, directory);
        Seen seen = open(html, "?lang=zh&theme=dark");
        assertThat(seen.errors()).isEmpty();
        assertThat(seen.dom())
                .contains("<html lang=\"zh-CN\" data-lang=\"zh\" data-theme=\"dark\"")
                .contains("data-drawn=\"" + requireMap(summary).tracks().size() + "\"")
                .contains("data-drawn=\"s-017\"");
        assertThat(count(seen.dom(), "class=\"plot\"><svg")).isEqualTo(summary.charts().size());
        // Two series of throughput, one each of rows and queue, two of charge; four in the
        // scenario.
        assertThat(count(seen.dom(), "class=\"line\"")).isEqualTo(2 + 1 + 1 + 2 + 4);
        assertThat(count(seen.dom(), "data-plot=\"0\" aria-pressed=\"true\"")).isEqualTo(1);
        assertThat(count(seen.dom(), "<input type=\"checkbox\"")).isEqualTo(4);
        assertThat(seen.dom()).doesNotContain("NaN");
    }

    @Test
    void aRunThatStoppedEarlyStillOpens() throws Exception {
        Seen seen = open(Report.write(SampleSummary.broken(), directory), "?lang=en&theme=light");
        assertThat(seen.errors()).isEmpty();
        assertThat(seen.dom())
                .contains("<html lang=\"en\" data-lang=\"en\" data-theme=\"light\"")
                .contains("The loop did not close");
    }

    @Test
    void buttonsChangeLanguageThemeScenarioAndLayers() throws Exception {
        String clicks =
                """
                <script>
                document.getElementById("language").click();
                document.getElementById("theme").click();
                document.querySelector('[data-plot="3"]').click();
                document.querySelector("#map-legend input").click();
                document.querySelector(".map-tools button").click();
                document.querySelector("#scenario-view input").value = 0;
                document.querySelector("#scenario-view input").dispatchEvent(new Event("input"));
                </script></body>""";
        Path page =
                Files.writeString(
                        directory.resolve("clicked.html"),
                        Report.html(SampleSummary.of(42)).replace("</body>", clicks));
        Seen seen = open(page, "?lang=en&theme=light");
        assertThat(seen.errors()).isEmpty();
        assertThat(seen.dom())
                .contains("<html lang=\"zh-CN\" data-lang=\"zh\" data-theme=\"dark\"")
                .contains("data-plot=\"0\" aria-pressed=\"false\"")
                .contains("data-plot=\"3\" aria-pressed=\"true\"")
                .contains("data-drawn=\"s-068\"")
                .contains("<output>0 s</output>");
    }

    @Test
    void anErrorOfTheScriptWouldBeSeen() throws Exception {
        Path page =
                Files.writeString(
                        directory.resolve("wrong.html"),
                        Report.html(SampleSummary.broken()).replace("JSON.parse(", "JSON.parze("));
        assertThat(open(page, "").errors()).isNotEmpty();
    }

    private record Seen(String dom, List<String> errors) {}

    private Seen open(Path html, String query) throws IOException, InterruptedException {
        Path dom = directory.resolve("dom.html");
        Path log = directory.resolve("chromium.log");
        List<String> command =
                new ArrayList<>(
                        List.of(
                                CHROMIUM.toString(),
                                "--headless",
                                "--no-sandbox",
                                "--disable-gpu",
                                "--disable-quic",
                                "--no-first-run",
                                "--disable-background-networking",
                                "--disable-component-update",
                                "--disable-sync",
                                "--disable-dev-shm-usage",
                                "--user-data-dir=" + directory.resolve("profile"),
                                "--window-size=1400,2000",
                                "--enable-logging=stderr",
                                "--dump-dom",
                                html.toUri() + query));
        Process process =
                new ProcessBuilder(command)
                        .redirectOutput(dom.toFile())
                        .redirectError(log.toFile())
                        .start();
        try {
            if (!process.waitFor(120, TimeUnit.SECONDS)) {
                throw new AssertionError("chromium did not end within 60 s: " + command);
            }
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
        List<String> errors =
                Files.readAllLines(log).stream().filter(l -> l.contains(":CONSOLE")).toList();
        return new Seen(Files.readString(dom), errors);
    }

    private static RoadMap requireMap(Summary summary) {
        RoadMap map = summary.map();
        assertThat(map).isNotNull();
        return map;
    }

    private static long count(String text, String part) {
        return Pattern.compile(Pattern.quote(part)).matcher(text).results().count();
    }
}
