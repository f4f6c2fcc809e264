package org.roadloop.app.report;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;

/**
 * A run as it could have been: seeded, with hashes that fit together. For tests of the page only.
 */
final class SampleSummary {
    private static final Instant STARTED = Instant.parse("2026-05-04T08:15:30.123Z");
    private static final int BLOCK_METRES = 240;

    private final Random random;

    private SampleSummary(long seed) {
        random = new Random(seed);
    }

    static Summary of(long seed) {
        SampleSummary sample = new SampleSummary(seed);
        return new Summary(
                Summary.FORMAT,
                sample.run(seed),
                sample.stations(),
                sample.collect(),
                sample.govern(),
                sample.share(),
                sample.compute(),
                sample.apply(),
                sample.prove(),
                sample.map(),
                sample.charts());
    }

    /** As little as a run can show: it stopped after the first station, without recordings. */
    static Summary broken() {
        Summary whole = of(1);
        List<Station> stations = new ArrayList<>();
        for (Station.Name name : Station.Name.values()) {
            stations.add(
                    switch (name) {
                        case COLLECT ->
                                Station.done(
                                        name,
                                        9,
                                        Figure.of("frames_stored", 12, "frames", "stored", "落盘"));
                        case GOVERN ->
                                new Station(
                                        name,
                                        Station.Status.FAILED,
                                        0.5,
                                        List.of(),
                                        Text.of(
                                                "table 'tracks' can't be written: disk full",
                                                "表 tracks 无法写入：磁盘已满"));
                        default -> new Station(name, Station.Status.SKIPPED, 0, List.of(), null);
                    });
        }
        return new Summary(
                Summary.FORMAT,
                new Run(
                        "0.1.0",
                        1,
                        STARTED,
                        9.5,
                        List.of(),
                        whole.run().machine(),
                        List.of(),
                        List.of()),
                stations,
                new CollectSummary(
                        0,
                        0,
                        0,
                        0,
                        new CollectSummary.Frames(0, 0, 0, 0),
                        List.of(),
                        0,
                        0,
                        List.of(),
                        null),
                null,
                null,
                null,
                null,
                null,
                null,
                List.of());
    }

    private Run run(long seed) {
        return new Run(
                "0.1.0",
                seed,
                STARTED,
                61.372,
                List.of(
                        stage("collect", "collect, with kill and restart", "采集（含杀进程与恢复）", 24.81),
                        stage("govern", "govern and commit", "治理与提交", 9.27),
                        stage("share", "catalogue and contract", "目录与签约", 3.14),
                        stage("compute", "quotes, transfer, task", "报价、搬运与任务", 11.9),
                        stage("apply", "certificate and monitor", "认证与监测", 8.46),
                        stage("prove", "verify, tamper, bill", "验证、篡改与账单", 2.91),
                        stage("show", "write this page", "生成本页", 0.88)),
                new Run.Machine("Linux 6.1 amd64 · JDK 25.0.1", 2, 811.6),
                List.of(
                        new Run.DataSource(
                                "built-in town",
                                Text.of("IDM traffic on a small road network", "小型路网上的 IDM 车流"),
                                false,
                                true,
                                56_940,
                                "frames"),
                        new Run.DataSource(
                                "ev-twizy",
                                Text.of("electric vehicle drives, cut in segments", "电动汽车实录行程（分段）"),
                                true,
                                true,
                                4_212,
                                "frames"),
                        new Run.DataSource(
                                "nyc-cv-pilot",
                                Text.of("forward collision and intersection events", "前向碰撞与路口事件"),
                                true,
                                true,
                                3_871,
                                "events"),
                        new Run.DataSource(
                                "wyoming-obu",
                                Text.of("on-board units on the interstate", "州际公路车载单元"),
                                true,
                                false,
                                0,
                                "messages")),
                List.of(
                        Text.of(
                                "Fields that a recording lacks were sent with the standard's invalid"
                                        + " codes.",
                                "录制数据缺失的字段以标准规定的无效值发送。")));
    }

