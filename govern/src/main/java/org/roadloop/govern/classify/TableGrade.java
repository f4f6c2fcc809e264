package org.roadloop.govern.classify;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.roadloop.core.table.Column;
import org.roadloop.core.table.ColumnType;
import org.roadloop.core.table.CoordinateSystem;
import org.roadloop.core.table.DataClass;
import org.roadloop.core.table.Grade;
import org.roadloop.core.table.Schema;

/**
 * The grade of a table as a whole (数据集定级): at least that of its columns, and more where their
 * combination or their volume says more than each (GB/T 44464-2024 A.3.3).
 *
 * @param reasons what raised it, in words; empty where it is the grade of the highest column
 */
public record TableGrade(Grade grade, boolean track, List<Reason> reasons) {
    /** More subjects than this make personal data important (2021 provisions Art. 3). */
    public static final long MANY_SUBJECTS = 100_000;

    /**
     * @param rule short stable name
     * @param clause of a standard or a law
     */
    public record Reason(String rule, Grade grade, String clause, String words) {}

    public TableGrade {
        reasons = List.copyOf(reasons);
    }

    /** Whether somebody's way can be followed: who, when and where are together (行踪轨迹). */
    public static boolean isTrack(Schema schema) {
        boolean who = false;
        boolean when = false;
        boolean where = false;
        for (Column column : schema.columns()) {
            who |= column.dataClass() == DataClass.IDENTITY;
            when |=
                    column.dataClass() == DataClass.TIME
                            || column.type() == ColumnType.TIMESTAMP_MICROS_UTC;
            where |= isPosition(column);
        }
        return who && when && where;
    }

    /** Whether a release of these columns is one of sensitive personal data (敏感个人信息). */
    public static boolean isSensitive(Schema columns) {
        return isTrack(columns)
                || columns.columns().stream()
                        .map(Column::grade)
                        .anyMatch(g -> g.compareTo(Grade.SENSITIVE_PERSONAL) >= 0);
    }

    /** Whether these columns are personal data of so many that they are important (100,001 are). */
    public static boolean isOfMany(Schema columns, long subjects) {
        boolean personal =
                isTrack(columns)
                        || columns.columns().stream()
                                .map(Column::grade)
                                .anyMatch(g -> g.compareTo(Grade.PERSONAL) >= 0);
        return personal && subjects > MANY_SUBJECTS;
    }

    /** Whether a column says where, not only how a position was got. */
    static boolean isPosition(Column column) {
        return column.dataClass() == DataClass.POSITION
                && (column.coordinateSystem() != CoordinateSystem.NONE
                        || column.grade().compareTo(Grade.PERSONAL) >= 0);
    }

    /**
     * @param subjects distinct people or vehicles in the table; 0 if it is about none
     * @param important what of the list of important data the table is, see {@link ImportantData}
     */
    public static TableGrade of(Schema schema, long subjects, List<ImportantData> important) {
        Grade grade = Grade.GENERAL;
        for (Column column : schema.columns()) {
            grade = higher(grade, column.grade());
        }
        List<Reason> reasons = new ArrayList<>();
        boolean track = isTrack(schema);
        if (track && grade.compareTo(Grade.SENSITIVE_PERSONAL) < 0) {
            grade = Grade.SENSITIVE_PERSONAL;
            reasons.add(
                    new Reason(
                            "track",
                            grade,
                            "GB/T 44464-2024 A.3.3, Table A.2",
                            "identity, time and position together are a track"));
        }
        if (isOfMany(schema, subjects)) {
            grade = higher(grade, Grade.IMPORTANT);
            reasons.add(
                    new Reason(
                            "many_subjects",
                            Grade.IMPORTANT,
                            "汽车数据安全管理若干规定 Art. 3",
                            "personal data of " + subjects + " subjects, more than 100000"));
        }
        for (ImportantData item : important) {
            if (item == ImportantData.MANY_SUBJECTS) {
                continue; // said above, with the number
            }
            grade = higher(grade, Grade.IMPORTANT);
            reasons.add(
                    new Reason(
                            item.name().toLowerCase(Locale.ROOT),
                            Grade.IMPORTANT,
                            "汽车数据安全管理若干规定 Art. 3",
                            item.words()));
        }
        return new TableGrade(grade, track, reasons);
    }

    private static Grade higher(Grade a, Grade b) {
        return a.compareTo(b) >= 0 ? a : b;
    }
}
