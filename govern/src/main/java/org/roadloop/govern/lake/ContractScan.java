package org.roadloop.govern.lake;

import org.jspecify.annotations.Nullable;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.Schema;
import org.roadloop.core.table.TableSource;
import org.roadloop.govern.privacy.Pseudonym;

/** A scan whose identity column carries the pseudonyms of one contract (合约假名). One thread. */
final class ContractScan implements TableSource.Scan {
    private final TableSource.Scan inner;
    private final String identity;
    private final Pseudonym pseudonym;

    ContractScan(TableSource.Scan inner, String identity, Pseudonym pseudonym) {
        this.inner = inner;
        this.identity = identity;
        this.pseudonym = pseudonym;
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
        Batch from = inner.next();
        if (from == null || from.rows() == 0 || !from.schema().has(identity)) {
            return from;
        }
        try (from) {
            return rekey(from);
        }
    }

    private Batch rekey(Batch from) {
        Schema schema = from.schema();
        int id = schema.indexOf(identity);
        Batch to = new Batch(schema, from.rows());
        to.rows(from.rows());
        for (int c = 0; c < schema.size(); c++) {
            if (c == id) {
                pseudonym.tokens(from.strings(c), from.rows(), to.strings(c));
                System.arraycopy(from.states(c), 0, to.states(c), 0, from.rows());
            } else {
                for (int row = 0; row < from.rows(); row++) {
                    to.copyCell(from, c, row, c, row);
                }
            }
        }
        return to;
    }

    @Override
    public void close() {
        inner.close();
    }
}
