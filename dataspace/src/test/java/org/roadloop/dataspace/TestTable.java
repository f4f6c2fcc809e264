package org.roadloop.dataspace;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.Column;
import org.roadloop.core.table.ColumnType;
import org.roadloop.core.table.DataClass;
import org.roadloop.core.table.Grade;
import org.roadloop.core.table.Schema;
import org.roadloop.core.table.TableExport;
import org.roadloop.core.table.TableFeed;
import org.roadloop.core.table.TableSource;

/**
 * A table {@code track_point} in memory: its export is one file with given bytes, or with its rows
 * as lines {@code vehicle,speed}. Any thread.
 */
final class TestTable implements TableExport, TableFeed {
    static final Schema SCHEMA =
            new Schema(
                    List.of(
                            Column.of(
                                    "vehicle",
                                    ColumnType.STRING,
                                    "",
                                    DataClass.IDENTITY,
                                    Grade.PERSONAL),
                            Column.of(
                                    "speed",
                                    ColumnType.DOUBLE,
                                    "km/h",
                                    DataClass.DRIVING_STATE,
                                    Grade.GENERAL)));

    volatile byte[] exported = "PAR1 thirty rows PAR1".getBytes(StandardCharsets.US_ASCII);

    /** Whether the rows themselves are exported, as a consumer would have them. */
    volatile boolean exportsRows;

    /** Is run by each export before it writes its file. */
    volatile Runnable beforeExport = () -> {};

    private final List<Integer> commits = new ArrayList<>();
    private final List<Consumer<String>> listeners = new CopyOnWriteArrayList<>();

    /** Adds rows numbered on from those before; snapshot ids are 1, 2, … */
    void commit(int rows) {
        synchronized (this) {
            commits.add(rows);
        }
        listeners.forEach(run -> run.accept("track_point"));
    }

    @Override
    public Export export(
            String table,
            long snapshot,
            List<String> columns,
            String agreementId,
            Path directory,
            Consumer<Batch> last) {
        beforeExport.run();
        try {
            byte[] bytes = exportsRows ? lines(columns, agreementId, last) : exported;
            Path file = Files.write(directory.resolve("part-0.parquet"), bytes);
            String sha256 =
                    HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
            return new Export(7, List.of(file), List.of(sha256), 30, bytes.length);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private byte[] lines(List<String> columns, String agreementId, Consumer<Batch> last) {
        StringBuilder lines = new StringBuilder();
        try (TableSource.Scan scan =
                openReleased("", START, currentSnapshot(""), columns, agreementId)) {
            for (Batch batch = scan.next(); batch != null; batch = scan.next()) {
                last.accept(batch);
                for (int row = 0; row < batch.rows(); row++) {
                    lines.append(batch.strings(0).get(row)).append(',');
                    lines.append(batch.isOk(1, row) ? batch.doubles(1)[row] : "").append('\n');
                }
            }
        }
        return lines.toString().getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public synchronized long currentSnapshot(String table) {
        return commits.isEmpty() ? START : commits.size();
    }

    @Override
    public synchronized TableSource.Scan openReleased(
            String table, long after, long upTo, List<String> columns, String agreementId) {
        if (after > upTo || upTo > commits.size() || after == 0 || after < START) {
            throw new NoSuchElementException("no such snapshots");
        }
        int first = rowsUpTo(after);
        int end = rowsUpTo(upTo);
        String pseudonym = "p" + Math.abs(agreementId.hashCode() % 1000) + "-";
        return new TableSource.Scan() {
            private int row = first;

            @Override
            public Schema schema() {
                return SCHEMA;
            }

            @Override
            public long snapshot() {
                return upTo;
            }

            @Override
            public @Nullable Batch next() {
                if (row == end) {
                    return null;
                }
                Batch batch = new Batch(SCHEMA, Math.min(1000, end - row));
                while (!batch.isFull()) {
                    int r = batch.addRow();
                    batch.set(0, r, pseudonym + row);
                    if (row % 10 != 9) {
                        batch.set(1, r, row / 2.0);
                    }
                    row++;
                }
                return batch;
            }

            @Override
            public void close() {}
        };
    }

    private int rowsUpTo(long snapshot) {
        int rows = 0;
        for (int i = 0; i < snapshot; i++) {
            rows += commits.get(i);
        }
        return rows;
    }

    @Override
    public Runnable onCommit(Consumer<String> run) {
        listeners.add(run);
        return () -> listeners.remove(run);
    }
}