    private static Run.Stage stage(String name, String en, String zh, double seconds) {
        return new Run.Stage(name, Text.of(en, zh), seconds);
    }

    private List<Station> stations() {
        return List.of(
                Station.done(
                        Station.Name.COLLECT,
                        24.81,
                        Figure.of("frames_stored", 61_152, "", "frames stored", "落盘帧"),
                        Figure.of("connections", 512, "", "vehicle connections", "车辆连接"),
                        Figure.of("lost", 0, "", "lost after kill -9", "kill -9 后丢失"),
                        Figure.of("malformed", 37, "", "malformed frames refused", "拒收畸形帧")),
                Station.done(
                        Station.Name.GOVERN,
                        9.27,
                        Figure.of("rows_governed", 398_214, "", "rows governed", "治理行数"),
                        Figure.of("quality", 98.1, "%", "quality, mean of six", "六项质量均值"),
                        Figure.of("masked_cells", 21_306, "", "cells masked", "脱敏单元")),
                Station.done(
                        Station.Name.SHARE,
                        3.14,
                        Figure.of("contracts", 1, "", "contract, signed by both", "双方签署的合约"),
                        Figure.of("negotiation", 38.4, "ms", "to FINALIZED", "协商至 FINALIZED"),
                        Figure.of("refused", 3, "", "uses refused, with reasons", "被拒绝的使用（附理由）")),
                new Station(
                        Station.Name.COMPUTE,
                        Station.Status.PARTIAL,
                        11.9,
                        List.of(
                                Figure.of("quotes", 3, "", "quotes with bounds", "带上界的报价"),
                                Figure.of("task", 6.83, "s", "of compute, in a sandbox", "沙箱内计算"),
                                Figure.of("delay_bound", 412.7, "µs", "worst-case delay", "最坏时延")),
                        Text.of(
                                "cgroup limits are not delegated on this machine",
                                "本机未委派 cgroup 限额")),
                Station.done(
                        Station.Name.APPLY,
                        8.46,
                        Figure.of("scenarios", 163, "", "scenarios found", "发现场景"),
                        Figure.of("cases", 96, "", "cases certified", "认证用例"),
                        Figure.of("alarm_p99", 3.82, "ms", "message to alarm, p99", "报文至告警 p99")),
                Station.done(
                        Station.Name.PROVE,
                        2.91,
                        Figure.of("entries", 1_347, "", "ledger entries verified", "存证通过验证"),
                        Figure.of("flip_found", 1, "", "flipped byte, found", "篡改已定位"),
                        Figure.of("bill", 4.318, "CNY", "billed = metered", "账单 = 计量")),
                Station.done(
                        Station.Name.SHOW,
                        0.88,
                        Figure.of("report_files", 2, "", "files, same numbers", "文件，数字一致"),
                        Figure.of("total", 61.372, "s", "whole turn", "全程")));
    }

    private CollectSummary collect() {
        return new CollectSummary(
                512,
                2,
                684,
                41,
                new CollectSummary.Frames(61_893, 61_152, 704, 61_152),
                List.of(
                        Count.of("gb32960_bcc", 14, "check byte wrong", "校验码错误"),
                        Count.of("gb32960_length", 11, "length field wrong", "长度字段错误"),
                        Count.of("gb32960_start", 7, "no start symbol", "缺少起始符"),
                        Count.of("v2x_truncated", 5, "datagram cut short", "报文被截断")),
                174_020,
                173_480,
                List.of(
                        new CollectSummary.Recording(
                                "ev-twizy",
                                Text.of("58 drives of electric vehicles", "58 段电动汽车行程"),
                                4_212,
                                "replay"),
                        new CollectSummary.Recording(
                                "nyc-cv-pilot/fcw",
                                Text.of("a forward-collision warning", "一次前向碰撞预警"),
                                302,
                                "pilot"),
                        new CollectSummary.Recording(
                                "nyc-cv-pilot/imv",
                                Text.of("intersection movement", "路口通行事件"),
                                3_569,
                                "pilot")),
                new CollectSummary.Crash(31_007, 30_544, 0, 0, 1.93));
    }

