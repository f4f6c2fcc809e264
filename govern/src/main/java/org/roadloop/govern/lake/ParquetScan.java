package org.roadloop.govern.lake;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.StringJoiner;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.duckdb.DuckDBConnection;
import org.duckdb.DuckDBResultSet;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.CellState;
import org.roadloop.core.table.Filter;
import org.roadloop.core.table.Schema;
import org.roadloop.core.table.StringColumn;
import org.roadloop.core.table.TableSource;

/** Parquet files to batches: DuckDB reads and filters, Arrow carries. One thread. */
final class ParquetScan implements TableSource.Scan {
    private static final int BATCH_ROWS = 16_384;

    private final Schema schema;
    private final int[] places;
    private final long snapshot;
    private final Runnable onClose;
    private final @Nullable DuckDBConnection connection;
    private final @Nullable Statement statement;
    private final @Nullable ResultSet result;
    private final @Nullable ArrowReader reader;
    private byte[] text = new byte[0];
    private boolean closed;

    /**
     * Of files that were written alike: by the names of the columns.
     *
     * @param fields all columns of the files
     */
    ParquetScan(
            Engine engine,
            List<Path> files,
            TableFields fields,
            List<String> columns,
            Filter filter,
            String order,
            long snapshot,
            Runnable onClose) {
        this(
                engine,
                fields,
                columns.isEmpty() ? fields.schema() : fields.schema().select(columns),
                files.isEmpty()
                        ? null
                        : (order.isEmpty() ? Sql.readParquet(files) : Sql.readPlaced(files))
                                + " WHERE "
                                + Sql.where(filter, fields.schema())
                                + order,
                snapshot,
                onClose);
    }

    /**
     * @param from what stands behind {@code FROM}: rows with the columns of {@code fields} and
     *     {@code cell_states}; null if there are none
     */
    ParquetScan(
            Engine engine,
            TableFields fields,
            Schema schema,
            @Nullable String from,
            long snapshot,
            Runnable onClose) {
        this.schema = schema;
        this.snapshot = snapshot;
        this.onClose = onClose;
        places = fields.select(schema.columns().stream().map(c -> c.name()).toList()).letters();
        StringJoiner select = new StringJoiner(", ", "SELECT ", "");
        for (int c = 0; c < places.length; c++) {
            select.add(Sql.name(schema.column(c).name()));
        }
        select.add(CellStates.COLUMN);
        if (from == null) {
            connection = null;
            statement = null;
            result = null;
            reader = null;
            return;
        }
        String sql = select + " FROM " + from;
        DuckDBConnection opened = engine.connect();
        try {
            connection = opened;
            statement = opened.createStatement();
            result = statement.executeQuery(sql);
            reader =
                    (ArrowReader)
                            result.unwrap(DuckDBResultSet.class)
                                    .arrowExportStream(engine.allocator(), BATCH_ROWS);
        } catch (SQLException e) {
            try {
                opened.close();
            } catch (SQLException suppressed) {
                e.addSuppressed(suppressed);
            }
            throw new LakeException("cannot scan the rows of " + schema.size() + " columns", e);
        }
    }

    @Override
    public Schema schema() {
        return schema;
    }

    @Override
    public long snapshot() {
        return snapshot;
    }

    @Override
    public @Nullable Batch next() {
        if (reader == null || closed) {
            return null;
        }
        try {
            if (!reader.loadNextBatch()) {
                return null;
            }
            return copy(reader.getVectorSchemaRoot());
        } catch (IOException e) {
            throw new LakeException("cannot read the next batch of a scan", e);
        }
    }

    private Batch copy(VectorSchemaRoot root) {
        int rows = root.getRowCount();
        Batch batch = new Batch(schema, Math.max(1, rows));
        batch.rows(rows);
        VarCharVector stateVector = (VarCharVector) root.getVector(schema.size());
        int[] stateOffsets = offsets(stateVector, rows);
        int textBytes = stateOffsets[rows];
        if (text.length < textBytes) {
            text = new byte[textBytes];
        }
        stateVector.getDataBuffer().getBytes(0, text, 0, textBytes);
        for (int c = 0; c < schema.size(); c++) {
            FieldVector vector = root.getVector(c);
            copyStates(vector, places[c], stateOffsets, batch.states(c), rows);
            copyCells(vector, batch, c, rows);
        }
        return batch;
    }

    private void copyStates(
            FieldVector vector, int place, int[] stateOffsets, byte[] states, int rows) {
        if (vector.getNullCount() == 0) {
            java.util.Arrays.fill(states, 0, rows, CellState.OK);
            return;
        }
        byte[] valid = new byte[(rows + 7) / 8];
        vector.getValidityBuffer().getBytes(0, valid, 0, valid.length);
        for (int i = 0; i < rows; i++) {
            states[i] =
                    (valid[i >> 3] >> (i & 7) & 1) != 0
                            ? CellState.OK
                            : CellStates.decode(
                                    text,
                                    stateOffsets[i],
                                    stateOffsets[i + 1] - stateOffsets[i],
                                    place);
        }
    }

    private void copyCells(FieldVector vector, Batch batch, int c, int rows) {
        ArrowBuf data = vector.getDataBuffer();
        switch (schema.column(c).type()) {
            case BOOL -> {
                byte[] bits = new byte[(rows + 7) / 8];
                data.getBytes(0, bits, 0, bits.length);
                boolean[] cells = batch.booleans(c);
                for (int i = 0; i < rows; i++) {
                    cells[i] = (bits[i >> 3] >> (i & 7) & 1) != 0;
                }
            }
            case INT ->
                    ArrowBatches.little(data, rows * 4).asIntBuffer().get(batch.ints(c), 0, rows);
            case LONG, TIMESTAMP_MICROS_UTC ->
                    ArrowBatches.little(data, rows * 8).asLongBuffer().get(batch.longs(c), 0, rows);
            case FLOAT ->
                    ArrowBatches.little(data, rows * 4)
                            .asFloatBuffer()
                            .get(batch.floats(c), 0, rows);
            case DOUBLE ->
                    ArrowBatches.little(data, rows * 8)
                            .asDoubleBuffer()
                            .get(batch.doubles(c), 0, rows);
            case STRING -> {
                VarCharVector strings = (VarCharVector) vector;
                int[] offsets = offsets(strings, rows);
                byte[] bytes = new byte[offsets[rows]];
                data.getBytes(0, bytes, 0, bytes.length);
                StringColumn column = batch.strings(c);
                for (int i = 0; i < rows; i++) {
                    column.set(i, bytes, offsets[i], offsets[i + 1] - offsets[i]);
                }
            }
        }
    }

    private static int[] offsets(VarCharVector vector, int rows) {
        int[] offsets = new int[rows + 1];
        if (rows > 0) {
            ByteBuffer buffer = ArrowBatches.little(vector.getOffsetBuffer(), (rows + 1) * 4);
            buffer.asIntBuffer().get(offsets);
        }
        return offsets;
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            if (reader != null) {
                reader.close();
            }
            if (result != null) {
                result.close();
            }
            if (statement != null) {
                statement.close();
            }
            if (connection != null) {
                connection.close();
            }
        } catch (SQLException | IOException e) {
            throw new LakeException("cannot close a scan", e);
        } finally {
            onClose.run();
        }
    }
}
