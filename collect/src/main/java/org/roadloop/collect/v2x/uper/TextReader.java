package org.roadloop.collect.v2x.uper;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads structures from the JSON of {@link TextWriter} (文本输入). Every field must be there and be in
 * range, and nothing else. One thread.
 */
public final class TextReader extends Exchange {
    static final String ADDITIONS = "extensionAdditions";
    static final String LATER_ALTERNATIVE = "laterAlternative";
    static final String LATER_CONTENT = "contentHex";

    private JsonNode node = JsonMapper.shared().createObjectNode();
    private String path = "";
    private Set<String> taken = new HashSet<>();
    private final Deque<Level> outer = new ArrayDeque<>();

    private record Level(JsonNode node, String path, Set<String> taken) {}

    /**
     * Fills a structure.
     *
     * @throws IllegalArgumentException naming the path of the field that is wrong
     */
    public void read(JsonNode text, Structure message) {
        outer.clear();
        node = text;
        path = "";
        taken = new HashSet<>();
        requireObject();
        message.exchange(this);
        requireAllTaken();
    }

    private void requireObject() {
        if (!node.isObject()) {
            throw wrong("", "is no object");
        }
    }

    private void requireAllTaken() {
        for (String name : node.propertyNames()) {
            if (!taken.contains(name)) {
                throw wrong(name, "is no field here");
            }
        }
    }

    private void enter(String name, JsonNode child) {
        outer.push(new Level(node, path, taken));
        node = child;
        path = path.isEmpty() ? name : path + "." + name;
        taken = new HashSet<>();
        requireObject();
    }

    private void leave() {
        requireAllTaken();
        Level level = outer.pop();
        node = level.node();
        path = level.path();
        taken = level.taken();
    }

    private JsonNode take(String name) {
        JsonNode value = node.get(name);
        if (value == null) {
            throw wrong(name, "is missing");
        }
        taken.add(name);
        return value;
    }

    private IllegalArgumentException wrong(String name, String what) {
        String where = path.isEmpty() || name.isEmpty() ? path + name : path + "." + name;
        return new IllegalArgumentException((where.isEmpty() ? "message" : where) + " " + what);
    }

    @Override
    public int sequence(Layout layout, int presence) {
        int found = 0;
        for (String optional : layout.optionals()) {
            // A text that is no text in its character set has another name.
            if (node.has(optional) || node.has(optional + "Hex")) {
                found |= layout.bit(optional);
            }
        }
        return node.has(ADDITIONS) ? found | layout.extensionBit() : found;
    }

    @Override
    public int integer(Quantity quantity, int value) {
        JsonNode text = take(quantity.textName);
        if (text.isString() && text.asString().equals(TextWriter.INVALID)) {
            if (quantity.unknown < quantity.least) {
                throw wrong(quantity.textName, "has no value for invalid");
            }
            return (int) quantity.unknown;
        }
        if (!text.isNumber()) {
            throw wrong(quantity.textName, "is no number");
        }
        double steps = text.asDouble() * quantity.per / quantity.times;
        long raw = Math.round(steps);
        if (Math.abs(raw - steps) > 1e-3 || raw < quantity.least || raw > quantity.most) {
            throw wrong(
                    quantity.textName,
                    "is %s, not one of %s..%s in steps of %s"
                            .formatted(
                                    text,
                                    inUnits(quantity, quantity.least),
                                    inUnits(quantity, quantity.most),
                                    inUnits(quantity, 1)));
        }
        return (int) raw;
    }

    private static double inUnits(Quantity quantity, int raw) {
        return raw * quantity.times / (double) quantity.per;
    }

    @Override
    public int enumerated(Enumeration names, int value) {
        JsonNode text = take(names.name);
        if (text.isString()) {
            int number = names.values.indexOf(text.asString());
            if (number >= 0) {
                return number;
            }
        } else if (names.extensible
                && text.isInt()
                && text.asInt() >= names.values.size()
                && text.asInt() < 1 << 24) {
            return text.asInt();
        }
        throw wrong(names.name, "is " + text + ", not one of " + names.values);
    }

    @Override
    public long flags(Flags flags, long value) {
        JsonNode text = take(flags.name);
        if (text.isString()) {
            String bits = text.asString();
            if (!flags.extensible
                    || bits.length() == flags.size
                    || !bits.matches("[01]{1," + Flags.MOST_BITS + "}")) {
                throw wrong(flags.name, "is no string of bits of another length than usual");
            }
            return Long.parseLong(bits, 2) | (long) bits.length() << Flags.MOST_BITS;
        }
        if (!text.isArray()) {
            throw wrong(flags.name, "is no list of names");
        }
        long set = 0;
        for (JsonNode name : text) {
            set |= 1L << (flags.size - 1 - bitOf(flags, name.asString("")));
        }
        return set;
    }

