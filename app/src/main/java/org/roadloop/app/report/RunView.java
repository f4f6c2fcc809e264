package org.roadloop.app.report;

import java.util.List;
import java.util.Locale;

/** The head of the report with the loop, and station 7: the run itself. */
final class RunView {
    private final Summary summary;
    private final Run run;
    private final Markup out;

    RunView(Summary summary, Markup out) {
        this.summary = summary;
        this.run = summary.run();
        this.out = out;
    }

    void head() {
        out.in(
                "header class=\"hero\" id=\"top\"",
                () -> {
                    out.in(
                            "p class=\"eyebrow\"",
                            () ->
                                    out.text("Roadloop " + run.version() + " · ")
                                            .words("vehicle–road–cloud data loop", "车路云数据闭环"));
                    out.in("h1", this::verdict);
                    out.in(
                            "p class=\"lede\"",
                            () -> {
                                out.words("Started ", "开始于 ");
                                String at = run.startedAt().toString();
                                out.in(
                                        "time data-at=\"/run/startedAt\" data-is=\"%s\" datetime=\"%s\""
                                                .formatted(at, at),
                                        () ->
                                                out.text(
                                                        at.replace('T', ' ')
                                                                .replaceAll("\\.\\d+", "")));
                                out.words(" · seed ", " · 随机种子 ");
                                out.in(
                                        "data data-at=\"/run/seed\" value=\"" + run.seed() + "\"",
                                        () -> out.text(Long.toString(run.seed())));
                                out.text(" · ");
                                if (run.recordingsPresent()) {
                                    out.words("with recorded data", "含真实录制数据");
                                } else {
                                    out.words("simulated data only", "仅仿真数据");
                                }
                            });
                    LoopPicture.write(summary, out);
                });
    }

    private void verdict() {
        if (summary.closed()) {
            out.words("The loop closed in ", "闭环完成，用时 ");
            out.number("/run/totalSeconds", run.totalSeconds());
            out.words(" seconds.", " 秒");
            return;
        }
        out.words("The loop did not close: ", "闭环未完成：");
        List<Station> stopped = stationsThat(Station.Status.FAILED);
        if (stopped.isEmpty()) {
            stopped = stationsThat(Station.Status.SKIPPED);
        }
        out.each(
                stopped,
                (station, i) -> {
                    if (i > 0) {
                        out.words(", ", "、");
                    }
                    out.words(station.name().text()).text(" ").words(station.status().text());
                });
    }

    private List<Station> stationsThat(Station.Status status) {
        return summary.stations().stream().filter(s -> s.status() == status).toList();
    }

    void stations() {
        out.in(
                "section id=\"stations\" aria-labelledby=\"stations-h\"",
                () -> {
                    out.words("h2 id=\"stations-h\"", "Seven stations", "七个环节");
                    out.in(
                            "div class=\"stations\"",
                            () -> out.each(summary.stations(), this::station));
                });
    }

    private void station(Station station, int i) {
        String at = "/stations/" + i;
        out.in(
                "article class=\"station s" + i + "\"",
                () -> {
                    out.in(
                            "h3",
                            () -> {
                                out.in("span class=\"step\"", () -> out.text("" + (i + 1)));
                                out.words(station.name().text());
                                status(station, at + "/status");
                            });
                    out.in(
                            "table class=\"kv\"",
                            () -> {
                                out.rows(station.figures(), (figure, k) -> figure(figure, at, k));
                                out.in(
                                        "tfoot",
                                        () ->
                                                out.row(
                                                        "wall time",
                                                        "用时",
                                                        () ->
                                                                out.number(
                                                                                at + "/seconds",
                                                                                station.seconds())
                                                                        .text(" s")));
                            });
                    Text remark = station.remark();
                    if (remark != null) {
                        out.in("p class=\"remark\"", () -> out.words(remark));
                    }
                });
    }

    private void figure(Figure figure, String station, int k) {
        out.in("th scope=\"row\"", () -> out.words(figure.hint()));
        out.in(
                "td title=\"" + Markup.quoted(figure.name()) + "\"",
                () -> {
                    out.number(station + "/figures/" + k + "/value", figure.value());
                    if (!figure.unit().isEmpty()) {
                        out.in("small", () -> out.text(" " + figure.unit()));
                    }
                });
    }

