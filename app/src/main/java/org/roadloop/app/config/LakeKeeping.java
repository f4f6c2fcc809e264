package org.roadloop.app.config;

import java.time.Duration;

/**
 * How the tables of the lake are kept small (数据湖维护).
 *
 * @param every pause between two rounds; zero: none is made
 * @param keep snapshots younger than this stay
 * @param leastSnapshots so many of the newest of a table stay, however old
 * @param orphanAge a file that no snapshot names is removed once it is so old
 */
public record LakeKeeping(Duration every, Duration keep, int leastSnapshots, Duration orphanAge) {
    public static final LakeKeeping DEFAULTS =
            new LakeKeeping(Duration.ofMinutes(60), Duration.ofDays(7), 20, Duration.ofHours(24));

    /** Reads the group. */
    static LakeKeeping read(Section s) {
        LakeKeeping d = DEFAULTS;
        return new LakeKeeping(
                Duration.ofMinutes(s.whole("everyMinutes", d.every().toMinutes(), 0, 10_080)),
                Duration.ofDays(s.whole("keepDays", d.keep().toDays(), 0, 36_500)),
                (int) s.whole("leastSnapshots", d.leastSnapshots(), 1, 100_000),
                Duration.ofHours(s.whole("orphanHours", d.orphanAge().toHours(), 1, 87_600)));
    }
}
