package org.roadloop.collect.gb32960.text;

import java.util.List;
import org.roadloop.collect.gb32960.Alarms;
import org.roadloop.collect.gb32960.Edition;
import org.roadloop.collect.gb32960.Field;
import org.roadloop.collect.gb32960.Position;
import org.roadloop.collect.gb32960.WholeVehicle;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What is told in single bits (位字段): gear, position and general alarms. */
final class BitMembers {
    private BitMembers() {}

    /** The gear byte, table A.1 of both editions. Bits without a meaning are kept if set. */
    record Gear(Edition edition) implements Member {
        private static final List<String> WORDS =
                List.of(
                        "neutral", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12",
                        "reverse", "D", "P");

        private static final String RESERVED = "gearReservedBits";

        @Override
        public int read(byte[] bytes, int at, int end, ObjectNode into) throws TextFault {
            Member.need(at, end, 1, "gear");
            int gear = bytes[at] & 0xFF;
            into.put("gear", WORDS.get(gear & WholeVehicle.GEAR_MASK));
            into.put("brakingForce", (gear & WholeVehicle.GEAR_BRAKING_FORCE) != 0);
            into.put("drivingForce", (gear & WholeVehicle.GEAR_DRIVING_FORCE) != 0);
            if (edition == Edition.V2025 && (gear & WholeVehicle.GEAR_NOT_VALID) != 0) {
                into.put("gearNotValid", true);
            }
            int reserved = gear >>> 6 & reservedMask();
            if (reserved != 0) {
                into.put(RESERVED, reserved);
            }
            return at + 1;
        }

        @Override
        public void write(Source from, ByteSink out) {
            int gear = WORDS.indexOf(from.word("gear"));
            if (gear < 0) {
                throw new IllegalArgumentException(from.path("gear") + " is none of " + WORDS);
            }
            gear |= from.flag("brakingForce") ? WholeVehicle.GEAR_BRAKING_FORCE : 0;
            gear |= from.flag("drivingForce") ? WholeVehicle.GEAR_DRIVING_FORCE : 0;
            if (edition == Edition.V2025) {
                gear |= from.flag("gearNotValid") ? WholeVehicle.GEAR_NOT_VALID : 0;
            }
            gear |= from.bits(RESERVED, reservedMask()) << 6;
            out.number(gear, 1);
        }

        private int reservedMask() {
            return edition == Edition.V2025 ? 1 : 3;
        }
    }

    /** State, datum and the two coordinates, which get their sign from the state. */
    record Place(Edition edition) implements Member {
        private static final String VALID = "positionValid";
        private static final String SOUTH = "south";
        private static final String WEST = "west";
        private static final String RESERVED = "positionReservedBits";

        @Override
        public int read(byte[] bytes, int at, int end, ObjectNode into) throws TextFault {
            boolean is2025 = edition == Edition.V2025;
            Member.need(at, end, is2025 ? 10 : 9, "the position");
            int state = bytes[at] & 0xFF;
            int next = at + 1;
            into.put(VALID, (state & Position.STATE_NOT_VALID) == 0);
            if (is2025) {
                next = new Member.Number(Position.COORDINATE_SYSTEM).read(bytes, next, end, into);
            }
            boolean south = (state & Position.STATE_SOUTH) != 0;
            boolean west = (state & Position.STATE_WEST) != 0;
            degrees(longitude(), bytes, next, west, into);
            degrees(latitude(), bytes, next + 4, south, into);
            // The sign alone does not tell where a coordinate is 0 or invalid.
            if (south) {
                into.put(SOUTH, true);
            }
            if (west) {
                into.put(WEST, true);
            }
            if (state >>> 3 != 0) {
                into.put(RESERVED, state >>> 3);
            }
            return next + 8;
        }

        private Field longitude() {
            return edition == Edition.V2025 ? Position.LONGITUDE_2025 : Position.LONGITUDE_2016;
        }

