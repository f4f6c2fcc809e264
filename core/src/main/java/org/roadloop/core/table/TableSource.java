package org.roadloop.core.table;

import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The one door to governed rows: the lake implements it, {@code Main} hands it to dataspace,
 * compute and apply. Any thread.
 */
public interface TableSource {
    /** Snapshot id for "whatever is current when the scan opens". */
    long LATEST = -1;

    List<String> tables();

    /** Throws {@link java.util.NoSuchElementException} naming the tables that exist. */
    Schema schema(String table);

    /** Id of the current snapshot, or {@link #LATEST} when the table is still empty. */
    long currentSnapshot(String table);

    /**
     * Opens a scan.
     *
     * @param snapshot a snapshot id a contract has pinned, or {@link #LATEST}
     * @param columns names in the order wanted; empty for all
     */
    Scan open(String table, long snapshot, List<String> columns, Filter filter);

    /** Batches of one snapshot. One thread. */
    interface Scan extends AutoCloseable {
        Schema schema();

        long snapshot();

        /** The next batch, owned by the caller, or null at the end. */
        @Nullable Batch next();

        /** Hands every remaining batch over and closes each after it. */
        default void forEachBatch(Consumer<Batch> action) {
            while (true) {
                try (Batch batch = next()) {
                    if (batch == null) {
                        return;
                    }
                    action.accept(batch);
                }
            }
        }

        @Override
        void close();
    }
}
