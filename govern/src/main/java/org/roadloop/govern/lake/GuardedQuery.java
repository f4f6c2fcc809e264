package org.roadloop.govern.lake;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.Set;
import java.util.StringJoiner;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.table.Column;
import org.roadloop.core.table.TableQuery;

/**
 * SQL over files that hold what may be seen and nothing else (受控查询).
 *
 * <p>Three walls. Each query gets an engine of its own in memory, whose only tables are views of
 * the files it was given, whose file system is closed but for these, and whose settings are locked;
 * so a statement that slipped through the others finds the same rows again. {@link StatementCheck}
 * refuses what is not one plain SELECT. Time, rows, bytes, memory and disk are bounded; time also
 * by a thread that is not the engine's. Any thread.
 */
public final class GuardedQuery implements TableQuery {
    private static final long PATIENCE_MILLIS = 50;

    private final Path directory;
    private final int threads;
    private final Semaphore places;

    /**
     * @param directory for sorts that do not fit into memory; what a former run left is removed
     * @param threads of each query's engine
     * @param atOnce most queries at a time; one more is refused
     */
    public GuardedQuery(Path directory, int threads, int atOnce) {
        this.directory = directory;
        this.threads = threads;
        this.places = new Semaphore(atOnce);
        clear(directory);
    }

    @Override
    public Answer run(
            String sql,
            List<Relation> relations,
            Limits limits,
            Format format,
            Path result,
            Stop stop) {
        if (!places.tryAcquire()) {
            throw new RefusedException("busy", "too many queries are running; ask again later");
        }
        Path spill = null;
        try {
            Files.createDirectories(directory);
            spill = Files.createTempDirectory(directory, "query");
            return new Run(sql, relations, limits, format, result, spill, stop).await();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make a directory for a query", e);
        } finally {
            if (spill != null) {
                clear(spill);
            }
            places.release();
        }
    }

    /** One statement on a thread of its own, so that the caller can end it. */
    private final class Run {
        private final String sql;
        private final List<Relation> relations;
        private final Limits limits;
        private final Format format;
        private final Path result;
        private final Path spill;
        private final Stop stop;
        private final AtomicReference<@Nullable Statement> running = new AtomicReference<>();
        private volatile boolean late;
        private @Nullable Answer answer;
        private @Nullable RuntimeException failure;

        Run(
                String sql,
                List<Relation> relations,
                Limits limits,
                Format format,
                Path result,
                Path spill,
                Stop stop) {
            this.sql = sql;
            this.relations = relations;
            this.limits = limits;
            this.format = format;
            this.result = result;
            this.spill = spill;
            this.stop = stop;
        }

        Answer await() {
            long begun = System.nanoTime();
            Thread thread = Thread.ofPlatform().name("query").daemon().start(this::work);
            try {
                while (!thread.join(Duration.ofMillis(PATIENCE_MILLIS))) {
                    if (System.nanoTime() - begun > limits.time().toNanos()) {
                        late = true;
                    }
                    if (isOver()) {
                        interrupt();
                    }
                }
            } catch (InterruptedException e) {
                stop.stop();
                interrupt();
                Thread.currentThread().interrupt();
                throw new RefusedException("cancelled", "the query was cancelled");
            }
            Answer done = answer;
            if (done != null) {
                return done;
            }
            delete();
            RuntimeException thrown = failure;
            throw thrown == null ? new IllegalStateException("the query ended silently") : thrown;
        }

        private boolean isOver() {
            return late || stop.isStopped();
        }

        private void interrupt() {
            Statement statement = running.get();
            if (statement != null) {
                try {
                    statement.cancel();
                } catch (SQLException e) {
                    // It has just ended by itself: the thread is about to say so.
                    return;
                }
            }
        }

        private void work() {
            long begun = System.nanoTime();
            try (Connection engine =
                    open(
                            relations,
                            format == Format.PARQUET ? List.of(result) : List.of(),
                            limits,
                            spill,
                            threads)) {
                Set<String> names =
                        relations.stream()
                                .map(r -> r.name().toLowerCase(Locale.ROOT))
                                .collect(Collectors.toSet());
                StatementCheck.check(engine, sql, names);
                answer = ask(engine, begun);
            } catch (SQLException e) {
                failure = isOver() ? over() : refusal(e);
            } catch (RuntimeException e) {
                failure = isOver() ? over() : e;
            } catch (IOException e) {
                failure = new UncheckedIOException("cannot write the answer of a query", e);
            }
        }

        private RefusedException over() {
            return late
                    ? new RefusedException(
                            "time_exceeded",
                            "the query took longer than " + limits.time().toSeconds() + " s")
                    : new RefusedException("cancelled", "the query was cancelled");
        }

        /**
         * The rows wait in the engine's bounded memory until they are counted: a row that is
         * streamed comes before the error that another one makes.
         */
        private Answer ask(Connection engine, long begun) throws SQLException, IOException {
            try (Statement statement = engine.createStatement()) {
                running.set(statement);
                statement.execute(
                        "CREATE TEMP TABLE result AS SELECT * FROM ("
                                + sql
                                + "\n) LIMIT "
                                + (limits.rows() + 1));
                ResultFile.Written written =
                        format == Format.PARQUET ? parquet(statement) : rows(statement);
                return new Answer(
                        written.rows(),
                        written.columns(),
                        Files.size(result),
                        written.truncated(),
                        Duration.ofNanos(System.nanoTime() - begun));
            } finally {
                running.set(null);
            }
        }