        private Field latitude() {
            return edition == Edition.V2025 ? Position.LATITUDE_2025 : Position.LATITUDE_2016;
        }

        private static void degrees(
                Field field, byte[] bytes, int at, boolean negative, ObjectNode into) {
            JsonNode node = Member.Number.node(field, Member.Number.rawAt(field, bytes, at));
            if (negative && node.isNumber() && node.asDouble() != 0) {
                into.put(field.name(), -node.asDouble());
            } else {
                into.set(field.name(), node);
            }
        }

        @Override
        public void write(Source from, ByteSink out) {
            boolean south = from.flag(SOUTH) || isNegative(from, latitude());
            boolean west = from.flag(WEST) || isNegative(from, longitude());
            int state = from.flag(VALID) ? 0 : Position.STATE_NOT_VALID;
            state |= south ? Position.STATE_SOUTH : 0;
            state |= west ? Position.STATE_WEST : 0;
            state |= from.bits(RESERVED, 0x1F) << 3;
            out.number(state, 1);
            if (edition == Edition.V2025) {
                new Member.Number(Position.COORDINATE_SYSTEM).write(from, out);
            }
            out.number(magnitude(from, longitude(), west), 4);
            out.number(magnitude(from, latitude(), south), 4);
        }

        private static boolean isNegative(Source from, Field field) {
            JsonNode node = from.take(field.name());
            return node.isNumber() && node.asDouble() < 0;
        }

        private static long magnitude(Source from, Field field, boolean negative) {
            JsonNode node = from.take(field.name());
            String path = from.path(field.name());
            if (!node.isNumber()) {
                return Member.Number.raw(field, node, path);
            }
            if (negative && node.asDouble() > 0) {
                throw new IllegalArgumentException(path + " is positive, and west or south is set");
            }
            return Member.Number.raw(
                    field, Member.NODES.numberNode(Math.abs(node.asDouble())), path);
        }
    }

    /** The general alarms that are on, by name; bits without a name by number. */
    record GeneralAlarms(Edition edition) implements Member {
        private static final String NAME = "alarms";
        private static final int NAMES_2016 = 19;
        private static final long LOWEST_CODE = 0xFFFF_FFFEL;

        @Override
        public int read(byte[] bytes, int at, int end, ObjectNode into) throws TextFault {
            Member.need(at, end, 4, NAME);
            long flags = Member.Number.rawAt(Alarms.FLAGS, bytes, at);
            if (flags >= LOWEST_CODE) {
                into.put(NAME, flags == LOWEST_CODE ? Member.ABNORMAL : Member.INVALID);
                return at + 4;
            }
            ArrayNode on = into.putArray(NAME);
            for (int bit = 0; bit < 32; bit++) {
                if ((flags >>> bit & 1) != 0) {
                    if (bit < named()) {
                        on.add(Alarms.FLAG_NAMES.get(bit));
                    } else {
                        on.add(bit);
                    }
                }
            }
            return at + 4;
        }

        @Override
        public void write(Source from, ByteSink out) {
            JsonNode node = from.take(NAME);
            if (node.isString()) {
                out.number(Member.Number.raw(Alarms.FLAGS, node, from.path(NAME)), 4);
                return;
            }
            long flags = 0;
            for (JsonNode on : Source.list(node, from.path(NAME))) {
                int bit =
                        on.isString()
                                ? Alarms.FLAG_NAMES.indexOf(on.asString())
                                : Source.whole(on, from.path(NAME), 0, 31);
                if (bit < 0) {
                    throw new IllegalArgumentException(
                            "%s has no %s; there are %s"
                                    .formatted(from.path(NAME), on, Alarms.FLAG_NAMES));
                }
                flags |= 1L << bit;
            }
            out.number(flags, 4);
        }

        private int named() {
            return edition == Edition.V2025 ? Alarms.FLAG_NAMES.size() : NAMES_2016;
        }
    }
}
