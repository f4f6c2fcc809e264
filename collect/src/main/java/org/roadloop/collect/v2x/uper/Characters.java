package org.roadloop.collect.v2x.uper;

/**
 * An IA5String or a text in OCTETs (字符串) of a bounded size.
 *
 * @param bitsEach 7 for IA5, 8 for bytes in GBK
 */
public record Characters(String name, int least, int most, int bitsEach) {
    public Characters {
        if (least < 0 || most <= least || bitsEach < 7 || bitsEach > 8) {
            throw new IllegalArgumentException(name + " has no range of sizes");
        }
    }

    int bits() {
        return 32 - Integer.numberOfLeadingZeros(most - least);
    }
}
