package org.roadloop.core.clearing;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * What is booked of the days that are not closed (未结用量), by kind and interval: the same use is not
 * booked twice, and one under the same name with another quantity is found. One thread.
 */
final class OpenUses {
    private final Function<String, AgreementAccount> agreements;
    private final Map<Series.Key, Series> series = new HashMap<>();
    private final UsageIndex.Key key = UsageIndex.Key.random();
    private final TreeMap<Integer, UsageIndex> days = new TreeMap<>();

    /** The name of a use in its day's table: its kind and its interval. */
    private final long[] name = new long[4];

    /**
     * @param agreements the account of an agreement, by its id
     */
    OpenUses(Function<String, AgreementAccount> agreements) {
        this.agreements = agreements;
    }

    Series series(UsageRecord use) {
        return series(
                new Series.Key(
                        use.agreement(),
                        use.asset(),
                        use.actor(),
                        use.action(),
                        use.unit(),
                        use.flavour(),
                        use.meter(),
                        use.meterVersion()));
    }

    Series series(UsageTotals totals, UsageTotals.Total total) {
        return series(
                new Series.Key(
                        total.agreement(),
                        total.asset(),
                        total.actor(),
                        "",
                        total.unit(),
                        total.flavour(),
                        totals.meter(),
                        totals.meterVersion()));
    }

    private Series series(Series.Key kind) {
        Series found = series.get(kind);
        if (found == null) {
            found =
                    new Series(
                            series.size(),
                            agreements.apply(kind.agreement()),
                            kind.unit(),
                            kind.flavour());
            series.put(kind, found);
        }
        return found;
    }

    /** Notes a use of a day; {@code FRESH} if it was not there. */
    UsageIndex.Found put(Series kind, int day, Instant from, Instant until, long quantity) {
        return turn(kind, day).put(name(kind, from, until), name.length, quantity);
    }

    /** As {@link #put}, but notes nothing. */
    UsageIndex.Found find(Series kind, int day, Instant from, Instant until, long quantity) {
        return turn(kind, day).find(name(kind, from, until), name.length, quantity);
    }

    private long[] name(Series kind, Instant from, Instant until) {
        name[0] = kind.number;
        name[1] = from.getEpochSecond();
        name[2] = until.getEpochSecond();
        name[3] = (long) from.getNano() << 32 | until.getNano();
        return name;
    }

    /** Makes the series count for a day; returns the day's table. */
    UsageIndex turn(Series kind, int day) {
        UsageIndex index = kind.index;
        if (index != null && kind.day == day && kind.generation == kind.agreement.generation) {
            return index;
        }
        index = days.computeIfAbsent(day, d -> new UsageIndex(key));
        kind.index = index;
        kind.day = day;
        kind.generation = kind.agreement.generation;
        if (kind.agreement.terms == null) {
            kind.meter = null;
            kind.line = kind.agreement.waiting(kind.unit, kind.flavour, day);
        } else {
            kind.meter = kind.agreement.meter(kind.unit, kind.flavour, day);
            kind.line = kind.meter.line(day);
        }
        return index;
    }

    /** Forgets the days before one. */
    void close(int openDay) {
        days.headMap(openDay).clear();
        series.values().stream().filter(s -> s.day < openDay).forEach(Series::forget);
    }
}
