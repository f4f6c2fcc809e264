package org.roadloop.collect.v2x.uper;

import java.util.List;

/** An ENUMERATED whose values are 0, 1, 2 … (枚举). */
public final class Enumeration {
    final String name;
    final List<String> values;
    final boolean extensible;
    final int bits;

    private Enumeration(String name, List<String> values, boolean extensible) {
        this.name = name;
        this.values = values;
        this.extensible = extensible;
        bits = 32 - Integer.numberOfLeadingZeros(values.size() - 1);
    }

    /** The words of the standard in order, parted by spaces. */
    public static Enumeration of(String name, String values) {
        return new Enumeration(name, List.of(values.split(" ")), false);
    }

    public Enumeration extensible() {
        return new Enumeration(name, values, true);
    }

    public Enumeration named(String otherName) {
        return new Enumeration(otherName, values, extensible);
    }

    /** The word of the standard, or the number where a later edition has one. */
    public String word(int value) {
        return value < values.size() ? values.get(value) : Integer.toString(value);
    }
}
