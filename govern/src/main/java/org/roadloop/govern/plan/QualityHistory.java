package org.roadloop.govern.plan;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.roadloop.core.ledger.Entry;
import org.roadloop.core.ledger.Ledger;
import tools.jackson.databind.JsonNode;

/**
 * How good the rows of every table were, hour by hour (质量历史): a fold of the signed passports in the
 * ledger, so it is there again after a restart and is proven by what it was made of. Bounded: the
 * oldest hour of a table goes when it has {@link #MOST_HOURS}. Any thread.
 */
public final class QualityHistory {
    /** A year of hours. */
    static final int MOST_HOURS = 24 * 366;

    private final Ledger ledger;
    private final Map<String, TreeMap<Instant, Sum>> hours = new HashMap<>();
    private long next;

    /**
     * The indicators of one hour, each the mean over the rows that were taken in.
     *
     * @param rowsIn raw rows
     * @param indicators shares of 0..1 by name, see {@link
     *     org.roadloop.govern.quality.Scorecard#indicators}
     */
    public record Point(Instant hour, long rowsIn, Map<String, Double> indicators) {
        public Point {
            indicators = Map.copyOf(indicators);
        }
    }

    private static final class Sum {
        long rows;
        final Map<String, Double> weighted = new TreeMap<>();
    }

    public QualityHistory(Ledger ledger) {
        this.ledger = ledger;
    }

    /** Hours with rows of a table, the oldest first; empty if it had none. */
    public synchronized List<Point> of(String table) {
        follow();
        List<Point> points = new ArrayList<>();
        hours.getOrDefault(table, new TreeMap<>())
                .forEach(
                        (hour, sum) -> {
                            Map<String, Double> means = new TreeMap<>();
                            sum.weighted.forEach((name, w) -> means.put(name, w / sum.rows));
                            points.add(new Point(hour, sum.rows, means));
                        });
        return points;
    }

    private void follow() {
        long size = ledger.size();
        try (Stream<Entry> entries = ledger.read(next, Set.of(Passport.EVENT_TYPE))) {
            entries.forEach(
                    entry -> {
                        add(entry.event().at(), entry.event().json());
                        next = entry.index() + 1;
                    });
        }
        next = Math.max(next, size);
    }

    private void add(Instant at, JsonNode passport) {
        long rows = passport.path("counts").path("rowsIn").asLong(0);
        if (rows == 0) {
            return;
        }
        TreeMap<Instant, Sum> table =
                hours.computeIfAbsent(passport.path("table").asString(""), t -> new TreeMap<>());
        Sum sum = table.computeIfAbsent(at.truncatedTo(ChronoUnit.HOURS), h -> new Sum());
        sum.rows += rows;
        passport.path("qualityPartsPerMillion")
                .properties()
                .forEach(
                        share ->
                                sum.weighted.merge(
                                        share.getKey(),
                                        share.getValue().asLong(0) / 1e6 * rows,
                                        Double::sum));
        if (table.size() > MOST_HOURS) {
            table.pollFirstEntry();
        }
    }
}
