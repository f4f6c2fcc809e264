package org.roadloop.app.report;

import java.util.Locale;

/** Station 4: quotes, bookings, the sandbox and what came out of it. */
final class ComputeView {
    private final ComputeSummary compute;
    private final Markup out;

    ComputeView(ComputeSummary compute, Markup out) {
        this.compute = compute;
        this.out = out;
    }

    void write() {
        out.in("div class=\"card\"", this::quotes);
        out.in(
                "div class=\"cols two\"",
                () -> {
                    out.in(
                            "div class=\"card\"",
                            () -> {
                                task();
                                sandbox();
                            });
                    out.in(
                            "div class=\"card\"",
                            () -> {
                                outputs();
                                flow();
                            });
                });
        out.in("div class=\"card\"", this::bookings);
    }

    private void quotes() {
        double latest =
                compute.quotes().stream()
                        .mapToDouble(
                                q -> {
                                    ComputeSummary.Bid bid = q.bid();
                                    return bid == null
                                            ? 0
                                            : Math.max(bid.finishSeconds(), bid.boundSeconds());
                                })
                        .max()
                        .orElse(1);
        out.table(
                "quotes",
                Text.of("What the sites promised", "各站点报价"),
                () -> {
                    out.head(
                            Text.of("site", "站点"),
                            Text.of("from start to finish; the line is the bound", "起止时间；竖线为上界"),
                            Text.of("start#", "开始"),
                            Text.of("finish#", "完成"),
                            Text.of("at the latest#", "最迟"),
                            Text.of("cost#", "费用"));
                    out.rows(compute.quotes(), (quote, i) -> quote(quote, i, latest));
                });
        out.in("p class=\"remark\"", () -> out.words(compute.why()));
    }

    private void quote(ComputeSummary.Quote quote, int i, double latest) {
        out.in(
                "th scope=\"row\"",
                () -> {
                    out.text(quote.site());
                    if (quote.site().equals(compute.chosenSite())) {
                        out.text(" ");
                        out.in(
                                "span class=\"badge ok\" data-at=\"/compute/chosenSite\" data-is=\"%s\""
                                        .formatted(Markup.quoted(quote.site())),
                                () -> out.text("✓ ").words("chosen", "选定"));
                    }
                });
        ComputeSummary.Bid bid = quote.bid();
        Text whyNot = quote.whyNot();
        if (bid == null) {
            out.in(
                    "td colspan=\"5\"",
                    () -> {
                        out.text("✗ ");
                        if (whyNot != null) {
                            out.words(whyNot);
                        }
                    });
            return;
        }
        String at = "/compute/quotes/" + i + "/bid";
        out.in(
                "td class=\"bar span\"",
                () -> {
                    out.in(
                            style(
                                    "i",
                                    "margin-left:%.1f%%;width:%.1f%%",
                                    100 * bid.startSeconds() / latest,
                                    100
                                            * Math.max(0, bid.finishSeconds() - bid.startSeconds())
                                            / latest),
                            () -> {});
                    out.in(style("u", "left:%.1f%%", 99.5 * bid.boundSeconds() / latest), () -> {});
                });
        out.numberCell(() -> out.number(at + "/startSeconds", bid.startSeconds()).text(" s"));
        out.numberCell(() -> out.number(at + "/finishSeconds", bid.finishSeconds()).text(" s"));
        out.numberCell(
                () -> {
                    out.number(at + "/boundSeconds", bid.boundSeconds()).text(" s");
                    out.in("small", () -> out.words(bid.method()));
                });
        out.numberCell(() -> out.money(at + "/costMilli", bid.costMilli(), bid.currency()));
    }

    private void task() {
        out.in(
                "h3",
                () -> {
                    out.words("The task", "计算任务");
                    out.in("small", () -> out.text(" GA4GH TES"));
                });
        ComputeSummary.Task task = compute.task();
        if (task == null) {
            TownView.absent(out, "No task was run.", "未运行任务。");
            return;
        }
        out.in(
                "table class=\"kv\"",
                () ->
                        out.in(
                                "tbody",
                                () -> {
                                    out.row(
                                            "id",
                                            "编号",
                                            () -> out.said("code", "/compute/task/id", task.id()));
                                    out.row(
                                            "state",
                                            "状态",
                                            () -> {
                                                out.said("b", "/compute/task/state", task.state());
                                                Integer exitCode = task.exitCode();
                                                if (exitCode != null) {
                                                    out.words(", exit code ", "，退出码 ");
                                                    out.number("/compute/task/exitCode", exitCode);
                                                }
                                            });
                                    out.row(
                                            "command",
                                            "命令",
                                            () ->
                                                    out.in(
                                                            "code class=\"hash\"",
                                                            () ->
                                                                    out.text(
                                                                            task.image()
                                                                                    + ": "
                                                                                    + String.join(
                                                                                            " ",
                                                                                            task
                                                                                                    .command()))));
                                    out.row(
                                            "compute time",
                                            "计算用时",
                                            () ->
                                                    out.number(
                                                                    "/compute/task/computeSeconds",
                                                                    task.computeSeconds())
                                                            .text(" s"));
                                }));
    }

