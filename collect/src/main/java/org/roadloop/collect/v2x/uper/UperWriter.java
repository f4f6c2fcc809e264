package org.roadloop.collect.v2x.uper;

import java.util.Arrays;

/**
 * Writes structures as frames (编码). A value out of its range is the caller's mistake and throws.
 * One thread.
 */
public final class UperWriter extends Exchange {
    private byte[] out = new byte[512];
    private int whole;
    private int pending;
    private int pendingBits;

    /**
     * Writes one whole frame.
     *
     * @throws IllegalArgumentException naming the field that is out of range
     */
    public byte[] write(Structure message) {
        int length = encode(message);
        return Arrays.copyOf(out, length);
    }

    /** The frame of the last {@link #encode}, from 0 on; valid until the next. */
    public byte[] buffer() {
        return out;
    }

    /**
     * Writes one whole frame to {@link #buffer}.
     *
     * @return its length in bytes
     */
    public int encode(Structure message) {
        whole = 0;
        pending = 0;
        pendingBits = 0;
        message.exchange(this);
        if (pendingBits > 0) {
            put(0, 8 - pendingBits);
        }
        return whole;
    }

    private void put(long value, int bits) {
        for (int left = bits; left > 0; ) {
            int take = Math.min(left, 8 - pendingBits);
            left -= take;
            pending = pending << take | (int) (value >>> left) & ((1 << take) - 1);
            pendingBits += take;
            if (pendingBits == 8) {
                if (whole == out.length) {
                    out = Arrays.copyOf(out, out.length * 2);
                }
                out[whole++] = (byte) pending;
                pending = 0;
                pendingBits = 0;
            }
        }
    }

    private static IllegalArgumentException outside(
            String name, long value, long least, long most) {
        return new IllegalArgumentException(
                "%s is %d, not %d..%d".formatted(name, value, least, most));
    }

    @Override
    public int sequence(Layout layout, int presence) {
        int bits = layout.bits();
        if (presence >>> bits != 0) {
            throw outside("presence of " + layout.optionals(), presence, 0, (1L << bits) - 1);
        }
        put(presence, bits);
        return presence;
    }

    @Override
    public int integer(Quantity quantity, int value) {
        if (value < quantity.least || value > quantity.most) {
            throw outside(quantity.textName + " (raw)", value, quantity.least, quantity.most);
        }
        put((long) value - quantity.least, quantity.bits);
        return value;
    }

    @Override
    public int enumerated(Enumeration names, int value) {
        number(names.name, value, names.values.size(), names.bits, names.extensible);
        return value;
    }

    /** A number of one of the known, or of a later edition. */
    private void number(String name, int value, int known, int bits, boolean extensible) {
        boolean beyond = value >= known;
        if (value < 0 || (beyond && !extensible) || value - known >= 1 << 24) {
            throw outside(name, value, 0, extensible ? known - 1 + (1 << 24) : known - 1);
        }
        if (extensible) {
            put(beyond ? 1 : 0, 1);
        }
        if (!beyond) {
            put(value, bits);
            return;
        }
        int number = value - known;
        if (number < 64) {
            put(number, 7);
        } else {
            put(1, 1);
            int octets = (39 - Integer.numberOfLeadingZeros(number)) / 8;
            length(name, octets);
            put(number, 8 * octets);
        }
    }

    @Override
    public long flags(Flags flags, long value) {
        int length = Flags.length(value);
        long content = Flags.content(value);
        int size = length == 0 ? flags.size : length;
        if ((length != 0 && (!flags.extensible || length == flags.size || length > Flags.MOST_BITS))
                || content >>> size != 0) {
            throw new IllegalArgumentException(
                    "%s is %x, not a string of %d bits".formatted(flags.name, value, flags.size));
        }
        if (flags.extensible) {
            put(length == 0 ? 0 : 1, 1);
            if (length != 0) {
                length(flags.name, length);
            }
        }
        put(content, size);
        return value;
    }

    @Override
    public long identity(String name, long value) {
        put(value, 64);
        return value;
    }

    @Override
    public void characters(Characters kind, Octets value) {
        if (value.length() < kind.least() || value.length() > kind.most()) {
            throw outside("length of " + kind.name(), value.length(), kind.least(), kind.most());
        }
        put(value.length() - kind.least(), kind.bits());
        for (int i = 0; i < value.length(); i++) {
            int octet = value.at(i) & 0xFF;
            if (octet >>> kind.bitsEach() != 0) {
                throw outside("a character of " + kind.name(), octet, 0, 127);
            }
            put(octet, kind.bitsEach());
        }
    }

    @Override
    public void structure(String name, Structure value) {
        value.exchange(this);
    }

    @Override
    public <T extends Structure> void list(Repeated kind, Items<T> items) {
        if (items.size() < kind.least() || items.size() > kind.most()) {
            throw outside("size of " + kind.name(), items.size(), kind.least(), kind.most());
        }
        put(items.size() - kind.least(), kind.bits());
        for (int i = 0; i < items.size(); i++) {
            items.get(i).exchange(this);
        }
    }

    @Override
    public int choice(Choice choice, int alternative) {
        number(choice.name, alternative, choice.size(), choice.bits, choice.extensible);
        return alternative;
    }

    @Override
    public void openType(Octets value) {
        length("open type", value.length());
        for (int i = 0; i < value.length(); i++) {
            put(value.at(i), 8);
        }
    }

    @Override
    public void endChoice() {}

    @Override
    public void remainder(String name, Octets value) {
        for (int i = 0; i < value.length(); i++) {
            // The last bits are those that end the frame on a whole byte.
            int count = i < value.length() - 1 || pendingBits == 0 ? 8 : 8 - pendingBits;
            int octet = value.at(i) & 0xFF;
            if ((octet & ((1 << (8 - count)) - 1)) != 0) {
                throw new IllegalArgumentException(name + " does not end on a whole byte");
            }
            put(octet >>> (8 - count), count);
        }
    }

    @Override
    public void additions(Layout layout, int presence, Additions additions) {
        if ((presence & layout.extensionBit()) == 0) {
            return;
        }
        int count = additions.count();
        if (count < 1 || count > Additions.MOST) {
            throw outside("count of additions", count, 1, Additions.MOST);
        }
        put(count - 1, 7);
        put(additions.present, count);
        int at = 0;
        for (int i = 0; i < count; i++) {
            if (additions.isPresent(i)) {
                length("addition", additions.length(i));
                for (int k = 0; k < additions.length(i); k++) {
                    put(additions.content().at(at++), 8);
                }
            }
        }
    }

    private void length(String name, int length) {
        if (length < 0 || length >= 1 << 14) {
            throw outside("length of " + name, length, 0, (1 << 14) - 1);
        }
        if (length < 128) {
            put(length, 8);
        } else {
            put(0b10, 2);
            put(length, 14);
        }
    }
}
