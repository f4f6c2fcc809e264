package org.roadloop.govern.coordinates;

import org.roadloop.core.table.CoordinateSystem;

/**
 * The place for a state-approved secrecy plug-in (地理信息保密处理插件): the processing of positions that a
 * licensed map maker must apply (GB 20263), delivered by an approved body as a library. Roadloop
 * has none and imitates none; {@link Datum} calls the one that a plan names. Implementations are
 * found by {@link java.util.ServiceLoader} on the class path.
 */
public interface ApprovedPositionProcessing {
    /** What a plan calls it by. */
    String name();

    /** Number of the approval, and version. */
    String approval();

    /** The datum of the positions it takes. */
    CoordinateSystem takes();

    /** The datum of the positions it gives. */
    CoordinateSystem gives();

    /**
     * Processes positions in place. The same position must give the same result.
     *
     * @param longitudes degrees, {@code count} of them
     * @param latitudes degrees
     */
    void process(double[] longitudes, double[] latitudes, int count);
}
