package org.roadloop.app.report;

/** Station 6: the ledger, its proofs, and the bill. */
final class ProveView {
    private final ProveSummary prove;
    private final Markup out;

    ProveView(ProveSummary prove, Markup out) {
        this.prove = prove;
        this.out = out;
    }

    void write() {
        out.in(
                "div class=\"cols two\"",
                () -> {
                    out.in("div class=\"card\"", this::log);
                    out.in("div class=\"card\"", this::inclusion);
                });
        ProveSummary.Tampering tampering = prove.tampering();
        if (tampering != null) {
            tampering(tampering);
        }
        ProveSummary.Bill bill = prove.bill();
        if (bill != null) {
            bill(bill);
        }
    }

    private void log() {
        ProveSummary.Log log = prove.log();
        out.in(
                "h3",
                () -> {
                    out.words("The ledger", "账本");
                    if (log.verified()) {
                        out.verdict("/prove/log/verified", true, "verifies offline", "离线验证通过");
                    } else {
                        out.verdict("/prove/log/verified", false, "does not verify", "验证不通过");
                    }
                });
        out.in(
                "table class=\"kv\"",
                () ->
                        out.in(
                                "tbody",
                                () -> {
                                    out.row(
                                            "entries",
                                            "记录数",
                                            () -> out.number("/prove/log/entries", log.entries()));
                                    out.row(
                                            "checked in",
                                            "验证用时",
                                            () ->
                                                    out.number(
                                                                    "/prove/log/verifySeconds",
                                                                    log.verifySeconds())
                                                            .text(" s"));
                                    out.row(
                                            "root",
                                            "根哈希",
                                            () ->
                                                    out.said(
                                                            "code class=\"hash\"",
                                                            "/prove/log/rootHash",
                                                            log.rootHash()));
                                }));
        out.words("h4", "Signed checkpoint", "签名检查点");
        out.in(
                "pre tabindex=\"0\"",
                () -> out.said("code", "/prove/log/checkpointNote", log.checkpointNote()));
        out.counts(
                Text.of("Entries, by event", "记录（按事件）"),
                "/prove/log/entriesByType",
                log.entriesByType(),
                Text.of("none", "无"));
    }

    private void inclusion() {
        out.words("h3", "The contract is in it", "合约已入账");
        ProveSummary.Inclusion proof = prove.inclusion();
        if (proof == null) {
            TownView.absent(out, "No inclusion proof was made.", "未生成包含证明。");
            return;
        }
        out.in(
                "p",
                () -> {
                    if (proof.verified()) {
                        out.verdict("/prove/inclusion/verified", true, "proof verifies", "证明有效");
                    } else {
                        out.verdict("/prove/inclusion/verified", false, "proof fails", "证明无效");
                    }
                    out.text(" ").said("code", "/prove/inclusion/event", proof.event()).text(" ");
                    out.said("code class=\"hash\"", "/prove/inclusion/subject", proof.subject());
                });
        out.in(
                "p",
                () -> {
                    out.words("Entry ", "第 ");
                    out.number("/prove/inclusion/index", proof.index());
                    out.words(" of ", " 条，共 ");
                    out.number("/prove/inclusion/size", proof.size());
                    out.words(", ", " 条，");
                    out.text(Integer.toString(proof.path().size()));
                    out.words(" hashes lead to the root.", " 个哈希通向根。");
                });
        MerklePicture.write(proof, out);
        out.in(
                "details",
                () -> {
                    out.words("summary", "All hashes of the path", "路径上的全部哈希");
                    out.in(
                            "ol class=\"hashes\"",
                            () -> {
                                out.in(
                                        "li",
                                        () ->
                                                out.said(
                                                        "code class=\"hash\"",
                                                        "/prove/inclusion/leafHash",
                                                        proof.leafHash()));
                                out.each(
                                        proof.path(),
                                        (hash, i) ->
                                                out.in(
                                                        "li",
                                                        () ->
                                                                out.said(
                                                                        "code class=\"hash\"",
                                                                        "/prove/inclusion/path/"
                                                                                + i,
                                                                        hash)));
                                out.in(
                                        "li",
                                        () ->
                                                out.said(
                                                        "code class=\"hash\"",
                                                        "/prove/inclusion/rootHash",
                                                        proof.rootHash()));
                            });
                });
    }

