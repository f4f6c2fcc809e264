package org.roadloop.collect.gb32960.text;

import java.util.HexFormat;
import java.util.List;
import org.roadloop.collect.gb32960.CollectionTime;
import org.roadloop.collect.gb32960.Field;
import org.roadloop.core.table.CellState;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * How some bytes become members of a message's object, and how those become bytes again (报文成员). The
 * two are exact inverses: what the words and units of a field can't say is kept as its raw number.
 */
interface Member {
    String INVALID = "invalid";
    String ABNORMAL = "abnormal";
    String OUT_OF_RANGE = "outOfRange";
    HexFormat HEX = HexFormat.of();
    JsonNodeFactory NODES = JsonNodeFactory.instance;

    /** Returns the offset behind what was read. */
    int read(byte[] bytes, int at, int end, ObjectNode into) throws TextFault;

    /**
     * @throws IllegalArgumentException naming the member that is missing or wrong
     */
    void write(Source from, ByteSink out);

    /** Several, one behind the other. */
    record Sequence(List<Member> members) implements Member {
        public Sequence {
            members = List.copyOf(members);
        }

        static Sequence of(Member... members) {
            return new Sequence(List.of(members));
        }

        @Override
        public int read(byte[] bytes, int at, int end, ObjectNode into) throws TextFault {
            int next = at;
            for (Member member : members) {
                next = member.read(bytes, next, end, into);
            }
            return next;
        }

        @Override
        public void write(Source from, ByteSink out) {
            members.forEach(member -> member.write(from, out));
        }
    }

    /** One number or state. */
    record Number(Field field) implements Member {
        @Override
        public int read(byte[] bytes, int at, int end, ObjectNode into) throws TextFault {
            need(at, end, field.bytes(), field.name());
            into.set(field.name(), node(field, rawAt(field, bytes, at)));
            return at + field.bytes();
        }

        @Override
        public void write(Source from, ByteSink out) {
            out.number(raw(field, from, field.name()), field.bytes());
        }

        static long rawAt(Field field, byte[] bytes, int at) {
            return field.raw(bytes, at - field.at());
        }

        static JsonNode node(Field field, long raw) {
            byte state = field.state(raw);
            if (state == CellState.INVALID) {
                return NODES.stringNode(INVALID);
            }
            if (state == CellState.ABNORMAL) {
                return raw == field.invalidCode() - 1
                        ? NODES.stringNode(ABNORMAL)
                        : NODES.objectNode().put(OUT_OF_RANGE, raw);
            }
            if (!field.words().isEmpty()) {
                return NODES.stringNode(field.words().get((int) (raw - field.least())));
            }
            return field.isWhole()
                    ? NODES.numberNode(raw - field.offset())
                    : NODES.numberNode(field.value(raw));
        }

        static long raw(Field field, Source from, String name) {
            return raw(field, from.take(name), from.path(name));
        }

        static long raw(Field field, JsonNode node, String path) {
            if (node.isString()) {
                String word = node.asString();
                if (word.equals(INVALID)) {
                    return field.invalidCode();
                }
                if (word.equals(ABNORMAL)) {
                    return field.invalidCode() - 1;
                }
                int index = field.words().indexOf(word);
                if (index >= 0) {
                    return field.least() + index;
                }
                throw new IllegalArgumentException(
                        "%s is '%s'; %s"
                                .formatted(
                                        path,
                                        word,
                                        field.words().isEmpty()
                                                ? "it is a number, or invalid or abnormal"
                                                : "words are " + field.words()));
            }
            if (node.isObject() && node.path(OUT_OF_RANGE).isIntegralNumber()) {
                long raw = node.path(OUT_OF_RANGE).asLong();
                if (raw >= 0 && raw <= field.invalidCode()) {
                    return raw;
                }
            }
            if (!node.isNumber() || !field.words().isEmpty()) {
                throw new IllegalArgumentException(path + " has no value of its kind: " + node);
            }
            long raw = Math.round(node.asDouble() * field.perUnit()) + field.offset();
            if (raw < field.least() || raw > field.most()) {
                throw new IllegalArgumentException(
                        "%s is %s, outside %s..%s"
                                .formatted(
                                        path,
                                        node,
                                        field.value(field.least()),
                                        field.value(field.most())));
            }
            return raw;
        }
    }

    /** Six bytes of Beijing time as an instant of UTC, or as hex where they are no time. */
    record Time(String name) implements Member {
        private static final int BYTES = 6;

