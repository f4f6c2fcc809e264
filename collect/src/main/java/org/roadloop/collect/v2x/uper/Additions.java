package org.roadloop.collect.v2x.uper;

import java.util.Arrays;

/**
 * What a later edition of a standard has put behind {@code ...} (扩展附加): X.691 §19.7 to 19.9, kept
 * as it came. At most {@link #MOST}.
 */
public final class Additions {
    public static final int MOST = 64;

    private final Octets content = new Octets();
    private int[] lengths = new int[0];
    int count;
    long present;

    /** How many additions the sender's edition has, present or not. */
    public int count() {
        return count;
    }

    public boolean isPresent(int index) {
        return (present >>> (count - 1 - index) & 1) != 0;
    }

    /** The bytes of all that are present, one after the other. */
    public Octets content() {
        return content;
    }

    /** Bytes of addition {@code index}; 0 where it is not present. */
    public int length(int index) {
        return lengths[index];
    }

    void reset(int newCount, long newPresent) {
        count = newCount;
        present = newPresent;
        content.clear();
        if (lengths.length < newCount) {
            lengths = new int[newCount];
        }
        Arrays.fill(lengths, 0);
    }

    void length(int index, int bytes) {
        lengths[index] = bytes;
    }
}