    private void tampering(ProveSummary.Tampering tampering) {
        out.in(
                "div class=\"card\"",
                () -> {
                    out.in(
                            "h3",
                            () -> {
                                out.words("One byte flipped", "翻转一个字节");
                                if (tampering.found()) {
                                    out.verdict(
                                            "/prove/tampering/found",
                                            true,
                                            "found and located",
                                            "已发现并定位");
                                } else {
                                    out.verdict(
                                            "/prove/tampering/found", false, "not found", "未发现");
                                }
                            });
                    out.in(
                            "p",
                            () -> {
                                out.words("In a copy of the ledger, byte ", "在账本副本中，字节 ");
                                out.number("/prove/tampering/offset", tampering.offset());
                                out.words(" of ", "，文件 ");
                                out.said("code", "/prove/tampering/file", tampering.file());
                                out.text(": ");
                                out.said(
                                        "code class=\"byte-before\"",
                                        "/prove/tampering/byteBefore",
                                        tampering.byteBefore());
                                out.text(" → ");
                                out.said(
                                        "code class=\"byte-after\"",
                                        "/prove/tampering/byteAfter",
                                        tampering.byteAfter());
                            });
                    out.in("p", () -> out.words(tampering.foundAt()));
                });
    }

    private void bill(ProveSummary.Bill bill) {
        out.in(
                "div class=\"bill\"",
                () -> {
                    out.in(
                            "header",
                            () -> {
                                out.words("h3", "Bill", "账单");
                                out.said("code", "/prove/bill/id", bill.id());
                            });
                    out.in("dl class=\"parties\"", () -> parties(bill));
                    out.in("div class=\"scroll\" tabindex=\"0\" role=\"group\"", () -> lines(bill));
                    out.in(
                            "footer",
                            () -> {
                                out.verdict(
                                        null, bill.equal(), "equals the metered usage", "与计量一致");
                                out.in(
                                        "span",
                                        () -> {
                                            out.words("metered in the ledger: ", "账本计量合计：");
                                            out.money(
                                                    "/prove/bill/meteredMilli",
                                                    bill.meteredMilli(),
                                                    bill.currency());
                                        });
                            });
                });
    }

    private void parties(ProveSummary.Bill bill) {
        out.tile("to", "付款方", () -> out.said("span", "/prove/bill/payer", bill.payer()));
        out.tile("from", "收款方", () -> out.said("span", "/prove/bill/payee", bill.payee()));
        out.tile(
                "under agreement",
                "依据合约",
                () -> out.said("code class=\"hash\"", "/prove/bill/agreement", bill.agreement()));
    }

    private void lines(ProveSummary.Bill bill) {
        out.in(
                "table",
                () -> {
                    out.head(
                            Text.of("item", "项目"),
                            Text.of("quantity#", "数量"),
                            Text.of("price#", "单价"),
                            Text.of("amount#", "金额"));
                    out.rows(bill.lines(), (line, i) -> line(bill, line, i));
                    out.in(
                            "tfoot",
                            () ->
                                    out.in(
                                            "tr",
                                            () -> {
                                                out.words(
                                                        "th scope=\"row\" colspan=\"3\"",
                                                        "total",
                                                        "合计");
                                                out.numberCell(
                                                        () ->
                                                                out.money(
                                                                        "/prove/bill/totalMilli",
                                                                        bill.totalMilli(),
                                                                        bill.currency()));
                                            }));
                });
    }

    private void line(ProveSummary.Bill bill, ProveSummary.Line line, int i) {
        String at = "/prove/bill/lines/" + i;
        out.in("th scope=\"row\"", () -> out.words(line.item()));
        out.numberCell(
                () ->
                        out.number(at + "/quantity", line.quantity())
                                .in("small", () -> out.text(" " + line.unit())));
        out.numberCell(
                () -> {
                    out.money(at + "/priceMilli", line.priceMilli(), bill.currency());
                    out.in(
                            "small",
                            () -> {
                                out.text(" / ").number(at + "/per", line.per());
                                out.text(" " + line.unit());
                            });
                });
        out.numberCell(() -> out.money(at + "/amountMilli", line.amountMilli(), bill.currency()));
    }
}
