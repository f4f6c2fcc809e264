package org.roadloop.dataspace.dsp;

import java.util.List;
import java.util.Map;
import org.slf4j.LoggerFactory;

/**
 * What peers sent that was not taken (坏消息计数): counted by its short name, and said to the operator
 * with what to do about it, at most every ten seconds for each name. Any thread.
 */
public final class BadInput {
    private final QuietLog quiet = new QuietLog(LoggerFactory.getLogger(BadInput.class));

    /**
     * @param who DID of the caller, or its address where it proved none
     * @param what method and route, without the names that the caller put into it
     */
    void note(int status, String code, String who, String what, List<String> reasons) {
        quiet.note(
                code,
                more ->
                        "refused "
                                + QuietLog.clean(what)
                                + " of "
                                + QuietLog.clean(who)
                                + " with "
                                + status
                                + " "
                                + code
                                + ": "
                                + QuietLog.clean(QuietLog.unquoted(String.join("; ", reasons)))
                                + "; "
                                + advice(status, code)
                                + QuietLog.more(more));
    }

    /** Nothing was changed by it, whatever it was: what is left is to find out why it came. */
    private static String advice(int status, String code) {
        return switch (code) {
            case "token_expired", "token_early", "token_lifetime" ->
                    "compare the clocks of both sides";
            case "token_audience" ->
                    "it calls us by another id than ours: give it the id in our DID document";
            case "token_replayed" ->
                    "its software sends a token twice, or somebody has read along: ask its operator"
                            + " which";
            case "participant_not_trusted" ->
                    "name it under dataspace.trustedParticipants if it is one of yours";
            case "too_large", "no_json", "member_invalid", "body_incomplete", "body_slow" ->
                    "its software writes no message of DSP 2025-1: show its operator this line";
            case "internal" -> "an error of ours: the line before has its trace";
            case "ledger_unavailable" -> "see that the disk of the ledger can be written";
            default ->
                    code.startsWith("token_") || code.startsWith("credential_") || status == 401
                            ? "docs/identity.md says what each name asks for"
                            : status == 409
                                    ? "compare both states: roadloop negotiations ID"
                                    : status == 404
                                            ? "it speaks of what is not here: ask its operator"
                                            : "tell its operator; nothing was changed here";
        };
    }

    /** By name, sorted. */
    public Map<String, Long> counts() {
        return quiet.counts();
    }
}
