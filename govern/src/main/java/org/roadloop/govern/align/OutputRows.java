package org.roadloop.govern.align;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.Schema;

/** Gathers rows into batches of one size, whatever size they came in (输出行). One thread. */
final class OutputRows {
    private static final int BATCH_ROWS = 4096;

    private final Schema schema;
    private @Nullable Batch batch;
    private long rows;

    OutputRows(Schema schema) {
        this.schema = schema;
    }

    /** A batch with room for one more row; the caller adds it. */
    Batch next(Consumer<Batch> out) {
        if (batch != null && batch.isFull()) {
            flush(out);
        }
        if (batch == null) {
            batch = new Batch(schema, BATCH_ROWS);
        }
        rows++;
        return batch;
    }

    void flush(Consumer<Batch> out) {
        Batch full = batch;
        batch = null;
        if (full != null) {
            out.accept(full);
        }
    }

    long rows() {
        return rows;
    }
}
