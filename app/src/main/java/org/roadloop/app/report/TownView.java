package org.roadloop.app.report;

import org.jspecify.annotations.Nullable;

/** The map and the charts: frames that the script draws into, with a table in words beside them. */
final class TownView {
    private final Summary summary;
    private final Markup out;

    TownView(Summary summary, Markup out) {
        this.summary = summary;
        this.out = out;
    }

    void map() {
        out.in(
                "section id=\"map\" aria-labelledby=\"map-h\"",
                () -> {
                    out.in(
                            "h2 id=\"map-h\"",
                            () -> {
                                out.words("The town", "城镇地图");
                                out.words("small", "governed tracks, by speed", "治理后的轨迹，按速度着色");
                            });
                    @Nullable RoadMap map = summary.map();
                    if (map == null || map.tracks().isEmpty()) {
                        absent(out, "No governed tracks to draw.", "没有可绘制的治理后轨迹。");
                        return;
                    }
                    out.in(
                            "figure class=\"map\"",
                            () -> {
                                out.in(
                                        "div id=\"map-frame\"",
                                        () ->
                                                out.in(
                                                        "canvas id=\"map-canvas\" tabindex=\"0\" role=\"img\""
                                                                + " aria-label=\"Map of tracks: arrow keys move, plus and"
                                                                + " minus zoom · 轨迹地图：方向键移动，加减号缩放\"",
                                                        () -> {}));
                                out.in("div id=\"map-legend\"", () -> {});
                                out.in("figcaption", () -> caption(map));
                            });
                });
    }

    private void caption(RoadMap map) {
        long samples = map.tracks().stream().mapToLong(t -> t.samples().size()).sum();
        out.text(Numbers.show(map.tracks().size()) + " ").words("stretches of track, ", "段轨迹，");
        out.text(Numbers.show((double) samples) + " ").words("samples drawn, ", "个采样点，");
        out.text(Numbers.show(map.junctions().size()) + " ").words("junctions, ", "个路口，");
        out.text(Numbers.show(map.markers().size()) + " ").words("marked places. ", "处标记。");
        out.words(map.masked());
    }

    void charts() {
        out.in(
                "section id=\"series\" aria-labelledby=\"series-h\"",
                () -> {
                    out.words("h2 id=\"series-h\"", "Over time", "时序");
                    if (summary.charts().isEmpty()) {
                        absent(out, "No time series were taken.", "未记录时序数据。");
                        return;
                    }
                    out.in("div class=\"charts\"", () -> out.each(summary.charts(), this::chart));
                });
    }

    private void chart(Chart chart, int i) {
        out.in(
                "figure class=\"chart card "
                        + chart.kind().name().toLowerCase(java.util.Locale.ROOT)
                        + "\" data-chart=\""
                        + i
                        + "\"",
                () -> {
                    out.in("figcaption", () -> out.words(chart.title()));
                    out.in("div class=\"plot\"", () -> {});
                    out.in(
                            "p class=\"peaks\"",
                            () -> out.each(chart.series(), (series, k) -> peak(series)));
                });
    }

    private void peak(Chart.Series series) {
        out.in(
                "span",
                () -> {
                    out.words(series.label()).text(" ");
                    if (series.y().isEmpty()) {
                        out.words("no samples", "无采样");
                        return;
                    }
                    double most =
                            series.y().stream().mapToDouble(Double::doubleValue).max().orElse(0);
                    out.words("peak ", "峰值 ").text(Numbers.show(most));
                });
    }

    /** The marks that rows carry, in words; another mark stands for itself. */
    static Text lineage(String mark) {
        return switch (mark) {
            case "simulated" -> Text.of("simulated", "仿真");
            case "replay" -> Text.of("replay", "实录回放");
            case "pilot" -> Text.of("pilot", "试点");
            default -> Text.same(mark);
        };
    }

    /** In place of a section that the run did not reach. */
    static void absent(Markup out, String en, String zh) {
        out.in("p class=\"none\"", () -> out.words(en, zh));
    }

    /** The heading of a station's section. */
    static void heading(Markup out, int step, String id, Text name, Text what) {
        out.in(
                "h2 id=\"" + id + "-h\"",
                () -> {
                    out.in("span class=\"step\"", () -> out.text(Integer.toString(step)));
                    out.words(name);
                    out.in("small", () -> out.words(what));
                });
    }
}
