package org.roadloop.app.part;

import java.time.Instant;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import org.roadloop.app.http.Json;
import org.roadloop.collect.gateway.LinkSession;
import org.roadloop.collect.live.LiveField;
import org.roadloop.collect.live.LiveGroup;
import org.roadloop.collect.live.LiveSessions;
import org.roadloop.collect.live.VehicleState;
import tools.jackson.databind.node.ObjectNode;

/** Live states as the API says them (实时状态报文). */
final class LiveBodies {
    /** What stands for a vehicle in lists and streams. */
    static final String SCHEMA =
            """
            {"type":"object","properties":{"id":{"type":"string"},
             "protocol":{"enum":["gb32960","jt808"]},"edition":{"type":"integer"},
             "lineage":{"enum":["simulated","replay","vehicle"]},
             "online":{"type":"boolean"},
             "seenAt":{"type":"string","format":"date-time"},
             "changedAt":{"type":"string","format":"date-time"},
             "clockAhead":{"type":"boolean"},
             "session":{"type":"object"},"position":{"type":"object"},
             "vehicle":{"type":"object"},"extremes":{"type":"object"},
             "engine":{"type":"object"},"alarms":{"type":"object"}}}
            """;

    private LiveBodies() {}

    static ObjectNode of(VehicleState state, LiveSessions sessions) {
        ObjectNode body = Json.mapper().createObjectNode();
        body.put("id", VehicleSubjects.ofHex(state.subject()));
        if (state.edition() != 0) {
            body.put("protocol", state.source().isJt808() ? "jt808" : "gb32960");
            body.put("edition", state.edition());
            body.put("lineage", state.lineage().word());
        }
        body.put("online", sessions.isOnline(state.key(), state.source(), state.seenAtMicros()));
        body.put("seenAt", instant(state.seenAtMicros()).toString());
        body.put("changedAt", instant(state.changedAtMicros()).toString());
        if (state.isClockAhead()) {
            body.put("clockAhead", true);
        }
        session(body, sessions.find(state.key()).orElse(null));
        for (LiveGroup group : LiveGroup.values()) {
            if (state.collectedAtMicros(group) != 0) {
                body.putObject(group.word())
                        .put("collectedAt", instant(state.collectedAtMicros(group)).toString());
            }
        }
        for (LiveField field : LiveField.values()) {
            if (!state.isAbsent(field)) {
                put((ObjectNode) body.required(field.group().word()), field, state);
            }
        }
        return body;
    }

    /** Null adds nothing. */
    static void session(ObjectNode body, @Nullable LinkSession session) {
        if (session != null) {
            body.putObject("session")
                    .put("link", session.link())
                    .put("edition", session.edition())
                    .put("connectedAt", millis(session.connectedAtMillis()))
                    .put("lastReadAt", millis(session.lastReadAtMillis()));
        }
    }

    private static void put(ObjectNode group, LiveField field, VehicleState state) {
        String fault = state.fault(field);
        int raw = state.raw(field);
        if (fault != null) {
            group.put(field.word(), fault);
        } else if (field.kind() == LiveField.Kind.TRUTH) {
            group.put(field.word(), raw != 0);
        } else if (field.kind() == LiveField.Kind.BITS) {
            group.put(field.word(), HexFormat.of().toHexDigits(raw));
        } else if (!field.words().isEmpty()) {
            group.put(field.word(), field.words().get(raw - 1));
        } else if (field.perUnit() == 1) {
            group.put(field.word(), raw);
        } else {
            group.put(field.word(), raw / (double) field.perUnit());
        }
    }

    private static Instant instant(long micros) {
        return Instant.EPOCH
                .plusSeconds(Math.floorDiv(micros, 1_000_000L))
                .plusNanos(Math.floorMod(micros, 1_000_000L) * 1000);
    }

    private static String millis(long millis) {
        return Instant.ofEpochMilli(millis).toString();
    }
}
