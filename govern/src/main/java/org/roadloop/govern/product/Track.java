package org.roadloop.govern.product;

import java.util.List;
import java.util.Optional;
import org.roadloop.core.table.Column;
import org.roadloop.core.table.ColumnType;
import org.roadloop.core.table.CoordinateSystem;
import org.roadloop.core.table.DataClass;
import org.roadloop.core.table.Grade;
import org.roadloop.core.table.Schema;

/*
 * The idea. No column is a track; three together are (GB/T 44464-2024 A.3.3: a combination raises
 * the grade): who, when, where. Four points single out 95 % of people (de Montjoye et al., Scientific
 * Reports 3:1376, 2013), so a pseudonym is a "who" as good as a name.
 *
 *   who    a column of class identity, token or plain
 *   when   a timestamp of class time; its grade does not matter, for a time of arrival is as good
 *   where  a column of class position that locates: graded sensitive personal data, or with a
 *          datum and graded above general. An operator that coarsens a position so far that it
 *          locates nobody (a cell with k vehicles) says so by grading it general.
 *
 * One coordinate of the two is enough: a line crossed at a known time is a place.
 */

/**
 * Columns that together are a track (行踪轨迹), sensitive personal data by GB/T 44464-2024 Table A.2.
 *
 * @param who identity columns, {@code when} times, {@code where} positions; none empty
 */
public record Track(List<String> who, List<String> when, List<String> where) {
    public Track {
        who = List.copyOf(who);
        when = List.copyOf(when);
        where = List.copyOf(where);
    }

    /** The track in some columns, if there is one. */
    public static Optional<Track> in(Schema schema) {
        List<String> who = names(schema, c -> c.dataClass() == DataClass.IDENTITY);
        List<String> when =
                names(
                        schema,
                        c ->
                                c.dataClass() == DataClass.TIME
                                        && c.type() == ColumnType.TIMESTAMP_MICROS_UTC);
        List<String> where = names(schema, Track::locates);
        return who.isEmpty() || when.isEmpty() || where.isEmpty()
                ? Optional.empty()
                : Optional.of(new Track(who, when, where));
    }

    private static boolean locates(Column column) {
        return column.dataClass() == DataClass.POSITION
                && (column.grade().compareTo(Grade.SENSITIVE_PERSONAL) >= 0
                        || (column.coordinateSystem() != CoordinateSystem.NONE
                                && column.grade() != Grade.GENERAL));
    }

    private static List<String> names(Schema schema, java.util.function.Predicate<Column> wanted) {
        return schema.columns().stream().filter(wanted).map(Column::name).toList();
    }

    /** {@code vehicle + at + x_m, y_m}. */
    public String text() {
        return String.join(", ", who)
                + " + "
                + String.join(", ", when)
                + " + "
                + String.join(", ", where);
    }
}
