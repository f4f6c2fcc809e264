package org.roadloop.govern.lake;

import java.io.EOFException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.sql.SQLException;
import java.util.Set;
import org.apache.iceberg.exceptions.CommitStateUnknownException;
import org.apache.iceberg.jdbc.UncheckedSQLException;
import org.roadloop.core.ledger.CorruptLogException;

/**
 * Tells storage that refuses for a while (存储故障) from a broken invariant: the first may be tried
 * again, the second must stop the platform.
 *
 * <p>Storage is the disk (full, read-only, over its quota, failing) and the ledger, which refuses
 * with {@link UncheckedIOException} whatever keeps it from being written. A system's error texts
 * are in its own language, so they are not looked at; only what can't mend itself is left out: a
 * file that is gone, ends early or is there already.
 */
public final class DiskFault {
    /** Primary result codes of SQLite: READONLY, IOERR, FULL, CANTOPEN (its journal). */
    private static final Set<Integer> SQLITE = Set.of(8, 10, 13, 14);

    private static final int SQLITE_PRIMARY = 0xFF;

    /** How DuckDB begins the text of an error of its file system; it has no codes. */
    private static final String DUCKDB = "IO Error";

    private DiskFault() {}

    /** Whether the same step may be tried again later. */
    public static boolean is(Throwable thrown) {
        boolean storage = false;
        for (Throwable at = thrown; at != null; at = at.getCause()) {
            switch (at) {
                case NoSuchFileException ignored -> {
                    return false;
                }
                case FileAlreadyExistsException ignored -> {
                    return false;
                }
                case EOFException ignored -> {
                    return false;
                }
                case ClosedChannelException ignored -> {
                    return false;
                }
                case InterruptedIOException ignored -> {
                    return false;
                }
                case IOException ignored -> storage = true;
                case UncheckedIOException ignored -> storage = true;
                // Inside a refusal of the ledger: it refuses every act, and stays readable.
                case CorruptLogException ignored -> {
                    if (!storage) {
                        return false;
                    }
                }
                case SQLException sql -> storage |= isDisk(sql);
                case LakeException ignored -> {}
                case UncheckedSQLException ignored -> {}
                case CommitStateUnknownException ignored -> {}
                default -> {
                    return false;
                }
            }
        }
        return storage;
    }

    private static boolean isDisk(SQLException e) {
        return SQLITE.contains(e.getErrorCode() & SQLITE_PRIMARY)
                || String.valueOf(e.getMessage()).contains(DUCKDB);
    }
}