    private GovernSummary govern() {
        return new GovernSummary(
                List.of(
                        new GovernSummary.Table(
                                "telemetry", 61_094, 6, 3_418_204, "8218473920184736105"),
                        new GovernSummary.Table(
                                "tracks", 333_249, 12, 9_871_300, "1094736284910385721"),
                        new GovernSummary.Table(
                                "pilot_events", 3_871, 2, 148_223, "5540182736491827364")),
                List.of(
                        Count.of("simulated", 390_131, "simulated", "仿真"),
                        Count.of("replay", 4_212, "replayed drives", "实录回放"),
                        Count.of("pilot", 3_871, "pilot events", "试点事件")),
                List.of(
                        Count.of("range_speed", 212, "speed outside 0–220 km/h", "车速超出 0–220 km/h"),
                        Count.of("time_future", 58, "time ahead of the clock", "采集时间超前"),
                        Count.of("position_outside", 31, "outside the town", "位置越界")),
                704,
                3,
                List.of(
                        Count.of("sensitive_area", 13_842, "sensitive area", "敏感区域"),
                        Count.of("trip_end", 7_464, "ends of trips", "行程端点")),
                List.of(
                        indicator("completeness", "completeness", "完整性", 0.9934),
                        indicator("accuracy", "accuracy", "准确性", 0.9871),
                        indicator("consistency", "consistency", "一致性", 0.9962),
                        indicator("timeliness", "timeliness", "及时性", 0.9417),
                        indicator("uniqueness", "uniqueness", "唯一性", 0.9989),
                        indicator("validity", "validity", "有效性", 0.9686)),
                new GovernSummary.Passport(
                        "passport-" + hash("p").substring(0, 12),
                        "town-telemetry v3",
                        "sha256:" + hash("passport"),
                        STARTED.plusSeconds(34)));
    }

    private static GovernSummary.Indicator indicator(
            String name, String en, String zh, double score) {
        return new GovernSummary.Indicator(
                name, Text.of(en, zh), score, Text.of("share of rows that pass", "通过检查的行所占比例"));
    }

