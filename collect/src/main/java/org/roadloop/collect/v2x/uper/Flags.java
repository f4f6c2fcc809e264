package org.roadloop.collect.v2x.uper;

import java.util.List;
import java.util.function.Predicate;

/**
 * A BIT STRING with names for its bits (标志位串). The value holds the string in its low bits, the
 * first bit the highest of them. When a string whose size is extensible has another size than the
 * usual one, bits 56..63 of the value hold that size, 0..56.
 */
public final class Flags {
    static final int MOST_BITS = 56;

    final String name;
    final int size;
    final boolean extensible;
    final List<String> names;

    private Flags(String name, int size, boolean extensible, List<String> names) {
        this.name = name;
        this.size = size;
        this.extensible = extensible;
        this.names = names;
        if (names.size() > size || size > MOST_BITS) {
            throw new IllegalArgumentException(name + " has more names than bits");
        }
    }

    /** Names of the first bits in order, parted by spaces. */
    public static Flags of(String name, int size, String names) {
        return new Flags(name, size, false, List.of(names.split(" ")));
    }

    /** The size may grow in a later edition: {@code SIZE (n, ...)}. */
    public Flags extensible() {
        return new Flags(name, size, true, names);
    }

    public Flags named(String otherName) {
        return new Flags(otherName, size, extensible, names);
    }

    /** The mask of a named bit in a value of the usual size. */
    public long mask(String bit) {
        int index = names.indexOf(bit);
        if (index < 0) {
            throw new IllegalArgumentException(bit + " is not one of " + names);
        }
        return 1L << (size - 1 - index);
    }

    /** The value of the usual size in which these named bits are set. */
    public long where(Predicate<String> isSet) {
        return names.stream().filter(isSet).mapToLong(this::mask).reduce(0, (a, b) -> a | b);
    }

    public String name() {
        return name;
    }

    static int length(long value) {
        return (int) (value >>> MOST_BITS);
    }

    static long content(long value) {
        return value & (-1L >>> (64 - MOST_BITS));
    }

    String bitName(int index) {
        return index < names.size() ? names.get(index) : "bit" + index;
    }
}
