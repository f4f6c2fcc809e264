package org.roadloop.app.report;

import java.util.List;
import java.util.function.ObjIntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Writes HTML and SVG text. Elements nest by nesting code, so they always close; all text and every
 * attribute that comes from data is escaped here. One thread.
 */
final class Markup {
    private final StringBuilder out = new StringBuilder(1 << 18);

    /**
     * An element with content.
     *
     * @param tag name and attributes as they stand in the source, never data: {@code section
     *     id="map"}; data goes through {@link #quoted}
     */
    Markup in(String tag, Runnable content) {
        out.append('<').append(tag).append('>');
        content.run();
        int space = tag.indexOf(' ');
        out.append("</").append(space < 0 ? tag : tag.substring(0, space)).append('>');
        return this;
    }

    /** An element without content: {@code <meta …>}, {@code <circle …/>}. */
    Markup empty(String tag) {
        out.append('<').append(tag).append("/>");
        return this;
    }

    Markup text(String text) {
        escape(text, out);
        return this;
    }

    Markup words(Text text) {
        if (text.en().equals(text.zh())) {
            return text(text.en());
        }
        in("span lang=\"en\"", () -> text(text.en()));
        return in("span lang=\"zh-CN\"", () -> text(text.zh()));
    }

    Markup words(String en, String zh) {
        return words(new Text(en, zh));
    }

    Markup words(String tag, String en, String zh) {
        return in(tag, () -> words(en, zh));
    }

    /** Both languages inside an SVG {@code text}. */
    Markup svgWords(Text text) {
        in("tspan lang=\"en\"", () -> text(text.en()));
        return in("tspan lang=\"zh-CN\"", () -> text(text.zh()));
    }

    /**
     * A number of the summary.
     *
     * @param at JSON pointer of it in summary.json
     */
    Markup number(String at, double value) {
        return number(at, value, 1);
    }

    Markup number(String at, long value) {
        return number(at, (double) value, 1);
    }

    /**
     * A number shown in another unit than the summary's.
     *
     * @param scale value ÷ scale is shown: 0.01 for a percentage of a share
     */
    Markup number(String at, double value, double scale) {
        return in(
                "data data-at=\"%s\" value=\"%s\"%s"
                        .formatted(
                                quoted(at),
                                Numbers.exact(value),
                                scale == 1 ? "" : " data-scale=\"" + Numbers.exact(scale) + "\""),
                () -> text(Numbers.show(value / scale)));
    }

    Markup svgNumber(String at, double value) {
        return in(
                "tspan class=\"n\" data-at=\"%s\" data-value=\"%s\""
                        .formatted(quoted(at), Numbers.exact(value)),
                () -> text(Numbers.show(value)));
    }

    Markup bytes(String at, long dataBytes) {
        double scale = 1;
        String unit = "B";
        if (dataBytes >= 10_000_000) {
            scale = 1e6;
            unit = "MB";
        } else if (dataBytes >= 10_000) {
            scale = 1e3;
            unit = "kB";
        }
        return number(at, (double) dataBytes, scale).text(" " + unit);
    }

    /** Integer thousandths, always with three decimals: a bill is never rounded. */
    Markup money(String at, long milli, String currency) {
        in(
                "data data-at=\"%s\" value=\"%d\" data-scale=\"1000\"".formatted(quoted(at), milli),
                () -> text(Numbers.milli(milli)));
        return text(" " + currency);
    }

    /** A word of the summary, exactly as it stands there. */
    Markup said(String tag, String at, String value) {
        return in(
                tag + " data-at=\"" + quoted(at) + "\" data-is=\"" + quoted(value) + "\"",
                () -> text(value));
    }

    /** A yes or no of the summary, by sign and word, never by colour alone. */
    Markup verdict(@Nullable String at, boolean good, String en, String zh) {
        String pointer =
                at == null ? "" : " data-at=\"" + quoted(at) + "\" data-is=\"" + good + "\"";
        return in(
                "span class=\"badge " + (good ? "ok" : "bad") + "\"" + pointer,
                () -> text(good ? "✓ " : "✗ ").words(en, zh));
    }

    /** Content for each item of a list, with its index for the JSON pointer. */
    <T> Markup each(List<T> items, ObjIntConsumer<T> content) {
        for (int i = 0; i < items.size(); i++) {
            content.accept(items.get(i), i);
        }
        return this;
    }

    /** A table body with one row per item. */
    <T> Markup rows(List<T> items, ObjIntConsumer<T> cells) {
        return in("tbody", () -> each(items, (item, i) -> in("tr", () -> cells.accept(item, i))));
    }

    Markup cell(Runnable content) {
        return in("td", content);
    }

    Markup numberCell(Runnable content) {
        return in("td class=\"num\"", content);
    }

    /** A row of a table of names and values. */
    Markup row(String en, String zh, Runnable value) {
        return in(
                "tr",
                () -> {
                    in("th scope=\"row\"", () -> words(en, zh));
                    in("td", value);
                });
    }

    /** Header cells; a column whose English ends in {@code #} holds numbers. */
    Markup head(Text... columns) {
        return in(
                "thead",
                () ->
                        in(
                                "tr",
                                () -> {
                                    for (Text column : columns) {
                                        boolean number = column.en().endsWith("#");
                                        in(
                                                "th scope=\"col\""
                                                        + (number ? " class=\"num\"" : ""),
                                                () ->
                                                        words(
                                                                column.en().replace("#", ""),
                                                                column.zh()));
                                    }
                                }));
    }

    /** A table that scrolls sideways by itself when the page is narrow, also by keyboard. */
    Markup table(String cls, Text caption, Runnable content) {
        return in(
                "div class=\"scroll\" tabindex=\"0\" role=\"group\"",
                () ->
                        in(
                                "table class=\"" + cls + "\"",
                                () -> {
                                    in("caption", () -> words(caption));
                                    content.run();
                                }));
    }

    /** Counts under their names; says so when there are none. */
    Markup counts(Text caption, String at, List<Count> counts, Text none) {
        if (counts.isEmpty()) {
            return in("p class=\"none\"", () -> words(caption).text(": ").words(none));
        }
        return table(
                "counts",
                caption,
                () ->
                        rows(
                                counts,
                                (count, i) -> {
                                    in(
                                            "th scope=\"row\"",
                                            () -> {
                                                in("code", () -> text(count.name()));
                                                Text meaning = count.meaning();
                                                if (meaning != null) {
                                                    in("small", () -> words(meaning));
                                                }
                                            });
                                    numberCell(
                                            () -> number(at + "/" + i + "/count", count.count()));
                                }));
    }

    /** One big number with its label. */
    Markup tile(String en, String zh, Runnable value) {
        return in(
                "div class=\"tile\"",
                () -> {
                    in("dt", () -> words(en, zh));
                    in("dd", value);
                });
    }

    /** Text of this package's own resources: styles and scripts. */
    Markup raw(String source) {
        out.append(source);
        return this;
    }

    static String quoted(String value) {
        StringBuilder escaped = new StringBuilder(value.length());
        escape(value, escaped);
        return escaped.toString();
    }

    private static void escape(String text, StringBuilder out) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '&' -> out.append("&amp;");
                case '"' -> out.append("&quot;");
                case '\'' -> out.append("&#39;");
                default -> out.append(c);
            }
        }
    }

    @Override
    public String toString() {
        return out.toString();
    }
}
