package org.roadloop.govern.coordinates;

import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.CellState;
import org.roadloop.core.table.Column;
import org.roadloop.core.table.ColumnType;
import org.roadloop.core.table.CoordinateSystem;
import org.roadloop.core.table.Schema;
import org.roadloop.govern.operator.HeldBatches;
import org.roadloop.govern.operator.Operator;
import org.roadloop.govern.operator.OperatorReport;
import org.roadloop.govern.operator.Setting;

/**
 * Brings the positions of a table to one datum and tags them with it (坐标系转换). A row without both
 * coordinates is left as it is. This is for display and for joining maps: the formulas are public
 * and invert to a millionth of a millimetre, so nothing is hidden by them.
 *
 * @param longitude and {@code latitude}: columns of degrees, DOUBLE
 * @param to {@code WGS_84}, {@code GCJ_02} or {@code BD_09}; with a plug-in, what it gives
 * @param from the datum of columns that are tagged {@code UNKNOWN} or {@code NONE}; left out where
 *     the tag says it
 * @param plugIn name of an {@link ApprovedPositionProcessing} to use instead of the formulas
 */
public record Datum(
        String longitude,
        String latitude,
        CoordinateSystem to,
        @Nullable CoordinateSystem from,
        @Nullable String plugIn)
        implements Operator {
    public Datum {
        Datums.require(to);
        if (from != null) {
            Datums.require(from);
        }
    }

    @Override
    public String name() {
        return "datum/1";
    }

    @Override
    public Schema output(Schema input) {
        CoordinateSystem source = source(input);
        if (plugIn != null) {
            ApprovedPositionProcessing processing = processing(plugIn);
            if (processing.takes() != source || processing.gives() != to) {
                throw new IllegalArgumentException(
                        "plug-in '"
                                + plugIn
                                + "' turns "
                                + processing.takes()
                                + " into "
                                + processing.gives()
                                + ", not "
                                + source
                                + " into "
                                + to);
            }
        }
        return new Schema(
                input.columns().stream()
                        .map(
                                c ->
                                        c.name().equals(longitude) || c.name().equals(latitude)
                                                ? new Column(
                                                        c.name(),
                                                        c.type(),
                                                        c.unit(),
                                                        c.dataClass(),
                                                        c.grade(),
                                                        to)
                                                : c)
                        .toList());
    }

    private CoordinateSystem source(Schema input) {
        CoordinateSystem tagged = tag(input, longitude);
        if (tag(input, latitude) != tagged) {
            throw new IllegalArgumentException(
                    "columns '" + longitude + "' and '" + latitude + "' have different datums");
        }
        boolean open = tagged == CoordinateSystem.UNKNOWN || tagged == CoordinateSystem.NONE;
        if (open && from == null) {
            throw new IllegalArgumentException(
                    "the datum of '"
                            + longitude
                            + "' is "
                            + tagged
                            + "; say in the plan which it is: from: WGS_84, GCJ_02 or BD_09");
        }
        if (!open && from != null && from != tagged) {
            throw new IllegalArgumentException(
                    "column '" + longitude + "' is tagged " + tagged + ", the plan says " + from);
        }
        CoordinateSystem source = open && from != null ? from : tagged;
        Datums.require(source);
        return source;
    }

    private static CoordinateSystem tag(Schema input, String name) {
        Column column = input.column(input.indexOf(name));
        if (column.type() != ColumnType.DOUBLE) {
            throw new IllegalArgumentException(
                    "column '" + name + "' is " + column.type() + "; datum takes DOUBLE degrees");
        }
        return column.coordinateSystem();
    }

    private static ApprovedPositionProcessing processing(String name) {
        List<String> names = new ArrayList<>();
        for (ApprovedPositionProcessing found :
                ServiceLoader.load(ApprovedPositionProcessing.class)) {
            if (found.name().equals(name)) {
                return found;
            }
            names.add(found.name());
        }
        throw new IllegalArgumentException(
                "no plug-in '"
                        + name
                        + "' on the class path; "
                        + (names.isEmpty() ? "there is none" : "there are " + names));
    }

    @Override
    public Run start(Schema input, Setting setting) {
        CoordinateSystem source = source(input);
        Schema output = output(input);
        String name = plugIn;
        Conversion conversion =
                name == null
                        ? (lon, lat, count) -> byFormula(lon, lat, count, source, to)
                        : processing(name)::process;
        return new Converting(
                output, input.indexOf(longitude), input.indexOf(latitude), conversion);
    }

    private static void byFormula(
            double[] lon, double[] lat, int count, CoordinateSystem from, CoordinateSystem to) {
        double[] position = new double[2];
        for (int i = 0; i < count; i++) {
            position[0] = lon[i];
            position[1] = lat[i];
            Datums.convert(position, from, to);
            lon[i] = position[0];
            lat[i] = position[1];
        }
    }

    private interface Conversion {
        void convert(double[] longitudes, double[] latitudes, int count);
    }

    private static final class Converting implements Run {
        private final Schema output;
        private final int longitude;
        private final int latitude;
        private final Conversion conversion;
        private long rows;
        private long converted;
        private long changed;

        Converting(Schema output, int longitude, int latitude, Conversion conversion) {
            this.output = output;
            this.longitude = longitude;
            this.latitude = latitude;
            this.conversion = conversion;
        }

        @Override
        public void process(Batch in, Consumer<Batch> out) {
            int count = in.rows();
            if (count == 0) {
                return;
            }
            Batch result = new Batch(output, count);
            HeldBatches.copy(in, result);
            double[] lon = new double[count];
            double[] lat = new double[count];
            int[] row = new int[count];
            int known = 0;
            for (int r = 0; r < count; r++) {
                if (in.state(longitude, r) == CellState.OK
                        && in.state(latitude, r) == CellState.OK) {
                    lon[known] = in.doubles(longitude)[r];
                    lat[known] = in.doubles(latitude)[r];
                    row[known++] = r;
                }
            }
            conversion.convert(lon, lat, known);
            for (int i = 0; i < known; i++) {
                changed +=
                        lon[i] != in.doubles(longitude)[row[i]]
                                        || lat[i] != in.doubles(latitude)[row[i]]
                                ? 1
                                : 0;
                result.doubles(longitude)[row[i]] = lon[i];
                result.doubles(latitude)[row[i]] = lat[i];
            }
            rows += count;
            converted += known;
            out.accept(result);
        }

        @Override
        public OperatorReport report() {
            TreeMap<String, Long> cells = new TreeMap<>();
            cells.put("positions_converted", converted);
            cells.put("positions_unchanged", converted - changed);
            return new OperatorReport(rows, rows, new TreeMap<>(), cells, new TreeMap<>());
        }
    }
}
