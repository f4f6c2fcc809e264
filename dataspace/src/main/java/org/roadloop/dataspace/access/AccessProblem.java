package org.roadloop.dataspace.access;

import io.javalin.http.Context;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.roadloop.core.contract.UsageGate;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Why a transfer's endpoint does not give what was asked (访问问题), as RFC 9457 has it. */
final class AccessProblem extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final int status;
    private final transient List<UsageGate.Reason> reasons;

    /**
     * @param code short stable name
     */
    AccessProblem(int status, String code, String english) {
        this(status, List.of(new UsageGate.Reason(code, english, english)));
    }

    private AccessProblem(int status, List<UsageGate.Reason> reasons) {
        super(String.join("; ", reasons.stream().map(UsageGate.Reason::english).toList()));
        this.status = status;
        this.reasons = List.copyOf(reasons);
    }

    static AccessProblem of(UsageGate.RefusedException e) {
        return new AccessProblem(403, e.refusal().reasons());
    }

    static AccessProblem of(AccessTokens.InvalidTokenException e) {
        return new AccessProblem(401, e.code(), String.valueOf(e.getMessage()));
    }

    int status() {
        return status;
    }

    String code() {
        return reasons.getFirst().code();
    }

    /** {@code reasons} as in every refusal of the platform. */
    ObjectNode json() {
        ObjectNode json = JsonMapper.shared().createObjectNode();
        json.put("type", "urn:roadloop:problem:" + code());
        json.put("title", code()).put("status", status);
        json.put("detail", getMessage());
        ArrayNode list = json.putArray("reasons");
        for (UsageGate.Reason reason : reasons) {
            list.addObject()
                    .put("code", reason.code())
                    .put("english", reason.english())
                    .put("chinese", reason.chinese());
        }
        return json;
    }

    void answer(Context ctx) {
        ctx.status(status)
                .contentType("application/problem+json")
                .result(json().toString().getBytes(StandardCharsets.UTF_8));
    }
}