        @Override
        public int read(byte[] bytes, int at, int end, ObjectNode into) throws TextFault {
            need(at, end, BYTES, name);
            long micros = CollectionTime.micros(bytes, at);
            if (micros == CollectionTime.INVALID) {
                into.putObject(name).put("hex", HEX.formatHex(bytes, at, at + BYTES));
            } else {
                into.put(name, java.time.Instant.ofEpochSecond(micros / 1_000_000).toString());
            }
            return at + BYTES;
        }

        @Override
        public void write(Source from, ByteSink out) {
            JsonNode node = from.take(name);
            byte[] bytes = new byte[BYTES];
            if (node.isObject()) {
                bytes = Source.hex(node.path("hex"), from.path(name));
                if (bytes.length != BYTES) {
                    throw new IllegalArgumentException(from.path(name) + " has not six bytes");
                }
            } else {
                try {
                    long seconds = java.time.Instant.parse(node.asString("")).getEpochSecond();
                    CollectionTime.write(Math.multiplyExact(seconds, 1_000_000L), bytes, 0);
                } catch (java.time.DateTimeException | ArithmeticException e) {
                    throw new IllegalArgumentException(
                            from.path(name) + " is no time like 2026-11-22T02:30:05Z", e);
                }
            }
            out.bytes(bytes);
        }
    }

    /** A text of fixed length, zero bytes behind it; as hex where it is no printable ASCII. */
    record Ascii(String name, int size) implements Member {
        @Override
        public int read(byte[] bytes, int at, int end, ObjectNode into) throws TextFault {
            need(at, end, size, name);
            into.set(name, node(bytes, at, size));
            return at + size;
        }

        @Override
        public void write(Source from, ByteSink out) {
            out.bytes(bytes(from.take(name), size, from.path(name)));
        }

        static JsonNode node(byte[] bytes, int at, int size) {
            int end = at + size;
            while (end > at && bytes[end - 1] == 0) {
                end--;
            }
            for (int i = at; i < end; i++) {
                if (bytes[i] < 0x20 || bytes[i] > 0x7E) {
                    return NODES.objectNode().put("hex", HEX.formatHex(bytes, at, at + size));
                }
            }
            return NODES.stringNode(
                    new String(bytes, at, end - at, java.nio.charset.StandardCharsets.US_ASCII));
        }

        static byte[] bytes(JsonNode node, int size, String path) {
            if (node.isObject()) {
                byte[] bytes = Source.hex(node.path("hex"), path);
                if (bytes.length != size) {
                    throw new IllegalArgumentException(
                            "%s has %d bytes, not %d".formatted(path, bytes.length, size));
                }
                return bytes;
            }
            if (!node.isString()) {
                throw new IllegalArgumentException(path + " is no text");
            }
            String text = node.asString();
            if (text.length() > size || !text.chars().allMatch(c -> c >= 0x20 && c <= 0x7E)) {
                throw new IllegalArgumentException(
                        "%s is no ASCII text of at most %d characters".formatted(path, size));
            }
            return java.util.Arrays.copyOf(
                    text.getBytes(java.nio.charset.StandardCharsets.US_ASCII), size);
        }
    }

    /** Bytes behind their length, as hex. */
    record Counted(String name) implements Member {
        @Override
        public int read(byte[] bytes, int at, int end, ObjectNode into) throws TextFault {
            need(at, end, 2, "the length of " + name);
            int size = (bytes[at] & 0xFF) << 8 | bytes[at + 1] & 0xFF;
            need(at + 2, end, size, name);
            into.put(name, HEX.formatHex(bytes, at + 2, at + 2 + size));
            return at + 2 + size;
        }

        @Override
        public void write(Source from, ByteSink out) {
            byte[] bytes = Source.hex(from.take(name), from.path(name));
            if (bytes.length > 0xFFFF) {
                throw new IllegalArgumentException(from.path(name) + " has over 65535 bytes");
            }
            out.number(bytes.length, 2);
            out.bytes(bytes);
        }
    }

    /** What is left, as hex; no member where nothing is left. */
    record Rest(String name) implements Member {
        @Override
        public int read(byte[] bytes, int at, int end, ObjectNode into) {
            if (at < end) {
                into.put(name, HEX.formatHex(bytes, at, end));
            }
            return end;
        }

        @Override
        public void write(Source from, ByteSink out) {
            JsonNode node = from.find(name);
            if (node != null) {
                out.bytes(Source.hex(node, from.path(name)));
            }
        }
    }

    static void need(int at, int end, int count, String what) throws TextFault {
        if (end - at < count) {
            throw TextFault.tooShort(at, what);
        }
    }
}
