package org.roadloop.collect.live;

/**
 * Fields that come together, with one collection time (字段组): a group is replaced as a whole by a
 * newer one. A report split over frames brings different groups, or parts of one at the same time.
 */
public enum LiveGroup {
    POSITION("position"),
    VEHICLE("vehicle"),
    EXTREMES("extremes"),
    ENGINE("engine"),
    ALARMS("alarms");

    private final String word;

    LiveGroup(String word) {
        this.word = word;
    }

    /** As the API says it. */
    public String word() {
        return word;
    }

    int bit() {
        return 1 << ordinal();
    }
}
