package org.roadloop.core.watermark;

import java.util.List;
import javax.crypto.SecretKey;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.ColumnType;
import org.roadloop.core.table.Schema;

/*
 * Each cell of a marked column is looked at twice. By value: the pair of the value decides, under the
 * contract's key, whether all cells of that pair are marked and how; this survives the loss of every
 * other column. By row: for cells that the first look leaves alone, what names the row decides; this
 * gives a vote a row also where a column has few values. One cell in eight each, half of which show
 * their mark already: about 12 % of the cells are changed, none by more than its step.
 *
 * Finding: of data that has nothing to do with a contract's key, the marks of different inputs are
 * fair coins, whatever the data are. Cells of one input are one vote (what most of them show; none
 * if they are even), so the votes that agree with the key follow B(n, 1/2) exactly, for other
 * contracts' marks, mixtures and forgeries too. That is the bound on accusing the wrong one.
 */

/**
 * The marks of one contract (合约水印): puts them in, and counts them in what is suspected. One thread.
 */
public final class ContractMarks {
    private final WatermarkTerms terms;
    private final CellBlocks blocks;
    private final long[] pairs = new long[CellBlocks.SLICE];
    private final byte[] value = new byte[CellBlocks.SLICE * CellBlocks.BLOCK];
    private final byte[] row = new byte[CellBlocks.SLICE * CellBlocks.BLOCK];

    /**
     * @param platform the platform's key for watermarks
     */
    public ContractMarks(WatermarkTerms terms, SecretKey platform, String agreementId) {
        this.terms = terms;
        this.blocks = new CellBlocks(platform, agreementId);
    }

    public WatermarkTerms terms() {
        return terms;
    }

    /** A cell that carries a mark. */
    private interface Marked {
        void cell(Place place, boolean byRow, int row, int mark, long input);
    }

    /** A marked column as a batch has it. */
    private record Place(
            Step step, byte[] tag, double @Nullable [] wide, float @Nullable [] narrow) {
        double value(int row) {
            return wide != null ? wide[row] : narrow != null ? narrow[row] : 0;
        }

        void set(int row, double to) {
            if (wide != null) {
                wide[row] = to;
            } else if (narrow != null) {
                narrow[row] = (float) to;
            }
        }
    }

    /** Changes cells in place; the same rows are changed alike, in whatever order they come. */
    public void mark(Batch batch) {
        walk(
                batch,
                (place, byRow, row, mark, input) ->
                        place.set(
                                row,
                                place.step().marked(place.value(row), mark, place.wide() == null)));
    }

    /** Adds what the batch shows of this contract. Columns may be missing. */
    public void count(Batch batch, MarkCounter counter) {
        walk(
                batch,
                (place, byRow, row, mark, input) ->
                        counter.vote(byRow, input, place.step().mark(place.value(row)) == mark));
    }

    private void walk(Batch batch, Marked action) {
        Schema schema = batch.schema();
        List<String> by = terms.row();
        boolean rows = !by.isEmpty() && by.stream().allMatch(schema::has);
        int[] names = rows ? by.stream().mapToInt(schema::indexOf).toArray() : new int[0];
        for (int from = 0; from < batch.rows(); from += CellBlocks.SLICE) {
            int count = Math.min(CellBlocks.SLICE, batch.rows() - from);
            if (rows) {
                blocks.rows(batch, from, count, names);
            }
            for (var column : terms.tolerances().entrySet()) {
                if (schema.has(column.getKey())) {
                    int c = schema.indexOf(column.getKey());
                    Place place = place(batch, c, column.getValue());
                    walk(batch, c, place, from, count, rows, action);
                }
            }
        }
    }

    private Place place(Batch batch, int c, Step step) {
        byte[] tag = blocks.tag(batch.schema().column(c).name());
        ColumnType type = batch.schema().column(c).type();
        return switch (type) {
            case DOUBLE -> new Place(step, tag, batch.doubles(c), null);
            case FLOAT -> new Place(step, tag, null, batch.floats(c));
            case BOOL, INT, LONG, TIMESTAMP_MICROS_UTC, STRING ->
                    throw new IllegalStateException(
                            "column '"
                                    + batch.schema().column(c).name()
                                    + "' of type "
                                    + type
                                    + " can't carry a watermark");
        };
    }

    private void walk(
            Batch batch, int c, Place place, int from, int count, boolean rows, Marked action) {
        for (int i = 0; i < count; i++) {
            pairs[i] = batch.isOk(c, from + i) ? place.step().pair(place.value(from + i)) : 0;
        }
        blocks.byValue(place.tag(), pairs, count, value);
        if (rows) {
            blocks.byRow(place.tag(), count, row);
        }
        for (int i = 0; i < count; i++) {
            if (pairs[i] == 0) {
                continue;
            }
            if (CellBlocks.marked(value, i)) {
                action.cell(
                        place,
                        false,
                        from + i,
                        CellBlocks.mark(value, i),
                        CellBlocks.input(value, i));
            } else if (rows && blocks.named(i) && CellBlocks.marked(row, i)) {
                action.cell(
                        place, true, from + i, CellBlocks.mark(row, i), CellBlocks.input(row, i));
            }
        }
    }
}
