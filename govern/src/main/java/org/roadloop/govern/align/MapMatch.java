package org.roadloop.govern.align;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.table.Column;
import org.roadloop.core.table.ColumnType;
import org.roadloop.core.table.CoordinateSystem;
import org.roadloop.core.table.DataClass;
import org.roadloop.core.table.Grade;
import org.roadloop.core.table.Schema;
import org.roadloop.core.table.TableSource;
import org.roadloop.govern.operator.Operator;
import org.roadloop.govern.operator.Setting;

/**
 * The way of each vehicle through a road network (地图匹配), by {@link MatchWindow}. Four columns are
 * added: {@value #EDGE}, the road; {@value #OFFSET}, metres from its start in the direction of
 * travel; {@value #DISTANCE}, metres from the position to it; {@value #CONFIDENCE}, how probable
 * the road is beside all others within reach, 0 to 1. They are absent where no road is near, and
 * have the state of the position where that is not ok: what is masked is not drawn again along the
 * road.
 *
 * @param network side input: a file that {@link RoadNetworkScan} reads, or a table of its columns
 * @param x longitude in degrees of WGS-84 or metres east, {@code y} latitude or metres north; the
 *     network must be in the same
 * @param sigmaMeters standard deviation of the positions; 8 if left out
 * @param betaMeters how much a way may differ from the straight line between two positions (Newson
 *     and Krumm, equation 2); as {@code sigma_meters} if left out
 * @param searchMeters roads further away are not looked at; 4 {@code sigma_meters} + 10 if left out
 * @param lookBack positions that a decision may wait for; 32 if left out
 */
public record MapMatch(
        String identity,
        String time,
        String network,
        String x,
        String y,
        Duration gap,
        @Nullable Double sigmaMeters,
        @Nullable Double betaMeters,
        @Nullable Double searchMeters,
        @Nullable Integer lookBack)
        implements Operator {
    public static final String EDGE = "edge";
    public static final String OFFSET = "edge_offset_m";
    public static final String DISTANCE = "edge_distance_m";
    public static final String CONFIDENCE = "edge_confidence";

    public MapMatch {
        sigmaMeters = sigmaMeters == null ? Double.valueOf(8) : sigmaMeters;
        betaMeters = betaMeters == null ? sigmaMeters : betaMeters;
        searchMeters = searchMeters == null ? Double.valueOf(4 * sigmaMeters + 10) : searchMeters;
        lookBack = lookBack == null ? Integer.valueOf(32) : lookBack;
        positive("sigma_meters", sigmaMeters, 200);
        positive("beta_meters", betaMeters, 2000);
        positive("search_meters", searchMeters, 2000);
        if (lookBack < 2 || lookBack > 1000) {
            throw new IllegalArgumentException("look_back " + lookBack + " is outside 2..1000");
        }
        if (gap.toMillis() < 1) {
            throw new IllegalArgumentException("gap " + gap + " is below 1 ms");
        }
    }

    private static void positive(String name, double value, double most) {
        if (!(value > 0 && value <= most)) {
            throw new IllegalArgumentException(
                    name + " " + value + " is not above 0 and at most " + most);
        }
    }

    double sigma() {
        return Objects.requireNonNull(sigmaMeters);
    }

    double beta() {
        return Objects.requireNonNull(betaMeters);
    }

    double search() {
        return Objects.requireNonNull(searchMeters);
    }

    int positions() {
        return Objects.requireNonNull(lookBack);
    }

    @Override
    public String name() {
        return "map_match/1";
    }

    @Override
    public List<String> order() {
        return List.of(identity, time);
    }

    @Override
    public List<String> sides() {
        return List.of(network);
    }

    @Override
    public Schema output(Schema input) {
        TrackOrder.check(input, identity, time);
        inDegrees(input, x, y);
        Column position = input.column(input.indexOf(x));
        List<Column> columns = new ArrayList<>(input.columns());
        // a road and where on it is as much a place as the position was
        columns.add(place(EDGE, ColumnType.STRING, "", position));
        columns.add(place(OFFSET, ColumnType.DOUBLE, "m", position));
        columns.add(Column.of(DISTANCE, ColumnType.DOUBLE, "m", DataClass.LINEAGE, Grade.GENERAL));
        columns.add(Column.of(CONFIDENCE, ColumnType.DOUBLE, "", DataClass.LINEAGE, Grade.GENERAL));
        return new Schema(columns);
    }

    private static Column place(String name, ColumnType type, String unit, Column position) {
        return new Column(
                name,
                type,
                unit,
                DataClass.POSITION,
                position.grade(),
                position.coordinateSystem());
    }

    /**
     * If two columns are degrees of WGS-84, else metres.
     *
     * @throws IllegalArgumentException for positions of another datum
     */
    static boolean inDegrees(Schema schema, String x, String y) {
        Column east = schema.column(schema.indexOf(x));
        Column north = schema.column(schema.indexOf(y));
        if (east.type() != ColumnType.DOUBLE || north.type() != ColumnType.DOUBLE) {
            throw new IllegalArgumentException(
                    "positions '" + x + "' and '" + y + "' must be columns of double");
        }
        CoordinateSystem datum = east.coordinateSystem();
        boolean known = datum == CoordinateSystem.WGS_84 || datum == CoordinateSystem.LOCAL_METRES;
        if (!known || datum != north.coordinateSystem()) {
            throw new IllegalArgumentException(
                    "positions '%s' (%s) and '%s' (%s) must both be WGS_84 or both LOCAL_METRES; convert them first"
                            .formatted(x, datum, y, north.coordinateSystem()));
        }
        return datum == CoordinateSystem.WGS_84;
    }

    @Override
    public Run start(Schema input, Setting setting) {
        RoadNetwork roads;
        try (TableSource.Scan scan = setting.sides().apply(network)) {
            roads = RoadNetwork.read(scan);
        }
        if (roads.degrees() != inDegrees(input, x, y)) {
            throw new IllegalArgumentException(
                    "network '%s' is in %s and the positions '%s', '%s' are not"
                            .formatted(
                                    network,
                                    roads.degrees() ? "degrees" : "metres of its own frame",
                                    x,
                                    y));
        }
        return new MapMatchRun(this, input, output(input), roads);
    }
}
