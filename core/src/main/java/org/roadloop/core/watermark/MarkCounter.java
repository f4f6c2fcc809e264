package org.roadloop.core.watermark;

import java.util.Arrays;

/** What a suspected file shows of one contract's marks (计数). One thread. */
public final class MarkCounter {
    private long[] byValue = new long[256];
    private long[] byRow = new long[256];
    private int values;
    private int rows;

    void vote(boolean ofRow, long input, boolean agrees) {
        long vote = input << 1 | (agrees ? 1 : 0);
        if (ofRow) {
            if (rows == byRow.length) {
                byRow = Arrays.copyOf(byRow, rows * 2);
            }
            byRow[rows++] = vote;
        } else {
            if (values == byValue.length) {
                byValue = Arrays.copyOf(byValue, values * 2);
            }
            byValue[values++] = vote;
        }
    }

    /** Marks that hang on the value alone. */
    public MarkCount byValue() {
        return count(byValue, values);
    }

    /** Marks that hang on what names the row. */
    public MarkCount byRow() {
        return count(byRow, rows);
    }

    /** One vote an input: that of most of its cells, none if they are even. */
    private static MarkCount count(long[] votes, int size) {
        Arrays.sort(votes, 0, size);
        long cells = 0;
        long matched = 0;
        for (int i = 0; i < size; ) {
            long input = votes[i] >> 1;
            int balance = 0;
            for (; i < size && votes[i] >> 1 == input; i++) {
                balance += (votes[i] & 1) == 1 ? 1 : -1;
            }
            if (balance != 0) {
                cells++;
                matched += balance > 0 ? 1 : 0;
            }
        }
        return new MarkCount(cells, matched);
    }
}
