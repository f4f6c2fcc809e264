package org.roadloop.app.report;

/** Stations 1 and 2: frames in, rows governed. */
final class CollectView {
    private final Markup out;

    CollectView(Markup out) {
        this.out = out;
    }

    void collect(CollectSummary collect) {
        out.in(
                "dl class=\"tiles\"",
                () -> {
                    out.tile(
                            "terminal connections",
                            "终端连接",
                            () ->
                                    out.number(
                                            "/collect/terminalConnections",
                                            collect.terminalConnections()));
                    out.tile(
                            "platform links",
                            "平台链路",
                            () ->
                                    out.number(
                                            "/collect/platformConnections",
                                            collect.platformConnections()));
                    out.tile(
                            "vehicles",
                            "车辆",
                            () -> out.number("/collect/vehicles", collect.vehicles()));
                    out.tile(
                            "reconnects",
                            "重连次数",
                            () -> out.number("/collect/reconnects", collect.reconnects()));
                    out.tile(
                            "roadside datagrams sent",
                            "路侧发送报文",
                            () -> out.number("/collect/datagramsSent", collect.datagramsSent()));
                    out.tile(
                            "roadside datagrams received",
                            "路侧接收报文",
                            () -> out.number("/collect/datagrams", collect.datagrams()));
                });
        out.in(
                "div class=\"cols\"",
                () -> {
                    out.in("div class=\"card\"", () -> frames(collect.frames()));
                    out.in(
                            "div class=\"card\"",
                            () ->
                                    out.counts(
                                            Text.of("Faulty frames, by reason", "异常帧（按原因）"),
                                            "/collect/malformed",
                                            collect.malformed(),
                                            Text.of("none", "无")));
                    out.in("div class=\"card\"", () -> recordings(collect));
                });
        CollectSummary.Crash crash = collect.crash();
        if (crash != null) {
            crash(crash);
        }
    }

    private void frames(CollectSummary.Frames frames) {
        double most =
                Math.max(
                        1,
                        Math.max(frames.sent(), Math.max(frames.acknowledged(), frames.stored())));
        out.table(
                "bars",
                Text.of("GB/T 32960 frames", "GB/T 32960 帧"),
                () ->
                        out.in(
                                "tbody",
                                () -> {
                                    frame("sent", "发送", "sent", frames.sent(), most);
                                    frame("re-sent", "补发", "resent", frames.resent(), most);
                                    frame("stored", "入库", "stored", frames.stored(), most);
                                    frame(
                                            "acknowledged after fsync",
                                            "落盘后应答",
                                            "acknowledged",
                                            frames.acknowledged(),
                                            most);
                                }));
    }

    private void frame(String en, String zh, String key, long value, double most) {
        out.in(
                "tr",
                () -> {
                    out.in("th scope=\"row\"", () -> out.words(en, zh));
                    out.in(
                            "td class=\"bar\"",
                            () ->
                                    out.in(
                                            "i style=\"width:"
                                                    + Math.round(1000 * value / most) / 10.0
                                                    + "%\"",
                                            () -> {}));
                    out.numberCell(() -> out.number("/collect/frames/" + key, value));
                });
    }

    private void recordings(CollectSummary collect) {
        if (collect.recordings().isEmpty()) {
            out.in(
                    "p class=\"none\"",
                    () ->
                            out.words(
                                    "No recordings were given: all data of this run is simulated.",
                                    "未提供录制数据：本次运行全部为仿真数据。"));
            return;
        }
        out.table(
                "",
                Text.of("Recordings taken in", "导入的录制数据"),
                () -> {
                    out.head(
                            Text.of("recording", "录制"),
                            Text.of("lineage", "血缘"),
                            Text.of("items#", "条数"));
                    out.rows(
                            collect.recordings(),
                            (recording, i) -> {
                                out.in(
                                        "th scope=\"row\"",
                                        () ->
                                                out.text(recording.name())
                                                        .in(
                                                                "small",
                                                                () ->
                                                                        out.words(
                                                                                recording
                                                                                        .description())));
                                out.cell(() -> out.words(TownView.lineage(recording.lineage())));
                                out.numberCell(
                                        () ->
                                                out.number(
                                                        "/collect/recordings/" + i + "/items",
                                                        recording.items()));
                            });
                });
    }

    private void crash(CollectSummary.Crash crash) {
        out.in(
                "div class=\"card crash\"",
                () -> {
                    out.in(
                            "h3",
                            () -> {
                                out.words("kill -9 in the middle of ingest", "采集中途 kill -9");
                                out.verdict(
                                        null,
                                        crash.held(),
                                        "acknowledged = stored, once",
                                        "已应答 = 已落盘，且仅一次");
                            });
                    out.in(
                            "ol class=\"track\"",
                            () -> {
                                moment(
                                        "frames sent when killed",
                                        "被杀时已发送帧",
                                        "/collect/crash/killedAtFrame",
                                        (double) crash.killedAtFrame(),
                                        "");
                                moment(
                                        "of them acknowledged",
                                        "其中已应答",
                                        "/collect/crash/acknowledgedBeforeKill",
                                        (double) crash.acknowledgedBeforeKill(),
                                        "");
                                moment(
                                        "to the first answer again",
                                        "至恢复首次应答",
                                        "/collect/crash/restartSeconds",
                                        crash.restartSeconds(),
                                        " s");
                                moment(
                                        "acknowledged and missing",
                                        "已应答而缺失",
                                        "/collect/crash/missingAfterRestart",
                                        (double) crash.missingAfterRestart(),
                                        "");
                                moment(
                                        "stored twice",
                                        "重复落盘",
                                        "/collect/crash/storedTwice",
                                        (double) crash.storedTwice(),
                                        "");
                            });
                });
    }