    private ShareSummary share() {
        String provider = "did:web:localhost%3A9201:park";
        String consumer = "did:web:localhost%3A9202:lab";
        return new ShareSummary(
                List.of(
                        new ShareSummary.Participant(
                                "Park",
                                Text.of("provider", "提供方"),
                                provider,
                                "http://127.0.0.1:9201/dsp"),
                        new ShareSummary.Participant(
                                "Lab",
                                Text.of("consumer", "使用方"),
                                consumer,
                                "http://127.0.0.1:9202/dsp")),
                new ShareSummary.Offer(
                        "offer-7d21",
                        "urn:roadloop:asset:town-tracks",
                        Text.of("Governed tracks of the town", "城镇治理后轨迹"),
                        List.of(
                                Text.of("only for safety research", "仅用于安全研究"),
                                Text.of("at most 5 uses", "最多使用 5 次"),
                                Text.of("until 31 December 2026", "有效期至 2026 年 12 月 31 日"),
                                Text.of(
                                        "compute-to-data only: rows never leave, aggregates do",
                                        "仅限数据不出域计算：行级数据不离开，仅放行汇总结果")),
                        """
                        {
                          "@type": "Offer",
                          "permission": [ {
                            "action": "use",
                            "constraint": [
                              { "leftOperand": "purpose", "operator": "eq", "rightOperand": "safety-research" },
                              { "leftOperand": "count", "operator": "lteq", "rightOperand": 5 }
                            ]
                          } ]
                        }"""),
                List.of(
                        message("ContractRequestMessage", "Lab", "Park", "REQUESTED", 0),
                        message("ContractOfferMessage", "Park", "Lab", "OFFERED", 6.2),
                        message("ContractNegotiationEventMessage", "Lab", "Park", "ACCEPTED", 13.9),
                        message("ContractAgreementMessage", "Park", "Lab", "AGREED", 22.5),
                        message(
                                "ContractAgreementVerificationMessage",
                                "Lab",
                                "Park",
                                "VERIFIED",
                                31.1),
                        message(
                                "ContractNegotiationEventMessage",
                                "Park",
                                "Lab",
                                "FINALIZED",
                                38.4)),
                new ShareSummary.Agreement(
                        "urn:uuid:5f0c2c1e-91f7-4a7b-8f5e-0a4f3a1d2b6c",
                        "sha256:" + hash("agreement"),
                        STARTED.plusSeconds(37),
                        List.of(
                                new ShareSummary.Signature(
                                        "Park", "Ed25519", hash("sig-a") + hash("sig-b"), true),
                                new ShareSummary.Signature(
                                        "Lab", "Ed25519", hash("sig-c") + hash("sig-d"), true))),
                List.of(
                        refusal(
                                consumer,
                                "advertising",
                                "Use the tracks for advertising",
                                "将轨迹用于广告",
                                "purpose_not_allowed",
                                "the policy allows safety-research only",
                                "策略仅允许用于安全研究"),
                        refusal(
                                consumer,
                                "safety-research",
                                "Pull the rows themselves",
                                "直接拉取行级数据",
                                "compute_to_data_only",
                                "rows do not leave; submit a task instead",
                                "行级数据不出域，请提交计算任务")));
    }

    private static ShareSummary.Message message(
            String type, String from, String to, String state, double atMillis) {
        return new ShareSummary.Message(type, from, to, state, atMillis);
    }

    private static ShareSummary.Refusal refusal(
            String actor,
            String purpose,
            String asked,
            String askedZh,
            String code,
            String en,
            String zh) {
        return new ShareSummary.Refusal(
                Text.of(asked, askedZh),
                actor,
                "use",
                purpose,
                List.of(new ShareSummary.Reason(code, Text.of(en, zh))));
    }

    private ComputeSummary compute() {
        Text method = Text.of("measured speed × 1.5 + link bound", "实测速度 × 1.5 + 链路上界");
        return new ComputeSummary(
                List.of(
                        ComputeSummary.Quote.of(
                                "edge",
                                new ComputeSummary.Bid(0.2, 9.6, 14.1, 3_120, "CNY", method)),
                        ComputeSummary.Quote.of(
                                "centre",
                                new ComputeSummary.Bid(1.8, 7.4, 10.9, 4_050, "CNY", method)),
                        ComputeSummary.Quote.infeasible(
                                "campus",
                                Text.of(
                                        "the policy keeps the data inside the park",
                                        "策略要求数据不出园区"))),
                "centre",
                Text.of(
                        "'centre' finishes first within the budget, although the data has to be"
                                + " moved there.",
                        "“centre”在预算内最早完成，尽管需要搬运数据。"),
                List.of(
                        new ComputeSummary.Booking(
                                "claim-01",
                                "compute",
                                "site:centre:cpu2",
                                2,
                                "cores",
                                STARTED.plusSeconds(40),
                                STARTED.plusSeconds(52),
                                "COMMITTED"),
                        new ComputeSummary.Booking(
                                "claim-02",
                                "link",
                                "link:edge-centre",
                                80_000_000,
                                "bit/s",
                                STARTED.plusSeconds(40),
                                STARTED.plusSeconds(42),
                                "COMMITTED")),
                new ComputeSummary.Transfer("edge", "centre", 9_871_300, 1.03, 1.6),
                new ComputeSummary.Sandbox(
                        "bubblewrap",
                        List.of(
                                Text.of("no network", "无网络"),
                                Text.of("JDK and distribution read-only", "JDK 与发行包只读"),
                                Text.of("data mounted read-only", "数据只读挂载")),
                        List.of(
                                Text.of(
                                        "memory and CPU limits (no cgroup delegation)",
                                        "内存与 CPU 限额（cgroup 未委派）"))),
                new ComputeSummary.Task(
                        "task-9f3c1a",
                        "roadloop/tools",
                        List.of("roadloop", "mine", "--tracks", "/data/tracks", "--out", "/out"),
                        "COMPLETE",
                        0,
                        6.83),
                List.of(
                        new ComputeSummary.Output(
                                "scenarios.json",
                                41_377,
                                true,
                                Text.of("aggregate, allowed by the policy", "汇总结果，策略允许"),
                                hash("scenarios")),
                        new ComputeSummary.Output(
                                "rows.parquet",
                                2_204_118,
                                false,
                                Text.of("rows do not leave", "行级数据不得离开"),
                                null)),
                new ComputeSummary.Flow(
                        "flow-telemetry",
                        List.of("gateway", "switch-1", "switch-2", "lake"),
                        412.7,
                        388.2,
                        1_000,
                        Text.of("network calculus, total flow analysis", "网络演算，总流分析")));
    }

