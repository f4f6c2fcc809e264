package org.roadloop.govern.product;

import org.roadloop.core.table.Batch;
import org.roadloop.core.table.CellState;

/** Cells by state of what comes out (质量计数): completeness and validity of a product. One thread. */
final class CellCounts {
    private final long[] byState = new long[5];
    private long rows;

    void add(Batch batch) {
        rows += batch.rows();
        for (int c = 0; c < batch.schema().size(); c++) {
            byte[] states = batch.states(c);
            for (int row = 0; row < batch.rows(); row++) {
                byState[states[row]]++;
            }
        }
    }

    long rows() {
        return rows;
    }

    long masked() {
        return byState[CellState.MASKED];
    }

    private long all() {
        long all = 0;
        for (long count : byState) {
            all += count;
        }
        return all;
    }

    /** Share of cells that hold a value or were taken out on purpose, per million. */
    long completePartsPerMillion() {
        return share(byState[CellState.OK] + byState[CellState.MASKED]);
    }

    /** Share of cells that are neither invalid nor abnormal, per million. */
    long validPartsPerMillion() {
        return share(all() - byState[CellState.INVALID] - byState[CellState.ABNORMAL]);
    }

    private long share(long of) {
        long all = all();
        return all == 0 ? 1_000_000 : Math.round(1e6 * of / all);
    }
}
