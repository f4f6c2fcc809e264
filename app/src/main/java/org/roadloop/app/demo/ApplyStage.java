package org.roadloop.app.demo;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.roadloop.app.report.ApplySummary;
import org.roadloop.app.report.Count;
import org.roadloop.app.report.Figure;
import org.roadloop.app.report.Text;
import org.roadloop.apply.certify.Certificate;
import org.roadloop.apply.scenario.MiningResult;
import org.roadloop.apply.scenario.Scenario;
import org.roadloop.apply.scenario.ScenarioType;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What the released result, the certificate and the live monitor say (应用). */
final class ApplyStage {
    private static final int PLOTS = 8;
    private static final String PILOT = "nyc-fcw-";

    private final Api provider;
    private final MiningResult result;
    private final RoadsideUnit roadside;

    ApplyStage(Api provider, MiningResult result, RoadsideUnit roadside) {
        this.provider = provider;
        this.result = result;
        this.roadside = roadside;
    }

    ApplySummary run(boolean recordings) throws Exception {
        return new ApplySummary(
                counts(), plots(), recordings ? pilotEvent() : null, certificate(), monitor());
    }

    private static String lineage(Scenario scenario) {
        return scenario.recording().startsWith("nyc-") ? "replay" : "simulated";
    }

    private List<ApplySummary.ScenarioCount> counts() {
        Map<String, Map<ScenarioType, Long>> byLineage = new TreeMap<>();
        for (Scenario scenario : result.scenarios()) {
            byLineage
                    .computeIfAbsent(lineage(scenario), unused -> new TreeMap<>())
                    .merge(scenario.type(), 1L, Long::sum);
        }
        List<ApplySummary.ScenarioCount> counts = new ArrayList<>();
        byLineage.forEach(
                (lineage, types) ->
                        types.forEach(
                                (type, count) ->
                                        counts.add(
                                                new ApplySummary.ScenarioCount(
                                                        name(type), label(type), lineage, count))));
        return counts;
    }

    private static String name(ScenarioType type) {
        return type.name().toLowerCase(Locale.ROOT);
    }

    private static Text label(ScenarioType type) {
        return switch (type) {
            case HARD_BRAKING -> Text.of("Hard braking", "急刹车");
            case CLOSE_FOLLOWING -> Text.of("Close following", "近距跟驰");
            case CUT_IN -> Text.of("Cut-in", "切入");
            case LOW_TTC -> Text.of("Low TTC", "低碰撞时间");
            case FORWARD_COLLISION -> Text.of("Forward collision", "前向碰撞");
            case CROSSING -> Text.of("Crossing", "交叉冲突");
        };
    }

    /** Recorded ones first, then the worst of each type in turn. */
    private List<ApplySummary.ScenarioPlot> plots() {
        List<Scenario> chosen = new ArrayList<>();
        result.scenarios().stream()
                .filter(s -> lineage(s).equals("replay"))
                .limit(2)
                .forEach(chosen::add);
        Map<ScenarioType, List<Scenario>> byType = new TreeMap<>();
        result.scenarios().stream()
                .filter(s -> s.other() && lineage(s).equals("simulated"))
                .sorted(Comparator.comparingDouble(Scenario::minTtcSeconds))
                .forEach(s -> byType.computeIfAbsent(s.type(), unused -> new ArrayList<>()).add(s));
        for (int rank = 0; chosen.size() < PLOTS && rank < PLOTS; rank++) {
            for (List<Scenario> ranked : byType.values()) {
                if (rank < ranked.size() && chosen.size() < PLOTS) {
                    chosen.add(ranked.get(rank));
                }
            }
        }
        List<ApplySummary.ScenarioPlot> plots = new ArrayList<>();
        for (Scenario scenario : chosen) {
            plots.add(plot(scenario, "S" + (plots.size() + 1)));
        }
        return plots;
    }

    /**
     * The released trace holds no places: ego drives from 0 along x, the other stands beside it.
     */
    private static ApplySummary.ScenarioPlot plot(Scenario scenario, String id) {
        List<ApplySummary.Moment> trace = new ArrayList<>();
        double x = 0;
        double lastSeconds = Double.NaN;
        for (Scenario.Point point : scenario.trace()) {
            if (!Double.isNaN(lastSeconds)) {
                x += point.egoSpeedMps() * (point.seconds() - lastSeconds);
            }
            lastSeconds = point.seconds();
            boolean other = Double.isFinite(point.otherSpeedMps());
            boolean placed = other && Double.isFinite(point.gapMetres() + point.lateralMetres());
            trace.add(
                    new ApplySummary.Moment(
                            point.seconds(),
                            finite(point.ttcSeconds()),
                            finite(point.gapMetres()),
                            point.egoSpeedMps() * 3.6,
                            x,
                            0,
                            other ? finite(point.otherSpeedMps() * 3.6) : null,
                            placed ? finite(x + point.gapMetres() + 5) : null,
                            placed ? finite(-point.lateralMetres()) : null));
        }
        return new ApplySummary.ScenarioPlot(
                id,
                name(scenario.type()),
                label(scenario.type()),
                lineage(scenario),
                finite(scenario.minTtcSeconds()),
                Double.isFinite(scenario.minGapMetres()) ? scenario.minGapMetres() : 0,
                trace);
    }

