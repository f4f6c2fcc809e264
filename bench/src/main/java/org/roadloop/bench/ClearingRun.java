package org.roadloop.bench;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.roadloop.core.clearing.Clearing;
import org.roadloop.core.clearing.UsageBatch;
import org.roadloop.core.clearing.UsageRecord;
import org.roadloop.core.ledger.Entry;
import org.roadloop.core.ledger.Event;
import org.roadloop.core.ledger.FileLedger;
import org.roadloop.core.ledger.Ledger;

/**
 * Figures of clearing (清算): random uses to booked and netted money, in memory and through a ledger
 * on files. CPU time is the whole process's, so collection and compilation are in it; making up the
 * uses is not.
 *
 * <p>Memory: 36 to 72 bytes a use of the open day ({@code clearing.retained_mb} is what the heap
 * holds before the last day's close), plus a line a day, agreement, unit and flavour.
 */
final class ClearingRun {
    private static final int CHUNK = 50_000;
    private static final String ACTOR = "did:web:clearing.example";

    private final OperatingSystemMXBean process =
            ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    private final long seed;
    private final long events;

    private long cpuNanos;
    private long retainedBytes;

    private ClearingRun(long seed, long events) {
        this.seed = seed;
        this.events = events;
    }

    /**
     * @param folder an empty or missing folder on the disk in question
     * @param events uses in memory; 10,000,000 for the record
     * @param durableEvents uses through the ledger
     */
    static void figures(Figures figures, Path folder, long events, long durableEvents, long seed)
            throws IOException {
        new ClearingRun(seed, Math.min(events, 500_000)).inMemory();
        ClearingRun first = new ClearingRun(seed, events);
        Clearing cleared = first.inMemory();
        long imbalance = imbalance(cleared);
        byte[] state = cleared.state();
        figures.add("clearing.events", events, "events");
        figures.add("clearing.imbalance", imbalance, "milli");
        figures.add("clearing.events_per_cpu_second", events * 1e9 / first.cpuNanos, "events/s");
        figures.add("clearing.retained_mb", first.retainedBytes / 1048576.0, "MiB");
        cleared = new ClearingRun(seed, events).inMemory();
        boolean identical = Arrays.equals(state, cleared.state());

        ClearingRun durable = new ClearingRun(seed, durableEvents);
        identical &= durable.throughLedger(folder);
        figures.add("clearing.events.durable", durableEvents, "events");
        figures.add(
                "clearing.events_per_cpu_second.durable",
                durableEvents * 1e9 / durable.cpuNanos,
                "events/s");
        figures.add("clearing.replay_identical", identical ? 1 : 0, "of 1");
    }

    private Clearing inMemory() {
        UsageStream stream = new UsageStream(seed, events);
        Clearing clearing = new Clearing();
        stream.register(clearing);
        long index = 0;
        while (stream.hasNext()) {
            int day = stream.day();
            List<UsageRecord> chunk = stream.next(CHUNK);
            boolean ends = !stream.hasNext() || stream.day() != day;
            long began = process.getProcessCpuTime();
            for (UsageRecord use : chunk) {
                clearing.book(index++, use);
            }
            cpuNanos += process.getProcessCpuTime() - began;
            if (ends) {
                retainedBytes = stream.hasNext() ? 0 : retained();
                began = process.getProcessCpuTime();
                clearing.apply(new Entry(index++, missed(stream, day)));
                clearing.apply(
                        new Entry(
                                index++,
                                clearing.dayEnded(
                                        UsageStream.date(day), UsageStream.noon(day + 1), ACTOR)));
                cpuNanos += process.getProcessCpuTime() - began;
            }
        }
        return clearing;
    }

    private static Event missed(UsageStream stream, int day) {
        return Clearing.slaMissed(
                stream.agreement(day * 7),
                "availability",
                UsageStream.date(day),
                UsageStream.noon(day),
                ACTOR);
    }

    private static long retained() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    /** True if two replays of the ledger give the bytes that live clearing gave. */
    private boolean throughLedger(Path folder) throws IOException {
        UsageStream stream = new UsageStream(seed, events);
        Clearing live = new Clearing();
        stream.register(live);
        try (Ledger ledger = FileLedger.open(folder, "clearing.example", BenchLog.signer())) {
            while (stream.hasNext()) {
                int day = stream.day();
                List<UsageRecord> chunk = stream.next(CHUNK);
                boolean ends = !stream.hasNext() || stream.day() != day;
                long began = process.getProcessCpuTime();
                append(ledger, chunk, UsageStream.noon(day));
                live.catchUp(ledger);
                if (ends) {
                    ledger.append(missed(stream, day));
                    live.endDay(ledger, UsageStream.date(day), UsageStream.noon(day + 1), ACTOR);
                }
                cpuNanos += process.getProcessCpuTime() - began;
            }
            if (imbalance(live) != 0 || !live.counts().keySet().stream().allMatch(known())) {
                throw new IllegalStateException("clearing refused batches: " + live.counts());
            }
            byte[] once = replayed(stream, ledger);
            byte[] twice = replayed(stream, ledger);
            return Arrays.equals(live.state(), once) && Arrays.equals(once, twice);
        }
    }

    private static java.util.function.Predicate<String> known() {
        return name -> name.equals("usage_duplicate");
    }

    private static void append(Ledger ledger, List<UsageRecord> chunk, Instant at) {
        List<Event> events = new ArrayList<>();
        for (UsageBatch batch : UsageBatch.split(chunk)) {
            events.addAll(batch.events(at, ACTOR));
        }
        ledger.append(events);
    }

    private static byte[] replayed(UsageStream stream, Ledger ledger) {
        Clearing clearing = new Clearing();
        stream.register(clearing);
        clearing.replay(ledger);
        return clearing.state();
    }

    private static long imbalance(Clearing clearing) {
        long sum = 0;
        for (String currency : UsageStream.currencies()) {
            sum += Math.abs(clearing.imbalanceMilli(currency));
        }
        return sum;
    }
}
