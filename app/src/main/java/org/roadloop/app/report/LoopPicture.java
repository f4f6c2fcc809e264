package org.roadloop.app.report;

import java.util.List;
import java.util.Locale;

/**
 * The loop (闭环图): seven stations on a ring, joined by arrows, each with its three first figures.
 * Plain SVG, so that it stands without the script and prints.
 */
final class LoopPicture {
    private static final int FIGURES_SHOWN = 3;

    private final Summary summary;
    private final Markup out;
    private final double centreX;
    private final double centreY;
    private final double radius;
    private final double node;
    private final boolean wide;

    private LoopPicture(Summary summary, Markup out, boolean wide) {
        this.summary = summary;
        this.out = out;
        this.wide = wide;
        centreX = wide ? 540 : 190;
        centreY = wide ? 352 : 190;
        radius = wide ? 212 : 143;
        node = wide ? 46 : 36;
    }

    /** Once with figures, once small without; the style shows the one that fits. */
    static void write(Summary summary, Markup out) {
        new LoopPicture(summary, out, true).draw("loop wide", "0 0 1080 606");
        new LoopPicture(summary, out, false).draw("loop small", "0 0 380 380");
    }

    private void draw(String cls, String viewBox) {
        String id = wide ? "head-wide" : "head-small";
        out.in(
                "svg class=\"%s\" viewBox=\"%s\" role=\"img\" aria-label=\"Loop of seven stations · 七个环节的闭环\""
                        .formatted(cls, viewBox),
                () -> {
                    out.in(
                            "defs",
                            () ->
                                    out.in(
                                            ("marker id=\"%s\" viewBox=\"0 0 10 10\" refX=\"5\" refY=\"5\""
                                                            + " markerWidth=\"3.4\" markerHeight=\"3.4\""
                                                            + " orient=\"auto\"")
                                                    .formatted(id),
                                            () ->
                                                    out.empty(
                                                            "path d=\"M0 0 10 5 0 10 2.6 5z\""
                                                                    + " class=\"arrowhead\"")));
                    for (int i = 0; i < 7; i++) {
                        arrow(i, id);
                    }
                    centre();
                    for (int i = 0; i < 7; i++) {
                        station(i);
                    }
                });
    }

    private void arrow(int i, String markerId) {
        double clear = Math.toDegrees((node + (wide ? 12 : 8)) / radius);
        double from = angle(i) + clear;
        double until = angle(i + 1) - clear;
        String path =
                format(
                        "M%.1f %.1fA%.1f %.1f 0 0 1 %.1f %.1f",
                        x(from), y(from), radius, radius, x(until), y(until));
        out.empty("path class=\"lane\" d=\"" + path + "\"");
        out.empty(
                "path class=\"flow s%d\" d=\"%s\" marker-end=\"url(#%s)\""
                        .formatted(i, path, markerId));
    }

    private void station(int i) {
        Station station = summary.stations().get(i);
        double x = x(angle(i));
        double y = y(angle(i));
        String target = i == 6 ? "show" : station.name().name().toLowerCase(Locale.ROOT);
        out.in(
                "a href=\"#" + target + "\" class=\"stop s" + i + "\"",
                () -> {
                    out.empty("circle class=\"disc\"" + circle(x, y, node));
                    text("step", x, y - (wide ? 14 : 11), "middle", () -> out.text("" + (i + 1)));
                    text(
                            "name",
                            x,
                            y + (wide ? 8 : 7),
                            "middle",
                            () -> out.svgWords(station.name().text()));
                    status(station.status(), x + node * 0.72, y - node * 0.72);
                });
        if (wide) {
            figures(i, station, x, y);
        }
    }

    private void status(Station.Status status, double x, double y) {
        String sign =
                switch (status) {
                    case DONE -> "✓";
                    case PARTIAL -> "!";
                    case SKIPPED -> "–";
                    case FAILED -> "✗";
                };
        String cls = status.name().toLowerCase(Locale.ROOT);
        out.empty("circle class=\"status " + cls + "\"" + circle(x, y, wide ? 11 : 9));
        text("sign", x, y + 4.5, "middle", () -> out.text(sign));
    }

    private void figures(int i, Station station, double x, double y) {
        double cos = Math.cos(Math.toRadians(angle(i)));
        String anchor = i == 0 ? "middle" : cos > 0 ? "start" : "end";
        double textX = i == 0 ? x : x + Math.signum(cos) * (node + 18);
        List<Figure> figures = station.figures();
        int count = Math.min(FIGURES_SHOWN, figures.size());
        double lines = count * 23;
        double first = i == 0 ? y - node - lines : y - lines / 2 + 16 + (y - centreY) * 0.06;
        for (int k = 0; k < count; k++) {
            Figure figure = figures.get(k);
            String at = "/stations/" + i + "/figures/" + k + "/value";
            text(
                    "fig",
                    textX,
                    first + k * 23,
                    anchor,
                    () -> {
                        out.svgNumber(at, figure.value());
                        out.text(figure.unit().isEmpty() ? " " : " " + figure.unit() + " ");
                        out.svgWords(
                                new Text(cut(figure.hint().en(), 34), cut(figure.hint().zh(), 18)));
                    });
        }
    }

    private void centre() {
        text(
                "total",
                centreX,
                centreY + (wide ? 4 : 0),
                "middle",
                () -> {
                    out.svgNumber("/run/totalSeconds", summary.run().totalSeconds());
                    out.in("tspan class=\"unit\"", () -> out.text(" s"));
                });
        Text word =
                summary.closed()
                        ? Text.of("one turn of the loop", "数据闭环一周")
                        : Text.of("the loop is open", "闭环未闭合");
        text("sub", centreX, centreY + (wide ? 34 : 24), "middle", () -> out.svgWords(word));
        if (wide) {
            text(
                    "sub",
                    centreX,
                    centreY + 58,
                    "middle",
                    () -> {
                        out.svgNumber(
                                "/run/machine/peakPssMebibytes",
                                summary.run().machine().peakPssMebibytes());
                        out.text(" MiB · ");
                        out.svgNumber("/run/machine/cores", summary.run().machine().cores());
                        out.text(" ").svgWords(Text.of("cores", "核"));
                    });
        }
    }

    private void text(String cls, double x, double y, String anchor, Runnable content) {
        out.in(
                format(
                        "text class=\"%s\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\"",
                        cls, x, y, anchor),
                content);
    }

    private static String circle(double x, double y, double r) {
        return format(" cx=\"%.1f\" cy=\"%.1f\" r=\"%.1f\"", x, y, r);
    }

    /** Points as decimal mark, whatever the machine's language. */
    private static String format(String pattern, Object... values) {
        return String.format(Locale.ROOT, pattern, values);
    }

    private static double angle(int i) {
        return -90 + i * 360.0 / 7;
    }

    private double x(double degrees) {
        return centreX + radius * Math.cos(Math.toRadians(degrees));
    }

    private double y(double degrees) {
        return centreY + radius * Math.sin(Math.toRadians(degrees));
    }

    private static String cut(String words, int most) {
        return words.length() <= most ? words : words.substring(0, most - 1) + "…";
    }
}
