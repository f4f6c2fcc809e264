package org.roadloop.govern.align;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.Schema;
import org.roadloop.core.table.TableSource;
import org.roadloop.govern.operator.Operator;
import org.roadloop.govern.operator.OperatorReport;

/** A run of {@link TimeSync} (同步运行). One thread. */
final class TimeSyncRun implements Operator.Run {
    private static final String ONE_CLOCK = "";

    private final TimeSync operator;
    private final Schema input;
    private final OutputRows output;
    private final int time;
    private final int source;
    private final double atMostMicros;
    private final Map<String, TimeSync.Clock> clocks = new HashMap<>();
    private final SortedMap<String, Double> figures = new TreeMap<>();
    private final SortedMap<String, Long> dropped = new TreeMap<>();
    private double worstBound;
    private long rowsIn;
    private long corrected;

    TimeSyncRun(
            TimeSync operator,
            Schema input,
            Schema schema,
            Function<String, TableSource.Scan> sides) {
        this.operator = operator;
        this.input = input;
        output = new OutputRows(schema);
        time = input.indexOf(operator.time());
        source = operator.source() == null ? -1 : input.indexOf(operator.source());
        atMostMicros = operator.atMost().toNanos() / 1000.0;
        TimeSync.Sighting sighting = operator.sighting();
        TimeSync.Arrival arrival = operator.arrival();
        if (sighting != null) {
            fit(sighting, sides);
        } else if (arrival != null) {
            envelopes(arrival, sides);
        }
    }

    private void fit(TimeSync.Sighting sighting, Function<String, TableSource.Scan> sides) {
        SightingFit fit = new SightingFit(operator, sighting, sides);
        TimeSync.Clock clock = fit.clock();
        if (clock.boundMicros(0) > atMostMicros) {
            throw tooWide(clock.boundMicros(0));
        }
        clocks.put(ONE_CLOCK, clock);
        figures.put("offset_ms", clock.offsetMicros(0) / 1000);
        figures.put("vehicles", (double) fit.vehicles());
        Double noise = fit.noiseMeters();
        if (noise != null) {
            figures.put("noise_m", noise);
        }
    }

    private IllegalStateException tooWide(double boundMicros) {
        return new IllegalStateException(
                "the data tell the clock within %.3f ms only; at_most is %.3f ms"
                        .formatted(boundMicros / 1000, atMostMicros / 1000));
    }

    private void envelopes(TimeSync.Arrival arrival, Function<String, TableSource.Scan> sides) {
        Map<String, ArrivalEnvelope> envelopes = new TreeMap<>();
        try (TableSource.Scan scan = sides.apply(operator.rows())) {
            Schema schema = scan.schema();
            TimeSync.timestamp(schema, operator.time());
            TimeSync.timestamp(schema, arrival.column());
            int sent = schema.indexOf(operator.time());
            int arrived = schema.indexOf(arrival.column());
            String by = operator.source();
            int from = by == null ? -1 : schema.indexOf(by);
            long[] last = {Long.MIN_VALUE, 0};
            scan.forEachBatch(
                    (Batch batch) -> {
                        for (int row = 0; row < batch.rows(); row++) {
                            last[1]++;
                            boolean named = from < 0 || batch.isOk(from, row);
                            if (!named || !batch.isOk(sent, row) || !batch.isOk(arrived, row)) {
                                continue;
                            }
                            long at = batch.longs(sent)[row];
                            if (at < last[0]) {
                                throw new IllegalArgumentException(
                                        "row %d of '%s' is out of order: sort it by %s"
                                                .formatted(
                                                        last[1], operator.rows(), operator.time()));
                            }
                            last[0] = at;
                            String name = from < 0 ? ONE_CLOCK : batch.strings(from).get(row);
                            envelopes
                                    .computeIfAbsent(name, _ -> new ArrivalEnvelope(arrival))
                                    .add(at, batch.longs(arrived)[row]);
                        }
                    });
        }
        List<String> why = new ArrayList<>();
        double worst = 0;
        for (Map.Entry<String, ArrivalEnvelope> entry : envelopes.entrySet()) {
            ArrivalEnvelope envelope = entry.getValue();
            try {
                TimeSync.Clock clock = envelope.clock();
                double bound =
                        Math.max(
                                clock.boundMicros(envelope.firstMicros()),
                                clock.boundMicros(envelope.lastMicros()));
                if (bound > atMostMicros) {
                    throw tooWide(bound);
                }
                worst = Math.max(worst, Math.abs(clock.offsetMicros(envelope.firstMicros())));
                clocks.put(entry.getKey(), clock);
            } catch (IllegalStateException e) {
                why.add(String.valueOf(e.getMessage()));
            }
        }
        if (clocks.isEmpty()) {
            throw new IllegalStateException(
                    why.isEmpty()
                            ? "'" + operator.rows() + "' has no row with both times"
                            : why.getFirst());
        }
        figures.put("clocks", (double) clocks.size());
        figures.put("clocks_unknown", (double) why.size());
        figures.put("largest_offset_ms", worst / 1000);
    }

    @Override
    public void process(Batch in, Consumer<Batch> out) {
        for (int row = 0; row < in.rows(); row++) {
            rowsIn++;
            TimeSync.@Nullable Clock clock = clockOf(in, row);
            if (clock == null) {
                dropped.merge("clock_unknown", 1L, Long::sum);
                continue;
            }
            if (!in.isOk(time, row)) {
                dropped.merge("time_missing", 1L, Long::sum);
                continue;
            }
            long micros = in.longs(time)[row];
            double bound = clock.boundMicros(micros);
            if (bound > atMostMicros) {
                dropped.merge("beyond_bound", 1L, Long::sum);
                continue;
            }
            Batch to = output.next(out);
            int made = to.addRow();
            for (int c = 0; c < input.size(); c++) {
                to.copyCell(in, c, row, c, made);
            }
            long offset = Math.round(clock.offsetMicros(micros));
            to.set(time, made, micros + offset);
            to.set(input.size(), made, offset / 1000.0);
            to.set(input.size() + 1, made, bound / 1000);
            worstBound = Math.max(worstBound, bound);
            corrected += offset == 0 ? 0 : 1;
        }
    }

    private TimeSync.@Nullable Clock clockOf(Batch in, int row) {
        if (source < 0) {
            return clocks.get(ONE_CLOCK);
        }
        return in.isOk(source, row) ? clocks.get(in.strings(source).get(row)) : null;
    }

    @Override
    public void finish(Consumer<Batch> out) {
        output.flush(out);
    }

    @Override
    public OperatorReport report() {
        SortedMap<String, Long> changed = new TreeMap<>();
        changed.put("corrected", corrected);
        SortedMap<String, Double> all = new TreeMap<>(figures);
        all.put("bound_ms", worstBound / 1000);
        return new OperatorReport(rowsIn, output.rows(), dropped, changed, all);
    }
}