    private void moment(String en, String zh, String at, double value, String unit) {
        out.in(
                "li",
                () -> {
                    out.in("b", () -> out.number(at, value).text(unit));
                    out.in("span", () -> out.words(en, zh));
                });
    }

    void govern(GovernSummary govern) {
        out.in(
                "dl class=\"tiles\"",
                () -> {
                    out.tile(
                            "duplicates dropped",
                            "去重",
                            () -> out.number("/govern/duplicates", govern.duplicates()));
                    out.tile(
                            "conflicts, first kept",
                            "冲突（保留先到）",
                            () -> out.number("/govern/conflicts", govern.conflicts()));
                    out.each(
                            govern.rowsByLineage(),
                            (count, i) ->
                                    out.in(
                                            "div class=\"tile\"",
                                            () -> {
                                                out.in(
                                                        "dt",
                                                        () -> {
                                                            out.words("rows: ", "行：");
                                                            Text meaning = count.meaning();
                                                            if (meaning == null) {
                                                                out.text(count.name());
                                                            } else {
                                                                out.words(meaning);
                                                            }
                                                        });
                                                out.in(
                                                        "dd",
                                                        () ->
                                                                out.number(
                                                                        "/govern/rowsByLineage/"
                                                                                + i
                                                                                + "/count",
                                                                        count.count()));
                                            }));
                });
        out.in("div class=\"card\"", () -> tables(govern));
        out.in(
                "div class=\"cols\"",
                () -> {
                    out.in("div class=\"card\"", () -> scorecard(govern));
                    out.in(
                            "div class=\"card\"",
                            () ->
                                    out.counts(
                                            Text.of("Rejected rows, by reason", "拒绝行（按原因）"),
                                            "/govern/rejects",
                                            govern.rejects(),
                                            Text.of("none", "无")));
                    out.in(
                            "div class=\"card\"",
                            () ->
                                    out.counts(
                                            Text.of("Masked cells, by rule", "脱敏单元（按规则）"),
                                            "/govern/maskedCells",
                                            govern.maskedCells(),
                                            Text.of("none", "无")));
                });
        GovernSummary.Passport passport = govern.passport();
        if (passport != null) {
            passport(passport);
        }
    }

    private void tables(GovernSummary govern) {
        out.table(
                "",
                Text.of("Iceberg tables", "Iceberg 表"),
                () -> {
                    out.head(
                            Text.of("table", "表"),
                            Text.of("rows#", "行数"),
                            Text.of("files#", "文件"),
                            Text.of("size#", "大小"),
                            Text.of("snapshot", "快照"));
                    out.rows(
                            govern.tables(),
                            (table, i) -> {
                                String at = "/govern/tables/" + i;
                                out.in(
                                        "th scope=\"row\"",
                                        () -> out.said("code", at + "/name", table.name()));
                                out.numberCell(() -> out.number(at + "/rows", table.rows()));
                                out.numberCell(() -> out.number(at + "/files", table.files()));
                                out.numberCell(
                                        () -> out.bytes(at + "/dataBytes", table.dataBytes()));
                                out.cell(
                                        () ->
                                                out.said(
                                                        "code",
                                                        at + "/snapshotId",
                                                        table.snapshotId()));
                            });
                });
    }

    private void scorecard(GovernSummary govern) {
        out.table(
                "bars",
                Text.of("Quality scorecard", "质量评分卡"),
                () ->
                        out.rows(
                                govern.scorecard(),
                                (indicator, i) -> {
                                    out.in(
                                            "th scope=\"row\"",
                                            () ->
                                                    out.words(indicator.label())
                                                            .in(
                                                                    "small",
                                                                    () ->
                                                                            out.words(
                                                                                    indicator
                                                                                            .method())));
                                    out.in(
                                            "td class=\"bar\"",
                                            () ->
                                                    out.in(
                                                            "i style=\"width:"
                                                                    + Math.round(
                                                                                    indicator
                                                                                                    .score()
                                                                                            * 1000)
                                                                            / 10.0
                                                                    + "%\"",
                                                            () -> {}));
                                    out.numberCell(
                                            () ->
                                                    out.number(
                                                                    "/govern/scorecard/"
                                                                            + i
                                                                            + "/score",
                                                                    indicator.score(),
                                                                    0.01)
                                                            .text(" %"));
                                }));
    }

    private void passport(GovernSummary.Passport passport) {
        out.in(
                "div class=\"card seal\"",
                () -> {
                    out.words("h3", "Passport", "合规护照");
                    out.in(
                            "table class=\"kv\"",
                            () ->
                                    out.in(
                                            "tbody",
                                            () -> {
                                                out.row(
                                                        "id",
                                                        "编号",
                                                        () ->
                                                                out.said(
                                                                        "code",
                                                                        "/govern/passport/id",
                                                                        passport.id()));
                                                out.row(
                                                        "plan",
                                                        "治理方案",
                                                        () ->
                                                                out.said(
                                                                        "span",
                                                                        "/govern/passport/plan",
                                                                        passport.plan()));
                                                out.row(
                                                        "issued",
                                                        "签发",
                                                        () ->
                                                                out.said(
                                                                        "time",
                                                                        "/govern/passport/issuedAt",
                                                                        passport.issuedAt()
                                                                                .toString()));
                                                out.row(
                                                        "hash",
                                                        "哈希",
                                                        () ->
                                                                out.said(
                                                                        "code class=\"hash\"",
                                                                        "/govern/passport/hash",
                                                                        passport.hash()));
                                            }));
                });
    }
}
