package org.roadloop.app.config;

import java.time.Duration;
import java.util.Optional;
import org.roadloop.core.table.Column;
import org.roadloop.core.table.Grade;
import org.roadloop.core.table.Schema;
import org.roadloop.govern.classify.TableGrade;

/**
 * How long rows of the lake stay, by the grade of their table (留存期限). From their arrival, or where
 * a table does not have it from their own time.
 *
 * @param generalDays of tables that name nobody; 0: as long as there is room
 * @param personalDays of personal data; 0 as above
 * @param sensitivePersonalDays of tracks and all that is graded as high or higher; 0 as above
 */
public record LakeRetention(int generalDays, int personalDays, int sensitivePersonalDays) {
    public static final LakeRetention DEFAULTS = new LakeRetention(0, 0, 0);

    /** Reads the group. */
    static LakeRetention read(Section s) {
        return new LakeRetention(
                (int) s.whole("generalDays", 0, 0, 36_500),
                (int) s.whole("personalDays", 0, 0, 36_500),
                (int) s.whole("sensitivePersonalDays", 0, 0, 36_500));
    }

    /** Empty where nothing was said. */
    public Optional<Duration> of(Schema table) {
        int days =
                switch (grade(table)) {
                    case GENERAL -> generalDays;
                    case PERSONAL -> personalDays;
                    case SENSITIVE_PERSONAL, IMPORTANT, CORE -> sensitivePersonalDays;
                };
        return days == 0 ? Optional.empty() : Optional.of(Duration.ofDays(days));
    }

    private static Grade grade(Schema table) {
        Grade grade = TableGrade.isTrack(table) ? Grade.SENSITIVE_PERSONAL : Grade.GENERAL;
        for (Column column : table.columns()) {
            grade = column.grade().compareTo(grade) > 0 ? column.grade() : grade;
        }
        return grade;
    }
}
