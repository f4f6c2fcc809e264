package org.roadloop.core.clearing;

import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A bill as one printable page (账单页), A4, Chinese, English or both, no outside resource. */
final class BillPage {
    private static final String STYLE =
            """
            @page { size: A4; margin: 16mm 15mm 18mm;
              @bottom-right { content: counter(page) " / " counter(pages); font-size: 8pt } }
            * { box-sizing: border-box }
            body { font: 10pt/1.45 "Noto Sans CJK SC", "Microsoft YaHei", "PingFang SC", Arial,
              sans-serif; color: #1a1a1a; max-width: 180mm; margin: 8mm auto; padding: 0 2mm }
            h1 { font-size: 18pt; line-height: 1.2; margin: 0 }
            h2 { font-size: 11.5pt; margin: 7mm 0 1mm; break-after: avoid }
            header { display: flex; justify-content: space-between; align-items: flex-end;
              gap: 8mm; border-bottom: .6mm solid #1a1a1a; padding-bottom: 3mm; margin-bottom: 4mm }
            .due { text-align: right } .due b { font-size: 15pt; white-space: nowrap }
            dl { display: grid; grid-template-columns: max-content 1fr; gap: 1mm 6mm; margin: 0 }
            dt, th, .small { color: #555 }
            dd { margin: 0; overflow-wrap: anywhere }
            table { border-collapse: collapse; width: 100%; table-layout: fixed }
            thead { display: table-header-group } tr { break-inside: avoid }
            col.a { width: 46% } col.b { width: 18% } col.c { width: 18% } col.d { width: 18% }
            th, td { border-bottom: .25mm solid #ccc; padding: 1.2mm 2mm 1.2mm 0; text-align: left;
              vertical-align: top; overflow-wrap: anywhere }
            th { font-size: 8.5pt; font-weight: normal; border-bottom-color: #555 }
            td.n, th.n { text-align: right; padding-right: 0; padding-left: 2mm;
              font-variant-numeric: tabular-nums; overflow-wrap: normal }
            tr.sum td { border-bottom: 0 } tr.sum, tr.total { break-before: avoid }
            .day { white-space: nowrap }
            tr.total td { border-top: .5mm solid #1a1a1a; border-bottom: .5mm solid #1a1a1a;
              font-weight: bold; font-size: 11pt }
            .small { font-size: 8pt; line-height: 1.35; overflow-wrap: anywhere }
            code { font: 6.5pt/1.3 "DejaVu Sans Mono", Consolas, monospace }
            footer { margin-top: 7mm; font-size: 8.5pt; color: #555; break-inside: avoid }
            footer p { margin: 0 0 1mm }
            @media print { body { margin: 0; padding: 0; max-width: none } }
            """;

    private final StringBuilder out = new StringBuilder(8_000);
    private final Bill bill;
    private final Bill.Language language;
    private final Bill.Note note;

    private BillPage(Bill bill, Bill.Language language, Bill.Note note) {
        this.bill = bill;
        this.language = language;
        this.note = note;
    }

    static String write(Bill bill, Bill.Language language, Bill.Note note) {
        return new BillPage(bill, language, note).page();
    }

    /** Markup of a text of ours; not for what others wrote. */
    private String say(String chinese, String english) {
        return switch (language) {
            case CHINESE -> chinese;
            case ENGLISH -> english;
            case BOTH -> chinese + " <span lang=\"en\">" + english + "</span>";
        };
    }

    private String page() {
        String lang = language == Bill.Language.ENGLISH ? "en" : "zh-CN";
        out.append("<!DOCTYPE html>\n<html lang=\"").append(lang).append("\">\n<head>\n");
        out.append("<meta charset=\"utf-8\">\n");
        out.append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
        out.append("<title>").append(say("账单", "Bill").replaceAll("<[^>]*>", ""));
        out.append(' ').append(escape(bill.agreement())).append("</title>\n");
        out.append("<style>\n").append(STYLE).append("</style>\n</head>\n<body>\n");
        out.append("<header><h1>").append(say("账单", "Bill")).append("</h1>\n");
        out.append("<div class=\"due\"><div class=\"small\">");
        out.append(say("合计（不含税）", "Total before tax")).append("</div><b>");
        out.append(escape(bill.currency())).append(' ').append(money(bill.totalMilli()));
        out.append("</b></div></header>\n<dl>\n");
        fact(say("合约", "Agreement"), escape(bill.agreement()));
        fact(say("提供方（收款）", "Provider (payee)"), escape(bill.provider()));
        fact(say("使用方（付款）", "Consumer (payer)"), escape(bill.consumer()));
        fact(say("账期", "Period"), period());
        fact(say("已清算至", "Closed through"), closed());
        fact(say("币种", "Currency"), escape(bill.currency()));
        out.append("</dl>\n");
        lines();
        shares();
        footer();
        return out.append("</body>\n</html>\n").toString();
    }

