package org.roadloop.core.table;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * Answers SQL over prepared rows (受控查询). Whatever the statement, it sees the relations it was given
 * and nothing else: no file, no other table, no setting. Any thread.
 */
public interface TableQuery {
    /**
     * Runs one SELECT and writes its rows to a file.
     *
     * @param relations all that the statement may name
     * @param result a file that is not there yet; after a refusal it is not there either
     * @throws RefusedException with a short stable code
     */
    Answer run(
            String sql,
            List<Relation> relations,
            Limits limits,
            Format format,
            Path result,
            Stop stop);

    /**
     * Rows under a name.
     *
     * @param schema columns by the field ids of the files
     * @param fieldIds of each column of the schema, in its order
     * @param files Parquet files written by this platform, in the order of their rows
     */
    record Relation(String name, Schema schema, List<Integer> fieldIds, List<Path> files) {
        public Relation {
            fieldIds = List.copyOf(fieldIds);
            files = List.copyOf(files);
        }

        /** Of files that carry the columns of the schema and no other. */
        public static Relation of(String name, Schema schema, List<Path> files) {
            List<Integer> ids =
                    java.util.stream.IntStream.rangeClosed(1, schema.size()).boxed().toList();
            return new Relation(name, schema, ids, files);
        }
    }

    /**
     * What a query may take.
     *
     * @param rows most rows of the answer; further ones are left out, and that is said
     * @param resultBytes most bytes of the answer
     * @param memoryMegabytes of the engine; beyond it sorts and joins go to disk
     * @param diskMegabytes most of that
     */
    record Limits(
            long rows, long resultBytes, Duration time, int memoryMegabytes, int diskMegabytes) {
        public static final Limits DEFAULT =
                new Limits(10_000, 64L << 20, Duration.ofSeconds(30), 256, 1024);
        public static final long MOST_ROWS = 1_000_000;
        public static final long MOST_SECONDS = 300;

        public Limits {
            if (rows < 1 || rows > MOST_ROWS) {
                throw new IllegalArgumentException("rows is 1 to " + MOST_ROWS + ", not " + rows);
            }
            if (time.toMillis() < 1 || time.toSeconds() > MOST_SECONDS) {
                throw new IllegalArgumentException(
                        "seconds is 1 to " + MOST_SECONDS + ", not " + time.toSeconds());
            }
        }

        /** The same with other rows and time. */
        public Limits with(long mostRows, long seconds) {
            return new Limits(
                    mostRows,
                    resultBytes,
                    Duration.ofSeconds(seconds),
                    memoryMegabytes,
                    diskMegabytes);
        }
    }

    /** How rows are written. */
    enum Format {
        CSV,
        JSON_LINES,
        PARQUET
    }

    /**
     * @param truncated whether there were more rows than the limit
     */
    record Answer(long rows, int columns, long dataBytes, boolean truncated, Duration time) {}

    /** Ends a query from another thread. Any thread. */
    final class Stop {
        private volatile boolean stopped;

        /** From now on the query ends as {@code cancelled}. */
        public void stop() {
            stopped = true;
        }

        public boolean isStopped() {
            return stopped;
        }
    }

    /** A query that is not answered. */
    final class RefusedException extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final String code;

        /**
         * @param code short stable name: {@code one_select_only}, {@code time_exceeded}
         */
        public RefusedException(String code, String message) {
            super(message);
            this.code = code;
        }

        public String code() {
            return code;
        }
    }
}
