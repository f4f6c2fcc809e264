package org.roadloop.collect.gb32960.text;

import java.util.List;
import org.roadloop.collect.gb32960.Field;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Lists behind their count (列表成员). Where the count is the abnormal or the invalid code no list
 * follows, and the member is that word instead of an array.
 */
final class ListMembers {
    private ListMembers() {}

    /** A list of numbers, named by its element. */
    record Numbers(Field count, Field element) implements Member {
        @Override
        public int read(byte[] bytes, int at, int end, ObjectNode into) throws TextFault {
            int next = at + count.bytes();
            int elements = readCount(count, bytes, at, end, element.name(), into);
            if (elements < 0) {
                return next;
            }
            Member.need(next, end, elements * element.bytes(), element.name());
            ArrayNode list = into.putArray(element.name());
            for (int i = 0; i < elements; i++, next += element.bytes()) {
                list.add(Number.node(element, Number.rawAt(element, bytes, next)));
            }
            return next;
        }

        @Override
        public void write(Source from, ByteSink out) {
            String name = element.name();
            List<JsonNode> elements = elements(count, from, name, out);
            for (int i = 0; i < elements.size(); i++) {
                String path = from.path(name) + "[" + i + "]";
                out.number(Number.raw(element, elements.get(i), path), element.bytes());
            }
        }
    }

    /** A list of objects. */
    record Objects(Field count, String name, Member element) implements Member {
        @Override
        public int read(byte[] bytes, int at, int end, ObjectNode into) throws TextFault {
            int next = at + count.bytes();
            int elements = readCount(count, bytes, at, end, name, into);
            if (elements < 0) {
                return next;
            }
            ArrayNode list = into.putArray(name);
            for (int i = 0; i < elements; i++) {
                next = element.read(bytes, next, end, list.addObject());
            }
            return next;
        }

        @Override
        public void write(Source from, ByteSink out) {
            List<JsonNode> elements = elements(count, from, name, out);
            for (int i = 0; i < elements.size(); i++) {
                Source source = Source.of(elements.get(i), from.path(name) + "[" + i + "]");
                element.write(source, out);
                source.requireAllTaken();
            }
        }
    }

    /** Reads a count; −1 after a code, of which the word is put. */
    private static int readCount(
            Field count, byte[] bytes, int at, int end, String name, ObjectNode into)
            throws TextFault {
        Member.need(at, end, count.bytes(), "the count of " + name);
        long raw = Member.Number.rawAt(count, bytes, at);
        if (raw >= count.invalidCode() - 1) {
            into.put(name, raw == count.invalidCode() ? Member.INVALID : Member.ABNORMAL);
            return -1;
        }
        return (int) raw;
    }

    /** Writes the count and returns what it counts. */
    private static List<JsonNode> elements(Field count, Source from, String name, ByteSink out) {
        JsonNode node = from.take(name);
        if (node.isString()) {
            out.number(Member.Number.raw(count, node, from.path(name)), count.bytes());
            return List.of();
        }
        List<JsonNode> elements = Source.list(node, from.path(name));
        if (elements.size() >= count.invalidCode() - 1) {
            throw new IllegalArgumentException(
                    "%s has %d elements, over %d"
                            .formatted(from.path(name), elements.size(), count.invalidCode() - 2));
        }
        out.number(elements.size(), count.bytes());
        return elements;
    }
}
