package org.roadloop.core.contract;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.ledger.Event;
import org.roadloop.core.policy.Performance;
import org.roadloop.core.policy.Place;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What else is noted of the use of an agreement (使用事件), with the agreement's id as subject. A
 * {@code usage.metered} names in {@code permission} what allowed it.
 */
public final class UsageEvents {
    /** Metered time that passed under a lease: {@code lease, permission, seconds, from, until}. */
    public static final String TIMED = "usage.timed";

    /** A lease ended by its policy: {@code lease, actor, codes, reasons}. */
    public static final String ENDED = "usage.ended";

    /** A duty was done: {@code duty, performedAt, by}, and what proves it. */
    public static final String PERFORMED = "duty.performed";

    /** A duty was not done in time: {@code duty, deadline}. */
    public static final String VIOLATED = "duty.violated";

    /** A file is about to leave: {@code lease, transfer, sha256, dataBytes}. */
    public static final String FILE = "usage.file";

    /** A prohibition was infringed: {@code prohibition, reason}. */
    public static final String INFRINGED = "policy.infringed";

    /**
     * Member: {@link org.roadloop.core.policy.Rule#id} of the permission. By its name it stands
     * before what {@link org.roadloop.core.clearing.UsageAmount} reads from the end.
     */
    static final String PERMISSION = "permission";

    private UsageEvents() {}

    static String permission(JsonNode body) {
        return body.path(PERMISSION).asString("");
    }

    static Performance performance(JsonNode body) {
        return Performance.performedAt(Instant.parse(body.required("performedAt").asString()));
    }

    static Event timed(
            Instant now,
            String actor,
            String agreement,
            String lease,
            String rule,
            long seconds,
            Instant from) {
        ObjectNode body = JsonMapper.shared().createObjectNode();
        body.put("lease", lease).put(PERMISSION, rule).put("seconds", seconds);
        body.put("from", from.toString()).put("until", now.toString());
        return Event.of(TIMED, now, actor, agreement, body);
    }

    /** Which seconds of which lease a {@link #TIMED} is about; no two have the same. */
    static String stretch(JsonNode timed) {
        return timed.required("lease").asString() + ' ' + timed.required("until").asString();
    }

    static Event ended(
            Instant now,
            String did,
            String agreement,
            String lease,
            String actor,
            List<UsageGate.Reason> reasons) {
        ObjectNode body = JsonMapper.shared().createObjectNode();
        body.put("lease", lease).put("actor", actor);
        put(body, reasons);
        return Event.of(ENDED, now, did, agreement, body);
    }

    /** Where the use happens, and what speaks for it: {@code place, placeBasis}. */
    static void put(ObjectNode body, @Nullable Place place) {
        if (place != null) {
            body.put("place", place.name()).put("placeBasis", place.basis().name());
        }
    }

    /**
     * At which system the use happens: {@code atSystem}, which by its name stands where {@link
     * #PERMISSION} does.
     */
    static void put(ObjectNode body, String system) {
        if (!system.isEmpty()) {
            body.put("atSystem", system);
        }
    }

    static Event file(
            Instant now,
            String did,
            String agreement,
            String lease,
            String transfer,
            String sha256,
            long dataBytes) {
        ObjectNode body = JsonMapper.shared().createObjectNode();
        body.put("lease", lease).put("transfer", transfer);
        body.put("sha256", sha256).put("dataBytes", dataBytes);
        return Event.of(FILE, now, did, agreement, body);
    }

    static void put(ObjectNode body, List<UsageGate.Reason> reasons) {
        ArrayNode codes = body.putArray("codes");
        ArrayNode texts = body.putArray("reasons");
        for (UsageGate.Reason reason : reasons) {
            codes.add(reason.code());
            texts.add(reason.english());
        }
    }

    /**
     * @param evidence what proves it, kept under {@code evidence}
     */
    static Event performed(
            Instant now,
            String did,
            String agreement,
            String duty,
            Instant performedAt,
            String by,
            JsonNode evidence) {
        ObjectNode body = JsonMapper.shared().createObjectNode();
        body.put("duty", duty).put("performedAt", performedAt.toString()).put("by", by);
        body.set("evidence", evidence);
        return Event.of(PERFORMED, now, did, agreement, body);
    }

    static Event violated(
            Instant now, String did, String agreement, String duty, Instant deadline) {
        ObjectNode body = JsonMapper.shared().createObjectNode();
        body.put("duty", duty).put("deadline", deadline.toString());
        return Event.of(VIOLATED, now, did, agreement, body);
    }

    static Event infringed(
            Instant now, String did, String agreement, String prohibition, String reason) {
        ObjectNode body = JsonMapper.shared().createObjectNode();
        body.put("prohibition", prohibition).put("reason", reason);
        return Event.of(INFRINGED, now, did, agreement, body);
    }
}
