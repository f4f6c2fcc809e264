package org.roadloop.collect.v2x.uper;

import java.util.List;

/** A CHOICE and the names of its alternatives in order (选择类型). */
public final class Choice {
    final String name;
    final List<String> alternatives;
    final boolean extensible;
    final int bits;

    private Choice(String name, List<String> alternatives, boolean extensible) {
        this.name = name;
        this.alternatives = alternatives;
        this.extensible = extensible;
        bits = 32 - Integer.numberOfLeadingZeros(alternatives.size() - 1);
    }

    /** Names parted by spaces. */
    public static Choice of(String name, String alternatives) {
        return new Choice(name, List.of(alternatives.split(" ")), false);
    }

    public Choice extensible() {
        return new Choice(name, alternatives, true);
    }

    public Choice named(String otherName) {
        return new Choice(otherName, alternatives, extensible);
    }

    public int size() {
        return alternatives.size();
    }
}
