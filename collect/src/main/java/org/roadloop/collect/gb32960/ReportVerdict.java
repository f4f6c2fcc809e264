package org.roadloop.collect.gb32960;

/** What a walk over the data unit of a report found; each fault has a stable counter name. */
public enum ReportVerdict {
    OK("gb32960_reports"),
    /**
     * A type this edition does not define, or something behind the signature: the units before it
     * are good, what follows is left to the raw frame.
     */
    UNKNOWN_UNIT("gb32960_unknown_unit"),
    /** A unit runs over the end of the data unit, or a count is outside its range. */
    UNIT_LENGTH("gb32960_unit_length"),
    /** The first six bytes are no time. */
    TIME("gb32960_time"),
    /** The data unit is encrypted, and no key is agreed with this sender. */
    ENCRYPTED("gb32960_encrypted");

    private final String counterName;

    ReportVerdict(String counterName) {
        this.counterName = counterName;
    }

    public String counterName() {
        return counterName;
    }

    /** Whether the report has usable units: an unknown type only ends it. */
    public boolean isUsable() {
        return this == OK || this == UNKNOWN_UNIT;
    }
}
