package org.roadloop.collect.rows;

import org.jspecify.annotations.Nullable;

/**
 * One row of a file as its columns are named there (源行); valid until the next. Names that start
 * with {@code $} are of the file, not in it: {@code $file} is its name without the ending.
 */
public interface SourceRow {
    /** Text, a number, a boolean; null if the row has no such value. */
    @Nullable Object value(String column);
}
