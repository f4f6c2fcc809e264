package org.roadloop.core.table;

import java.util.Arrays;

/**
 * One state byte per cell. A value whose state is not {@link #OK} carries no meaning and is written
 * as null to a table; the state itself travels with it (GB/T 32960.3-2016 §7.1: FE abnormal, FF
 * invalid).
 */
public final class CellState {
    public static final byte OK = 0;

    /** The message did not carry the field. */
    public static final byte ABSENT = 1;

    /** The sender said "invalid" (FF…). */
    public static final byte INVALID = 2;

    /** The sender said "abnormal" (FE…), or the value is outside the range of its standard. */
    public static final byte ABNORMAL = 3;

    /** Taken out by governance: sensitive area, trip end, field not released. */
    public static final byte MASKED = 4;

    private CellState() {}

    /** Whether the cells {@code from..to-1} have one state; true where there is none. */
    public static boolean allEqual(byte[] states, int from, int to) {
        return from >= to || Arrays.mismatch(states, from, to - 1, states, from + 1, to) < 0;
    }

    public static String name(byte state) {
        return switch (state) {
            case OK -> "ok";
            case ABSENT -> "absent";
            case INVALID -> "invalid";
            case ABNORMAL -> "abnormal";
            case MASKED -> "masked";
            default ->
                    throw new IllegalArgumentException(
                            "no cell state " + state + "; states are 0..4");
        };
    }
}
