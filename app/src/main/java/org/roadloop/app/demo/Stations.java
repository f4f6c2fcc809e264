package org.roadloop.app.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.roadloop.app.report.ApplySummary;
import org.roadloop.app.report.CollectSummary;
import org.roadloop.app.report.ComputeSummary;
import org.roadloop.app.report.Count;
import org.roadloop.app.report.Figure;
import org.roadloop.app.report.GovernSummary;
import org.roadloop.app.report.ProveSummary;
import org.roadloop.app.report.Run;
import org.roadloop.app.report.ShareSummary;
import org.roadloop.app.report.Station;
import org.roadloop.app.report.Text;
import tools.jackson.databind.JsonNode;

/**
 * From what the platform answered to the sections of the summary, and the verdict on each station.
 */
final class Stations {
    private Stations() {}

    /**
     * What the first station left behind.
     *
     * @param pilot answer of the import, by kind of event
     * @param platform acknowledged reports against the table
     * @param terminals sent reports against the table
     * @param gateway the gateway's counters over all its processes
     * @param sessions live terminals at the end
     */
    record Collected(
            Map<String, JsonNode> pilot,
            Reports.Outcome platform,
            Reports.Outcome terminals,
            Map<String, Long> gateway,
            int sessions) {}

    static CollectSummary collect(CollectStage stage, Collected collected) {
        List<Count> malformed = new ArrayList<>();
        for (String name :
                new String[] {
                    "gb32960_bcc",
                    "gb32960_garbage",
                    "gb32960_unknown_unit",
                    "gb32960_unit_length",
                    "gb32960_time",
                    "gb32960_header",
                    "gb32960_length"
                }) {
            long count = collected.gateway().getOrDefault(name, 0L);
            if (count > 0) {
                malformed.add(Count.of(name, count));
            }
        }
        List<CollectSummary.Recording> recordings = new ArrayList<>();
        if (stage.replayVehicles() > 0) {
            recordings.add(
                    new CollectSummary.Recording(
                            "ev-twizy",
                            Text.of("electric-vehicle drives, Rabat 2021", "电动车实车行驶,拉巴特 2021"),
                            stage.replaySent(),
                            "replay"));
        }
        collected
                .pilot()
                .forEach(
                        (kind, answer) -> {
                            for (JsonNode r : answer.required("recordings")) {
                                recordings.add(
                                        new CollectSummary.Recording(
                                                r.required("recording").asString(),
                                                kind.equals("fcw")
                                                        ? Text.of(
                                                                "forward-collision event, New York",
                                                                "前向碰撞事件,纽约")
                                                        : Text.of(
                                                                "intersection event, New York",
                                                                "交叉口事件,纽约"),
                                                r.required("messages").asLong(),
                                                "replay"));
                            }
                        });
        CollectSummary.Crash crash = crash(stage, collected);
        return new CollectSummary(
                collected.sessions(),
                1,
                stage.town().cars() + (long) stage.replayVehicles(),
                stage.counters().value("client_connections_lost"),
                new CollectSummary.Frames(
                        stage.counters().value("client_sent")
                                + stage.counters().value("client_resent"),
                        stage.acknowledgedReports(),
                        stage.counters().value("client_resent"),
                        collected.platform().asked()
                                + collected.terminals().asked()
                                - collected.platform().missing()
                                - collected.terminals().missing()),
                malformed,
                stage.roadside().sent(),
                collected.gateway().getOrDefault("bsm_messages", 0L),
                recordings,
                crash);
    }

    private static CollectSummary.@Nullable Crash crash(CollectStage stage, Collected collected) {
        List<CollectStage.Kill> kills = stage.kills();
        if (kills.isEmpty()) {
            return null;
        }
        CollectStage.Kill last = kills.getLast();
        return new CollectSummary.Crash(
                last.frame(),
                last.acknowledged(),
                collected.platform().missing(),
                collected.platform().storedTwice(),
                last.restartSeconds());
    }

