package org.roadloop.govern.quality;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/*
 * A log-structured merge tree of (key, content) (O'Neil et al. 1996). The latest rows stand in a
 * hash table in memory; when it is full it is written as a sorted run. Slots of the table are in the
 * order of the key, so a run is written by one pass and short moves.
 *
 * A run knows the stretches of event time (4.2 s each; a day where the time is not part of the key)
 * that its rows are of, and only the runs of a row's own stretch can hold its like. Vehicles report mostly in order, so that runs mostly follow
 * one another in time: a new row is asked of the table and of one run or none. Where runs do share
 * stretches (late reports, replays in any order), four of one size become one of the next, and a row
 * is copied log4(rows / memory) times at most. A run whose filter rules the row out is not looked
 * at; a filter that is wrong costs a look and never an answer.
 *
 * The day of event time is part of the key, as the generation that the day got when its first row
 * came: a row meets its like in its own day only, and when a day is forgotten its entries match
 * nothing any more; they go with the next merge. A day is forgotten when nothing of it has arrived
 * for the length of the window, measured by arrival: a re-issued report comes within days of its
 * first copy, whatever the (possibly old, replayed) time it carries.
 *
 * Memory: 32 bytes a slot at a load of at most 0.6, up to the bound; as much again for the filters,
 * which get ten bits a row while that lasts; then the filters of runs that nobody asked lately go,
 * then there are fewer bits, then none. All else is the page cache's.
 * Nothing on disk outlives the process: the tables have every key, and the index is built from them.
 * A disk that refuses a run leaves the rows in memory, beyond the bound, until it takes them.
 */

