package org.roadloop.govern.plan;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.table.Column;
import org.roadloop.core.table.ColumnType;
import org.roadloop.core.table.CoordinateSystem;
import org.roadloop.core.table.DataClass;
import org.roadloop.core.table.Grade;
import org.roadloop.core.table.Schema;
import org.roadloop.govern.privacy.ReleaseRule;
import org.roadloop.govern.privacy.SensitiveArea;

/**
 * The declared governance of one table (治理方案). Read from YAML by {@link PlanReader}; judged by
 * {@link PlanCheck}; run by {@link Pipeline}.
 *
 * @param version of this plan's content, from 1; a change of meaning needs a new number
 * @param source raw table name in the feed
 * @param fields the raw columns in order, with class, grade and validity
 * @param identity raw column that names the vehicle; it never reaches a table
 * @param pseudonym column that takes its place
 * @param arrival when the platform received the row; null if unknown
 * @param log columns that say where in the frame log a row stands; null if the feed has none
 * @param lateAfter a row that arrives later than this after its time is counted late
 * @param futureTolerance a row whose time is later than its arrival by more has a wrong clock
 * @param released columns an export may carry, in order
 * @param minK least number of distinct vehicles behind any released aggregate; 0 where the plan
 *     releases none
 * @param sha256 lower-case hex of the plan text
 */
public record Plan(
        String name,
        int version,
        String table,
        String source,
        List<Field> fields,
        String identity,
        String pseudonym,
        String time,
        @Nullable String arrival,
        @Nullable LogColumns log,
        RowKey rowKey,
        Duration lateAfter,
        Duration futureTolerance,
        @Nullable Physics physics,
        Position position,
        List<SensitiveArea> areas,
        double marginFromMeters,
        double marginToMeters,
        ReleaseRule.@Nullable TripEnd tripEnd,
        List<String> masked,
        List<String> released,
        int minK,
        String sha256) {

    /** Columns that governance adds behind those of the plan. */
    public static final String ROW_KEY_HI = "row_key_hi";

    public static final String ROW_KEY_LO = "row_key_lo";
    public static final String CONTENT_HASH = "content_hash";
    public static final String QUALITY = "quality";

    public Plan {
        fields = List.copyOf(fields);
        areas = List.copyOf(areas);
        masked = List.copyOf(masked);
        released = List.copyOf(released);
    }

    /**
     * A raw column.
     *
     * @param min and {@code max}: closed validity range in the column's unit; NaN for none. A value
     *     outside becomes {@link org.roadloop.core.table.CellState#ABNORMAL}
     * @param invalid codes that mean "invalid", {@code abnormal} codes that mean "abnormal":
     *     states, not numbers
     * @param applies which rows can have the column at all; null for every row
     */
    public record Field(
            Column column,
            double min,
            double max,
            Set<Long> invalid,
            Set<Long> abnormal,
            @Nullable Applies applies) {
        public Field(Column column, double min, double max, Set<Long> invalid, Set<Long> abnormal) {
            this(column, min, max, invalid, abnormal, null);
        }

        public Field {
            invalid = Set.copyOf(invalid);
            abnormal = Set.copyOf(abnormal);
        }

        public boolean hasRange() {
            return !Double.isNaN(min) || !Double.isNaN(max);
        }
    }

    /**
     * Rows that can have a column (适用条件): where it is absent from another row, nothing is missing.
     *
     * @param column an INT column
     * @param value that it has in rows which can
     */
    public record Applies(String column, int value) {}

    public record LogColumns(String segment, String offset) {}

    /**
     * What makes two rows the same row.
     *
     * @param columns raw columns under the HMAC, identity among them
     * @param same per INT column, groups of values that count as one (commands 02 and 03)
     * @param contentIgnores columns outside the content hash
     */
    public record RowKey(
            List<String> columns, Map<String, List<Set<Long>>> same, Set<String> contentIgnores) {
        public RowKey {
            columns = List.copyOf(columns);
            same = Map.copyOf(same);
            contentIgnores = Set.copyOf(contentIgnores);
        }
    }

    /** Where positions stand: degrees, local metres, both or neither. */
    public record Position(
            @Nullable String longitude,
            @Nullable String latitude,
            @Nullable String x,
            @Nullable String y) {
        public boolean hasDegrees() {
            return longitude != null && latitude != null;
        }
    }

    /**
     * Checks of a row against the vehicle's row before it.
     *
     * @param speed column of the reported speed, km/h or m/s by its unit
     * @param heading column of the reported heading, degrees clockwise from north; null if none
     * @param headingToleranceDegrees heading and displacement may differ by this
     * @param maxSpeedKmh displacement faster than this is a jump
     * @param speedToleranceKmh reported and displacement speed may differ by this
     * @param compareWithin rows further apart in time are not compared
     * @param frozenRows so many rows with one position while moving mean a stuck sensor
     * @param sensors by numeric column: so many rows with one value while moving mean the same
     * @param clockDrift a vehicle's clock may drift by this; null where it is not watched
     */
    public record Physics(
            String speed,
            @Nullable String heading,
            double headingToleranceDegrees,
            double maxSpeedKmh,
            double speedToleranceKmh,
            Duration compareWithin,
            int frozenRows,
            Map<String, Integer> sensors,
            @Nullable Duration clockDrift) {
        public Physics {
            sensors = java.util.Collections.unmodifiableMap(new java.util.LinkedHashMap<>(sensors));
        }
    }

    /** Whether rows with one key always have one event time. */
    public boolean timeInRowKey() {
        return rowKey.columns().contains(time);
    }

    /** The columns as they come from the feed. */
    public Schema rawSchema() {
        return new Schema(fields.stream().map(Field::column).toList());
    }

    /** The columns as they are stored. */
    public Schema governedSchema() {
        List<Column> columns = new ArrayList<>();
        for (Field field : fields) {
            Column column = field.column();
            columns.add(
                    column.name().equals(identity)
                            ? new Column(
                                    pseudonym,
                                    ColumnType.STRING,
                                    "",
                                    DataClass.IDENTITY,
                                    Grade.PERSONAL,
                                    CoordinateSystem.NONE)
                            : column);
        }
        columns.add(lineage(ROW_KEY_HI));
        columns.add(lineage(ROW_KEY_LO));
        columns.add(lineage(CONTENT_HASH));
        columns.add(lineage(QUALITY));
        return new Schema(columns);
    }

    /** What of this plan is applied when rows leave the lake. */
    public ReleaseRule releaseRule() {
        return new ReleaseRule(
                pseudonym,
                time,
                position.longitude(),
                position.latitude(),
                position.x(),
                position.y(),
                masked,
                released,
                marginFromMeters,
                marginToMeters,
                tripEnd);
    }

    private static Column lineage(String name) {
        return Column.of(name, ColumnType.LONG, "", DataClass.LINEAGE, Grade.GENERAL);
    }
}
