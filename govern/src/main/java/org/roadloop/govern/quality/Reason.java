package org.roadloop.govern.quality;

/**
 * What can be wrong with a row that is kept: bits of the {@code quality} column (质量原因), in this
 * order from bit 0; new ones go to the end, up to bit 15. Bits 16..63 are the validity ranges of
 * the plan, in its order of columns.
 */
public enum Reason {
    /** Arrived later after its own time than the plan allows. */
    LATE("late"),
    /** Its own time is later than its arrival: a wrong clock. */
    CLOCK_AHEAD("clock_ahead"),
    /** Older than the vehicle's row before it. */
    DISORDER("disorder"),
    /** Displacement faster than a vehicle can drive. */
    POSITION_JUMP("position_jump"),
    /** Reported speed and displacement contradict each other. */
    SPEED_MISMATCH("speed_mismatch"),
    /** The position stands still for many rows while the speed does not. */
    FROZEN_POSITION("frozen_position"),
    /** Reported heading and displacement contradict each other. */
    HEADING_MISMATCH("heading_mismatch"),
    /** A sensor says the same for many rows while the vehicle drives. */
    FROZEN_SENSOR("frozen_sensor"),
    /** The vehicle's clock has drifted against that of the platform. */
    CLOCK_SKEW("clock_skew");

    /** First bit of the validity ranges. */
    public static final int FIRST_RANGE_BIT = 16;

    /** Validity ranges that have a bit of their own. */
    public static final int MOST_RANGES = 64 - FIRST_RANGE_BIT;

    private final String label;

    Reason(String label) {
        this.label = label;
    }

    /** Short stable name for counters. */
    public String label() {
        return label;
    }

    /** Whether it speaks against the accuracy of a row: what it says cannot have been so. */
    public boolean isPhysics() {
        return switch (this) {
            case POSITION_JUMP, SPEED_MISMATCH, FROZEN_POSITION, HEADING_MISMATCH, FROZEN_SENSOR ->
                    true;
            case LATE, CLOCK_AHEAD, DISORDER, CLOCK_SKEW -> false;
        };
    }

    public long bit() {
        return 1L << ordinal();
    }
}
