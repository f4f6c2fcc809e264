package org.roadloop.app.report;

import java.util.List;

/** Station 3: who offered what under which rules, and how they came to the contract. */
final class ShareView {
    private final ShareSummary share;
    private final Markup out;

    ShareView(ShareSummary share, Markup out) {
        this.share = share;
        this.out = out;
    }

    void write() {
        out.in(
                "div class=\"cols two\"",
                () -> {
                    out.in("div class=\"card\"", this::offer);
                    out.in("div class=\"card\"", this::negotiation);
                });
        out.in(
                "div class=\"cols two\"",
                () -> {
                    out.in("div class=\"card seal\"", this::agreement);
                    out.in("div class=\"card\"", this::refusals);
                });
    }

    private void offer() {
        ShareSummary.Offer offer = share.offer();
        out.in(
                "h3",
                () -> {
                    out.words("Offer: ", "要约：");
                    out.words(offer.title());
                });
        out.in(
                "p",
                () -> {
                    out.said("code", "/share/offer/asset", offer.asset());
                    out.text(" · ");
                    out.said("code", "/share/offer/id", offer.id());
                });
        out.in(
                "ul class=\"rules\"",
                () -> out.each(offer.rules(), (rule, i) -> out.in("li", () -> out.words(rule))));
        out.in(
                "details",
                () -> {
                    out.words("summary", "The policy on the wire (ODRL)", "线上策略(ODRL)");
                    out.in(
                            "pre tabindex=\"0\"",
                            () -> out.said("code", "/share/offer/policyJson", offer.policyJson()));
                });
        out.words("h4", "Participants", "参与方");
        out.in(
                "ul class=\"plain\"",
                () ->
                        out.each(
                                share.participants(),
                                (participant, i) ->
                                        out.in("li", () -> participant(participant, i))));
    }

    private void participant(ShareSummary.Participant participant, int i) {
        out.in("b", () -> out.text(participant.name()));
        out.text(" · ").words(participant.role());
        out.in(
                "small",
                () -> {
                    out.said(
                            "code class=\"hash\"",
                            "/share/participants/" + i + "/did",
                            participant.did());
                    out.text(" · " + participant.endpoint());
                });
    }

    private void negotiation() {
        out.in(
                "h3",
                () -> {
                    out.words("Negotiation", "协商");
                    out.in("small", () -> out.text(" Dataspace Protocol 2025-1"));
                });
        List<ShareSummary.Message> messages = share.messages();
        if (messages.isEmpty()) {
            TownView.absent(out, "No messages were exchanged.", "未交换消息。");
            return;
        }
        String left = messages.getFirst().from();
        String right = messages.getFirst().to();
        out.in(
                "div class=\"lanes\" aria-hidden=\"true\"",
                () -> {
                    out.in("b", () -> out.text(left));
                    out.in("b", () -> out.text(right));
                });
        out.in(
                "ol class=\"sequence\"",
                () ->
                        out.each(
                                messages,
                                (message, i) ->
                                        out.in(
                                                "li class=\""
                                                        + (message.from().equals(left)
                                                                ? "to-right"
                                                                : "to-left")
                                                        + "\"",
                                                () -> message(message, i))));
    }

    private void message(ShareSummary.Message message, int i) {
        String at = "/share/messages/" + i;
        out.in(
                "span class=\"unseen\"",
                () -> out.text(message.from() + " → " + message.to() + ": "));
        out.said("span class=\"type\"", at + "/type", message.type());
        out.in("span class=\"arrow\" aria-hidden=\"true\"", () -> {});
        out.in(
                "span class=\"after\"",
                () -> {
                    out.said("b class=\"state\"", at + "/state", message.state());
                    out.text(" ");
                    out.number(at + "/atMillis", message.atMillis()).text(" ms");
                });
    }

    private void agreement() {
        out.words("h3", "The contract", "数字合约");
        ShareSummary.Agreement agreement = share.agreement();
        if (agreement == null) {
            TownView.absent(out, "No agreement was reached.", "未达成合约。");
            return;
        }
        out.in(
                "table class=\"kv\"",
                () ->
                        out.in(
                                "tbody",
                                () -> {
                                    out.row(
                                            "agreement",
                                            "合约编号",
                                            () ->
                                                    out.said(
                                                            "code class=\"hash\"",
                                                            "/share/agreement/id",
                                                            agreement.id()));
                                    out.row(
                                            "agreed",
                                            "达成于",
                                            () ->
                                                    out.said(
                                                            "time",
                                                            "/share/agreement/agreedAt",
                                                            agreement.agreedAt().toString()));
                                    out.row(
                                            "hash",
                                            "哈希",
                                            () ->
                                                    out.said(
                                                            "code class=\"hash\"",
                                                            "/share/agreement/hash",
                                                            agreement.hash()));
                                    out.each(agreement.signatures(), this::signature);
                                }));
    }

    private void signature(ShareSummary.Signature signature, int i) {
        String at = "/share/agreement/signatures/" + i;
        out.row(
                "signed",
                "签名",
                () -> {
                    out.in(
                            "p",
                            () -> {
                                out.said("b", at + "/signer", signature.signer());
                                out.text(" · " + signature.algorithm() + " ");
                                out.verdict(
                                        at + "/verified", signature.verified(), "verified", "已验证");
                            });
                    out.said("code class=\"hash\"", at + "/value", signature.value());
                });
    }

    private void refusals() {
        out.words("h3", "Refused uses", "被拒绝的使用");
        if (share.refusals().isEmpty()) {
            TownView.absent(out, "No use outside the policy was tried.", "未尝试策略之外的使用。");
            return;
        }
        out.in(
                "ul class=\"refusals\"",
                () -> out.each(share.refusals(), (refusal, i) -> refusal(refusal, i)));
    }

    private void refusal(ShareSummary.Refusal refusal, int i) {
        out.in(
                "li",
                () -> {
                    out.in("b", () -> out.words(refusal.asked()));
                    out.in(
                            "small",
                            () ->
                                    out.in("code", () -> out.text(refusal.action()))
                                            .words(" for ", "，用途 ")
                                            .in("code", () -> out.text(refusal.purpose()))
                                            .words(" by ", "，请求方 ")
                                            .in("code", () -> out.text(refusal.actor())));
                    out.in(
                            "ul",
                            () ->
                                    out.each(
                                            refusal.reasons(),
                                            (reason, k) ->
                                                    out.in(
                                                            "li",
                                                            () -> {
                                                                out.text("✗ ")
                                                                        .words(reason.words())
                                                                        .text(" ");
                                                                out.said(
                                                                        "code",
                                                                        "/share/refusals/"
                                                                                + i
                                                                                + "/reasons/"
                                                                                + k
                                                                                + "/code",
                                                                        reason.code());
                                                            })));
                });
    }
}
