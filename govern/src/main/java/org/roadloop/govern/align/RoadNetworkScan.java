package org.roadloop.govern.align;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.Column;
import org.roadloop.core.table.ColumnType;
import org.roadloop.core.table.CoordinateSystem;
import org.roadloop.core.table.DataClass;
import org.roadloop.core.table.Grade;
import org.roadloop.core.table.Schema;
import org.roadloop.core.table.TableSource;

/**
 * A file of a road network as rows, so that a plan pins and hashes it as any side input (路网表): for
 * each line of {@link #EDGE} its points in order, then one row for each edge in {@link #NEXT} that
 * a vehicle may drive on to. One thread.
 */
public final class RoadNetworkScan implements TableSource.Scan {
    static final String EDGE = "edge";
    static final String NEXT = "next_edge";
    private static final int BATCH_ROWS = 4096;

    private final Schema schema;
    private final List<RoadLine> lines;
    private int line;
    private int step;

    private RoadNetworkScan(RoadMap map) {
        lines = map.lines();
        schema = schema(map.degrees());
    }

    /** If a file of this name is read as a road network. */
    public static boolean reads(String fileName) {
        return RoadMap.reads(fileName);
    }

    /**
     * @throws IllegalArgumentException with file and line, if the file is broken
     */
    public static RoadNetworkScan open(Path file) {
        return new RoadNetworkScan(RoadMap.read(file));
    }

    static Schema schema(boolean degrees) {
        CoordinateSystem datum = degrees ? CoordinateSystem.WGS_84 : CoordinateSystem.LOCAL_METRES;
        String unit = degrees ? "deg" : "m";
        return Schema.of(
                text(EDGE),
                new Column(
                        degrees ? "longitude_degrees" : "x_m",
                        ColumnType.DOUBLE,
                        unit,
                        DataClass.ENVIRONMENT,
                        Grade.GENERAL,
                        datum),
                new Column(
                        degrees ? "latitude_degrees" : "y_m",
                        ColumnType.DOUBLE,
                        unit,
                        DataClass.ENVIRONMENT,
                        Grade.GENERAL,
                        datum),
                text(NEXT));
    }

    private static Column text(String name) {
        return Column.of(name, ColumnType.STRING, "", DataClass.ENVIRONMENT, Grade.GENERAL);
    }

    @Override
    public Schema schema() {
        return schema;
    }

    @Override
    public long snapshot() {
        return TableSource.LATEST;
    }

    @Override
    public @Nullable Batch next() {
        if (line == lines.size()) {
            return null;
        }
        Batch batch = new Batch(schema, BATCH_ROWS);
        while (line < lines.size() && !batch.isFull()) {
            RoadLine from = lines.get(line);
            int points = from.x().length;
            int row = batch.addRow();
            batch.set(0, row, from.id());
            if (step < points) {
                batch.set(1, row, from.x()[step]);
                batch.set(2, row, from.y()[step]);
            } else {
                batch.set(3, row, from.next().get(step - points));
            }
            if (++step == points + from.next().size()) {
                step = 0;
                line++;
            }
        }
        return batch;
    }

    @Override
    public void close() {}
}
