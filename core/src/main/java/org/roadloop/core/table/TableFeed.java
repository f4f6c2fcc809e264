package org.roadloop.core.table;

import java.util.List;
import java.util.function.Consumer;

/**
 * Governed rows for a use under a contract, as they come (行流): what {@link TableExport} writes as
 * files, as batches, and told when there are more. The identity column is re-keyed to the pseudonym
 * of the contract. Any thread.
 */
public interface TableFeed {
    /** Before the first snapshot of a table. */
    long START = -1;

    /** The snapshot that holds all rows so far, or {@link #START} while the table is empty. */
    long currentSnapshot(String table);

    /**
     * Released rows that were added after one snapshot, up to and with another. The same two
     * snapshots give the same rows in the same order, masked by what was known at {@code upTo}.
     *
     * @param after {@link #START} for all rows
     * @param columns names in the order wanted; empty for all that are released
     * @throws java.util.NoSuchElementException if {@code upTo} does not follow {@code after} in the
     *     history of the table
     */
    TableSource.Scan openReleased(
            String table, long after, long upTo, List<String> columns, String agreementId);

    /**
     * Runs after each commit, with the name of the table, on the thread that committed: it must not
     * block.
     *
     * @return ends it
     */
    Runnable onCommit(Consumer<String> run);
}