    private int bitOf(Flags flags, String name) {
        for (int i = 0; i < flags.size; i++) {
            if (flags.bitName(i).equals(name)) {
                return i;
            }
        }
        throw wrong(flags.name, "has '" + name + "', which is not one of " + flags.names);
    }

    @Override
    public long identity(String name, long value) {
        String hex = take(name).asString("");
        if (!hex.matches("[0-9a-fA-F]{16}")) {
            throw wrong(name, "is not 16 hex digits");
        }
        return HexFormat.fromHexDigitsToLong(hex);
    }

    @Override
    public void characters(Characters kind, Octets value) {
        if (node.has(kind.name() + "Hex")) {
            value.set(hex(kind.name() + "Hex", take(kind.name() + "Hex")));
        } else {
            Charset charset = kind.bitsEach() == 7 ? StandardCharsets.US_ASCII : TextWriter.CHINESE;
            String text = take(kind.name()).asString("");
            byte[] bytes = text.getBytes(charset);
            if (!new String(bytes, charset).equals(text)) {
                throw wrong(kind.name(), "has a character that is not in " + charset);
            }
            value.set(bytes);
        }
        if (value.length() < kind.least() || value.length() > kind.most()) {
            throw wrong(
                    kind.name(),
                    "has %d characters, not %d..%d"
                            .formatted(value.length(), kind.least(), kind.most()));
        }
    }

    private byte[] hex(String name, JsonNode text) {
        try {
            return HexFormat.of().parseHex(text.asString("-"));
        } catch (IllegalArgumentException e) {
            throw wrong(name, "is no hex");
        }
    }

    @Override
    public void structure(String name, Structure value) {
        enter(name, take(name));
        value.exchange(this);
        leave();
    }

    @Override
    public <T extends Structure> void list(Repeated kind, Items<T> items) {
        JsonNode array = take(kind.name());
        if (!array.isArray() || array.size() < kind.least() || array.size() > kind.most()) {
            throw wrong(kind.name(), "is no list of %d..%d".formatted(kind.least(), kind.most()));
        }
        items.clear();
        for (int i = 0; i < array.size(); i++) {
            enter(kind.name() + "[" + i + "]", array.get(i));
            items.add().exchange(this);
            leave();
        }
    }

    @Override
    public int choice(Choice choice, int alternative) {
        enter(choice.name, take(choice.name));
        int found = find(choice.alternatives);
        if (found >= 0) {
            return found;
        }
        @Nullable JsonNode later = node.get(LATER_ALTERNATIVE);
        if (choice.extensible
                && later != null
                && later.isInt()
                && later.asInt() >= choice.size()
                && later.asInt() < 1 << 24) {
            taken.add(LATER_ALTERNATIVE);
            return later.asInt();
        }
        throw wrong("", "is not one of " + choice.alternatives);
    }

    private int find(List<String> alternatives) {
        for (String name : node.propertyNames()) {
            // The names of numbers in a choice carry their unit.
            for (int i = 0; i < alternatives.size(); i++) {
                String alternative = alternatives.get(i);
                if (name.equals(alternative)
                        || name.equals(alternative + "Metres")
                        || name.equals(alternative + "Hex")) {
                    return i;
                }
            }
        }
        return -1;
    }

    @Override
    public void openType(Octets value) {
        value.set(hex(LATER_CONTENT, take(LATER_CONTENT)));
        if (value.length() >= 1 << 14) {
            throw wrong(LATER_CONTENT, "is longer than 16383 bytes");
        }
    }

    @Override
    public void remainder(String name, Octets value) {
        value.set(hex(name, take(name)));
    }

    @Override
    public void endChoice() {
        leave();
    }

    @Override
    public void additions(Layout layout, int presence, Additions additions) {
        if ((presence & layout.extensionBit()) == 0) {
            return;
        }
        JsonNode array = take(ADDITIONS);
        if (!array.isArray() || array.isEmpty() || array.size() > Additions.MOST) {
            throw wrong(ADDITIONS, "is no list of 1.." + Additions.MOST);
        }
        long present = 0;
        for (JsonNode addition : array) {
            present = present << 1 | (addition.isNull() ? 0 : 1);
        }
        additions.reset(array.size(), present);
        for (int i = 0; i < array.size(); i++) {
            if (additions.isPresent(i)) {
                byte[] content = hex(ADDITIONS, array.get(i));
                if (content.length >= 1 << 14) {
                    throw wrong(ADDITIONS, "has one longer than 16383 bytes");
                }
                additions.length(i, content.length);
                for (byte octet : content) {
                    additions.content().add(octet);
                }
            }
        }
    }
}
