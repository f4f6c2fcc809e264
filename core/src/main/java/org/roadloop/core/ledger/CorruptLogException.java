package org.roadloop.core.ledger;

import java.nio.file.Path;

/** A file of the log is not what was written; the log refuses to open and guesses nothing. */
public final class CorruptLogException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final transient Path file;
    private final long byteOffset;

    public CorruptLogException(Path file, long byteOffset, String what) {
        super(
                "ledger file "
                        + file
                        + " is damaged at byte "
                        + byteOffset
                        + ": "
                        + what
                        + "; restore it from a backup, nothing was changed");
        this.file = file;
        this.byteOffset = byteOffset;
    }

    private CorruptLogException(String table, String message) {
        super(message);
        file = Path.of(table);
        byteOffset = -1;
    }

    /** A row of a table is not what was written: {@link #file} is the table, the offset -1. */
    static CorruptLogException inTable(String table, String key, String what) {
        return new CorruptLogException(
                table,
                "ledger table "
                        + table
                        + " is damaged at "
                        + key
                        + ": "
                        + what
                        + "; restore it from a backup, nothing was changed");
    }

    public Path file() {
        return file;
    }

    public long byteOffset() {
        return byteOffset;
    }
}
