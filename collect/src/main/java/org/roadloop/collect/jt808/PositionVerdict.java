package org.roadloop.collect.jt808;

/** What was found in a position; each fault has a stable counter name. */
public enum PositionVerdict {
    OK("jt808_positions"),
    /** An add-on runs over the end: the position and the add-ons before it are good. */
    ADD_ON("jt808_position_add_on"),
    /** Shorter than the basic part. */
    LENGTH("jt808_position_length"),
    /** The six time bytes are no time. */
    TIME("jt808_position_time");

    private final String counterName;

    PositionVerdict(String counterName) {
        this.counterName = counterName;
    }

    public String counterName() {
        return counterName;
    }

    /** Whether a row was added. */
    public boolean isUsable() {
        return this == OK || this == ADD_ON;
    }
}
