package org.roadloop.core.table;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/**
 * Writes governed rows as files for a use under a contract: the identity column is re-keyed to the
 * pseudonym of that contract on the way, so two contracts cannot be joined on it (合约假名). Any
 * thread.
 */
public interface TableExport {
    /**
     * Writes Parquet files of one snapshot into {@code directory}.
     *
     * @param columns names in the order wanted; empty for all that are released
     */
    default Export export(
            String table, long snapshot, List<String> columns, String agreementId, Path directory) {
        return export(table, snapshot, columns, agreementId, directory, batch -> {});
    }

    /**
     * As above.
     *
     * @param last may change the cells of each batch, released and masked, before it is written
     */
    Export export(
            String table,
            long snapshot,
            List<String> columns,
            String agreementId,
            Path directory,
            Consumer<Batch> last);

    /**
     * @param sha256 lower-case hex of the SHA-256 of each file, in the order of {@code files}
     */
    record Export(long snapshot, List<Path> files, List<String> sha256, long rows, long dataBytes) {
        public Export {
            files = List.copyOf(files);
            sha256 = List.copyOf(sha256);
        }
    }
}