        private ResultFile.Written rows(Statement statement) throws SQLException, IOException {
            try (ResultSet rows = statement.executeQuery("SELECT * FROM temp.result")) {
                return ResultFile.write(
                        rows, format == Format.CSV, limits, result, this::checkOver);
            }
        }

        private void checkOver() {
            if (isOver()) {
                throw over();
            }
        }

        private ResultFile.Written parquet(Statement statement) throws SQLException, IOException {
            long rows;
            int columns;
            try (ResultSet count = statement.executeQuery("SELECT count(*) FROM temp.result")) {
                count.next();
                rows = count.getLong(1);
            }
            try (ResultSet none = statement.executeQuery("SELECT * FROM temp.result LIMIT 0")) {
                columns = none.getMetaData().getColumnCount();
            }
            statement.execute(
                    "COPY (SELECT * FROM temp.result LIMIT "
                            + limits.rows()
                            + ") TO "
                            + Sql.text(result.toString())
                            + " (FORMAT parquet, COMPRESSION zstd)");
            if (Files.size(result) > limits.resultBytes()) {
                throw ResultFile.tooBig(limits);
            }
            return new ResultFile.Written(
                    Math.min(rows, limits.rows()), columns, rows > limits.rows());
        }

        private void delete() {
            DurableFileIO.delete(result);
        }
    }

    /** An engine that has the rows of these relations and nothing else, its settings locked. */
    static Connection open(
            List<Relation> relations, List<Path> more, Limits limits, Path spill, int threads)
            throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("jdbc_stream_results", "true");
        Connection engine = DriverManager.getConnection("jdbc:duckdb:", properties);
        try (Statement statement = engine.createStatement()) {
            statement.execute("SET memory_limit = '" + limits.memoryMegabytes() + "MB'");
            statement.execute("SET threads = " + threads);
            statement.execute("SET temp_directory = " + Sql.text(spill.toString()));
            statement.execute("SET max_temp_directory_size = '" + limits.diskMegabytes() + "MB'");
            statement.execute("SET autoinstall_known_extensions = false");
            statement.execute("SET autoload_known_extensions = false");
            statement.execute("SET allow_community_extensions = false");
            statement.execute("SET allowed_paths = " + paths(relations, more));
            statement.execute("SET enable_external_access = false");
            for (Relation relation : relations) {
                statement.execute(view(relation));
            }
            statement.execute("SET lock_configuration = true");
            return engine;
        } catch (SQLException e) {
            engine.close();
            throw e;
        }
    }

    private static String paths(List<Relation> relations, List<Path> more) {
        List<Path> all = new ArrayList<>(more);
        relations.forEach(r -> all.addAll(r.files()));
        return all.stream()
                .map(path -> Sql.text(path.toString()))
                .collect(Collectors.joining(", ", "[", "]"));
    }

    /** Only what says nothing of rows, files or the engine's inside is passed on. */
    private static RefusedException refusal(SQLException e) {
        String message = StatementCheck.firstLine(String.valueOf(e.getMessage()));
        if (message.contains("Out of Memory") || message.contains("max_temp_directory_size")) {
            return new RefusedException(
                    "memory_exceeded", "the query needs more memory than it may take");
        }
        for (String kind : List.of("Binder Error", "Parser Error", "Catalog Error")) {
            if (message.contains(kind) && !message.contains("/")) {
                return new RefusedException("sql_error", message);
            }
        }
        int colon = message.indexOf("Error");
        return new RefusedException(
                "sql_error",
                "the statement failed on a value: "
                        + (colon < 0 ? "no kind is known" : message.substring(0, colon + 5)));
    }

    static String view(Relation relation) {
        StringJoiner columns = new StringJoiner(", ");
        StringJoiner map = new StringJoiner(", ", "MAP {", "}");
        StringJoiner none = new StringJoiner(", ");
        for (int c = 0; c < relation.schema().size(); c++) {
            Column column = relation.schema().column(c);
            String type = Sql.type(column.type());
            columns.add(Sql.name(column.name()));
            none.add("CAST(NULL AS " + type + ") AS " + Sql.name(column.name()));
            map.add(
                    relation.fieldIds().get(c)
                            + ": {name: "
                            + Sql.text(column.name())
                            + ", type: "
                            + Sql.text(type)
                            + ", default_value: NULL}");
        }
        String view = "CREATE VIEW " + Sql.name(relation.name()) + " AS SELECT ";
        if (relation.files().isEmpty()) {
            return view + none + " WHERE false";
        }
        String files =
                relation.files().stream()
                        .map(file -> Sql.text(file.toString()))
                        .collect(Collectors.joining(", ", "[", "]"));
        return view + columns + " FROM read_parquet(" + files + ", schema = " + map + ")";
    }

    /** Empties a directory, and removes it. */
    private static void clear(Path directory) {
        if (!Files.isDirectory(directory)) {
            return;
        }
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path path : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot clear " + directory, e);
        }
    }
}