    private static @Nullable Double finite(double value) {
        return Double.isFinite(value) ? value : null;
    }

    private ApplySummary.PilotEvent pilotEvent() {
        Scenario found =
                result.scenarios().stream()
                        .filter(
                                s ->
                                        s.recording().startsWith(PILOT)
                                                && (s.type() == ScenarioType.FORWARD_COLLISION
                                                        || s.type() == ScenarioType.LOW_TTC))
                        .findFirst()
                        .orElse(null);
        if (found == null) {
            return new ApplySummary.PilotEvent(
                    false,
                    PILOT + "1",
                    Text.of("The recorded forward collision was not found", "未找到录制的前向碰撞事件"),
                    List.of());
        }
        List<Figure> values = new ArrayList<>();
        values.add(Figure.of("start_seconds", found.startSeconds(), "s", "begins", "开始"));
        values.add(Figure.of("end_seconds", found.endSeconds(), "s", "ends", "结束"));
        values.add(Figure.of("min_ttc", found.minTtcSeconds(), "s", "smallest TTC", "最小碰撞时间"));
        values.add(Figure.of("min_gap", found.minGapMetres(), "m", "smallest gap", "最小间距"));
        Text description =
                found.speedsDisputed()
                        ? Text.of(
                                "Found as "
                                        + name(found.type())
                                        + ". The reported speeds and positions of the two cars do not"
                                        + " agree (the gap hardly shrinks), so one sensor was wrong: the"
                                        + " warning was due by the messages, the danger is disputed.",
                                "已找到("
                                        + label(found.type()).zh()
                                        + ")。两车上报速度与位置不一致(间距几乎不变),某一传感器有误:按报文应当告警,实际危险存疑。")
                        : Text.of(
                                "Found as " + name(found.type()) + ".",
                                "已找到(" + label(found.type()).zh() + ")。");
        return new ApplySummary.PilotEvent(true, found.recording(), description, values);
    }

    private ApplySummary.Certificate certificate() throws Exception {
        JsonNode answer =
                provider.post(
                        "/api/v1/certifications",
                        JsonMapper.shared().createObjectNode().put("controller", "aeb"));
        Certificate certificate = Certificate.parse(answer.required("certificate").toString());
        List<ApplySummary.Case> cases = new ArrayList<>();
        for (Certificate.Case c : certificate.cases()) {
            cases.add(
                    new ApplySummary.Case(
                            c.cell().egoKmh(),
                            c.cell().egoKmh() - c.cell().slowerKmh(),
                            c.cell().lateralMps(),
                            c.cell().gapMetres(),
                            ApplySummary.Verdict.of(c.crashed(), c.referenceCrashed()),
                            finite(c.minTtcSeconds())));
        }
        boolean passed =
                certificate.cases().stream().noneMatch(c -> c.crashed() && !c.referenceCrashed());
        return new ApplySummary.Certificate(
                "certificate:" + certificate.resultHash(),
                certificate.controller(),
                certificate.reference().name(),
                passed,
                certificate.failureUpperBound(),
                Certificate.CONFIDENCE,
                Text.of(
                        "Clopper–Pearson, one-sided, over the preventable cases; the matrix is chosen"
                                + " by hand and is no random sample",
                        "Clopper–Pearson 单侧上界,仅计可避免工况;矩阵为人工选取,并非随机样本"),
                cases);
    }

    private ApplySummary.Monitor monitor() throws Exception {
        JsonNode safety = provider.get("/api/v1/safety");
        List<Count> alarms = new ArrayList<>();
        safety.required("alarms")
                .properties()
                .forEach(
                        e ->
                                alarms.add(
                                        switch (e.getKey()) {
                                            case "FCW" ->
                                                    Count.of(
                                                            "FCW",
                                                            e.getValue().asLong(),
                                                            "forward collision warning",
                                                            "前向碰撞预警");
                                            case "ICW" ->
                                                    Count.of(
                                                            "ICW",
                                                            e.getValue().asLong(),
                                                            "intersection collision warning",
                                                            "交叉路口碰撞预警");
                                            case "EBW" ->
                                                    Count.of(
                                                            "EBW",
                                                            e.getValue().asLong(),
                                                            "emergency brake warning",
                                                            "紧急制动预警");
                                            default -> Count.of(e.getKey(), e.getValue().asLong());
                                        }));
        return new ApplySummary.Monitor(
                safety.required("messages").asLong(),
                safety.required("messagesPerSecond").asDouble(),
                alarms,
                roadside.alarms().values().stream().mapToLong(Long::longValue).sum(),
                safety.required("latencyP50Micros").asDouble() / 1e3,
                safety.required("latencyP99Micros").asDouble() / 1e3);
    }
}
