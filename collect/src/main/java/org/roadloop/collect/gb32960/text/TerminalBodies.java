package org.roadloop.collect.gb32960.text;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.roadloop.collect.gb32960.Edition;
import org.roadloop.collect.gb32960.Field;
import org.roadloop.collect.gb32960.TerminalControl;
import org.roadloop.collect.gb32960.TerminalParameter;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Parameters and controls of a terminal (终端参数与控制), annex B of both editions. */
final class TerminalBodies {
    private static final String PARAMETERS = "parameters";
    private static final String ID = "id";

    private TerminalBodies() {}

    /** A count and the ids asked for: by name, or by number where there is no name. */
    record Ids(Edition edition) implements Member {
        @Override
        public int read(byte[] bytes, int at, int end, ObjectNode into) throws TextFault {
            Member.need(at, end, 1, "the count of parameters");
            int count = bytes[at] & 0xFF;
            Member.need(at + 1, end, count, PARAMETERS);
            ArrayNode list = into.putArray(PARAMETERS);
            for (int i = 1; i <= count; i++) {
                int id = bytes[at + i] & 0xFF;
                Optional<TerminalParameter> known = TerminalParameter.find(id);
                if (known.isPresent()) {
                    list.add(known.get().label(edition));
                } else {
                    list.add(id);
                }
            }
            return at + 1 + count;
        }

        @Override
        public void write(Source from, ByteSink out) {
            List<JsonNode> list = from.list(PARAMETERS);
            out.number(countOf(list, from), 1);
            for (JsonNode parameter : list) {
                out.number(
                        parameter.isString()
                                ? named(edition, parameter.asString(), from).id()
                                : Source.whole(parameter, from.path(PARAMETERS), 0, 255),
                        1);
            }
        }
    }

    /**
     * A count and as many parameters, an object with one member each. A name takes its length from
     * the parameter before it; a parameter of unknown length takes all that is left.
     */
    record Values(Edition edition) implements Member {
        @Override
        public int read(byte[] bytes, int at, int end, ObjectNode into) throws TextFault {
            Member.need(at, end, 1, "the count of parameters");
            int count = bytes[at] & 0xFF;
            ArrayNode list = into.putArray(PARAMETERS);
            int next = at + 1;
            int[] lengths = new int[TerminalParameter.values().length];
            for (int i = 0; i < count; i++) {
                Member.need(next, end, 1, "a parameter");
                next = value(bytes, next, end, list.addObject(), lengths);
            }
            return next;
        }

        private int value(byte[] bytes, int at, int end, ObjectNode into, int[] lengths)
                throws TextFault {
            int id = bytes[at] & 0xFF;
            TerminalParameter parameter = TerminalParameter.find(id).orElse(null);
            if (parameter == null) {
                into.put(ID, id).put("valueHex", HEX.formatHex(bytes, at + 1, end));
                return end;
            }
            Field field = parameter.field(edition).orElse(null);
            if (field != null) {
                int next = new Member.Number(field).read(bytes, at + 1, end, into);
                lengths[parameter.ordinal()] = bytes[next - 1] & 0xFF;
                return next;
            }
            int size =
                    parameter
                            .lengthIn()
                            .map(length -> lengths[length.ordinal()])
                            .orElse(parameter.textBytes());
            return new Member.Ascii(parameter.label(edition), size).read(bytes, at + 1, end, into);
        }

        @Override
        public void write(Source from, ByteSink out) {
            List<JsonNode> list = from.list(PARAMETERS);
            out.number(countOf(list, from), 1);
            int[] lengths = new int[TerminalParameter.values().length];
            for (int i = 0; i < list.size(); i++) {
                Source value = Source.of(list.get(i), from.path(PARAMETERS) + "[" + i + "]");
                write(list.get(i), value, out, lengths);
                value.requireAllTaken();
            }
        }

        private void write(JsonNode node, Source from, ByteSink out, int[] lengths) {
            if (from.has(ID)) {
                out.number(Source.whole(from.take(ID), from.path(ID), 0, 255), 1);
                out.bytes(Source.hex(from.take("valueHex"), from.path("valueHex")));
                return;
            }
            if (node.size() != 1) {
                throw new IllegalArgumentException(
                        from.path("") + " has to be an object of one parameter");
            }
            TerminalParameter parameter =
                    named(edition, node.propertyNames().iterator().next(), from);
            out.number(parameter.id(), 1);
            Field field = parameter.field(edition).orElse(null);
            if (field != null) {
                long raw = Number.raw(field, from, field.name());
                lengths[parameter.ordinal()] = (int) raw & 0xFF;
                out.number(raw, field.bytes());
                return;
            }
            int size =
                    parameter
                            .lengthIn()
                            .map(length -> lengths[length.ordinal()])
                            .orElse(parameter.textBytes());
            new Member.Ascii(parameter.label(edition), size).write(from, out);
        }
    }

    /** What a terminal is told to do, with what belongs to it. */
    record Control() implements Member {
        private static final Member LEVEL =
                new Member.Number(new Field("level", 0, 1, 0, 4, 0, 1, List.of()));
        private static final Member REST = new Member.Rest("parametersHex");

        @Override
        public int read(byte[] bytes, int at, int end, ObjectNode into) throws TextFault {
            Member.need(at, end, 1, "the control's id");
            int id = bytes[at] & 0xFF;
            TerminalControl.@Nullable Action action = TerminalControl.Action.find(id).orElse(null);
            if (action == null) {
                into.put("action", id);
                return REST.read(bytes, at + 1, end, into);
            }
            into.put("action", action.name());
            int next = at + 1;
            if (action == TerminalControl.Action.WARN) {
                next = LEVEL.read(bytes, next, end, into);
            } else if (action == TerminalControl.Action.UPGRADE && next < end) {
                // Not by Ascii's own rule: here no zero bytes are filled up, so none may fall off.
                if (bytes[end - 1] != 0) {
                    into.set(PARAMETERS, Ascii.node(bytes, next, end - next));
                    return end;
                }
            }
            return REST.read(bytes, next, end, into);
        }

        @Override
        public void write(Source from, ByteSink out) {
            JsonNode node = from.take("action");
            if (!node.isString()) {
                out.number(Source.whole(node, from.path("action"), 0, 255), 1);
                REST.write(from, out);
                return;
            }
            TerminalControl.Action action;
            try {
                action = TerminalControl.Action.valueOf(node.asString());
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(
                        "%s is '%s'; actions are %s"
                                .formatted(
                                        from.path("action"),
                                        node.asString(),
                                        List.of(TerminalControl.Action.values())),
                        e);
            }
            out.number(action.id(), 1);
            if (action == TerminalControl.Action.WARN) {
                LEVEL.write(from, out);
            }
            JsonNode text = from.find(PARAMETERS);
            if (text != null) {
                int size =
                        text.isObject()
                                ? Source.hex(text.path("hex"), from.path(PARAMETERS)).length
                                : text.asString("").length();
                out.bytes(Ascii.bytes(text, size, from.path(PARAMETERS)));
            }
            REST.write(from, out);
        }
    }

    private static TerminalParameter named(Edition edition, String name, Source from) {
        for (TerminalParameter parameter : TerminalParameter.values()) {
            if (parameter.label(edition).equals(name)) {
                return parameter;
            }
        }
        throw new IllegalArgumentException(
                "%s has no '%s' of %d".formatted(from.path(PARAMETERS), name, edition.year()));
    }

    private static int countOf(List<JsonNode> list, Source from) {
        if (list.size() > 255) {
            throw new IllegalArgumentException(from.path(PARAMETERS) + " has over 255 elements");
        }
        return list.size();
    }
}
