package org.roadloop.govern.product;

import org.jspecify.annotations.Nullable;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.Schema;
import org.roadloop.core.table.TableSource;

/** A scan that counts its rows and ends after some (计数扫描). One thread. */
final class Counted implements TableSource.Scan {
    private final TableSource.Scan inner;
    private final long most;
    private long rows;

    Counted(TableSource.Scan inner, long most) {
        this.inner = inner;
        this.most = most;
    }

    long rows() {
        return rows;
    }

    @Override
    public Schema schema() {
        return inner.schema();
    }

    @Override
    public long snapshot() {
        return inner.snapshot();
    }

    @Override
    public @Nullable Batch next() {
        if (rows >= most) {
            return null;
        }
        Batch batch = inner.next();
        if (batch == null) {
            return null;
        }
        if (rows + batch.rows() > most) {
            batch.truncate((int) (most - rows));
        }
        rows += batch.rows();
        return batch;
    }

    @Override
    public void close() {
        inner.close();
    }
}