    private ApplySummary apply() {
        return new ApplySummary(
                List.of(
                        scenarios("close_following", "close following", "近距离跟车", "simulated", 84),
                        scenarios("hard_braking", "hard braking", "急刹车", "simulated", 41),
                        scenarios("cut_in", "cut-in", "切入", "simulated", 23),
                        scenarios("low_ttc", "low time to collision", "低 TTC", "simulated", 12),
                        scenarios("low_ttc", "low time to collision", "低 TTC", "pilot", 2),
                        scenarios("hard_braking", "hard braking", "急刹车", "pilot", 1)),
                plots(),
                new ApplySummary.PilotEvent(
                        true,
                        "nyc-cv-pilot/fcw",
                        Text.of(
                                "The warning that the pilot recorded was found in the tracks alone.",
                                "仅凭轨迹即找到试点记录的预警事件。"),
                        List.of(
                                Figure.of("at", 15.3, "s", "time in the recording", "录制内时刻"),
                                Figure.of(
                                        "min_ttc", 1.624, "s", "least time to collision", "最小 TTC"),
                                Figure.of("gap", 11.08, "m", "gap then", "当时间距"),
                                Figure.of("closing", 24.6, "km/h", "closing speed", "接近速度"))),
                certificate(),
                new ApplySummary.Monitor(
                        173_475,
                        24_318.4,
                        List.of(
                                Count.of("forward_collision", 19, "forward collision", "前向碰撞"),
                                Count.of("intersection", 7, "crossing paths", "路口冲突"),
                                Count.of("hard_braking_ahead", 31, "hard braking ahead", "前车急刹")),
                        57,
                        0.61,
                        3.82));
    }

    private static ApplySummary.ScenarioCount scenarios(
            String type, String en, String zh, String lineage, long count) {
        return new ApplySummary.ScenarioCount(type, Text.of(en, zh), lineage, count);
    }

