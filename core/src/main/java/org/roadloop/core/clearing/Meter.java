package org.roadloop.core.clearing;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What was used of one unit under one agreement (计量), and what of it is booked on which day. One
 * thread.
 */
final class Meter {
    /**
     * @param month {@code year × 12 + month - 1} where the price counts by month; else 0
     */
    record Key(String unit, String flavour, int month) implements Comparable<Key> {
        private static final Comparator<Key> ORDER =
                Comparator.comparing(Key::unit)
                        .thenComparing(Key::flavour)
                        .thenComparingInt(Key::month);

        @Override
        public int compareTo(Key other) {
            return ORDER.compare(this, other);
        }
    }

    /** Part of one clearing day. */
    static final class Line {
        long quantity;
        long uses;
        long milli;
        private long firstIndex = Long.MAX_VALUE;
        private long lastIndex = -1;
        private long entries;
        private long batches;
        private final List<String> roots = new ArrayList<>(0);

        void count(long index, long newUses, long newQuantity, @Nullable String root) {
            quantity = Math.addExact(quantity, newQuantity);
            uses += newUses;
            firstIndex = Math.min(firstIndex, index);
            lastIndex = Math.max(lastIndex, index);
            if (root == null) {
                entries++;
            } else {
                batches++;
                if (roots.size() < Evidence.ROOTS && !roots.contains(root)) {
                    roots.add(root);
                }
            }
        }

        Evidence evidence() {
            return entries + batches == 0
                    ? Evidence.NONE
                    : new Evidence(firstIndex, lastIndex, entries, batches, roots);
        }

        /** Takes over what another counted. */
        void absorb(Line other) {
            quantity += other.quantity;
            uses += other.uses;
            firstIndex = Math.min(firstIndex, other.firstIndex);
            lastIndex = Math.max(lastIndex, other.lastIndex);
            entries += other.entries;
            batches += other.batches;
            for (String root : other.roots) {
                if (roots.size() < Evidence.ROOTS && !roots.contains(root)) {
                    roots.add(root);
                }
            }
        }
    }

    final Key key;

    /** Null: free. */
    final Price.@Nullable Metered price;

    /** By epoch day. */
    final TreeMap<Integer, Line> lines = new TreeMap<>();

    long quantity;
    long uses;
    long bookedMilli;

    Meter(Key key, Price.@Nullable Metered price) {
        this.key = key;
        this.price = price;
    }

    /**
     * What the whole quantity costs once so much is added to it.
     *
     * @throws ArithmeticException if it does not fit
     */
    long amountMilliWith(long added) {
        long whole = Math.addExact(quantity, added);
        return price == null ? 0 : price.amountMilli(whole);
    }

    Line line(int day) {
        return lines.computeIfAbsent(day, d -> new Line());
    }
}
