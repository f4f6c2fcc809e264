package org.roadloop.app.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Writes {@code summary.json} and {@code report.html} (运行报告) of one {@link Summary}. The same
 * summary gives the same bytes. Any thread.
 */
public final class Report {
    public static final String SUMMARY_FILE = "summary.json";
    public static final String HTML_FILE = "report.html";

    private static final String[] SCRIPTS = {"page.js", "map.js", "chart.js", "scenario.js"};

    /** Nothing may be loaded from anywhere: the page is whole. */
    private static final String CONTENT_POLICY =
            "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src"
                    + " data:";

    private final Summary summary;
    private final Markup out = new Markup();

    private Report(Summary summary) {
        this.summary = summary;
    }

    /**
     * Both files into a directory, which is made if need be.
     *
     * @return the path of {@code report.html}
     */
    public static Path write(Summary summary, Path directory) throws IOException {
        Files.createDirectories(directory);
        Files.writeString(directory.resolve(SUMMARY_FILE), summary.toJson());
        Path html = directory.resolve(HTML_FILE);
        Files.writeString(html, html(summary));
        return html;
    }

    /** The page again from a {@code summary.json}. */
    public static void render(Path summaryJson, Path html) throws IOException {
        Summary summary;
        try {
            summary = SummaryJson.parse(Files.readString(summaryJson));
        } catch (IllegalArgumentException e) {
            throw new IOException(summaryJson + ": " + e.getMessage(), e);
        }
        Files.writeString(html, html(summary));
    }

    /** The page as text. */
    public static String html(Summary summary) {
        return new Report(summary).page();
    }

    private String page() {
        out.raw("<!doctype html>\n");
        out.in(
                "html lang=\"en\" data-lang=\"en\"",
                () -> {
                    out.in("head", this::documentHead);
                    out.in("body", this::body);
                });
        return out.raw("\n").toString();
    }

    private void documentHead() {
        out.raw("<meta charset=\"utf-8\">");
        out.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">");
        out.raw("<meta name=\"color-scheme\" content=\"light dark\">");
        out.raw("<meta http-equiv=\"Content-Security-Policy\" content=\"" + CONTENT_POLICY + "\">");
        out.in("title", () -> out.text("Roadloop · " + summary.run().startedAt()));
        out.raw("<link rel=\"icon\" href=\"data:,\">");
        out.in("style", () -> out.raw(resource("report.css")));
        out.in(
                "noscript",
                () ->
                        out.raw(
                                "<style>html [lang]{display:revert!important}span[lang=zh-CN]::before{content:\" \"}.tools,#scenario-view,#map-frame,.plot{display:none}</style>"));
    }

    private void body() {
        out.words("a class=\"skip\" href=\"#stations\"", "Skip to the figures", "跳到数据");
        out.in("div class=\"top\"", this::navigation);
        out.in(
                "main",
                () -> {
                    RunView run = new RunView(summary, out);
                    run.head();
                    run.stations();
                    TownView town = new TownView(summary, out);
                    town.map();
                    town.charts();
                    sections();
                    run.show();
                });
        out.in(
                "footer class=\"foot\"",
                () -> {
                    out.words("Every number on this page stands in ", "本页全部数字均来自 ");
                    out.in(
                            "a href=\"" + SUMMARY_FILE + "\"",
                            () -> out.in("code", () -> out.text(SUMMARY_FILE)));
                    out.words(
                            ", from which the page can be drawn again. Nothing on it is loaded from"
                                    + " a network.",
                            "，并可由其重新生成；本页不加载任何网络资源。");
                });
        out.in(
                "script type=\"application/json\" id=\"summary\"",
                () -> out.raw(embedded(SummaryJson.writeCompact(summary))));
        for (String script : SCRIPTS) {
            out.in("script", () -> out.raw(resource(script)));
        }
    }

    private void navigation() {
        out.in(
                "nav aria-label=\"Stations · 环节\"",
                () -> {
                    out.in("a href=\"#top\" class=\"brand\"", () -> out.text("Roadloop"));
                    link("map", "Map", "地图");
                    link("series", "Series", "时序");
                    for (Station.Name name : Station.Name.values()) {
                        out.in(
                                "a href=\"#"
                                        + name.name().toLowerCase(Locale.ROOT)
                                        + "\" class=\"s"
                                        + name.ordinal()
                                        + "\"",
                                () -> out.words(name.text()));
                    }
                });
        out.in(
                "div class=\"tools\"",
                () -> {
                    out.in(
                            "button type=\"button\" id=\"language\"",
                            () -> {
                                out.in("span lang=\"en\"", () -> out.text("中文"));
                                out.in("span lang=\"zh-CN\"", () -> out.text("English"));
                            });
                    out.in(
                            "button type=\"button\" id=\"theme\"",
                            () -> out.words("Light / dark", "明 / 暗"));
                });
    }

    private void link(String id, String en, String zh) {
        out.in("a href=\"#" + id + "\"", () -> out.words(en, zh));
    }

    private void sections() {
        CollectView collectView = new CollectView(out);
        CollectSummary collect = summary.collect();
        section(
                Station.Name.COLLECT,
                Text.of("sockets and recordings to durable frames", "从连接与录制到落盘的帧"),
                collect == null ? null : () -> collectView.collect(collect));
        GovernSummary govern = summary.govern();
        section(
                Station.Name.GOVERN,
                Text.of("frames to governed tables", "从帧到治理后的表"),
                govern == null ? null : () -> collectView.govern(govern));
        ShareSummary share = summary.share();
        section(
                Station.Name.SHARE,
                Text.of("an offer to a signed contract", "从要约到签署的合约"),
                share == null ? null : () -> new ShareView(share, out).write());
        ComputeSummary compute = summary.compute();
        section(
                Station.Name.COMPUTE,
                Text.of("the code goes to the data", "代码走向数据"),
                compute == null ? null : () -> new ComputeView(compute, out).write());
        ApplySummary apply = summary.apply();
        section(
                Station.Name.APPLY,
                Text.of("scenarios, a certificate, alarms", "场景、认证与告警"),
                apply == null ? null : () -> new ApplyView(apply, out).write());
        ProveSummary prove = summary.prove();
        section(
                Station.Name.PROVE,
                Text.of("evidence anyone can check, and the bill", "人人可验的存证与账单"),
                prove == null ? null : () -> new ProveView(prove, out).write());
    }

    private void section(Station.Name name, Text what, @Nullable Runnable content) {
        String id = name.name().toLowerCase(Locale.ROOT);
        out.in(
                "section id=\"%s\" class=\"s%d\" aria-labelledby=\"%s-h\""
                        .formatted(id, name.ordinal(), id),
                () -> {
                    TownView.heading(out, name.ordinal() + 1, id, name.text(), what);
                    if (content != null) {
                        content.run();
                    } else {
                        Text remark = summary.station(name).remark();
                        out.in(
                                "p class=\"none\"",
                                () -> {
                                    out.words("The run did not get here. ", "本次运行未到达此环节。");
                                    if (remark != null) {
                                        out.words(remark);
                                    }
                                });
                    }
                });
    }

    /**
     * JSON inside a script element: no tag can end it, as {@code <} is written as an escape that
     * JSON reads back.
     */
    static String embedded(String json) {
        return json.replace("<", "\\u003c")
                .replace("\u2028", "\\u2028")
                .replace("\u2029", "\\u2029");
    }

    private static String resource(String name) {
        try (InputStream in = Report.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException(
                        "resource " + name + " is missing beside " + Report.class.getName());
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("can't read resource " + name, e);
        }
    }
}