    private List<ApplySummary.ScenarioPlot> plots() {
        List<ApplySummary.ScenarioPlot> plots = new ArrayList<>();
        String[][] kinds = {
            {"low_ttc", "low time to collision", "低 TTC"},
            {"cut_in", "cut-in", "切入"},
            {"hard_braking", "hard braking", "急刹车"},
            {"close_following", "close following", "近距离跟车"},
        };
        for (int i = 0; i < 8; i++) {
            String[] kind = kinds[i % 4];
            double ego = 52 - i;
            double other = 24 + 2 * i;
            double x = 0;
            double otherX = 38 + 2 * i;
            double least = Double.POSITIVE_INFINITY;
            double leastGap = Double.POSITIVE_INFINITY;
            List<ApplySummary.Moment> trace = new ArrayList<>();
            for (int t = 0; t <= 80; t++) {
                double gap = otherX - x - 4.6;
                double closing = (ego - other) / 3.6;
                Double ttc = closing > 0.3 ? gap / closing : null;
                if (ttc != null) {
                    least = Math.min(least, ttc);
                }
                leastGap = Math.min(leastGap, gap);
                double side = i % 4 == 1 ? 3.5 / (1 + Math.exp((t - 25) / 4.0)) : 0;
                trace.add(
                        new ApplySummary.Moment(
                                t / 10.0, ttc, gap, ego, x, 0, other, otherX, side));
                if (t > 20 && ego > other - 2) {
                    ego -= 0.55 + random.nextDouble() * 0.3;
                }
                other += random.nextGaussian() * 0.15;
                x += ego / 36;
                otherX += other / 36;
            }
            plots.add(
                    new ApplySummary.ScenarioPlot(
                            "s-%03d".formatted(17 * (i + 1)),
                            kind[0],
                            Text.of(kind[1], kind[2]),
                            i == 0 ? "pilot" : "simulated",
                            least == Double.POSITIVE_INFINITY ? null : least,
                            leastGap,
                            trace));
        }
        return plots;
    }

    private ApplySummary.Certificate certificate() {
        List<ApplySummary.Case> cases = new ArrayList<>();
        for (double ego : new double[] {60, 90, 120}) {
            for (double lateral : new double[] {0.5, 1.5}) {
                for (double gap : new double[] {10, 20, 40, 60}) {
                    for (double slower : new double[] {10, 20, 40, 50}) {
                        double ttc = gap / (slower / 3.6) - lateral * 0.4 - ego / 200;
                        boolean referenceCollides = ttc < 1.4;
                        boolean collided = ttc < 1.2;
                        cases.add(
                                new ApplySummary.Case(
                                        ego,
                                        ego - slower,
                                        lateral,
                                        gap,
                                        ApplySummary.Verdict.of(collided, referenceCollides),
                                        collided ? 0.0 : Math.max(0.21, ttc * 0.62)));
                    }
                }
            }
        }
        return new ApplySummary.Certificate(
                "cert-" + hash("cert").substring(0, 16),
                "aeb-demo 1.0",
                "CC_human_driver (UN R157)",
                true,
                0.0307,
                0.95,
                Text.of("Clopper–Pearson, 0 preventable of 96", "Clopper–Pearson,96 例中可避免碰撞 0 例"),
                cases);
    }

