package org.roadloop.collect.live;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.roadloop.collect.Counters;

/**
 * The last known state of every vehicle (实时状态). A group of fields is replaced by a report that was
 * collected later and by no other, however late it arrives; reports of the same time complete each
 * other, and what stands is kept. A report collected more than {@link #MOST_AHEAD_MICROS} after it
 * arrived changes nothing but {@code seenAt}: its clock is wrong, and it would hide what follows.
 *
 * <p>One thread applies reports; any thread reads and removes.
 */
public final class LiveStates {
    /** How far the clock of a vehicle may be ahead of ours: five minutes. */
    public static final long MOST_AHEAD_MICROS = 300_000_000L;

    /** Vehicles at most, by default; some 440 MB. */
    public static final int MOST_VEHICLES = 2_000_000;

    /** Who a vehicle is outside (主体). */
    public interface Subjects {
        /**
         * Its subject id as 16 bytes; null if it is not registered any more.
         *
         * @param identity VIN, or phone without leading zeros
         */
        byte @Nullable [] find(String identity, boolean isPhone);
    }

    /** What became of a report; each has a stable counter name. */
    enum Verdict {
        CHANGED("live_changes"),
        /** Older than what is known, or the same. */
        LATE("live_late"),
        /** Of the future. */
        AHEAD("live_ahead"),
        UNREGISTERED("live_unregistered"),
        /** No room for a further vehicle. */
        FULL("live_full");

        private final String counterName;

        Verdict(String counterName) {
            this.counterName = counterName;
        }

        String counterName() {
            return counterName;
        }
    }

    private final int most;
    private final Subjects subjects;
    private final LongAdder[] counts = new LongAdder[Verdict.values().length];
    private final long run = ThreadLocalRandom.current().nextLong() & Long.MAX_VALUE;

    // Guarded by this: where slots are. What is in them is guarded by their slab.
    private volatile Slab[] slabs = new Slab[0];
    private final SlotIndex byKey = new SlotIndex(slot -> slab(slot).key(slot));
    private final SlotIndex bySubject = new SlotIndex(slot -> slab(slot).subjectHigh(slot));
    private int[] free = new int[16];
    private int freeSlots;
    private int opened;

    private volatile long change;
    private final Object changed = new Object();

    /** Threads in {@link #awaitChange}; guarded by {@link #changed}. */
    private volatile int waiting;

    /**
     * @param counters count what became of reports
     */
    public LiveStates(int most, Subjects subjects, Counters counters) {
        this.most = most;
        this.subjects = subjects;
        for (Verdict verdict : Verdict.values()) {
            counts[verdict.ordinal()] = counters.counter(verdict.counterName());
        }
    }

    /** Tells apart the numbers of changes of this run of the platform from those of others. */
    public long run() {
        return run;
    }

    /** Number of the last change, from 1 on. */
    public long lastChange() {
        return change;
    }

    public synchronized int size() {
        return opened - freeSlots;
    }

    // ---------------------------------------------------------------- the applying thread

    Verdict apply(LiveReport report) {
        int slot = slotOf(report.key);
        Verdict verdict;
        if (slot == SlotIndex.NONE) {
            slot = admit(report);
        }
        if (slot == SlotIndex.NONE) {
            verdict = size() >= most ? Verdict.FULL : Verdict.UNREGISTERED;
        } else {
            verdict = apply(report, slot);
        }
        counts[verdict.ordinal()].increment();
        return verdict;
    }

    private synchronized int slotOf(long key) {
        return byKey.find(key);
    }

    /** Asks under the lock: who is erased between question and answer is removed after. */
    private synchronized int admit(LiveReport report) {
        if (size() >= most) {
            return SlotIndex.NONE;
        }
        byte[] subject = subjects.find(report.identity(), report.source.isJt808());
        if (subject == null) {
            return SlotIndex.NONE;
        }
        ByteBuffer id = ByteBuffer.wrap(subject);
        int slot = takeSlot();
        Slab slab = slab(slot);
        synchronized (slab) {
            slab.open(slot, report.key, id.getLong(0), id.getLong(8));
        }
        byKey.add(slot);
        bySubject.add(slot);
        return slot;
    }

    private int takeSlot() {
        if (freeSlots > 0) {
            return free[--freeSlots];
        }
        if (opened >>> Slab.SLOT_BITS == slabs.length) {
            Slab[] more = Arrays.copyOf(slabs, slabs.length + 1);
            more[slabs.length] = new Slab();
            slabs = more;
        }
        return opened++;
    }

