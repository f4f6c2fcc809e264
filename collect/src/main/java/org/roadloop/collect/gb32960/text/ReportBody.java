package org.roadloop.collect.gb32960.text;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.roadloop.collect.gb32960.Edition;
import org.roadloop.collect.gb32960.UserDefined;
import org.roadloop.collect.gb32960.VehicleSignature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The body of a report (实时信息体): {@code collectedAt}, then {@code units} in the order of the bytes.
 * A unit of unknown type, and whatever stands behind a signature, ends the report: it is kept with
 * all behind it, as hex.
 */
record ReportBody(Edition edition) implements Member {
    private static final String UNITS = "units";
    private static final String UNIT = "unit";
    private static final String USER_DEFINED = "UserDefined";
    private static final String UNKNOWN = "Unknown";
    private static final Member TIME = new Member.Time("collectedAt");
    private static final Member CONTENT = new Member.Counted("contentHex");
    private static final Member BYTES = new Member.Rest("bytesHex");

    @Override
    public int read(byte[] bytes, int at, int end, ObjectNode into) throws TextFault {
        int next = TIME.read(bytes, at, end, into);
        if (into.path("collectedAt").isObject()) {
            throw new TextFault(at, "gb32960_time", "the first six bytes are no time");
        }
        ArrayNode units = into.putArray(UNITS);
        boolean signed = false;
        while (next < end) {
            int begin = next;
            ObjectNode unit = units.addObject();
            next = signed ? unknown(bytes, begin, end, unit) : unit(bytes, begin, end, unit);
            signed = edition == Edition.V2025 && bytes[begin] == (byte) VehicleSignature.MARK;
        }
        return next;
    }

    private int unit(byte[] bytes, int at, int end, ObjectNode into) throws TextFault {
        int type = bytes[at] & 0xFF;
        if (UserDefined.isType(type)) {
            into.put(UNIT, USER_DEFINED).put("type", type);
            return within(CONTENT, bytes, at, end, into);
        }
        UnitBodies.@Nullable Unit unit = UnitBodies.find(edition, type);
        if (unit == null) {
            return unknown(bytes, at, end, into);
        }
        into.put(UNIT, unit.name());
        return within(unit.body(), bytes, at, end, into);
    }

    private static int unknown(byte[] bytes, int at, int end, ObjectNode into) throws TextFault {
        into.put(UNIT, UNKNOWN);
        return BYTES.read(bytes, at, end, into);
    }

    /** Whatever is wrong within a unit is told of the unit. */
    private static int within(Member body, byte[] bytes, int at, int end, ObjectNode into)
            throws TextFault {
        try {
            return body.read(bytes, at + 1, end, into);
        } catch (TextFault e) {
            throw new TextFault(
                    at,
                    "gb32960_unit_length",
                    "unit %s of type %02x: %s"
                            .formatted(into.path(UNIT).asString(), bytes[at] & 0xFF, e.detail()));
        }
    }

    @Override
    public void write(Source from, ByteSink out) {
        TIME.write(from, out);
        List<JsonNode> units = from.list(UNITS);
        for (int i = 0; i < units.size(); i++) {
            Source unit = Source.of(units.get(i), from.path(UNITS) + "[" + i + "]");
            writeUnit(unit, out);
            unit.requireAllTaken();
        }
    }

    private void writeUnit(Source from, ByteSink out) {
        String name = from.word(UNIT);
        if (name.equals(USER_DEFINED)) {
            out.number(
                    Source.whole(
                            from.take("type"),
                            from.path("type"),
                            UserDefined.FIRST_TYPE,
                            UserDefined.LAST_TYPE),
                    1);
            CONTENT.write(from, out);
        } else if (name.equals(UNKNOWN)) {
            BYTES.write(from, out);
        } else {
            UnitBodies.@Nullable Unit unit = UnitBodies.find(edition, name);
            if (unit == null) {
                throw new IllegalArgumentException(
                        "%s is '%s'; units of %d are %s, %s and %s"
                                .formatted(
                                        from.path(UNIT),
                                        name,
                                        edition.year(),
                                        UnitBodies.units(edition).values().stream()
                                                .map(UnitBodies.Unit::name)
                                                .toList(),
                                        USER_DEFINED,
                                        UNKNOWN));
            }
            out.number(unit.type(), 1);
            unit.body().write(from, out);
        }
    }
}