    private void status(Station station, String at) {
        String name = station.status().name();
        out.in(
                "span class=\"badge %s\" data-at=\"%s\" data-is=\"%s\""
                        .formatted(badge(station.status()), at, name),
                () -> out.words(station.status().text()));
    }

    private static String badge(Station.Status status) {
        return switch (status) {
            case DONE -> "ok";
            case PARTIAL -> "warn";
            case SKIPPED -> "off";
            case FAILED -> "bad";
        };
    }

    void show() {
        out.in(
                "section id=\"show\" class=\"s6\" aria-labelledby=\"show-h\"",
                () -> {
                    out.in(
                            "h2 id=\"show-h\"",
                            () -> {
                                out.in("span class=\"step\"", () -> out.text("7"));
                                out.words("Show", "展示");
                                out.words("small", "the run behind this page", "本次运行");
                            });
                    out.in(
                            "div class=\"cols\"",
                            () -> {
                                out.in("div class=\"card\"", this::stages);
                                out.in("div class=\"card\"", this::sources);
                            });
                    out.in(
                            "p class=\"remark\"",
                            () -> {
                                out.said(
                                        "span",
                                        "/run/machine/description",
                                        run.machine().description());
                                out.text(" · ");
                                out.number("/run/machine/cores", run.machine().cores());
                                out.words(" cores · peak memory ", " 核 · 内存峰值 ");
                                out.number(
                                        "/run/machine/peakPssMebibytes",
                                        run.machine().peakPssMebibytes());
                                out.words(" MiB (PSS, all processes)", " MiB（PSS，含全部进程）");
                            });
                    out.each(
                            run.notes(),
                            (note, i) -> out.in("p class=\"remark\"", () -> out.words(note)));
                });
    }

    private void stages() {
        out.table(
                "gantt",
                Text.of("Where the time went", "各阶段用时"),
                () -> {
                    double[] before = {0};
                    double total =
                            Math.max(
                                    run.totalSeconds(),
                                    run.stages().stream().mapToDouble(Run.Stage::seconds).sum());
                    out.rows(
                            run.stages(),
                            (stage, i) -> {
                                out.in("th scope=\"row\"", () -> out.words(stage.label()));
                                out.in(
                                        "td class=\"bar\"",
                                        () -> bar(before[0] / total, stage.seconds() / total, ""));
                                out.numberCell(
                                        () ->
                                                out.number(
                                                                "/run/stages/" + i + "/seconds",
                                                                stage.seconds())
                                                        .text(" s"));
                                before[0] += stage.seconds();
                            });
                });
    }

    private void bar(double from, double length, String cls) {
        out.in(
                String.format(
                        Locale.ROOT,
                        "i class=\"%s\" style=\"margin-left:%.2f%%;width:%.2f%%\"",
                        cls,
                        100 * Math.min(from, 1),
                        100 * Math.min(length, 1 - Math.min(from, 1))),
                () -> {});
    }

    private void sources() {
        out.table(
                "",
                Text.of("Where the data came from", "数据来源"),
                () -> {
                    out.head(
                            Text.of("source", "来源"),
                            Text.of("what", "内容"),
                            Text.of("taken#", "取用量"));
                    out.rows(
                            run.dataSources(),
                            (source, i) -> {
                                out.in(
                                        "th scope=\"row\"",
                                        () -> {
                                            out.text(source.name());
                                            out.in(
                                                    "small",
                                                    () ->
                                                            out.words(
                                                                    source.recorded()
                                                                            ? Text.of(
                                                                                    "recorded",
                                                                                    "录制")
                                                                            : Text.of(
                                                                                    "simulated",
                                                                                    "仿真")));
                                        });
                                out.cell(() -> out.words(source.description()));
                                out.numberCell(
                                        () -> {
                                            if (source.present()) {
                                                out.number(
                                                                "/run/dataSources/" + i + "/items",
                                                                source.items())
                                                        .in(
                                                                "small",
                                                                () ->
                                                                        out.text(
                                                                                " "
                                                                                        + source
                                                                                                .unit()));
                                            } else {
                                                out.words("not present", "未提供");
                                            }
                                        });
                            });
                });
    }
}
