package org.roadloop.collect.v2x.uper;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** The raw values of a message in the order of its fields, to hold against other decoders. */
public final class RawValues extends Exchange {
    /** A leaf: its name here, and its value: number, word, bits, text or hex. */
    public record Leaf(String name, String value) {}

    private final List<Leaf> leaves = new ArrayList<>();

    private RawValues() {}

    public static List<Leaf> of(Structure message) {
        RawValues values = new RawValues();
        message.exchange(values);
        return values.leaves;
    }

    private void add(String name, Object value) {
        leaves.add(new Leaf(name, value.toString()));
    }

    @Override
    public int sequence(Layout layout, int presence) {
        return presence;
    }

    @Override
    public void additions(Layout layout, int presence, Additions additions) {}

    @Override
    public int integer(Quantity quantity, int value) {
        if (quantity.textName.equals("priority")) {
            add(quantity.textName, "%02x".formatted(value));
        } else {
            add(quantity.textName, value);
        }
        return value;
    }

    @Override
    public int enumerated(Enumeration names, int value) {
        add(names.name, names.word(value));
        return value;
    }

    @Override
    public long flags(Flags flags, long value) {
        StringBuilder bits = new StringBuilder();
        for (int i = flags.size - 1; i >= 0; i--) {
            bits.append(value >>> i & 1);
        }
        add(flags.name, bits);
        return value;
    }

    @Override
    public long identity(String name, long value) {
        add(name, HexFormat.of().toHexDigits(value));
        return value;
    }

    @Override
    public void characters(Characters kind, Octets value) {
        add(
                kind.name(),
                kind.bitsEach() == 7
                        ? value.toString(StandardCharsets.US_ASCII)
                        : HexFormat.of().formatHex(value.toBytes()));
    }

    @Override
    public void structure(String name, Structure value) {
        value.exchange(this);
    }

    @Override
    public <T extends Structure> void list(Repeated kind, Items<T> items) {
        for (int i = 0; i < items.size(); i++) {
            items.get(i).exchange(this);
        }
    }

    @Override
    public int choice(Choice choice, int alternative) {
        return alternative;
    }

    @Override
    public void openType(Octets value) {}

    @Override
    public void endChoice() {}

    @Override
    public void remainder(String name, Octets value) {}
}
