package org.roadloop.core.clearing;

import org.jspecify.annotations.Nullable;

/**
 * Uses that differ only in interval and quantity (同类用量); remembers the last day's table and line,
 * so that a use costs one look-up. One thread.
 */
final class Series {
    /** What is the same in all uses of a kind; the interval tells them apart. */
    record Key(
            String agreement,
            String asset,
            String actor,
            String action,
            String unit,
            String flavour,
            String meter,
            int meterVersion) {}

    final long number;
    final AgreementAccount agreement;
    final String unit;
    final String flavour;
    int day = Integer.MIN_VALUE;
    int generation = -1;
    @Nullable UsageIndex index;
    @Nullable Meter meter;
    Meter.@Nullable Line line;

    Series(long number, AgreementAccount agreement, String unit, String flavour) {
        this.number = number;
        this.agreement = agreement;
        this.unit = unit;
        this.flavour = flavour;
    }

    void forget() {
        day = Integer.MIN_VALUE;
        index = null;
        meter = null;
        line = null;
    }
}
