package org.roadloop.app.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Station 5: scenarios, the certificate as a grid, alarms. */
final class ApplyView {
    private final ApplySummary apply;
    private final Markup out;

    ApplyView(ApplySummary apply, Markup out) {
        this.apply = apply;
        this.out = out;
    }

    void write() {
        out.in(
                "div class=\"cols two\"",
                () -> {
                    out.in("div class=\"card\"", this::counts);
                    out.in("div class=\"card\"", this::pilotEvent);
                });
        plots();
        certificate();
        monitor();
    }

    private void counts() {
        if (apply.scenarios().isEmpty()) {
            TownView.absent(out, "No scenarios were found.", "未发现场景。");
            return;
        }
        out.table(
                "bars",
                Text.of("Scenarios found", "发现的场景"),
                () -> {
                    long most =
                            apply.scenarios().stream()
                                    .mapToLong(ApplySummary.ScenarioCount::count)
                                    .max()
                                    .orElse(1);
                    out.rows(
                            apply.scenarios(),
                            (scenario, i) -> {
                                out.in(
                                        "th scope=\"row\"",
                                        () ->
                                                out.words(scenario.label())
                                                        .in(
                                                                "small",
                                                                () ->
                                                                        out.words(
                                                                                TownView.lineage(
                                                                                        scenario
                                                                                                .lineage()))));
                                out.in(
                                        "td class=\"bar\"",
                                        () ->
                                                out.in(
                                                        "i style=\"width:"
                                                                + 100
                                                                        * scenario.count()
                                                                        / Math.max(1, most)
                                                                + "%\"",
                                                        () -> {}));
                                out.numberCell(
                                        () ->
                                                out.number(
                                                        "/apply/scenarios/" + i + "/count",
                                                        scenario.count()));
                            });
                });
    }

    private void pilotEvent() {
        out.words("h3", "The recorded forward-collision event", "录制的前向碰撞事件");
        ApplySummary.PilotEvent event = apply.pilotEvent();
        if (event == null) {
            TownView.absent(
                    out, "Not looked for: the pilot recordings were not given.", "未查找：未提供试点录制数据。");
            return;
        }
        out.in(
                "p",
                () -> {
                    if (event.found()) {
                        out.verdict("/apply/pilotEvent/found", true, "found", "已发现");
                    } else {
                        out.verdict("/apply/pilotEvent/found", false, "not found", "未发现");
                    }
                    out.text(" ").words(event.description()).text(" ");
                    out.said("code", "/apply/pilotEvent/recording", event.recording());
                });
        out.in(
                "table class=\"kv\"",
                () ->
                        out.rows(
                                event.values(),
                                (figure, i) -> {
                                    out.in("th scope=\"row\"", () -> out.words(figure.hint()));
                                    out.cell(
                                            () ->
                                                    out.number(
                                                                    "/apply/pilotEvent/values/"
                                                                            + i
                                                                            + "/value",
                                                                    figure.value())
                                                            .text(" " + figure.unit()));
                                }));
    }

    private void plots() {
        if (apply.plots().isEmpty()) {
            return;
        }
        out.in(
                "div class=\"card scenarios\"",
                () -> {
                    out.words("h3", "The most critical, second by second", "最危险的场景，逐秒回放");
                    out.in("div id=\"scenario-list\"", this::plotTable);
                    out.in("div id=\"scenario-view\"", () -> {});
                });
    }

    private void plotTable() {
        out.table(
                "",
                Text.of("Worst first", "按危险程度排序"),
                () -> {
                    out.head(
                            Text.of("scenario", "场景"),
                            Text.of("least TTC#", "最小 TTC"),
                            Text.of("least gap#", "最小间距"));
                    out.rows(
                            apply.plots(),
                            (plot, i) -> {
                                String at = "/apply/plots/" + i;
                                out.in(
                                        "th scope=\"row\"",
                                        () -> {
                                            out.in(
                                                    "button type=\"button\" class=\"pick\" data-plot=\""
                                                            + i
                                                            + "\"",
                                                    () -> out.words(plot.label()));
                                            out.in(
                                                    "small",
                                                    () ->
                                                            out.said("code", at + "/id", plot.id())
                                                                    .text(" · ")
                                                                    .words(
                                                                            TownView.lineage(
                                                                                    plot
                                                                                            .lineage())));
                                        });
                                out.numberCell(
                                        () -> seconds(at + "/minTtcSeconds", plot.minTtcSeconds()));
                                out.numberCell(
                                        () ->
                                                out.number(
                                                                at + "/minGapMetres",
                                                                plot.minGapMetres())
                                                        .text(" m"));
                            });
                });
    }