    private Verdict apply(LiveReport report, int slot) {
        Slab slab = slab(slot);
        Verdict verdict;
        synchronized (slab) {
            if (slab.key(slot) != report.key) {
                return Verdict.UNREGISTERED; // removed since it was found
            }
            slab.seen(slot, report.receivedAtMicros);
            boolean isAhead =
                    report.collectedAtMicros > report.receivedAtMicros + MOST_AHEAD_MICROS;
            boolean news = slab.clockAhead(slot, isAhead);
            if (!isAhead) {
                news |= merge(report, slab, slot);
            }
            if (news) {
                slab.changed(slot, report.receivedAtMicros, change + 1);
            }
            verdict = isAhead ? Verdict.AHEAD : news ? Verdict.CHANGED : Verdict.LATE;
            if (!news) {
                return verdict;
            }
        }
        tellChange(change + 1);
        return verdict;
    }

    private void tellChange(long number) {
        if (waiting == 0) {
            change = number;
            if (waiting == 0) {
                return;
            }
        }
        synchronized (changed) {
            change = number;
            changed.notifyAll();
        }
    }

    private static boolean merge(LiveReport report, Slab slab, int slot) {
        boolean news = slab.source(slot) == 0;
        int newer = 0;
        int same = 0;
        for (int left = report.groups; left != 0; left &= left - 1) {
            int group = Integer.numberOfTrailingZeros(left);
            long known = slab.time(slot, group);
            if (known == 0 || report.collectedAtMicros > known) {
                newer |= 1 << group;
                slab.time(slot, group, report.collectedAtMicros);
            } else if (report.collectedAtMicros == known) {
                same |= 1 << group;
            }
        }
        if (news || newer != 0) {
            slab.origin(slot, report);
            news = true;
        }
        if ((newer | same) == 0) {
            return news;
        }
        for (LiveField field : FIELDS) {
            int group = field.group().bit();
            int i = field.ordinal();
            if ((newer & group) != 0) {
                slab.value(slot, i, report.values[i]);
            } else if ((same & group) != 0) {
                int stands = slab.value(slot, i);
                int both = both(field.kind(), stands, report.values[i]);
                if (both != stands) {
                    slab.value(slot, i, both);
                    news = true;
                }
            }
        }
        return news;
    }

    private static final LiveField[] FIELDS = LiveField.values();

    /** Of the same time: what is in order stands, what is missing comes in. */
    private static int both(LiveField.Kind kind, int stands, int comes) {
        if (comes == LiveReport.ABSENT || kind == LiveField.Kind.BITS) {
            return stands;
        }
        if (stands <= LiveReport.ABNORMAL) {
            return comes > LiveReport.ABNORMAL || stands == LiveReport.ABSENT ? comes : stands;
        }
        if (comes <= LiveReport.ABNORMAL) {
            return stands;
        }
        return switch (kind) {
            case MOST -> Math.max(stands, comes);
            case LEAST -> Math.min(stands, comes);
            case NUMBER, TRUTH, BITS -> stands;
        };
    }

    // ---------------------------------------------------------------- any thread

    /** The state of a vehicle by its subject id, 16 bytes. */
    public Optional<VehicleState> find(byte[] subject) {
        ByteBuffer id = ByteBuffer.wrap(subject);
        int slot = slotOfSubject(id.getLong(0), id.getLong(8));
        if (slot == SlotIndex.NONE) {
            return Optional.empty();
        }
        Slab slab = slab(slot);
        synchronized (slab) {
            return slab.subjectHigh(slot) == id.getLong(0)
                    ? Optional.of(VehicleState.of(slab, slot))
                    : Optional.empty();
        }
    }

    private synchronized int slotOfSubject(long high, long low) {
        int slot = bySubject.find(high);
        return slot != SlotIndex.NONE && slab(slot).subjectLow(slot) == low ? slot : SlotIndex.NONE;
    }

    /**
     * Adds to {@code found} what matches, in the order of slots.
     *
     * @param from first slot to look at
     * @param most how many to find at most
     * @return the slot to go on from, or −1 when all were looked at
     */
    public int list(int from, LiveFilter filter, int most, List<VehicleState> found) {
        return changes(from, -1, most, filter, null, found);
    }