    private String period() {
        String from = day(bill.from(), say("合约起始", "beginning"));
        String through = day(bill.through(), say("至今", "now"));
        return from + " – " + through + " (" + escape(bill.zone()) + ")";
    }

    private static String day(@Nullable Object day, String none) {
        return day == null ? none : day.toString();
    }

    /** Days after the last close may still change. */
    private String closed() {
        if (bill.closedThrough() == null) {
            return say("尚未清算，金额可能变动", "not closed yet, amounts may change");
        }
        boolean open = bill.through() == null || bill.through().isAfter(bill.closedThrough());
        return bill.closedThrough()
                + (open ? ' ' + say("（其后金额可能变动）", "(later amounts may change)") : "");
    }

    private void fact(String name, String value) {
        out.append("<dt>").append(name).append("</dt><dd>").append(value).append("</dd>\n");
    }

    // ---------------------------------------------------------------- charges

    private void lines() {
        section(say("费用明细", "Charges"));
        head(say("项目", "Item"), say("数量", "Quantity"), say("单价", "Price"), say("金额", "Amount"));
        long charges = 0;
        for (Bill.Line line : bill.lines()) {
            charges += line.amountMilli();
            out.append("<tr><td>").append(kind(line.kind())).append(": <b>");
            out.append(unit(line.unit()));
            out.append(line.flavour().isEmpty() ? "" : " · " + escape(line.flavour()));
            out.append("</b>");
            if (line.kind().equals("usage")) {
                tiers(line);
            }
            evidence(line.evidence());
            out.append("</td>");
            number(line.kind().equals("bounds") ? "" : grouped(line.quantity()));
            number(price(line));
            number(money(line.amountMilli()));
            out.append("</tr>\n");
        }
        for (Bill.Credit credit : bill.credits()) {
            out.append("<tr><td>").append(kind("credit")).append(": <b>");
            out.append(escape(credit.objective())).append("</b> <span class=\"day\">");
            out.append(credit.bookedOn()).append("</span>");
            evidence(credit.evidence());
            out.append("</td>");
            number(percent(credit.basisPoints()));
            number(money(credit.baseMilli()));
            number(money(-credit.amountMilli()));
            out.append("</tr>\n");
        }
        if (!bill.credits().isEmpty()) {
            sum("sum", say("费用小计", "Charges"), charges);
            sum("sum", say("服务等级返还小计", "Service credits"), bill.totalMilli() - charges);
        }
        String total = say("合计（不含税）", "Total before tax") + ' ' + escape(bill.currency());
        sum("total", total, bill.totalMilli());
        out.append("</tbody>\n</table>\n");
    }

    private void sum(String css, String name, long milli) {
        out.append("<tr class=\"").append(css).append("\"><td colspan=\"3\">").append(name);
        out.append("</td>");
        number(money(milli));
        out.append("</tr>\n");
    }

    /** Markup: a line without one price has none in its column. */
    private String price(Bill.Line line) {
        return switch (line.model()) {
            case "free" -> say("免费", "free");
            case "bounds" -> "";
            case "tiered" -> say("阶梯价", "tiered");
            default ->
                    money(line.priceMilli()) + (line.per() == 1 ? "" : " / " + grouped(line.per()));
        };
    }

    private void tiers(Bill.Line line) {
        Price.Metered price = bill.tariff().findPrice(line.unit(), line.flavour()).orElse(null);
        if (!line.model().equals("tiered") || !(price instanceof Price.Tiered tiered)) {
            return;
        }
        out.append("<div class=\"small\">");
        out.append(
                tiered.volume()
                        ? say("全量阶梯", "whole quantity at the tier reached")
                        : say("分段阶梯", "each tier at its own price"));
        out.append(tiered.monthly() ? ", " + say("按月累计", "by month") : "");
        List<Price.Tier> tiers = tiered.tiers();
        for (Price.Tier tier : tiers) {
            boolean open = tier.upTo() == Price.Tier.OPEN;
            out.append("<br/>").append(open ? say("以上", "above") : "≤ " + grouped(tier.upTo()));
            out.append(": ").append(money(tier.milli()));
            out.append(tiered.per() == 1 ? "" : " / " + grouped(tiered.per()));
        }
        out.append("</div>");
    }