    private void seconds(String at, @Nullable Double value) {
        if (value == null) {
            out.text("–");
        } else {
            out.number(at, value).text(" s");
        }
    }

    private void certificate() {
        ApplySummary.Certificate certificate = apply.certificate();
        if (certificate == null) {
            out.in(
                    "div class=\"card\"",
                    () -> {
                        out.words("h3", "Certificate", "认证");
                        TownView.absent(out, "No controller was certified.", "未进行控制器认证。");
                    });
            return;
        }
        out.in(
                "div class=\"card certificate\"",
                () -> {
                    out.in(
                            "h3",
                            () -> {
                                out.words("Certificate", "认证矩阵");
                                if (certificate.passed()) {
                                    out.verdict("/apply/certificate/passed", true, "passed", "通过");
                                } else {
                                    out.verdict(
                                            "/apply/certificate/passed", false, "failed", "未通过");
                                }
                            });
                    out.in("p", () -> bound(certificate));
                    legend(certificate);
                    out.in("div class=\"facets\"", () -> facets(certificate));
                });
    }

    private void bound(ApplySummary.Certificate certificate) {
        out.words("Controller ", "控制器 ");
        out.said("b", "/apply/certificate/controller", certificate.controller());
        out.words(" against the reference driver ", "，参考驾驶员 ");
        out.said("b", "/apply/certificate/reference", certificate.reference());
        out.words(": failure probability at most ", "：失效概率上界 ");
        out.number("/apply/certificate/failureUpperBound", certificate.failureUpperBound(), 0.01);
        out.words(" % at confidence ", " %，置信度 ");
        out.number("/apply/certificate/confidence", certificate.confidence(), 0.01);
        out.text(" % (").words(certificate.method()).text(") ");
        out.said("code class=\"hash\"", "/apply/certificate/id", certificate.id());
    }

    private void legend(ApplySummary.Certificate certificate) {
        out.in(
                "ul class=\"legend\"",
                () -> {
                    for (ApplySummary.Verdict verdict : ApplySummary.Verdict.values()) {
                        out.in(
                                "li",
                                () -> {
                                    out.in(
                                            "span class=\"swatch " + style(verdict) + "\"",
                                            () -> out.text(sign(verdict)));
                                    out.words(verdict.text());
                                    out.in(
                                            "b",
                                            () ->
                                                    out.text(
                                                            " "
                                                                    + Numbers.show(
                                                                            (double)
                                                                                    certificate
                                                                                            .count(
                                                                                                    verdict))));
                                });
                    }
                    out.words("li class=\"hint\"", "number: least TTC, s", "数字：最小 TTC（秒）");
                });
    }

    /**
     * One grid for each pair of ego speed and lateral speed; gap downwards, cut-in speed across.
     */
    private void facets(ApplySummary.Certificate certificate) {
        TreeSet<Double> egoSpeeds = new TreeSet<>();
        TreeSet<Double> lateralSpeeds = new TreeSet<>();
        for (ApplySummary.Case one : certificate.cases()) {
            egoSpeeds.add(one.egoSpeedKmh());
            lateralSpeeds.add(one.lateralSpeedMetresPerSecond());
        }
        for (double ego : egoSpeeds) {
            for (double lateral : lateralSpeeds) {
                List<Integer> cases = new ArrayList<>();
                for (int i = 0; i < certificate.cases().size(); i++) {
                    ApplySummary.Case one = certificate.cases().get(i);
                    if (one.egoSpeedKmh() == ego && one.lateralSpeedMetresPerSecond() == lateral) {
                        cases.add(i);
                    }
                }
                if (!cases.isEmpty()) {
                    facet(certificate.cases(), cases, ego, lateral);
                }
            }
        }
    }

