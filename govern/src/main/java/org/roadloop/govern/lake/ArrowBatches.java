package org.roadloop.govern.lake;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.BaseFixedWidthVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.CellState;
import org.roadloop.core.table.Schema;
import org.roadloop.core.table.StringColumn;

/**
 * Batches seen as an Arrow stream, copied array by array; the last column is {@code cell_states}.
 * One thread.
 */
final class ArrowBatches extends ArrowReader {
    private final Schema schema;
    private final int[] letters;
    private final int width;
    private final List<Batch> batches;
    private int next;
    private byte[] stateText = new byte[0];
    private byte[] validity = new byte[0];

    ArrowBatches(BufferAllocator allocator, TableFields fields, List<Batch> batches) {
        super(allocator);
        this.schema = fields.schema();
        this.letters = fields.letters();
        this.width = fields.width();
        this.batches = batches;
    }

    static org.apache.arrow.vector.types.pojo.Schema arrow(Schema schema) {
        List<Field> fields = new ArrayList<>();
        schema.columns()
                .forEach(
                        column ->
                                fields.add(
                                        nullable(
                                                column.name(),
                                                switch (column.type()) {
                                                    case BOOL -> new ArrowType.Bool();
                                                    case INT -> new ArrowType.Int(32, true);
                                                    case LONG -> new ArrowType.Int(64, true);
                                                    case FLOAT ->
                                                            new ArrowType.FloatingPoint(
                                                                    FloatingPointPrecision.SINGLE);
                                                    case DOUBLE ->
                                                            new ArrowType.FloatingPoint(
                                                                    FloatingPointPrecision.DOUBLE);
                                                    case TIMESTAMP_MICROS_UTC ->
                                                            new ArrowType.Timestamp(
                                                                    TimeUnit.MICROSECOND, "UTC");
                                                    case STRING -> new ArrowType.Utf8();
                                                })));
        fields.add(nullable(CellStates.COLUMN, new ArrowType.Utf8()));
        return new org.apache.arrow.vector.types.pojo.Schema(fields);
    }

    private static Field nullable(String name, ArrowType type) {
        return new Field(name, FieldType.nullable(type), null);
    }

    @Override
    public boolean loadNextBatch() throws java.io.IOException {
        prepareLoadNextBatch();
        while (next < batches.size() && batches.get(next).rows() == 0) {
            next++;
        }
        if (next == batches.size()) {
            return false;
        }
        Batch batch = batches.get(next++);
        VectorSchemaRoot root = getVectorSchemaRoot();
        int rows = batch.rows();
        if (validity.length < (rows + 7) / 8) {
            validity = new byte[(rows + 7) / 8];
        }
        for (int c = 0; c < schema.size(); c++) {
            fill(root.getVector(c), batch, c, rows);
        }
        fillStates((VarCharVector) root.getVector(schema.size()), batch, rows);
        root.setRowCount(rows);
        return true;
    }

    private void fill(FieldVector vector, Batch batch, int c, int rows) {
        packValidity(batch.states(c), rows);
        switch (schema.column(c).type()) {
            case BOOL -> {
                BitVector bits = (BitVector) vector;
                bits.allocateNew(rows);
                boolean[] values = batch.booleans(c);
                byte[] packed = new byte[(rows + 7) / 8];
                for (int i = 0; i < rows; i++) {
                    if (values[i]) {
                        packed[i >> 3] |= (byte) (1 << (i & 7));
                    }
                }
                bits.getDataBuffer().setBytes(0, packed, 0, packed.length);
            }
            case INT -> fixed(vector, rows, 4).asIntBuffer().put(batch.ints(c), 0, rows);
            case LONG, TIMESTAMP_MICROS_UTC ->
                    fixed(vector, rows, 8).asLongBuffer().put(batch.longs(c), 0, rows);
            case FLOAT -> fixed(vector, rows, 4).asFloatBuffer().put(batch.floats(c), 0, rows);
            case DOUBLE -> fixed(vector, rows, 8).asDoubleBuffer().put(batch.doubles(c), 0, rows);
            case STRING -> strings((VarCharVector) vector, batch.strings(c), rows);
        }
        vector.getValidityBuffer().setBytes(0, validity, 0, (rows + 7) / 8);
        vector.setValueCount(rows);
    }

    private static ByteBuffer fixed(FieldVector vector, int rows, int width) {
        ((BaseFixedWidthVector) vector).allocateNew(rows);
        return little(vector.getDataBuffer(), rows * width);
    }

    static ByteBuffer little(ArrowBuf buffer, int bytes) {
        return buffer.nioBuffer(0, bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static void strings(VarCharVector vector, StringColumn column, int rows) {
        int bytes = column.offset(rows);
        vector.allocateNew(Math.max(1, bytes), rows);
        ByteBuffer offsets = little(vector.getOffsetBuffer(), (rows + 1) * 4);
        for (int i = 0; i <= rows; i++) {
            offsets.putInt(i * 4, column.offset(i));
        }
        vector.getDataBuffer().setBytes(0, column.bytes(), 0, bytes);
        vector.setLastSet(rows - 1);
    }

    private void fillStates(VarCharVector vector, Batch batch, int rows) {
        int columns = width;
        if (stateText.length < rows * columns) {
            stateText = new byte[rows * columns];
        }
        boolean[] mixed = new boolean[rows];
        CellStates.encode(batch, letters, width, stateText, mixed);
        int bytes = 0;
        for (int i = 0; i < rows; i++) {
            bytes += mixed[i] ? columns : 0;
        }
        vector.allocateNew(Math.max(1, bytes), rows);
        ByteBuffer offsets = little(vector.getOffsetBuffer(), (rows + 1) * 4);
        ArrowBuf data = vector.getDataBuffer();
        java.util.Arrays.fill(validity, 0, (rows + 7) / 8, (byte) 0);
        int at = 0;
        for (int i = 0; i < rows; i++) {
            offsets.putInt(i * 4, at);
            if (mixed[i]) {
                data.setBytes(at, stateText, i * columns, columns);
                at += columns;
                validity[i >> 3] |= (byte) (1 << (i & 7));
            }
        }
        offsets.putInt(rows * 4, at);
        vector.getValidityBuffer().setBytes(0, validity, 0, (rows + 7) / 8);
        vector.setLastSet(rows - 1);
        vector.setValueCount(rows);
    }

    private void packValidity(byte[] states, int rows) {
        java.util.Arrays.fill(validity, 0, (rows + 7) / 8, (byte) 0);
        for (int i = 0; i < rows; i++) {
            if (states[i] == CellState.OK) {
                validity[i >> 3] |= (byte) (1 << (i & 7));
            }
        }
    }

    @Override
    public long bytesRead() {
        return 0;
    }

    @Override
    protected void closeReadSource() {}

    @Override
    protected org.apache.arrow.vector.types.pojo.Schema readSchema() {
        return arrow(schema);
    }
}
