package org.roadloop.core.approval;

import java.util.Locale;
import java.util.Optional;
import org.roadloop.core.policy.PolicyText.Words;

/**
 * Why a negotiation or a contract ends, where the reason is one of ours (终止原因): the codes of {@code
 * docs/negotiations.md}, each with what to do about it.
 */
public enum EndReason {
    ASSET_UNKNOWN(
            "the asset is not offered here",
            "提供方未提供该资产",
            "read the catalogue again; it may have been withdrawn",
            "重新读取目录，该资产可能已下架"),
    OFFER_UNKNOWN(
            "the asset has no such offer",
            "该资产没有此要约",
            "read the catalogue again and ask for an offer it shows",
            "重新读取目录，按其中的要约申请"),
    OFFER_DIFFERS(
            "the request differs from the offer",
            "申请条款与要约不一致",
            "compare the terms named in the reasons; send the offer as it is, or ask the provider"
                    + " for a rule that allows the change",
            "核对原因中列出的条款；按要约原文申请，或请提供方设置允许的范围"),
    AGREEMENT_DIFFERS(
            "the agreement has other terms than were asked for",
            "合同条款与申请条款不一致",
            "the provider changed the terms while signing: ask it why before asking again",
            "提供方签约时改动了条款，再次申请前请先与其核实"),
    SIGNATURE_INVALID(
            "a signature is missing or is not of this contract",
            "签名缺失或与合同不符",
            "check the signer's DID document and keys; a key may have been replaced or revoked",
            "检查签名方的 DID 文档与密钥，密钥可能已更换或吊销"),
    PEER_REFUSED(
            "the other side does not take a message, and does not change its mind",
            "对方拒收消息",
            "the reasons name its answer and the state on both sides; compare protocol versions,"
                    + " then ask its operator",
            "原因中列有对方答复与双方状态；核对协议版本并联系对方运维"),
    PEER_ENDED(
            "the other side has ended this without a word",
            "对方已单方结束而未告知",
            "ask its operator for the reason; begin again if it is still wanted",
            "向对方运维询问原因，仍需要时重新发起"),
    PEER_FORGOT(
            "the other side does not know this any more",
            "对方已无此记录",
            "its record was lost or reset: ask its operator, then begin again",
            "对方记录丢失或被重置，联系其运维后重新发起"),
    APPROVAL_TIMEOUT(
            "nobody decided in the time that the rule gives",
            "审批超时",
            "begin again, or give people more time: 'holdAtMost' of the rule",
            "重新发起，或在规则 holdAtMost 中放宽时限"),
    REFUSED_BY_RULE(
            "a rule of this side refuses it",
            "审批规则拒绝",
            "see GET /api/v1/approval/rules for the rule; the partner may ask its operator",
            "规则见 GET /api/v1/approval/rules；对方可联系本方运维"),
    SUPERSEDES_UNKNOWN(
            "the contract to be changed is not in force between the two",
            "拟变更的合同在双方之间不生效",
            "name a contract in force about the same asset, or negotiate a new one",
            "指明双方就同一资产生效的合同，或另行协商新合同"),
    COUNTERS_NOT_FRESH(
            "the terms do not let uses count anew",
            "该条款不允许重新计次",
            "ask with \"counters\": \"carried\"",
            "以 \"counters\": \"carried\" 重新申请"),
    SUPERSEDED(
            "another contract has taken its place",
            "合同已被新合同替代",
            "use the contract that the reason names",
            "使用原因中列出的新合同"),
    DECLINED(
            "a person decided against it",
            "人工审批未通过",
            "talk to the other side; the reason is theirs",
            "与对方沟通，原因由其填写"),
    NONE_GIVEN(
            "the other side gave no reason",
            "对方未说明原因",
            "ask its operator; its record may say more",
            "向对方运维询问，其记录中可能有说明");

    private final Words meaning;
    private final Words advice;

    EndReason(String english, String chinese, String adviceEnglish, String adviceChinese) {
        meaning = new Words(english, chinese);
        advice = new Words(adviceEnglish, adviceChinese);
    }

    /** The stable name, {@code offer_differs}. */
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }

    public Words meaning() {
        return meaning;
    }

    /** What to do. */
    public Words advice() {
        return advice;
    }

    /** Empty for a code that others made. */
    public static Optional<EndReason> find(String code) {
        if (code.isBlank()) {
            return Optional.of(NONE_GIVEN);
        }
        for (EndReason reason : values()) {
            if (reason.code().equals(code)) {
                return Optional.of(reason);
            }
        }
        return Optional.empty();
    }
}
