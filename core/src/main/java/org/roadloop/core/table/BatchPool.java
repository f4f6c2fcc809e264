package org.roadloop.core.table;

import java.util.concurrent.ArrayBlockingQueue;
import org.jspecify.annotations.Nullable;

/** Keeps a bounded number of batches of one schema for reuse. Any thread. */
public final class BatchPool {
    private final Schema schema;
    private final int batchRows;
    private final ArrayBlockingQueue<Batch> free;

    public BatchPool(Schema schema, int batchRows, int keep) {
        this.schema = schema;
        this.batchRows = batchRows;
        this.free = new ArrayBlockingQueue<>(keep);
    }

    /** An empty batch; the caller owns it until {@link Batch#close}. */
    public Batch take() {
        @Nullable Batch batch = free.poll();
        return batch != null ? batch : new Batch(schema, batchRows, this);
    }

    void giveBack(Batch batch) {
        free.offer(batch);
    }
}
