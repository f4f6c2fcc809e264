package org.roadloop.core.table;

/** What a column is about (数据分类); the leaves of the class tree that this platform uses. */
public enum DataClass {
    /** VIN, plate, terminal or temporary id, and pseudonyms of them. */
    IDENTITY,
    /** Position, heading, and what locates a vehicle: with identity and time it is a track. */
    POSITION,
    TIME,
    /** Speed, acceleration, pedals, gear. */
    DRIVING_STATE,
    /** SoC, voltage, current, temperatures, charge state. */
    ENERGY_STATE,
    ALARM,
    ENVIRONMENT,
    /** Where a row came from: segment, offset, source, quality. */
    LINEAGE
}