    private void shares() {
        if (bill.shares().isEmpty()) {
            return;
        }
        section(say("提供方收入分成（已含于合计）", "Shares of the provider's income, part of the total"));
        head(say("受益方", "Beneficiary"), say("比例", "Share"), "", say("金额", "Amount"));
        for (Bill.Share share : bill.shares()) {
            out.append("<tr><td>").append(escape(share.beneficiary())).append("</td>");
            number(percent(share.basisPoints()));
            number("");
            number(money(share.amountMilli()));
            out.append("</tr>\n");
        }
        out.append("</tbody>\n</table>\n");
    }

    private void section(String title) {
        out.append("<h2>").append(title).append("</h2>\n");
    }

    private void head(String item, String... columns) {
        out.append("<table>\n<colgroup><col class=\"a\"/><col class=\"b\"/><col class=\"c\"/>");
        out.append("<col class=\"d\"/></colgroup>\n<thead><tr><th>").append(item).append("</th>");
        for (String column : columns) {
            out.append("<th class=\"n\">").append(column).append("</th>");
        }
        out.append("</tr></thead>\n<tbody>\n");
    }

    private void number(String markup) {
        out.append("<td class=\"n\">").append(markup).append("</td>");
    }

    private void evidence(Evidence e) {
        if (e.entries() + e.batches() == 0) {
            return;
        }
        out.append("<div class=\"small\">").append(say("存证：账本条目", "Evidence: ledger entries"));
        out.append(' ').append(e.firstIndex());
        if (e.lastIndex() > e.firstIndex()) {
            out.append('–').append(e.lastIndex());
        }
        out.append(" (").append(grouped(e.entries() + e.batches())).append(')');
        if (e.batches() > 0) {
            out.append("<br/>").append(say("批次树根", "batch roots")).append(' ');
            out.append(e.roots().size()).append(" / ").append(grouped(e.batches()));
        }
        for (String root : e.roots()) {
            out.append("<br/><code>").append(escape(root)).append("</code>");
        }
        out.append("</div>");
    }

    private void footer() {
        out.append("<footer>\n");
        if (!note.chinese().isEmpty()) {
            paragraph(say(note.chinese(), note.english()));
        }
        paragraph(
                say("金额不含税，税款以发票为准。", "Amounts are without taxes; taxes are left to the invoice."));
        paragraph(say("不足一步按一步计。", "A step that is started is charged whole."));
        if (!bill.credits().isEmpty()) {
            paragraph(
                    say(
                            "返还按未达标当日费用计算：比例 × 当日费用。",
                            "A credit is a part of the charge of the day of the miss, which stands"
                                    + " in the column of prices."));
        }
        paragraph(
                say(
                        "每行金额可按所列账本条目逐条核验。",
                        "Each amount can be checked against the ledger entries named with it."));
        out.append("</footer>\n");
    }

    private void paragraph(String markup) {
        out.append("<p>").append(markup).append("</p>\n");
    }

    private String kind(String kind) {
        return switch (kind) {
            case "usage" -> say("用量", "Usage");
            case "subscription" -> say("订阅", "Subscription");
            case "bounds" -> say("保底与封顶", "Minimum and cap");
            case "correction" -> say("更正", "Correction");
            case "credit" -> say("服务等级返还", "Service credit");
            default -> escape(kind);
        };
    }

    /** Units of our own meters have a Chinese name too. */
    private String unit(String unit) {
        String chinese =
                switch (unit) {
                    case "use" -> "使用次数";
                    case "call" -> "调用次数";
                    case "row" -> "行";
                    case "byte" -> "字节";
                    case "compute-second" -> "算力秒";
                    case "day" -> "日";
                    case "month" -> "月";
                    case "cap" -> "封顶";
                    case "minimum" -> "保底";
                    default -> "";
                };
        return chinese.isEmpty() ? escape(unit) : say(chinese, escape(unit));
    }

    private static String grouped(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    /** Main units with three decimals. */
    static String money(long milli) {
        return String.format(Locale.ROOT, "%,.3f", BigDecimal.valueOf(milli, 3));
    }

    private static String percent(long basisPoints) {
        return BigDecimal.valueOf(basisPoints, 2).toPlainString() + " %";
    }

    static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }
}