    /**
     * Tables as they stand, and counts from the signed passports in the ledger: a process that was
     * killed takes its own counters with it, its passports stay.
     */
    static GovernSummary govern(Api city) throws Exception {
        List<GovernSummary.Table> tables = new ArrayList<>();
        Map<String, Long> byLineage = new TreeMap<>();
        for (JsonNode table : city.get("/api/v1/tables").required("items")) {
            tables.add(
                    new GovernSummary.Table(
                            table.required("name").asString(),
                            table.required("rows").asLong(),
                            table.path("files").asLong(0),
                            table.path("dataBytes").asLong(0),
                            table.required("snapshot").asString()));
            table.required("rowsByLineage")
                    .properties()
                    .forEach(e -> byLineage.merge(e.getKey(), e.getValue().asLong(), Long::sum));
        }
        Passports passports = Passports.read(city);
        List<GovernSummary.Indicator> scorecard = new ArrayList<>();
        for (String name : Passports.INDICATORS) {
            scorecard.add(
                    new GovernSummary.Indicator(
                            name,
                            indicatorLabel(name),
                            passports.indicator(name),
                            Text.of(
                                    "GB/T 36344 share, mean of the passports weighted by rows",
                                    "GB/T 36344 占比,各护照按行数加权")));
        }
        return new GovernSummary(
                tables,
                Count.list(byLineage),
                Count.list(passports.rejects()),
                passports.rejects().getOrDefault("duplicate", 0L),
                passports.rejects().getOrDefault("conflict", 0L),
                List.of(
                        Count.of(
                                "sensitive_area",
                                passports.maskedRows(),
                                "inside a sensitive area",
                                "敏感区域内")),
                scorecard,
                passports.latest());
    }

    private static Text indicatorLabel(String name) {
        return switch (name) {
            case "normativity" -> Text.of("Normativity", "规范性");
            case "completeness" -> Text.of("Completeness", "完整性");
            case "accuracy" -> Text.of("Accuracy", "准确性");
            case "consistency" -> Text.of("Consistency", "一致性");
            case "timeliness" -> Text.of("Timeliness", "时效性");
            default -> Text.of("Accessibility", "可访问性");
        };
    }

    static long rows(GovernSummary governed) {
        return governed.tables().stream().mapToLong(GovernSummary.Table::rows).sum();
    }

    static long snapshot(GovernSummary governed, String table) {
        return governed.tables().stream()
                .filter(t -> t.name().equals(table))
                .mapToLong(t -> Long.parseLong(t.snapshotId()))
                .findFirst()
                .orElseThrow();
    }

    static List<Run.DataSource> sources(
            CollectStage stage, Collected collected, boolean recordings) {
        List<Run.DataSource> sources = new ArrayList<>();
        sources.add(
                new Run.DataSource(
                        "built-in town",
                        Text.of("IDM and MOBIL, seeded", "IDM 与 MOBIL,固定种子"),
                        false,
                        true,
                        stage.sent() - stage.replaySent(),
                        "frames"));
        sources.add(
                new Run.DataSource(
                        "ev-twizy",
                        Text.of("real electric-vehicle drives", "电动车实车行驶数据"),
                        true,
                        recordings && stage.replayVehicles() > 0,
                        stage.replaySent(),
                        "frames"));
        long messages = 0;
        for (JsonNode answer : collected.pilot().values()) {
            for (JsonNode recording : answer.required("recordings")) {
                messages += recording.required("messages").asLong();
            }
        }
        sources.add(
                new Run.DataSource(
                        "nyc-cv-pilot",
                        Text.of("New York connected-vehicle pilot events", "纽约车路协同试点事件"),
                        true,
                        messages > 0,
                        messages,
                        "messages"));
        return sources;
    }

