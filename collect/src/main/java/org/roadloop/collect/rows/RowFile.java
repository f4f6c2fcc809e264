package org.roadloop.collect.rows;

import java.io.IOException;
import java.util.Set;

/** A file that has rows (行文件). Read once, by one thread. */
public interface RowFile {
    /**
     * What there is to be mapped: columns of a CSV file, members of JSON objects, topics of an MCAP
     * file.
     */
    Set<String> names() throws IOException;

    /** Reads all rows in order. */
    void read(Sink sink) throws IOException;

    /** Takes rows and what is none. */
    interface Sink {
        /**
         * A row.
         *
         * @param place line, record or offset, for people: {@code line 17}
         */
        void row(String place, SourceRow row) throws IOException;

        /** Something of the file that is no row. */
        void error(String place, String reason, String detail);
    }
}
