package org.roadloop.core.clearing;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.roadloop.core.clearing.AssetSheet.Row;

/** The sheet as CSV (RFC 4180) and as a page to print, in Chinese and English. */
public final class AssetSheetText {
    private static final String TO_JUDGE = "由会计判断 to be judged";

    private static final List<String> COLUMNS =
            List.of(
                    "数据集 dataset",
                    "资产 assets",
                    "类别 category",
                    "期间 period",
                    "采集帧数 frames collected",
                    "采集字节 bytes collected",
                    "存储 GiB·s stored",
                    "计算 CPU ms",
                    "币种 currency",
                    "采集成本 collection cost",
                    "存储成本 storage cost",
                    "计算成本 compute cost",
                    "本期成本 cost of period",
                    "累计成本 accumulated cost",
                    "使用量 use",
                    "收入 revenue",
                    "存证序号 evidence");

    private static final String NOTE =
            """
            依据：财会〔2023〕11号《企业数据资源相关会计处理暂行规定》。列报为无形资产或存货、可资本化的范围与摊销由会计判断。\
            成本为自有计量乘以配置单价，不含人工、外购、税费。 \
            Costs are our own meters times configured prices, without labour, purchases and taxes; \
            whether an intangible asset or inventory, what is capitalised and how it is amortised \
            is for the accountant to judge.""";

    private AssetSheetText() {}

    public static String csv(List<Row> rows) {
        StringBuilder out = new StringBuilder();
        line(out, COLUMNS);
        rows.forEach(row -> line(out, cells(row)));
        return out.toString();
    }

    public static String html(List<Row> rows) {
        StringBuilder out = new StringBuilder();
        out.append("<!doctype html><html lang=\"zh\"><meta charset=\"utf-8\">");
        out.append("<title>数据资产成本收入表 Data asset sheet</title><style>");
        out.append("body{font:12px sans-serif}table{border-collapse:collapse}");
        out.append("td,th{border:1px solid #888;padding:2px 5px;vertical-align:top}");
        out.append("td:last-child{word-break:break-all;min-width:8em}");
        out.append("@page{size:A3 landscape}</style>");
        out.append("<h1>数据资产成本收入表 <small>Cost and revenue per data set</small></h1>");
        out.append("<table><thead><tr>");
        COLUMNS.forEach(c -> out.append("<th>").append(escaped(c)).append("</th>"));
        out.append("</tr></thead><tbody>");
        for (Row row : rows) {
            out.append("<tr>");
            cells(row).forEach(c -> out.append("<td>").append(escaped(c)).append("</td>"));
            out.append("</tr>");
        }
        out.append("</tbody></table><p>").append(escaped(NOTE)).append("</p></html>\n");
        return out.toString();
    }

    private static List<String> cells(Row row) {
        return List.of(
                row.dataset(),
                String.join(" ", row.assets()),
                TO_JUDGE,
                row.month().toString(),
                String.valueOf(row.collectedFrames()),
                String.valueOf(row.collectedBytes()),
                String.valueOf(row.storedGibSeconds()),
                String.valueOf(row.cpuMillis()),
                row.currency(),
                money(row.collectionMilli()),
                money(row.storageMilli()),
                money(row.computeMilli()),
                money(row.costMilli()),
                money(row.accumulatedMilli()),
                row.quantityByUnit().entrySet().stream()
                        .map(AssetSheetText::use)
                        .collect(Collectors.joining("; ")),
                row.revenue().stream()
                        .map(a -> money(a.milli()) + " " + a.currency())
                        .collect(Collectors.joining("; ")),
                ranges(row.evidence()));
    }

    private static String use(Map.Entry<String, Long> use) {
        return use.getValue() + " " + use.getKey();
    }

    /** Three decimals. */
    private static String money(long milli) {
        long size = Math.abs(milli);
        return (milli < 0 ? "-" : "") + size / 1000 + "." + "%03d".formatted(size % 1000);
    }

    /** Sorted indexes, neighbours as first-last. */
    static String ranges(List<Long> sorted) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < sorted.size(); ) {
            int end = i;
            while (end + 1 < sorted.size() && sorted.get(end + 1) == sorted.get(end) + 1) {
                end++;
            }
            out.append(out.isEmpty() ? "" : " ").append(sorted.get(i));
            if (end > i) {
                out.append('-').append(sorted.get(end));
            }
            i = end + 1;
        }
        return out.toString();
    }

    /** A cell that a spreadsheet would take for a formula gets an apostrophe. */
    private static void line(StringBuilder out, List<String> cells) {
        out.append(
                cells.stream()
                        .map(c -> !c.isEmpty() && "=+@".indexOf(c.charAt(0)) >= 0 ? "'" + c : c)
                        .map(c -> '"' + c.replace("\"", "\"\"") + '"')
                        .collect(Collectors.joining(",")));
        out.append("\r\n");
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace("\"", "&quot;");
    }
}
