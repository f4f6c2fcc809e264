package org.roadloop.app.report;

import static java.util.Objects.requireNonNull;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All that one run of the loop shows (运行摘要): {@code summary.json} is this record, {@code
 * report.html} is drawn from it.
 *
 * <p>A section is absent when the run did not get that far; its station says why.
 *
 * @param format {@link #FORMAT}
 * @param stations all seven, in the order of the loop
 */
public record Summary(
        String format,
        Run run,
        List<Station> stations,
        @Nullable CollectSummary collect,
        @Nullable GovernSummary govern,
        @Nullable ShareSummary share,
        @Nullable ComputeSummary compute,
        @Nullable ApplySummary apply,
        @Nullable ProveSummary prove,
        @Nullable RoadMap map,
        List<Chart> charts) {
    public static final String FORMAT = "roadloop-summary/1";

    public Summary {
        requireNonNull(run, "run");
        if (!FORMAT.equals(format)) {
            throw new IllegalArgumentException(
                    "summary format is '" + format + "'; this version reads " + FORMAT);
        }
        stations = List.copyOf(stations);
        List<Station.Name> names = stations.stream().map(Station::name).toList();
        if (!names.equals(Arrays.asList(Station.Name.values()))) {
            throw new IllegalArgumentException(
                    "stations are "
                            + names
                            + "; a summary has each of the seven once, in the order of the loop");
        }
        charts = List.copyOf(charts);
    }

    public Station station(Station.Name name) {
        return stations.get(name.ordinal());
    }

    /** Every station is done, or partial for a named reason. */
    public boolean closed() {
        return stations.stream()
                .allMatch(
                        s ->
                                s.status() == Station.Status.DONE
                                        || s.status() == Station.Status.PARTIAL);
    }

    /** Indented, ends with a line feed; see {@link SummaryJson}. */
    public String toJson() {
        return SummaryJson.write(this);
    }
}