    private ProveSummary prove() {
        List<String> path = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            path.add(hash("path" + i));
        }
        String agreement = "urn:uuid:5f0c2c1e-91f7-4a7b-8f5e-0a4f3a1d2b6c";
        return new ProveSummary(
                new ProveSummary.Log(
                        "roadloop.local/park",
                        1_347,
                        hash("root"),
                        "roadloop.local/park\n1347\nq83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA=\n\n"
                                + "— roadloop.local/park 5BZbKs2K1mZ8Yx0f\n",
                        List.of(
                                Count.of("passport.issued", 3),
                                Count.of("contract.agreed", 1),
                                Count.of("usage.metered", 1_204),
                                Count.of("booking.committed", 2),
                                Count.of("alarm.raised", 57)),
                        true,
                        0.212),
                new ProveSummary.Inclusion(
                        "contract.agreed",
                        agreement,
                        1_103,
                        1_347,
                        hash("leaf"),
                        path,
                        hash("root"),
                        true),
                new ProveSummary.Tampering(
                        "tile/entries/000.p/91",
                        20_418,
                        "7b",
                        "7a",
                        true,
                        Text.of(
                                "Entry 61: its leaf hash differs from the tile at level 0.",
                                "第 61 条：叶哈希与第 0 层瓦片不一致。")),
                new ProveSummary.Bill(
                        "bill-2026-05-0001",
                        agreement,
                        "did:web:localhost%3A9202:lab",
                        "did:web:localhost%3A9201:park",
                        "CNY",
                        List.of(
                                new ProveSummary.Line(
                                        Text.of("use of the data set", "数据集使用"),
                                        1,
                                        "use",
                                        2_000,
                                        1,
                                        2_000),
                                new ProveSummary.Line(
                                        Text.of("rows read in the sandbox", "沙箱内读取行"),
                                        333_249,
                                        "row",
                                        5,
                                        1_000,
                                        1_670),
                                new ProveSummary.Line(
                                        Text.of("compute time", "计算用时"),
                                        6,
                                        "compute-second",
                                        108,
                                        1,
                                        648)),
                        4_318,
                        4_318));
    }

    private RoadMap map() {
        List<RoadMap.Road> roads = new ArrayList<>();
        List<RoadMap.Junction> junctions = new ArrayList<>();
        int size = 5;
        for (int i = 0; i < size; i++) {
            double at = i * BLOCK_METRES;
            double end = (size - 1) * BLOCK_METRES;
            roads.add(new RoadMap.Road("ew" + i, List.of(point(0, at), point(end, at))));
            roads.add(new RoadMap.Road("ns" + i, List.of(point(at, 0), point(at, end))));
            for (int k = 0; k < size; k++) {
                junctions.add(
                        new RoadMap.Junction(
                                "J" + i + k, at, (double) k * BLOCK_METRES, (i + k) % 3 == 1));
            }
        }
        List<RoadMap.Track> tracks = new ArrayList<>();
        for (int v = 0; v < 260; v++) {
            tracks.add(track(v, size));
        }
        List<RoadMap.Marker> markers = new ArrayList<>();
        for (int i = 0; i < 14; i++) {
            RoadMap.Track track = tracks.get(random.nextInt(tracks.size()));
            RoadMap.Sample sample = track.samples().get(random.nextInt(track.samples().size()));
            markers.add(
                    new RoadMap.Marker(
                            i % 3 == 0 ? "alarm" : "low_ttc",
                            i % 3 == 0
                                    ? Text.of("alarm: forward collision", "告警：前向碰撞")
                                    : Text.of("low time to collision", "低 TTC"),
                            sample.xMetres(),
                            sample.yMetres()));
        }
        return new RoadMap(
                roads,
                junctions,
                tracks,
                markers,
                Text.of(
                        "Two sensitive areas and the ends of trips are masked and not drawn.",
                        "两处敏感区域与行程端点已脱敏，不予绘制。"));
    }

    private static RoadMap.Point point(double x, double y) {
        return new RoadMap.Point(x, y);
    }

    private RoadMap.Track track(int vehicle, int size) {
        int i = random.nextInt(size);
        int k = random.nextInt(size);
        int dx = 0;
        int dy = 0;
        List<RoadMap.Sample> samples = new ArrayList<>();
        double speed = 30 + random.nextInt(25);
        for (int leg = 0; leg < 5; leg++) {
            do {
                dx = 0;
                dy = 0;
                if (random.nextBoolean()) {
                    dx = random.nextBoolean() ? 1 : -1;
                } else {
                    dy = random.nextBoolean() ? 1 : -1;
                }
            } while (i + dx < 0 || i + dx >= size || k + dy < 0 || k + dy >= size);
            double done = 0;
            while (done < BLOCK_METRES) {
                double left = BLOCK_METRES - done;
                double wanted = left < 60 ? Math.max(6, left * 0.6) : 52;
                speed += Math.clamp(wanted - speed, -9, 5) + random.nextGaussian();
                speed = Math.max(4, speed);
                samples.add(
                        new RoadMap.Sample(
                                i * BLOCK_METRES + dx * done + dy * 2.5,
                                k * BLOCK_METRES + dy * done - dx * 2.5,
                                speed));
                done += speed / 3.6;
            }
            i += dx;
            k += dy;
        }
        return new RoadMap.Track(
                hash("v" + vehicle).substring(0, 12),
                vehicle % 11 == 0 ? "replay" : "simulated",
                samples);
    }

    private List<Chart> charts() {
        int n = 120;
        double[] x = new double[n];
        double[] received = new double[n];
        double[] acknowledged = new double[n];
        double[] governed = new double[n];
        double[] queue = new double[n];
        double[] soc = new double[n];
        double[] replayed = new double[n];
        for (int i = 0; i < n; i++) {
            x[i] = i / 4.0;
            boolean down = x[i] > 12 && x[i] < 14;
            received[i] = down ? 0 : 2_400 + 300 * Math.sin(i / 9.0) + random.nextGaussian() * 90;
            acknowledged[i] = down ? 0 : received[i] * (0.97 + random.nextDouble() * 0.03);
            governed[i] = i < 20 ? 0 : Math.max(0, 14_000 + random.nextGaussian() * 900);
            queue[i] =
                    down
                            ? 0
                            : Math.clamp(
                                    18 + 22 * Math.sin(i / 7.0) + random.nextGaussian() * 4,
                                    0,
                                    100);
            soc[i] = 78 - i * 0.11 + Math.sin(i / 5.0) * 0.3;
            replayed[i] = 64 - i * 0.19;
        }
        double[] bins = new double[15];
        double[] cars = new double[15];
        for (int i = 0; i < bins.length; i++) {
            bins[i] = i * 5;
            cars[i] = Math.round(42_000 * Math.exp(-Math.pow((bins[i] - 41) / 15, 2)));
        }
        cars[0] = 31_250;
        Text time = Text.of("wall time, s", "墙钟时间，s");
        return List.of(
                new Chart(
                        "throughput",
                        Text.of("Frames per second", "每秒帧数"),
                        Chart.Kind.LINE,
                        time,
                        Text.of("frames/s", "帧/s"),
                        List.of(
                                Chart.Series.of("received", Text.of("received", "接收"), x, received),
                                Chart.Series.of(
                                        "acknowledged",
                                        Text.of("acknowledged", "应答"),
                                        x,
                                        acknowledged))),
                new Chart(
                        "governed",
                        Text.of("Governed rows per second", "每秒治理行数"),
                        Chart.Kind.LINE,
                        time,
                        Text.of("rows/s", "行/s"),
                        List.of(
                                Chart.Series.of(
                                        "governed", Text.of("governed", "治理"), x, governed))),
                new Chart(
                        "queue",
                        Text.of("Queue fill", "队列占用"),
                        Chart.Kind.LINE,
                        time,
                        Text.of("%", "%"),
                        List.of(Chart.Series.of("fill", Text.of("fill", "占用"), x, queue))),
                new Chart(
                        "speed",
                        Text.of("Speed of the governed samples", "治理后速度分布"),
                        Chart.Kind.BARS,
                        Text.of("km/h", "km/h"),
                        Text.of("samples", "采样数"),
                        List.of(Chart.Series.of("samples", Text.of("samples", "采样"), bins, cars))),
                new Chart(
                        "soc",
                        Text.of("State of charge", "荷电状态 SOC"),
                        Chart.Kind.LINE,
                        time,
                        Text.of("%", "%"),
                        List.of(
                                Chart.Series.of("town", Text.of("town, mean", "仿真均值"), x, soc),
                                Chart.Series.of(
                                        "replay",
                                        Text.of("replayed, mean", "实录均值"),
                                        x,
                                        replayed))));
    }

    private static String hash(String text) {
        try {
            return HexFormat.of()
                    .formatHex(
                            MessageDigest.getInstance("SHA-256")
                                    .digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
