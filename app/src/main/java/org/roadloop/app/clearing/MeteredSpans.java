package org.roadloop.app.clearing;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.roadloop.core.clearing.UsageTotals;
import org.roadloop.core.ledger.Entry;
import org.roadloop.core.ledger.Event;
import org.roadloop.core.ledger.Ledger;

/** What outside meters have counted, and from when until when (已计量区间). One thread. */
final class MeteredSpans {
    /** What must not be counted twice over one interval. */
    private record Counted(
            String meter, String agreement, String actor, String unit, String flavour) {}

    record Span(Instant from, Instant until) {
        /** Ends touch without a common part; an instant is a part of what it stands in. */
        boolean overlaps(Span other) {
            return equals(other) || from.isBefore(other.until) && other.from.isBefore(until);
        }
    }

    /** By beginning; they do not overlap, or were taken when that was not looked at. */
    private final Map<Counted, TreeMap<Instant, Span>> taken = new HashMap<>();

    private long next;

    void catchUp(Ledger ledger) {
        if (next < ledger.size()) {
            try (Stream<Entry> entries = ledger.read(next)) {
                entries.forEach(this::take);
            }
        }
    }

    private void take(Entry entry) {
        next = entry.index() + 1;
        if (entry.event().type().equals(UsageTotals.EVENT)
                && entry.event().body() instanceof Event.Inline inline) {
            UsageTotals totals = UsageTotals.fromJson(inline.json());
            Span span = new Span(totals.from(), totals.until());
            for (UsageTotals.Total total : totals.totals()) {
                taken.computeIfAbsent(counted(totals, total), c -> new TreeMap<>())
                        .merge(span.from(), span, MeteredSpans::longer);
            }
        }
    }

    private static Span longer(Span one, Span other) {
        return one.until().isAfter(other.until()) ? one : other;
    }

    /** A span in the ledger that a total's would count again. */
    Optional<Span> overlap(UsageTotals totals, UsageTotals.Total total) {
        TreeMap<Instant, Span> spans = taken.get(counted(totals, total));
        if (spans == null) {
            return Optional.empty();
        }
        Span span = new Span(totals.from(), totals.until());
        return Stream.of(
                        spans.floorEntry(span.from()),
                        spans.lowerEntry(span.from()),
                        spans.higherEntry(span.from()))
                .filter(Objects::nonNull)
                .map(Map.Entry::getValue)
                .filter(span::overlaps)
                .findFirst();
    }

    private static Counted counted(UsageTotals totals, UsageTotals.Total total) {
        return new Counted(
                totals.meter(), total.agreement(), total.actor(), total.unit(), total.flavour());
    }
}