    private void facet(
            List<ApplySummary.Case> all, List<Integer> cases, double ego, double lateral) {
        TreeSet<Double> gaps = new TreeSet<>();
        TreeSet<Double> speeds = new TreeSet<>();
        for (int i : cases) {
            gaps.add(all.get(i).gapMetres());
            speeds.add(all.get(i).cutInSpeedKmh());
        }
        String first = "/apply/certificate/cases/" + cases.getFirst();
        out.in(
                "table class=\"heat\"",
                () -> {
                    out.in(
                            "caption",
                            () -> {
                                out.words("ego ", "自车 ");
                                out.number(first + "/egoSpeedKmh", ego).text(" km/h · ");
                                out.words("sideways ", "横向 ");
                                out.number(first + "/lateralSpeedMetresPerSecond", lateral)
                                        .text(" m/s");
                            });
                    out.in(
                            "thead",
                            () ->
                                    out.in(
                                            "tr",
                                            () -> {
                                                out.in(
                                                        "th scope=\"col\"",
                                                        () -> {
                                                            out.words(
                                                                    "span class=\"block\"",
                                                                    "gap, m ↓",
                                                                    "间距 m ↓");
                                                            out.words(
                                                                    "span class=\"block\"",
                                                                    "cut-in, km/h →",
                                                                    "切入 km/h →");
                                                        });
                                                for (double speed : speeds) {
                                                    out.in(
                                                            "th scope=\"col\"",
                                                            () -> out.text(Numbers.show(speed)));
                                                }
                                            }));
                    out.in(
                            "tbody",
                            () -> {
                                for (double gap : gaps) {
                                    out.in("tr", () -> heatRow(all, cases, gap, speeds));
                                }
                            });
                });
    }

    private void heatRow(
            List<ApplySummary.Case> all, List<Integer> cases, double gap, Set<Double> speeds) {
        out.in("th scope=\"row\"", () -> out.text(Numbers.show(gap)));
        for (double speed : speeds) {
            Integer found = null;
            for (int i : cases) {
                ApplySummary.Case one = all.get(i);
                if (one.gapMetres() == gap && one.cutInSpeedKmh() == speed) {
                    found = i;
                    break;
                }
            }
            if (found == null) {
                out.in("td", () -> out.text("·"));
            } else {
                heatCell(all.get(found), "/apply/certificate/cases/" + found);
            }
        }
    }

    private void heatCell(ApplySummary.Case one, String at) {
        String verdict = one.verdict().name();
        out.in(
                "td class=\"%s\" data-at=\"%s/verdict\" data-is=\"%s\" title=\"%s\""
                        .formatted(
                                style(one.verdict()),
                                at,
                                verdict,
                                Markup.quoted(
                                        one.verdict().text().en()
                                                + " · "
                                                + one.verdict().text().zh())),
                () -> {
                    out.in("b aria-hidden=\"true\"", () -> out.text(sign(one.verdict())));
                    out.in("span class=\"unseen\"", () -> out.words(one.verdict().text()));
                    Double minTtc = one.minTtcSeconds();
                    if (minTtc != null) {
                        out.in("small", () -> out.number(at + "/minTtcSeconds", minTtc));
                    }
                });
    }

    private static String style(ApplySummary.Verdict verdict) {
        return "v-" + verdict.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static String sign(ApplySummary.Verdict verdict) {
        return switch (verdict) {
            case AVOIDED -> "✓";
            case AVOIDED_UNPREVENTABLE -> "★";
            case COLLIDED_UNPREVENTABLE -> "◇";
            case COLLIDED_PREVENTABLE -> "✗";
        };
    }

    private void monitor() {
        ApplySummary.Monitor monitor = apply.monitor();
        if (monitor == null) {
            return;
        }
        out.in(
                "div class=\"card\"",
                () -> {
                    out.words("h3", "Safety monitor", "安全监测");
                    out.in("dl class=\"tiles\"", () -> monitorTiles(monitor));
                    out.counts(
                            Text.of("Alarms, by kind", "告警（按类型）"),
                            "/apply/monitor/alarms",
                            monitor.alarms(),
                            Text.of("none raised", "无告警"));
                });
    }

    private void monitorTiles(ApplySummary.Monitor monitor) {
        out.tile(
                "messages followed",
                "处理报文",
                () -> out.number("/apply/monitor/messages", monitor.messages()));
        out.tile(
                "messages per second",
                "每秒报文",
                () -> out.number("/apply/monitor/messagesPerSecond", monitor.messagesPerSecond()));
        out.tile(
                "alarms at the roadside unit",
                "路侧单元收到告警",
                () -> out.number("/apply/monitor/alarmsDelivered", monitor.alarmsDelivered()));
        out.tile(
                "message to alarm, p50",
                "报文至告警 p50",
                () ->
                        out.number("/apply/monitor/latencyP50Millis", monitor.latencyP50Millis())
                                .text(" ms"));
        out.tile(
                "p99",
                "p99",
                () ->
                        out.number("/apply/monitor/latencyP99Millis", monitor.latencyP99Millis())
                                .text(" ms"));
    }
}
