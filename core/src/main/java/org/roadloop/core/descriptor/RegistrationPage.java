package org.roadloop.core.descriptor;

/** A registration sheet as one printable page (登记表打印页), A4, both languages, no outside resource. */
public final class RegistrationPage {
    private static final String STYLE =
            """
            @page { size: A4; margin: 18mm 16mm }
            body { font: 10.5pt/1.5 "Noto Sans CJK SC", "Microsoft YaHei", "PingFang SC", Arial,
              sans-serif; color: #1a1a1a; max-width: 178mm; margin: 8mm auto; padding: 0 2mm }
            h1 { font-size: 17pt; line-height: 1.25; text-align: center; margin: 0 0 5mm }
            h1 span, th span { display: block; font-weight: normal; color: #555 }
            h1 span { font-size: 10.5pt } th span { font-size: 8pt }
            table { border-collapse: collapse; width: 100%; table-layout: fixed }
            th, td { border: .25mm solid #777; padding: 1.6mm 2.2mm; text-align: left;
              vertical-align: top; overflow-wrap: anywhere }
            th { width: 30%; font-weight: bold; background: #f4f4f4 } tr { break-inside: avoid }
            td p { margin: 0 } td p + p { color: #555; font-size: 9pt }
            .open { color: #a00 } footer { margin-top: 5mm; font-size: 8.5pt; color: #555 }
            @media print { body { margin: 0; padding: 0; max-width: none } }
            """;

    private RegistrationPage() {}

    public static String write(RegistrationSheet sheet) {
        StringBuilder out = new StringBuilder(8_000);
        out.append("<!doctype html>\n<html lang=\"zh-CN\"><head><meta charset=\"utf-8\"><title>")
                .append(escape(sheet.title().chinese()))
                .append(' ')
                .append(escape(sheet.product()))
                .append("</title><style>\n")
                .append(STYLE)
                .append("</style></head><body>\n<h1>");
        both(out, sheet.title().chinese(), sheet.title().english());
        out.append("</h1>\n<table>\n");
        sheet.rows().forEach(row -> row(out, row));
        out.append("</table>\n");
        if (!sheet.missing().isEmpty()) {
            out.append("<footer class=\"open\">待填 Not filled in: ")
                    .append(escape(String.join(", ", sheet.missing())))
                    .append("</footer>\n");
        }
        return out.append("</body></html>\n").toString();
    }

    private static void row(StringBuilder out, RegistrationSheet.Row row) {
        out.append("<tr><th scope=\"row\">");
        both(out, row.field().name().chinese(), row.field().name().english());
        out.append("</th><td>");
        if (row.chinese().isEmpty()) {
            out.append(row.field().required() ? "<p class=\"open\">待填</p>" : "<p>—</p>");
        } else {
            out.append("<p>").append(escape(row.chinese())).append("</p>");
            if (!row.english().equals(row.chinese())) {
                out.append("<p lang=\"en\">").append(escape(row.english())).append("</p>");
            }
        }
        out.append("</td></tr>\n");
    }

    private static void both(StringBuilder out, String chinese, String english) {
        out.append(escape(chinese))
                .append(" <span lang=\"en\">")
                .append(escape(english))
                .append("</span>");
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
