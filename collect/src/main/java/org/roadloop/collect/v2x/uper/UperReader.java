package org.roadloop.collect.v2x.uper;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Reads a frame into structures (解码). A fault is kept, never thrown: after it every field reads as
 * the least value and every list as empty, so that a structure ends by itself. One thread.
 */
public final class UperReader extends Exchange {
    private static final VarHandle LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private byte[] bytes = new byte[0];
    private int firstBit;
    private int bit;
    private int endBit;
    private Fault fault = Fault.NONE;
    private int faultBit;

    /**
     * Reads one whole frame, its last bits included.
     *
     * @return the fault, NONE when the structure holds the message
     */
    public Fault read(byte[] frame, int offset, int length, Structure message) {
        if (length > 1 << 24 || offset > 1 << 24) {
            throw new IllegalArgumentException("a frame of " + length + " bytes at " + offset);
        }
        bytes = frame;
        firstBit = offset * 8;
        bit = firstBit;
        endBit = (offset + length) * 8;
        fault = Fault.NONE;
        message.exchange(this);
        if (fault == Fault.NONE) {
            int left = endBit - bit;
            if (left >= 8) {
                fail(Fault.TRAILING);
            } else if (left > 0 && bits(left) != 0) {
                fail(Fault.PADDING, left);
            }
        }
        return fault;
    }

    /** Bytes from the frame's start to the one the fault was found in. */
    public int faultOffset() {
        return (faultBit - firstBit) / 8;
    }

    @Override
    public boolean failed() {
        return fault != Fault.NONE;
    }

    private void fail(Fault reason) {
        fail(reason, 0);
    }

    private void fail(Fault reason, int bitsTaken) {
        if (fault == Fault.NONE) {
            fault = reason;
            faultBit = bit - bitsTaken;
        }
        endBit = bit;
    }

    /** The next 1..57 bits; 0 after a fault. */
    private long bits(int count) {
        int at = bit;
        if (count > endBit - at) {
            fail(Fault.TRUNCATED);
            return 0;
        }
        bit = at + count;
        int first = at >>> 3;
        byte[] from = bytes;
        long word = first + 8 <= from.length ? (long) LONG.get(from, first) : lastBytes(first);
        return word << (at & 7) >>> (64 - count);
    }

    private long lastBytes(int first) {
        long word = 0;
        for (int i = 0; i < 8; i++) {
            word = word << 8 | (first + i < bytes.length ? bytes[first + i] & 0xFF : 0);
        }
        return word;
    }

    @Override
    public int sequence(Layout layout, int presence) {
        int count = layout.bits();
        return count == 0 ? 0 : (int) bits(count);
    }

    @Override
    public int integer(Quantity quantity, int value) {
        long steps = bits(quantity.bits);
        if (steps > quantity.span) {
            fail(Fault.RANGE, quantity.bits);
            return quantity.least;
        }
        return (int) (quantity.least + steps);
    }

    @Override
    public int enumerated(Enumeration names, int value) {
        if (names.extensible && bits(1) != 0) {
            return beyond(names.values.size());
        }
        int number = (int) bits(names.bits);
        if (number >= names.values.size()) {
            fail(Fault.RANGE, names.bits);
            return 0;
        }
        return number;
    }

    @Override
    public long flags(Flags flags, long value) {
        if (!flags.extensible || bits(1) == 0) {
            return bits(flags.size);
        }
        int length = length();
        if (length == flags.size || length == 0) {
            fail(Fault.FORM);
            return 0;
        }
        if (length > Flags.MOST_BITS) {
            fail(Fault.SIZE);
            return 0;
        }
        return failed() ? 0 : bits(length) | (long) length << Flags.MOST_BITS;
    }

    @Override
    public long identity(String name, long value) {
        return bits(32) << 32 | bits(32);
    }

    @Override
    public void characters(Characters kind, Octets value) {
        int count = (int) bits(kind.bits()) + kind.least();
        if (count > kind.most()) {
            fail(Fault.RANGE, kind.bits());
        }
        octets(value, count, kind.bitsEach());
    }

    private void octets(Octets value, int count, int bitsEach) {
        value.clear();
        for (int i = 0; i < count && !failed(); i++) {
            value.add((byte) bits(bitsEach));
        }
    }

    @Override
    public void structure(String name, Structure value) {
        value.exchange(this);
    }

    @Override
    public <T extends Structure> void list(Repeated kind, Items<T> items) {
        int count = (int) bits(kind.bits()) + kind.least();
        if (count > kind.most()) {
            fail(Fault.RANGE, kind.bits());
        }
        items.clear();
        for (int i = 0; i < count && !failed(); i++) {
            items.add().exchange(this);
        }
    }

    @Override
    public int choice(Choice choice, int alternative) {
        if (choice.extensible && bits(1) != 0) {
            return beyond(choice.size());
        }
        int number = (int) bits(choice.bits);
        if (number >= choice.size()) {
            fail(Fault.RANGE, choice.bits);
            return 0;
        }
        return number;
    }

    @Override
    public void openType(Octets value) {
        octets(value, length(), 8);
    }

    @Override
    public void endChoice() {}

    @Override
    public void remainder(String name, Octets value) {
        value.clear();
        while (endBit > bit) {
            int count = Math.min(8, endBit - bit);
            value.add((byte) (bits(count) << (8 - count)));
        }
    }

    @Override
    public void additions(Layout layout, int presence, Additions additions) {
        if ((presence & layout.extensionBit()) == 0) {
            additions.reset(0, 0);
            return;
        }
        if (bits(1) != 0) {
            fail(Fault.SIZE);
        }
        int count = (int) bits(6) + 1;
        long present = 0;
        for (int i = 0; i < count; i++) {
            present = present << 1 | bits(1);
        }
        additions.reset(count, present);
        for (int i = 0; i < count && !failed(); i++) {
            if (additions.isPresent(i)) {
                int length = length();
                additions.length(i, length);
                for (int k = 0; k < length && !failed(); k++) {
                    additions.content().add((byte) bits(8));
                }
            }
        }
    }

    /** A number of a later edition: the small number after the known ones. */
    private int beyond(int known) {
        if (bits(1) == 0) {
            return known + (int) bits(6);
        }
        int length = length();
        if (length > 3) {
            fail(Fault.SIZE);
            return 0;
        }
        int number = length == 0 || failed() ? 0 : (int) bits(8 * length);
        if (number < 64 || number >>> (8 * (length - 1)) == 0) {
            fail(Fault.FORM);
            return 0;
        }
        return known + number;
    }

    private int length() {
        if (bits(1) == 0) {
            return (int) bits(7);
        }
        if (bits(1) != 0) {
            fail(Fault.SIZE);
            return 0;
        }
        int length = (int) bits(14);
        if (length < 128) {
            fail(Fault.FORM);
            return 0;
        }
        return length;
    }
}