    /**
     * The same for vehicles that changed after a change.
     *
     * @param others hears of slots that changed and do not match; null: nobody does
     */
    public int changes(
            int from,
            long after,
            int most,
            LiveFilter filter,
            @Nullable Departed others,
            List<VehicleState> found) {
        Slab[] all = slabs;
        int left = most;
        int slot = from;
        while (slot >>> Slab.SLOT_BITS < all.length) {
            Slab slab = all[slot >>> Slab.SLOT_BITS];
            int end = (slot | Slab.SLOTS - 1) + 1;
            synchronized (slab) {
                for (slot = slab.lastChange > after ? slot : end; slot < end; slot++) {
                    if (slab.changes[slot & Slab.SLOTS - 1] <= after) {
                        continue;
                    }
                    boolean isMatch = slab.key(slot) != 0 && filter.matches(slab, slot);
                    if (isMatch && left-- == 0) {
                        return slot;
                    }
                    if (isMatch) {
                        found.add(VehicleState.of(slab, slot));
                    } else if (others != null && slab.key(slot) != 0) {
                        others.at(slot, slab.subjectHigh(slot), slab.subjectLow(slot));
                    }
                }
            }
        }
        return -1;
    }

    /** Hears of a vehicle that changed and does not match (any more). Called under a lock. */
    public interface Departed {
        void at(int slot, long subjectHigh, long subjectLow);
    }

    /** Waits until there is a change after the given one; false when the wait is over. */
    public boolean awaitChange(long after, long waitMillis) throws InterruptedException {
        long deadline = System.nanoTime() + waitMillis * 1_000_000;
        synchronized (changed) {
            waiting++;
            try {
                while (change <= after) {
                    long left = (deadline - System.nanoTime()) / 1_000_000;
                    if (left <= 0) {
                        return false;
                    }
                    changed.wait(left);
                }
                return true;
            } finally {
                waiting--;
            }
        }
    }

    /** Forgets a vehicle; false if nothing was known. */
    public synchronized boolean remove(byte[] subject) {
        ByteBuffer id = ByteBuffer.wrap(subject);
        int slot = slotOfSubject(id.getLong(0), id.getLong(8));
        if (slot == SlotIndex.NONE) {
            return false;
        }
        close(slot);
        return true;
    }

    /** Forgets vehicles that were not heard of since a time; returns how many. */
    public int removeSilent(long sinceMicros) {
        int removed = 0;
        for (int slot = 0; slot >>> Slab.SLOT_BITS < slabs.length; slot++) {
            Slab slab = slab(slot);
            boolean isSilent;
            synchronized (slab) {
                isSilent = slab.key(slot) != 0 && slab.seenAtMicros(slot) < sinceMicros;
            }
            if (isSilent) {
                removed += closeSilent(slot, sinceMicros);
            }
        }
        return removed;
    }

    private synchronized int closeSilent(int slot, long sinceMicros) {
        Slab slab = slab(slot);
        synchronized (slab) {
            if (slab.key(slot) == 0 || slab.seenAtMicros(slot) >= sinceMicros) {
                return 0;
            }
            close(slot);
            return 1;
        }
    }

    private void close(int slot) {
        byKey.remove(slot);
        bySubject.remove(slot);
        Slab slab = slab(slot);
        synchronized (slab) {
            slab.wipe(slot);
        }
        if (freeSlots == free.length) {
            free = Arrays.copyOf(free, 2 * freeSlots);
        }
        free[freeSlots++] = slot;
    }

    private Slab slab(int slot) {
        return slabs[slot >>> Slab.SLOT_BITS];
    }

    // ---------------------------------------------------------------- saving

    /**
     * Copies the slots in use of one slab.
     *
     * @param to has room for a slab
     * @return false if there is no such slab
     */
    boolean copyOut(int slabNumber, ByteBuffer to) {
        Slab[] all = slabs;
        if (slabNumber >= all.length) {
            return false;
        }
        Slab slab = all[slabNumber];
        synchronized (slab) {
            for (int slot = 0; slot < Slab.SLOTS; slot++) {
                if (slab.key(slot) != 0) {
                    slab.copyOut(slot, to);
                }
            }
        }
        return true;
    }

    /** Forgets all vehicles. */
    synchronized void clear() {
        for (int slot = 0; slot < opened; slot++) {
            Slab slab = slab(slot);
            boolean isOpen;
            synchronized (slab) {
                isOpen = slab.key(slot) != 0;
            }
            if (isOpen) {
                close(slot);
            }
        }
    }

    /** Takes slots back, before anything else is applied. */
    synchronized void copyIn(ByteBuffer from) {
        while (from.remaining() >= Slab.SLOT_BYTES && size() < most) {
            int slot = takeSlot();
            Slab slab = slab(slot);
            synchronized (slab) {
                slab.copyIn(slot, from);
                slab.note(slot, ++change);
            }
            byKey.add(slot);
            bySubject.add(slot);
        }
    }
}
