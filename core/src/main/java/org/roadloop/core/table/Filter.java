package org.roadloop.core.table;

import java.util.List;

/** What rows a scan wants; pushed down to the files (过滤). */
public sealed interface Filter {
    Filter ALL = new And(List.of());

    /** Numeric or timestamp column within {@code [from, to]}, both inclusive. */
    record Between(String column, double from, double to) implements Filter {}

    /** Timestamp column within {@code [fromMicros, toMicros)}. */
    record During(String column, long fromMicros, long toMicros) implements Filter {}

    record Equal(String column, String value) implements Filter {}

    record And(List<Filter> parts) implements Filter {
        public And {
            parts = List.copyOf(parts);
        }
    }
}
