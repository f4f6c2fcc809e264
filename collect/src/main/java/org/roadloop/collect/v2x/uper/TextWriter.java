package org.roadloop.collect.v2x.uper;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HexFormat;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes structures as JSON for people (文本输出): units in the names, "invalid" for "not known", words
 * for numbers that have one. {@link TextReader} is its exact inverse. One thread.
 */
public final class TextWriter extends Exchange {
    static final String INVALID = "invalid";
    static final Charset CHINESE = Charset.forName("GBK");

    private final JsonMapper mapper = JsonMapper.builder().build();
    private final Deque<ObjectNode> outer = new ArrayDeque<>();
    private ObjectNode node = mapper.createObjectNode();

    /** The object of one structure. */
    public ObjectNode write(Structure message) {
        outer.clear();
        node = mapper.createObjectNode();
        message.exchange(this);
        return node;
    }

    @Override
    public int sequence(Layout layout, int presence) {
        return presence;
    }

    @Override
    public int integer(Quantity quantity, int value) {
        if (value == quantity.unknown) {
            node.put(quantity.textName, INVALID);
        } else if (quantity.per == 1) {
            node.put(quantity.textName, value * quantity.times);
        } else {
            node.put(quantity.textName, quantity.value(value));
        }
        return value;
    }

    @Override
    public int enumerated(Enumeration names, int value) {
        if (value < names.values.size()) {
            node.put(names.name, names.values.get(value));
        } else {
            node.put(names.name, value);
        }
        return value;
    }

    @Override
    public long flags(Flags flags, long value) {
        int length = Flags.length(value);
        if (length != 0) {
            StringBuilder bits = new StringBuilder(length);
            for (int i = length - 1; i >= 0; i--) {
                bits.append(value >>> i & 1);
            }
            node.put(flags.name, bits.toString());
            return value;
        }
        ArrayNode set = node.putArray(flags.name);
        for (int i = 0; i < flags.size; i++) {
            if ((value >>> (flags.size - 1 - i) & 1) != 0) {
                set.add(flags.bitName(i));
            }
        }
        return value;
    }

    @Override
    public long identity(String name, long value) {
        node.put(name, HexFormat.of().toHexDigits(value));
        return value;
    }

    @Override
    public void characters(Characters kind, Octets value) {
        Charset charset = kind.bitsEach() == 7 ? StandardCharsets.US_ASCII : CHINESE;
        String text = value.toString(charset);
        if (Arrays.equals(text.getBytes(charset), value.toBytes())) {
            node.put(kind.name(), text);
        } else {
            node.put(kind.name() + "Hex", HexFormat.of().formatHex(value.toBytes()));
        }
    }

    @Override
    public void structure(String name, Structure value) {
        outer.push(node);
        node = node.putObject(name);
        value.exchange(this);
        node = outer.pop();
    }

    @Override
    public <T extends Structure> void list(Repeated kind, Items<T> items) {
        ArrayNode array = node.putArray(kind.name());
        outer.push(node);
        for (int i = 0; i < items.size(); i++) {
            node = array.addObject();
            items.get(i).exchange(this);
        }
        node = outer.pop();
    }

    @Override
    public int choice(Choice choice, int alternative) {
        outer.push(node);
        node = node.putObject(choice.name);
        if (alternative >= choice.size()) {
            node.put(TextReader.LATER_ALTERNATIVE, alternative);
        }
        return alternative;
    }

    @Override
    public void openType(Octets value) {
        node.put(TextReader.LATER_CONTENT, HexFormat.of().formatHex(value.toBytes()));
    }

    @Override
    public void remainder(String name, Octets value) {
        node.put(name, HexFormat.of().formatHex(value.toBytes()));
    }

    @Override
    public void endChoice() {
        node = outer.pop();
    }

    @Override
    public void additions(Layout layout, int presence, Additions additions) {
        if ((presence & layout.extensionBit()) == 0) {
            return;
        }
        ArrayNode array = node.putArray(TextReader.ADDITIONS);
        byte[] content = additions.content().toBytes();
        int at = 0;
        for (int i = 0; i < additions.count(); i++) {
            if (additions.isPresent(i)) {
                int end = at + additions.length(i);
                array.add(HexFormat.of().formatHex(content, at, end));
                at = end;
            } else {
                array.addNull();
            }
        }
    }
}
