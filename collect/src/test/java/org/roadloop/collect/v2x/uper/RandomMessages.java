package org.roadloop.collect.v2x.uper;

import java.util.Random;

/** Fills structures with values of every kind, seldom ones included. */
public final class RandomMessages extends Exchange {
    private final Random random;
    private final boolean laterEditions;

    /**
     * @param laterEditions whether fields of later editions are made up too
     */
    public RandomMessages(long seed, boolean laterEditions) {
        random = new Random(seed);
        this.laterEditions = laterEditions;
    }

    private boolean later() {
        return laterEditions && random.nextInt(12) == 0;
    }

    @Override
    public int sequence(Layout layout, int presence) {
        int made = random.nextInt(1 << layout.bits());
        return later() ? made : made & ~layout.extensionBit();
    }

    @Override
    public void additions(Layout layout, int presence, Additions additions) {
        if ((presence & layout.extensionBit()) == 0) {
            return;
        }
        int count = 1 + random.nextInt(random.nextInt(4) == 0 ? Additions.MOST : 3);
        additions.reset(count, random.nextLong() & (-1L >>> (64 - count)));
        for (int i = 0; i < count; i++) {
            if (additions.isPresent(i)) {
                additions.length(i, random.nextInt(20) == 0 ? 300 : random.nextInt(4));
                for (int k = 0; k < additions.length(i); k++) {
                    additions.content().add((byte) random.nextInt());
                }
            }
        }
    }

    @Override
    public int integer(Quantity quantity, int value) {
        return switch (random.nextInt(6)) {
            case 0 -> quantity.least;
            case 1 -> quantity.most;
            default -> (int) random.nextLong(quantity.least, quantity.most + 1L);
        };
    }

    @Override
    public int enumerated(Enumeration names, int value) {
        return number(names.values.size(), names.extensible);
    }

    private int number(int known, boolean extensible) {
        if (extensible && later()) {
            return known + random.nextInt(random.nextBoolean() ? 200 : 1 << 23);
        }
        return random.nextInt(known);
    }

    @Override
    public long flags(Flags flags, long value) {
        int length = flags.size;
        if (flags.extensible && later()) {
            length = 1 + random.nextInt(Flags.MOST_BITS);
        }
        long bits = random.nextLong() & (-1L >>> (64 - length));
        return length == flags.size ? bits : bits | (long) length << Flags.MOST_BITS;
    }

    @Override
    public long identity(String name, long value) {
        return random.nextLong();
    }

    @Override
    public void characters(Characters kind, Octets value) {
        value.clear();
        int length = random.nextInt(kind.least(), kind.most() + 1);
        for (int i = 0; i < length; i++) {
            value.add((byte) random.nextInt(1 << kind.bitsEach()));
        }
    }

    @Override
    public void structure(String name, Structure value) {
        value.exchange(this);
    }

    @Override
    public <T extends Structure> void list(Repeated kind, Items<T> items) {
        items.clear();
        boolean whole = random.nextInt(60) == 0;
        int most = whole ? kind.most() : Math.min(kind.most(), kind.least() + 2);
        int size = random.nextInt(kind.least(), most + 1);
        for (int i = 0; i < size; i++) {
            items.add().exchange(this);
        }
    }

    @Override
    public int choice(Choice choice, int alternative) {
        // The frame is chosen by the test.
        return choice.name.equals("frame") ? alternative : number(choice.size(), choice.extensible);
    }

    @Override
    public void openType(Octets value) {
        value.clear();
        int length = random.nextInt(20) == 0 ? 16_383 : random.nextInt(300);
        for (int i = 0; i < length; i++) {
            value.add((byte) random.nextInt());
        }
    }

    @Override
    public void endChoice() {}

    @Override
    public void remainder(String name, Octets value) {}
}
