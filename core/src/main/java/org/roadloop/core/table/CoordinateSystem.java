package org.roadloop.core.table;

/** The datum of a position column. Conversion is display, never protection. */
public enum CoordinateSystem {
    NONE,
    WGS_84,
    GCJ_02,
    BD_09,
    /** Metres in a local frame (the New York pilot publishes such). */
    LOCAL_METRES,
    /** The source names no datum (GB/T 32960.3-2016). */
    UNKNOWN
}