/** Which rows a table has seen lately (去重索引). One thread. */
public final class DuplicateIndex implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DuplicateIndex.class);
    private static final long DAY_MICROS = 86_400_000_000L;
    private static final int SLOT = 4; // place, low, content, generation; generation 0 = free
    private static final int FAN_IN = 4;
    private static final int MOST_RUNS = 512;
    private static final int STRETCH_BITS = 22; // of microseconds
    private static final int FILTER_BITS = 10;

    private final long windowMicros;
    private final @Nullable Path directory;
    private final int memoryRows;
    private final boolean timeInKey;
    private final Map<Long, Day> days = new HashMap<>();
    private Day last = Day.NONE;
    private long latestArrival = Long.MIN_VALUE;
    private long generations;

    private long[] slots = new long[SLOT << 10];
    private int shift = 64 - 10; // of a place, to its slot
    private int size;
    private int spillAt;
    private Stretches stretches = new Stretches(); // of the rows in the table
    private final List<KeyRun> runs = new ArrayList<>(); // oldest first
    private final Map<Long, KeyRun[]> runsByStretch = new HashMap<>(); // of those asked for
    private long lastStretch;
    private KeyRun @Nullable [] lastRuns;
    private boolean refused;

    // Of the rows that were approached: where they belong, and the runs they may be in, a bit each.
    private long[] places = new long[0];
    private long[] perhaps = new long[0];
    private int firstApproached;
    private boolean runsChanged; // since then
    private long approached; // never read: a compiler must not leave the reading out

    public enum Verdict {
        NEW,
        DUPLICATE,
        CONFLICT
    }

    private static final class Day {
        static final Day NONE = new Day(Long.MIN_VALUE, 0);

        final long day;
        final long generation;
        long latestArrival = Long.MIN_VALUE;
        long rows;

        Day(long day, long generation) {
            this.day = day;
            this.generation = generation;
        }
    }

    /**
     * An index in memory only, for as many rows as fit.
     *
     * @param window how long after its day's last arrival a row is remembered
     */
    public DuplicateIndex(Duration window) {
        this(window, null, Integer.MAX_VALUE, false);
    }

    /**
     * @param window how long after its day's last arrival a row is remembered
     * @param directory for what memory does not hold; made when it is needed
     * @param memoryRows rows in memory, at 54..107 bytes each, filters included
     * @param timeInKey whether rows of one key always have one event time: then a row is looked for
     *     among those of its time only, else among those of its day
     */
    public DuplicateIndex(
            Duration window, @Nullable Path directory, int memoryRows, boolean timeInKey) {
        if (memoryRows < 1) {
            throw new IllegalArgumentException("an index holds " + memoryRows + " rows in memory");
        }
        this.windowMicros = window.toNanos() / 1000;
        this.directory = directory;
        this.memoryRows = memoryRows;
        this.timeInKey = timeInKey;
        spillAt = memoryRows;
    }

    /**
     * Reads what {@link #addApproached} will need of rows {@code from..to-1}, so that memory is
     * waited for once and not row by row; a few hundred rows at a time.
     */
    public void approach(long[] eventMicros, long[] high, long[] low, int from, int to) {
        int count = to - from;
        if (places.length < count) {
            places = new long[count];
            perhaps = new long[count];
        }
        long seen = 0;
        for (int i = 0; i < count; i++) {
            long place = place(high[from + i], low[from + i]);
            places[i] = place;
            int at = (int) (place >>> shift) * SLOT;
            seen ^= slots[at] ^ slots[at + 3]; // a slot may lie in two cache lines
        }
        int begin = 0;
        while (begin < count) {
            KeyRun[] among = runs(eventMicros[from + begin]);
            int end = begin + 1;
            while (end < count && runs(eventMicros[from + end]) == among) {
                end++;
            }
            sift(among, low, from, begin, end);
            begin = end;
        }
        firstApproached = from;
        runsChanged = false;
        approached = seen;
    }

    private void sift(KeyRun[] among, long[] low, int from, int begin, int end) {
        Arrays.fill(perhaps, begin, end, among.length > Long.SIZE ? -1 : 0);
        for (int i = 0; i < Math.min(Long.SIZE, among.length); i++) {
            among[i].sift(places, low, from, begin, end, perhaps, 1L << i);
        }
    }

    /** As {@link #add} of a row of the last {@link #approach}. */
    public Verdict addApproached(
            int row, long eventMicros, long arrivalMicros, long low, long content) {
        int i = row - firstApproached;
        long perhapsIn = runsChanged ? -1 : perhaps[i];
        return add(eventMicros, arrivalMicros, places[i], low, content, perhapsIn);
    }

    /** Judges a row and remembers it if it is new. */
    public Verdict add(long eventMicros, long arrivalMicros, long high, long low, long content) {
        return add(eventMicros, arrivalMicros, place(high, low), low, content, -1);
    }

    /**
     * @param perhapsIn the runs of its stretch that may hold it, a bit each; those past the 64th
     *     are always asked
     */
    private Verdict add(
            long eventMicros,
            long arrivalMicros,
            long place,
            long low,
            long content,
            long perhapsIn) {
        Day day = day(Math.floorDiv(eventMicros, DAY_MICROS));
        if (arrivalMicros > latestArrival) {
            latestArrival = arrivalMicros;
        }
        day.latestArrival = Math.max(day.latestArrival, arrivalMicros);
        int at = find(slots, shift, place, low, day.generation);
        if (slots[at + 3] != 0) {
            return slots[at + 2] == content ? Verdict.DUPLICATE : Verdict.CONFLICT;
        }
        KeyRun[] among = runs(eventMicros);
        for (int i = perhapsIn == 0 ? -1 : among.length - 1; i >= 0; i--) {
            if (i < Long.SIZE && (perhapsIn >>> i & 1) == 0) {
                continue;
            }
            KeyRun run = among[i];
            long found = run.find(place, low, day.generation);
            if (found >= 0) {
                return run.content(found) == content ? Verdict.DUPLICATE : Verdict.CONFLICT;
            }
        }
        slots[at] = place;
        slots[at + 1] = low;
        slots[at + 2] = content;
        slots[at + 3] = day.generation;
        stretches.add(stretch(eventMicros));
        size++;
        day.rows++;
        makeRoom();
        return Verdict.NEW;
    }

    private long stretch(long eventMicros) {
        return timeInKey ? eventMicros >> STRETCH_BITS : Math.floorDiv(eventMicros, DAY_MICROS);
    }

    /** The runs that have rows of the same stretch of event time. */
    private KeyRun[] runs(long eventMicros) {
        long stretch = stretch(eventMicros);
        KeyRun @Nullable [] known = lastRuns;
        if (known == null || stretch != lastStretch) {
            known = runsByStretch.computeIfAbsent(stretch, this::find);
            lastStretch = stretch;
            lastRuns = known;
        }
        return known;
    }

    private KeyRun[] find(long stretch) {
        return runs.stream().filter(run -> run.stretches().has(stretch)).toArray(KeyRun[]::new);
    }

    private void runsChange() {
        runsChanged = true;
        runsByStretch.clear();
        lastRuns = null;
    }

    /** Forgets days past the window; cheap, call it once a batch. */
    public void forget() {
        if (!days.values().removeIf(day -> latestArrival - day.latestArrival > windowMicros)) {
            return;
        }
        last = Day.NONE;
        Set<Long> alive = alive();
        rehash(64 - shift, alive);
        runsChange();
        runs.removeIf(
                run -> {
                    boolean dead = run.generations().stream().noneMatch(alive::contains);
                    if (dead) {
                        run.close();
                    }
                    return dead;
                });
    }

    /** Remembered rows. */
    public long size() {
        return days.values().stream().mapToLong(day -> day.rows).sum();
    }

    /** Rows in memory, those of forgotten days included; for tests of the bound. */
    int rowsInMemory() {
        return size;
    }

    /** Bytes of the filters. */
    long filterBytes() {
        return runs.stream().mapToLong(KeyRun::filterBytes).sum();
    }

    /** Whether the filter of the newest run has all its bits; for tests. */
    boolean newestIsFiltered() {
        return !runs.isEmpty()
                && runs.getLast().filterBytes() >= runs.getLast().size() * FILTER_BITS / 8 - 64;
    }

    int runs() {
        return runs.size();
    }

    @Override
    public void close() {
        runs.forEach(KeyRun::close);
        runs.clear();
    }

    private Set<Long> alive() {
        Set<Long> alive = new HashSet<>();
        days.values().forEach(day -> alive.add(day.generation));
        return alive;
    }

    /** Rows of one day mostly come together; a sender may still spread them over all days. */
    private Day day(long number) {
        if (last.day != number) {
            last = days.computeIfAbsent(number, n -> new Day(n, ++generations));
        }
        return last;
    }

    /** One to one for a given low half, and uniform even where the halves are small numbers. */
    static long place(long high, long low) {
        long x = high + low * 0x9E3779B97F4A7C15L;
        x = (x ^ x >>> 32) * 0xff51afd7ed558ccdL;
        x = (x ^ x >>> 29) * 0xc4ceb9fe1a85ec53L;
        return x ^ x >>> 32;
    }

    /** Index of the entry, or of the free slot where it belongs. */
    private static int find(long[] slots, int shift, long place, long low, long generation) {
        int at = (int) (place >>> shift) * SLOT;
        while (slots[at + 3] != 0
                && (slots[at] != place || slots[at + 1] != low || slots[at + 3] != generation)) {
            at += SLOT;
            if (at == slots.length) {
                at = 0;
            }
        }
        return at;
    }

    private void makeRoom() {
        if (size >= spillAt) {
            spill();
        } else if (size * 20L >= slots.length * 3L) { // a load of 0.6
            rehash(64 - shift + 1, null);
        }
    }

    /**
     * @param alive generations to keep; null for all
     */
    private void rehash(int bits, @Nullable Set<Long> alive) {
        long[] old = slots;
        slots = new long[Math.multiplyExact(SLOT, 1 << bits)];
        shift = 64 - bits;
        size = 0;
        for (int i = 0; i < old.length; i += SLOT) {
            if (old[i + 3] != 0 && (alive == null || alive.contains(old[i + 3]))) {
                int at = find(slots, shift, old[i], old[i + 1], old[i + 3]);
                System.arraycopy(old, i, slots, at, SLOT);
                size++;
            }
        }
    }

    private void spill() {
        if (directory == null) {
            spillAt = Integer.MAX_VALUE;
            return;
        }
        runsChange();
        try {
            Set<Long> alive = alive();
            @Nullable KeyRun run = write(directory, alive);
            if (run != null) {
                runs.add(run);
            }
            Arrays.fill(slots, 0);
            size = 0;
            stretches = new Stretches();
            spillAt = memoryRows;
            mergeDue(directory, alive);
            refused = false;
        } catch (IOException e) {
            if (!refused) {
                LOG.warn(
                        "the index of rows seen cannot be written to {} and stays in memory: {}",
                        directory,
                        e.toString());
            }
            refused = true;
            if (size > 0) {
                spillAt = (int) Math.min(Integer.MAX_VALUE, size + (long) memoryRows);
            }
        }
    }

    private @Nullable KeyRun write(Path to, Set<Long> alive) throws IOException {
        long[] sorted = sorted();
        forgetFilters(size);
        KeyFilter filter = filter(size, filterBytes());
        try (KeyRun.Writer writer = new KeyRun.Writer(to, filter, stretches)) {
            long known = 0; // a generation that is alive: most are the one before
            for (int i = 0; i < sorted.length; i += SLOT) {
                if (sorted[i + 3] == known || alive.contains(sorted[i + 3])) {
                    known = sorted[i + 3];
                    writer.add(sorted[i], sorted[i + 1], sorted[i + 2], sorted[i + 3]);
                }
            }
            return writer.finish();
        }
    }

    /**
     * The entries in order. Each stands at its slot or little behind; those of the last slots may
     * stand at the front.
     */
    private long[] sorted() {
        long[] all = new long[size * SLOT];
        int to = 0;
        int free = 0;
        while (slots[free + 3] != 0) {
            free += SLOT;
        }
        for (int pass = 0; pass < 2; pass++) {
            for (int i = 0; i < slots.length; i += SLOT) {
                boolean wrapped = i < free && slots[i] < 0;
                if (slots[i + 3] != 0 && wrapped == (pass == 1)) {
                    int at = to;
                    while (at > 0 && isBefore(slots, i, all, at - SLOT)) {
                        copy(all, at - SLOT, all, at);
                        at -= SLOT;
                    }
                    copy(slots, i, all, at);
                    to += SLOT;
                }
            }
        }
        return all;
    }

    private static void copy(long[] from, int i, long[] to, int j) {
        to[j] = from[i];
        to[j + 1] = from[i + 1];
        to[j + 2] = from[i + 2];
        to[j + 3] = from[i + 3];
    }

    private static boolean isBefore(long[] a, int i, long[] b, int j) {
        int byPlace = Long.compareUnsigned(a[i], b[j]);
        return byPlace != 0 ? byPlace < 0 : Long.compareUnsigned(a[i + 1], b[j + 1]) < 0;
    }

    /** Makes place for the filter of so many rows, at the cost of runs that nobody asked lately. */
    private void forgetFilters(long rows) {
        long over = filterBytes() + rows * FILTER_BITS / 8 - memoryRows * 64L;
        for (KeyRun run : runs) {
            if (over > 0 && run.asked() == 0) {
                over -= run.filterBytes();
                run.forgetFilter();
            }
        }
        runs.forEach(KeyRun::clearAsked);
    }

    /** As many bits a row as the bound leaves; null if that is hardly any. */
    private @Nullable KeyFilter filter(long rows, long used) {
        long budget = memoryRows * 64L - used;
        long bits = Math.min(FILTER_BITS, budget * 8 / Math.max(1, rows));
        return bits < 2 ? null : new KeyFilter(Math.max(64, rows * bits / 8));
    }

    private void mergeDue(Path to, Set<Long> alive) throws IOException {
        while (!runs.isEmpty()) {
            KeyRun newest = runs.getLast();
            List<KeyRun> alike =
                    runs.stream()
                            .filter(run -> tier(run) <= tier(newest))
                            .filter(run -> run.stretches().meets(newest.stretches()))
                            .toList();
            if (alike.size() >= FAN_IN) {
                merge(to, alike, alive);
            } else if (runs.size() > MOST_RUNS) {
                int least = runs.stream().mapToInt(this::tier).min().orElse(0);
                merge(
                        to,
                        runs.stream()
                                .filter(run -> tier(run) <= least + 1)
                                .limit(MOST_RUNS / 8)
                                .toList(),
                        alive);
            } else {
                return;
            }
        }
    }

    private int tier(KeyRun run) {
        long rows = run.size() / memoryRows;
        return rows == 0 ? 0 : (63 - Long.numberOfLeadingZeros(rows)) / 2;
    }

    /** Makes one run of several; until it is whole, they stay. */
    private void merge(Path to, List<KeyRun> from, Set<Long> alive) throws IOException {
        int n = from.size();
        KeyRun[] sources = from.toArray(new KeyRun[0]);
        long rows = 0;
        long known = 0; // as above
        long filters = filterBytes();
        Stretches union = new Stretches();
        for (KeyRun source : sources) {
            rows += source.size();
            filters -= source.filterBytes();
            union.addAll(source.stretches());
        }
        @Nullable KeyRun merged;
        try (KeyRun.Writer writer = new KeyRun.Writer(to, filter(rows, filters), union)) {
            KeyRun.Cursor[] cursors = new KeyRun.Cursor[n];
            long[] heads = new long[n]; // places, less 2^63: their order is that of signed numbers
            for (int i = 0; i < n; i++) {
                cursors[i] = sources[i].cursor();
                heads[i] = cursors[i].place() ^ Long.MIN_VALUE;
            }
            while (n > 0) {
                int least = 0;
                for (int i = 1; i < n; i++) {
                    if (heads[i] < heads[least]
                            || heads[i] == heads[least] && cursors[i].isBefore(cursors[least])) {
                        least = i;
                    }
                }
                KeyRun.Cursor next = cursors[least];
                if (next.generation() == known || alive.contains(next.generation())) {
                    known = next.generation();
                    writer.add(next.place(), next.low(), next.content(), known);
                }
                if (!next.advance()) {
                    cursors[least] = cursors[--n];
                    heads[least] = heads[n];
                } else {
                    heads[least] = next.place() ^ Long.MIN_VALUE;
                }
            }
            merged = writer.finish();
        }
        runs.removeAll(from);
        from.forEach(KeyRun::close);
        if (merged != null) {
            runs.add(merged);
        }
    }
}