    private void sandbox() {
        ComputeSummary.Sandbox sandbox = compute.sandbox();
        out.in(
                "h4",
                () -> {
                    out.words("Sandbox: ", "沙箱：");
                    out.said("span", "/compute/sandbox/kind", sandbox.kind());
                });
        if (!sandbox.notEnforced().isEmpty()) {
            out.in(
                    "div class=\"loud\" role=\"note\"",
                    () -> {
                        out.words("b", "Not enforced on this machine", "本机未强制执行");
                        out.in(
                                "ul",
                                () ->
                                        out.each(
                                                sandbox.notEnforced(),
                                                (what, i) -> out.in("li", () -> out.words(what))));
                    });
        }
        out.in(
                "ul class=\"rules\"",
                () ->
                        out.each(
                                sandbox.enforced(),
                                (what, i) -> out.in("li", () -> out.words(what))));
    }

    private void outputs() {
        out.words("h3", "What left the sandbox", "离开沙箱的结果");
        if (compute.outputs().isEmpty()) {
            TownView.absent(out, "Nothing.", "无。");
            return;
        }
        out.in(
                "ul class=\"plain\"",
                () ->
                        out.each(
                                compute.outputs(),
                                (output, i) -> out.in("li", () -> output(output, i))));
    }

    private void output(ComputeSummary.Output output, int i) {
        String at = "/compute/outputs/" + i;
        out.said("code", at + "/name", output.name());
        out.text(" ").bytes(at + "/dataBytes", output.dataBytes()).text(" ");
        if (output.released()) {
            out.verdict(at + "/released", true, "released", "已放行");
        } else {
            out.verdict(at + "/released", false, "kept back", "已拦截");
        }
        out.in("small", () -> out.words(output.reason()));
        String sha256 = output.sha256();
        if (sha256 != null) {
            out.said("code class=\"hash\"", at + "/sha256", sha256);
        }
    }

    private void flow() {
        ComputeSummary.Flow flow = compute.flow();
        if (flow == null) {
            return;
        }
        out.words("h3", "The admitted stream", "已接纳的确定性流");
        out.in(
                "ol class=\"route\"",
                () -> out.each(flow.route(), (node, i) -> out.in("li", () -> out.text(node))));
        out.in(
                "dl class=\"tiles small\"",
                () -> {
                    out.tile(
                            "worst-case delay",
                            "最坏时延",
                            () ->
                                    out.number("/compute/flow/boundMicros", flow.boundMicros())
                                            .text(" µs"));
                    out.tile(
                            "worst-case jitter",
                            "最坏抖动",
                            () ->
                                    out.number("/compute/flow/jitterMicros", flow.jitterMicros())
                                            .text(" µs"));
                    out.tile(
                            "asked for",
                            "要求",
                            () ->
                                    out.number(
                                                    "/compute/flow/deadlineMicros",
                                                    flow.deadlineMicros())
                                            .text(" µs"));
                });
        out.in(
                "div class=\"gauge\" aria-hidden=\"true\"",
                () ->
                        out.in(
                                style(
                                        "i",
                                        "width:%.1f%%",
                                        Math.min(
                                                100,
                                                100 * flow.boundMicros() / flow.deadlineMicros())),
                                () -> {}));
        out.in("small", () -> out.words(flow.method()));
    }

    private void bookings() {
        out.table(
                "",
                Text.of("Booked in one hold → commit", "一次占用 → 提交"),
                () -> {
                    out.head(
                            Text.of("booking", "预约"),
                            Text.of("resource", "资源"),
                            Text.of("amount#", "数量"),
                            Text.of("from", "起"),
                            Text.of("until", "止"),
                            Text.of("state", "状态"));
                    out.rows(
                            compute.bookings(),
                            (booking, i) -> {
                                String at = "/compute/bookings/" + i;
                                out.in(
                                        "th scope=\"row\"",
                                        () ->
                                                out.said("code", at + "/id", booking.id())
                                                        .in(
                                                                "small",
                                                                () -> out.text(booking.kind())));
                                out.cell(
                                        () ->
                                                out.said(
                                                        "code",
                                                        at + "/resource",
                                                        booking.resource()));
                                out.numberCell(
                                        () ->
                                                out.number(at + "/amount", booking.amount())
                                                        .text(" " + booking.unit()));
                                out.cell(
                                        () ->
                                                out.said(
                                                        "time",
                                                        at + "/from",
                                                        booking.from().toString()));
                                out.cell(
                                        () ->
                                                out.said(
                                                        "time",
                                                        at + "/until",
                                                        booking.until().toString()));
                                out.cell(() -> out.said("b", at + "/state", booking.state()));
                            });
                });
        ComputeSummary.Transfer transfer = compute.transfer();
        if (transfer != null) {
            out.in(
                    "p class=\"remark\"",
                    () -> {
                        out.words("Bulk transfer ", "数据搬运 ");
                        out.text(transfer.from() + " → " + transfer.to() + ": ");
                        out.bytes("/compute/transfer/dataBytes", transfer.dataBytes());
                        out.words(" in ", "，用时 ");
                        out.number("/compute/transfer/seconds", transfer.seconds());
                        out.words(" s, promised within ", " s，承诺上界 ");
                        out.number("/compute/transfer/boundSeconds", transfer.boundSeconds())
                                .text(" s");
                    });
        }
    }

    private static String style(String tag, String css, Object... values) {
        return tag + " style=\"" + String.format(Locale.ROOT, css, values) + "\"";
    }
}
