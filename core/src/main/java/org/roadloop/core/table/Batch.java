package org.roadloop.core.table;

import org.jspecify.annotations.Nullable;

/**
 * At most {@link #MAX_ROWS} rows as one primitive array per column and one {@link CellState} byte
 * per cell (批). One owner at a time, one thread; {@link #close} gives it back to its pool.
 *
 * <p>Write: {@code int row = batch.addRow(); batch.longs(0)[row] = …;} A new row's cells all start
 * as {@link CellState#ABSENT}; the typed setters make them {@link CellState#OK}.
 */
public final class Batch implements AutoCloseable {
    public static final int MAX_ROWS = 65_536;

    private final Schema schema;
    private final int capacity;
    private final Object[] columns;
    private final byte[][] states;
    private final @Nullable BatchPool pool;
    private int rows;

    public Batch(Schema schema, int capacity) {
        this(schema, capacity, null);
    }

    Batch(Schema schema, int capacity, @Nullable BatchPool pool) {
        if (capacity < 1 || capacity > MAX_ROWS) {
            throw new IllegalArgumentException(
                    "batch capacity " + capacity + " is outside 1.." + MAX_ROWS);
        }
        this.schema = schema;
        this.capacity = capacity;
        this.pool = pool;
        columns = new Object[schema.size()];
        states = new byte[schema.size()][capacity];
        for (int c = 0; c < columns.length; c++) {
            columns[c] =
                    switch (schema.column(c).type()) {
                        case BOOL -> new boolean[capacity];
                        case INT -> new int[capacity];
                        case LONG, TIMESTAMP_MICROS_UTC -> new long[capacity];
                        case FLOAT -> new float[capacity];
                        case DOUBLE -> new double[capacity];
                        case STRING -> new StringColumn(capacity);
                    };
        }
    }

    public Schema schema() {
        return schema;
    }

    public int capacity() {
        return capacity;
    }

    public int rows() {
        return rows;
    }

    public boolean isFull() {
        return rows == capacity;
    }

    /** Adds a row with every cell absent and returns its index. */
    public int addRow() {
        if (rows == capacity) {
            throw new IllegalStateException("batch is full at " + capacity + " rows");
        }
        for (byte[] state : states) {
            state[rows] = CellState.ABSENT;
        }
        return rows++;
    }

    /** Drops rows from the end (string cells of the dropped rows must not have been written). */
    public void truncate(int newRows) {
        if (newRows < 0 || newRows > rows) {
            throw new IllegalArgumentException("cannot truncate " + rows + " rows to " + newRows);
        }
        rows = newRows;
    }

    /** For writers that fill the arrays themselves, states included. */
    public void rows(int newRows) {
        if (newRows < 0 || newRows > capacity) {
            throw new IllegalArgumentException(
                    newRows + " rows do not fit a capacity of " + capacity);
        }
        rows = newRows;
    }

    public boolean[] booleans(int column) {
        return (boolean[]) columns[column];
    }

    public int[] ints(int column) {
        return (int[]) columns[column];
    }

    /** LONG and TIMESTAMP_MICROS_UTC. */
    public long[] longs(int column) {
        return (long[]) columns[column];
    }

    public float[] floats(int column) {
        return (float[]) columns[column];
    }

    public double[] doubles(int column) {
        return (double[]) columns[column];
    }

    public StringColumn strings(int column) {
        return (StringColumn) columns[column];
    }

    /** One {@link CellState} per row. */
    public byte[] states(int column) {
        return states[column];
    }

    public byte state(int column, int row) {
        return states[column][row];
    }

    public boolean isOk(int column, int row) {
        return states[column][row] == CellState.OK;
    }

    public void setState(int column, int row, byte state) {
        states[column][row] = state;
    }

    public void set(int column, int row, boolean value) {
        booleans(column)[row] = value;
        states[column][row] = CellState.OK;
    }

    public void set(int column, int row, int value) {
        ints(column)[row] = value;
        states[column][row] = CellState.OK;
    }

    public void set(int column, int row, long value) {
        longs(column)[row] = value;
        states[column][row] = CellState.OK;
    }

    public void set(int column, int row, float value) {
        floats(column)[row] = value;
        states[column][row] = CellState.OK;
    }

    public void set(int column, int row, double value) {
        doubles(column)[row] = value;
        states[column][row] = CellState.OK;
    }

    public void set(int column, int row, String value) {
        strings(column).set(row, value);
        states[column][row] = CellState.OK;
    }

    /** Copies one cell with its state; string cells in row order. */
    public void copyCell(Batch from, int fromColumn, int fromRow, int column, int row) {
        states[column][row] = from.states[fromColumn][fromRow];
        switch (schema.column(column).type()) {
            case BOOL -> booleans(column)[row] = from.booleans(fromColumn)[fromRow];
            case INT -> ints(column)[row] = from.ints(fromColumn)[fromRow];
            case LONG, TIMESTAMP_MICROS_UTC -> longs(column)[row] = from.longs(fromColumn)[fromRow];
            case FLOAT -> floats(column)[row] = from.floats(fromColumn)[fromRow];
            case DOUBLE -> doubles(column)[row] = from.doubles(fromColumn)[fromRow];
            case STRING -> {
                StringColumn source = from.strings(fromColumn);
                strings(column)
                        .set(row, source.bytes(), source.offset(fromRow), source.length(fromRow));
            }
        }
    }

    /** Empties the batch for reuse by the same owner. */
    public void clear() {
        rows = 0;
        for (Object column : columns) {
            if (column instanceof StringColumn strings) {
                strings.clear();
            }
        }
    }

    @Override
    public void close() {
        clear();
        if (pool != null) {
            pool.giveBack(this);
        }
    }
}