    static List<Station> judge(
            Map<Station.Name, Double> seconds,
            CollectSummary collect,
            GovernSummary govern,
            ShareSummary share,
            boolean sameContract,
            double negotiationMillis,
            ComputeSummary compute,
            ApplySummary apply,
            ProveSummary prove,
            Picture picture) {
        List<Station> stations = new ArrayList<>();
        CollectSummary.Crash crash = collect.crash();
        stations.add(
                station(
                        Station.Name.COLLECT,
                        seconds,
                        crash == null || crash.held(),
                        null,
                        Figure.of(
                                "frames_stored",
                                collect.frames().stored(),
                                "",
                                "frames stored",
                                "入库报文"),
                        Figure.of(
                                "connections",
                                collect.terminalConnections(),
                                "",
                                "terminals",
                                "终端连接"),
                        Figure.of(
                                "acknowledged_lost",
                                crash == null ? 0 : crash.missingAfterRestart(),
                                "",
                                "acknowledged and lost",
                                "已应答丢失"),
                        Figure.of(
                                "stored_twice",
                                crash == null ? 0 : crash.storedTwice(),
                                "",
                                "stored twice",
                                "重复入库"),
                        Figure.of(
                                "datagrams",
                                collect.datagrams(),
                                "",
                                "10 Hz messages received",
                                "收到 10 Hz 报文")));
        stations.add(
                station(
                        Station.Name.GOVERN,
                        seconds,
                        govern.passport() != null && rows(govern) > 0,
                        null,
                        Figure.of("rows", rows(govern), "", "rows governed", "治理行数"),
                        Figure.of(
                                "duplicates", govern.duplicates(), "", "duplicates dropped", "去重"),
                        Figure.of(
                                "masked_rows",
                                govern.maskedCells().stream().mapToLong(Count::count).sum(),
                                "",
                                "rows masked",
                                "脱敏行"),
                        Figure.of("conflicts", govern.conflicts(), "", "conflicts", "冲突")));
        ShareSummary.Agreement agreement = share.agreement();
        boolean signed =
                agreement != null
                        && agreement.signatures().stream()
                                .allMatch(ShareSummary.Signature::verified);
        stations.add(
                station(
                        Station.Name.SHARE,
                        seconds,
                        signed && sameContract && share.refusals().size() >= 2,
                        null,
                        Figure.of("negotiation", negotiationMillis, "ms", "negotiated in", "协商用时"),
                        Figure.of("contracts", agreement == null ? 0 : 1, "", "contracts", "合约"),
                        Figure.of(
                                "refusals", share.refusals().size(), "", "uses refused", "拒绝使用")));
        boolean sandboxed = compute.sandbox().kind().equals("bubblewrap");
        ComputeSummary.Task task = compute.task();
        ComputeSummary.Flow flow = compute.flow();
        stations.add(
                new Station(
                        Station.Name.COMPUTE,
                        task == null
                                        || flow == null
                                        || flow.boundMicros() > flow.deadlineMicros()
                                        || compute.bookings().isEmpty()
                                        || compute.bookings().stream()
                                                .anyMatch(b -> b.state().equals("HELD"))
                                ? Station.Status.FAILED
                                : sandboxed ? Station.Status.DONE : Station.Status.PARTIAL,
                        seconds.getOrDefault(Station.Name.COMPUTE, 0.0),
                        List.of(
                                Figure.of(
                                        "compute_seconds",
                                        task == null ? 0 : task.computeSeconds(),
                                        "s",
                                        "metered compute",
                                        "计量算力"),
                                Figure.of(
                                        "quotes",
                                        compute.quotes().size(),
                                        "",
                                        "sites quoted",
                                        "站点报价"),
                                Figure.of(
                                        "delay_bound",
                                        flow == null ? 0 : flow.boundMicros(),
                                        "us",
                                        "telemetry delay bound",
                                        "遥测时延上界")),
                        sandboxed
                                ? null
                                : Text.of(
                                        "no sandbox: bubblewrap is missing, the task ran as a plain process;"
                                                + " './roadloop setup bubblewrap' installs it",
                                        "未使用沙箱:缺少 bubblewrap,任务以普通进程运行;可执行 ./roadloop setup bubblewrap")));
        long scenarios =
                apply.scenarios().stream().mapToLong(ApplySummary.ScenarioCount::count).sum();
        ApplySummary.PilotEvent pilot = apply.pilotEvent();
        ApplySummary.Monitor monitor = apply.monitor();
        boolean watched = monitor != null && monitor.messages() > 0;
        boolean silent = monitor != null && monitor.alarmsDelivered() == 0;
        stations.add(
                new Station(
                        Station.Name.APPLY,
                        scenarios == 0 || !watched || (pilot != null && !pilot.found())
                                ? Station.Status.FAILED
                                : pilot == null || silent
                                        ? Station.Status.PARTIAL
                                        : Station.Status.DONE,
                        seconds.getOrDefault(Station.Name.APPLY, 0.0),
                        List.of(
                                Figure.of("scenarios", scenarios, "", "scenarios found", "挖掘场景"),
                                Figure.of(
                                        "cases",
                                        apply.certificate() == null
                                                ? 0
                                                : apply.certificate().cases().size(),
                                        "",
                                        "cases certified",
                                        "认证工况"),
                                Figure.of(
                                        "alarms",
                                        monitor == null ? 0 : monitor.alarmsDelivered(),
                                        "",
                                        "alarms at the roadside",
                                        "路侧告警"),
                                Figure.of(
                                        "alarm_p99",
                                        monitor == null ? 0 : monitor.latencyP99Millis(),
                                        "ms",
                                        "alarm p99",
                                        "告警 P99")),
                        silent
                                ? Text.of(
                                        "nothing on the road was worth an alarm in this run",
                                        "本次运行路上无告警")
                                : pilot == null
                                        ? Text.of(
                                                "no recordings: the New York forward collision could not be looked for",
                                                "无录制数据:未检索纽约前向碰撞事件")
                                        : null));
        ProveSummary.Inclusion inclusion = prove.inclusion();
        ProveSummary.Tampering tampering = prove.tampering();
        ProveSummary.Bill bill = prove.bill();
        stations.add(
                station(
                        Station.Name.PROVE,
                        seconds,
                        prove.log().verified()
                                && inclusion != null
                                && inclusion.verified()
                                && tampering != null
                                && tampering.found()
                                && bill != null
                                && bill.totalMilli() > 0
                                && bill.equal(),
                        null,
                        Figure.of(
                                "entries", prove.log().entries(), "", "entries verified", "已核验条目"),
                        Figure.of(
                                "bill",
                                bill == null ? 0 : bill.totalMilli() / 1000.0,
                                "CNY",
                                "bill",
                                "账单"),
                        Figure.of(
                                "flipped_found",
                                tampering != null && tampering.found() ? 1 : 0,
                                "of 1",
                                "flipped byte found",
                                "篡改定位")));
        stations.add(
                station(
                        Station.Name.SHOW,
                        seconds,
                        !picture.map().tracks().isEmpty(),
                        null,
                        Figure.of(
                                "tracks",
                                picture.map().tracks().size(),
                                "",
                                "stretches of track",
                                "轨迹段"),
                        Figure.of("plots", apply.plots().size(), "", "scenario plots", "场景图"),
                        Figure.of("charts", picture.charts().size(), "", "charts", "图表")));
        return stations;
    }

    private static Station station(
            Station.Name name,
            Map<Station.Name, Double> seconds,
            boolean held,
            @Nullable Text remark,
            Figure... figures) {
        return new Station(
                name,
                held ? Station.Status.DONE : Station.Status.FAILED,
                seconds.getOrDefault(name, 0.0),
                List.of(figures),
                remark);
    }
}
