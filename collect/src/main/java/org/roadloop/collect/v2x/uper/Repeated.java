package org.roadloop.collect.v2x.uper;

/** A SEQUENCE (SIZE(least..most)) OF (列表). */
public record Repeated(String name, int least, int most) {
    public Repeated {
        if (least < 0 || most <= least) {
            throw new IllegalArgumentException(name + " has no range of sizes");
        }
    }

    int bits() {
        return 32 - Integer.numberOfLeadingZeros(most - least);
    }
}
