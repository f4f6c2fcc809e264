package org.roadloop.core.clearing;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/** A bill as one printable page (账单页), A4, Chinese and English, no outside resource. */
final class BillPage {
    private static final String STYLE =
            """
            @page { size: A4; margin: 18mm 15mm }
            body { font: 10.5pt/1.5 "Noto Sans CJK SC", "Microsoft YaHei", "PingFang SC", Arial,
              sans-serif; color: #1a1a1a; max-width: 180mm; margin: 8mm auto }
            h1 { font-size: 18pt; margin: 0 0 4mm }
            h2 { font-size: 12pt; margin: 7mm 0 2mm }
            dl { display: grid; grid-template-columns: max-content 1fr; gap: 1mm 5mm; margin: 0 }
            dt { color: #555 } dd { margin: 0; overflow-wrap: anywhere }
            table { border-collapse: collapse; width: 100% }
            thead { display: table-header-group } tr { break-inside: avoid }
            th, td { border-bottom: 0.3mm solid #ccc; padding: 1mm 2mm; text-align: left;
              vertical-align: top }
            th { font-size: 9pt; color: #555; font-weight: normal }
            td.n, th.n { text-align: right; font-variant-numeric: tabular-nums }
            tr.total td { border-top: 0.5mm solid #1a1a1a; font-weight: bold }
            .evidence { font-size: 8pt; color: #555; overflow-wrap: anywhere }
            footer { margin-top: 8mm; font-size: 9pt; color: #555 }
            @media print { body { margin: 0; max-width: none } }
            """;

    private final StringBuilder out = new StringBuilder(8_000);
    private final Bill bill;

    private BillPage(Bill bill) {
        this.bill = bill;
    }

    static String write(Bill bill) {
        return new BillPage(bill).page();
    }

    private String page() {
        out.append("<!DOCTYPE html>\n<html lang=\"zh-CN\">\n<head>\n<meta charset=\"utf-8\">\n");
        out.append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
        out.append("<title>账单 Bill ").append(escape(bill.agreement())).append("</title>\n");
        out.append("<style>\n").append(STYLE).append("</style>\n</head>\n<body>\n");
        out.append("<h1>账单 <span lang=\"en\">Bill</span></h1>\n<dl>\n");
        fact("合约", "Agreement", bill.agreement());
        fact("提供方", "Provider", bill.provider());
        fact("使用方", "Consumer", bill.consumer());
        fact("账期", "Period", period());
        fact("已清算至", "Closed through", text(bill.closedThrough()));
        fact("币种", "Currency", bill.currency());
        out.append("</dl>\n");
        lines();
        credits();
        shares();
        out.append("<footer>\n<p>金额不含税，税款以发票为准。");
        out.append(" <span lang=\"en\">Amounts are without taxes; taxes are left to the invoice.");
        out.append("</span></p>\n<p>每一步不足一步按一步计。");
        out.append(" <span lang=\"en\">A step that is started is charged whole.</span></p>\n");
        out.append("</footer>\n</body>\n</html>\n");
        return out.toString();
    }

    private String period() {
        return text(bill.from()) + " – " + text(bill.through()) + " (" + bill.zone() + ")";
    }

    private static String text(@Nullable Object value) {
        return value == null ? "…" : value.toString();
    }

    private void fact(String chinese, String english, String value) {
        out.append("<dt>").append(chinese).append(" <span lang=\"en\">").append(english);
        out.append("</span></dt><dd>").append(escape(value)).append("</dd>\n");
    }

    private void lines() {
        section("费用", "Charges");
        head("项目 Item", "数量 Quantity", "单价 Price", "金额 Amount");
        for (Bill.Line line : bill.lines()) {
            String unit = line.unit() + (line.flavour().isEmpty() ? "" : " · " + line.flavour());
            out.append("<tr><td>").append(escape(kind(line.kind()))).append(": ");
            out.append(escape(unit)).append(" (").append(escape(line.model())).append(')');
            evidence(line.evidence());
            out.append("</td>");
            number(Long.toString(line.quantity()));
            number(money(line.priceMilli()) + (line.per() == 1 ? "" : " / " + line.per()));
            number(money(line.amountMilli()));
            out.append("</tr>\n");
        }
        for (Bill.Credit credit : bill.credits()) {
            out.append("<tr><td>").append(kind("credit")).append(": ");
            out.append(escape(credit.objective())).append(' ').append(credit.bookedOn());
            evidence(credit.evidence());
            out.append("</td>");
            number(percent(credit.basisPoints()));
            number(money(credit.baseMilli()));
            number(money(-credit.amountMilli()));
            out.append("</tr>\n");
        }
        out.append("<tr class=\"total\"><td colspan=\"3\">合计 <span lang=\"en\">Total</span> ");
        out.append(escape(bill.currency())).append("</td>");
        number(money(bill.totalMilli()));
        out.append("</tr>\n</tbody>\n</table>\n");
    }

    private void credits() {
        if (!bill.credits().isEmpty()) {
            out.append("<p class=\"evidence\">返还按未达标当日费用计算。");
            out.append(
                    " <span lang=\"en\">Credits are parts of the charge of the day of the miss.");
            out.append("</span></p>\n");
        }
    }

    private void shares() {
        if (bill.shares().isEmpty()) {
            return;
        }
        section("提供方收入分成", "Shares of the provider's income");
        head("受益方 Beneficiary", "比例 Share", "", "金额 Amount");
        for (Bill.Share share : bill.shares()) {
            out.append("<tr><td>").append(escape(share.beneficiary())).append("</td>");
            number(percent(share.basisPoints()));
            number("");
            number(money(share.amountMilli()));
            out.append("</tr>\n");
        }
        out.append("</tbody>\n</table>\n");
    }

    private void section(String chinese, String english) {
        out.append("<h2>").append(chinese).append(" <span lang=\"en\">").append(english);
        out.append("</span></h2>\n");
    }

    private void head(String item, String... columns) {
        out.append("<table>\n<thead><tr><th>").append(item).append("</th>");
        for (String column : columns) {
            out.append("<th class=\"n\">").append(column).append("</th>");
        }
        out.append("</tr></thead>\n<tbody>\n");
    }

    private void number(String text) {
        out.append("<td class=\"n\">").append(escape(text)).append("</td>");
    }

    private void evidence(Evidence e) {
        if (e.entries() + e.batches() == 0) {
            return;
        }
        out.append("<div class=\"evidence\">账本 <span lang=\"en\">Ledger</span> ");
        out.append(e.firstIndex()).append("–").append(e.lastIndex());
        out.append(", ").append(e.entries()).append(" + ").append(e.batches());
        for (String root : e.roots()) {
            out.append("<br>").append(escape(root));
        }
        out.append("</div>");
    }

    private static String kind(String kind) {
        return switch (kind) {
            case "usage" -> "用量 Usage";
            case "subscription" -> "订阅 Subscription";
            case "bounds" -> "保底与封顶 Minimum and cap";
            case "correction" -> "争议更正 Correction";
            case "credit" -> "服务等级返还 Service credit";
            default -> kind;
        };
    }

    /** Main units with three decimals. */
    static String money(long milli) {
        return BigDecimal.valueOf(milli, 3).toPlainString();
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
