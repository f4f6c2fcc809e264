package org.roadloop.core.table;

/** The seven cell types of a {@link Batch}; each is one primitive array. */
public enum ColumnType {
    BOOL,
    INT,
    LONG,
    FLOAT,
    DOUBLE,
    /** Microseconds since 1970-01-01T00:00:00Z, held as {@code long}. */
    TIMESTAMP_MICROS_UTC,
    /** UTF-8 bytes with offsets, see {@link StringColumn}. */
    STRING
}
