package org.roadloop.collect.v2x.uper;

import java.util.List;

/**
 * The preamble of a SEQUENCE (序列前导位): X.691 §19.2. In a presence word the lowest bit is the last
 * OPTIONAL field; above the first one is the extension bit, if the sequence has one.
 */
public final class Layout {
    private final boolean extensible;
    private final List<String> optionals;
    private final int bits;

    private Layout(boolean extensible, List<String> optionals) {
        this.extensible = extensible;
        this.optionals = optionals;
        bits = optionals.size() + (extensible ? 1 : 0);
    }

    /** A sequence that ends with {@code ...}; text names of its OPTIONAL fields in order. */
    public static Layout extensible(String... optionals) {
        return new Layout(true, List.of(optionals));
    }

    /** A sequence without {@code ...}. */
    public static Layout closed(String... optionals) {
        return new Layout(false, List.of(optionals));
    }

    /** The bit of an OPTIONAL field in the presence word. */
    public int bit(String optional) {
        int index = optionals.indexOf(optional);
        if (index < 0) {
            throw new IllegalArgumentException(optional + " is not one of " + optionals);
        }
        return 1 << (optionals.size() - 1 - index);
    }

    /** The extension bit in the presence word, or 0. */
    public int extensionBit() {
        return extensible ? 1 << (bits - 1) : 0;
    }

    public int bits() {
        return bits;
    }

    List<String> optionals() {
        return optionals;
    }
}
