package org.roadloop.core.catalog;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;

/**
 * Entries by term and facet (检索索引), in memory. Any thread.
 *
 * <p>An inverted index: each term has the ordinals of the entries that have it, in growing order,
 * with a weight by where it stands (title 8, keyword 4, id 2, text 1, at most one of each counted).
 * An entry ranks by the sum over the query's terms of weight · ln(1 + N/df), as an integer, so that
 * pages have one order; equal ranks go by key. A replaced entry leaves a dead ordinal; when half
 * are dead everything is numbered anew.
 *
 * <p>Cost of a search: the shortest list of its terms, and one step an entry found and facet.
 */
public final class SearchIndex {
    private static final int TITLE = 8;
    private static final int KEYWORD = 4;
    private static final int ID = 2;
    private static final int TEXT = 1;

    /** Most values of one facet in an answer. */
    private static final int MOST_VALUES = 50;

    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
    private final Map<String, Integer> ordinals = new HashMap<>();
    private final Map<String, Postings> postings = new HashMap<>();
    private final List<@Nullable Slot> slots = new ArrayList<>();
    private final Map<Facet, Map<String, Integer>> facetNumbers = new EnumMap<>(Facet.class);

    /** An entry with the numbers of its facet values. */
    private record Slot(CatalogEntry entry, String key, int[][] facets) {}

    /** Growing arrays of ordinals and weights. */
    private static final class Postings {
        int[] ordinals = new int[4];
        byte[] weights = new byte[4];
        int size;

        void add(int ordinal, int weight) {
            if (size == ordinals.length) {
                ordinals = java.util.Arrays.copyOf(ordinals, size * 2);
                weights = java.util.Arrays.copyOf(weights, size * 2);
            }
            ordinals[size] = ordinal;
            weights[size++] = (byte) weight;
        }
    }

    /**
     * One page.
     *
     * @param hits best first
     * @param total entries found, on all pages
     * @param facets of what was found: counts by value, the most frequent first
     */
    public record Found(List<Hit> hits, int total, Map<Facet, Map<String, Integer>> facets) {}

    /**
     * Place of an entry in the order of a search. Entries may come and go between two pages; a rank
     * that moves with them may show an entry twice or not at all, never an error.
     */
    public record After(int rank, String key) {}

    /** An entry with its rank; 0 where no text was looked for. */
    public record Hit(int rank, String key, CatalogEntry entry) {
        private static final Comparator<Hit> ORDER =
                Comparator.comparingInt((Hit h) -> -h.rank()).thenComparing(Hit::key);

        public After place() {
            return new After(rank, key);
        }

        /** Whether a place comes later than another in the order of a search. */
        private static boolean later(int rank, String key, int thanRank, String thanKey) {
            return rank < thanRank || rank == thanRank && key.compareTo(thanKey) > 0;
        }
    }

    public int size() {
        lock.readLock().lock();
        try {
            return ordinals.size();
        } finally {
            lock.readLock().unlock();
        }
    }

    /** Puts an entry in, in place of the one with the same key. */
    public void put(CatalogEntry entry) {
        lock.writeLock().lock();
        try {
            drop(entry.key());
            add(entry);
            compact();
        } finally {
            lock.writeLock().unlock();
        }
    }

    public void remove(String key) {
        lock.writeLock().lock();
        try {
            drop(key);
            compact();
        } finally {
            lock.writeLock().unlock();
        }
    }

    private void drop(String key) {
        Integer ordinal = ordinals.remove(key);
        if (ordinal != null) {
            slots.set(ordinal, null);
        }
    }

    private void add(CatalogEntry entry) {
        int ordinal = slots.size();
        weights(entry)
                .forEach(
                        (term, weight) ->
                                postings.computeIfAbsent(term, t -> new Postings())
                                        .add(ordinal, weight));
        Facet[] all = Facet.values();
        int[][] numbers = new int[all.length][];
        for (Facet facet : all) {
            Map<String, Integer> known =
                    facetNumbers.computeIfAbsent(facet, f -> new LinkedHashMap<>());
            numbers[facet.ordinal()] =
                    entry.values(facet).stream()
                            .distinct()
                            .mapToInt(v -> known.computeIfAbsent(v, x -> known.size()))
                            .toArray();
        }
        slots.add(new Slot(entry, entry.key(), numbers));
        ordinals.put(entry.key(), ordinal);
    }

    private void compact() {
        if (slots.size() < 64 || ordinals.size() > slots.size() / 2) {
            return;
        }
        List<@Nullable Slot> alive = new ArrayList<>(slots);
        ordinals.clear();
        postings.clear();
        slots.clear();
        facetNumbers.clear();
        for (Slot slot : alive) {
            if (slot != null) {
                add(slot.entry());
            }
        }
    }

    /** Terms of an entry with their weights, at most the sum of all four. */
    static Map<String, Integer> weights(CatalogEntry entry) {
        Map<String, Integer> weights = new HashMap<>();
        entry.titles().values().forEach(title -> weigh(weights, title, TITLE));
        entry.keywords().forEach(keyword -> weigh(weights, keyword, KEYWORD));
        weigh(weights, entry.id(), ID);
        entry.texts().values().forEach(text -> weigh(weights, text, TEXT));
        return weights;
    }

    /** The four are powers of two, so that each is counted once. */
    private static void weigh(Map<String, Integer> weights, String text, int weight) {
        for (String term : Terms.ofText(text)) {
            weights.merge(term, weight, (a, b) -> a | b);
        }
    }

    /**
     * @param after last entry of the page before, or null
     */
    public Found search(CatalogQuery query, @Nullable After after, int limit) {
        lock.readLock().lock();
        try {
            BitSet found = candidates(query);
            int[] ranks = new int[slots.size()];
            for (String term : Terms.ofQuery(query.text())) {
                rank(term, found, ranks);
            }
            // The worst of the page on top, so that only a page is ever held and sorted.
            PriorityQueue<Hit> page = new PriorityQueue<>(Hit.ORDER.reversed());
            int total = 0;
            int[][] counts = new int[Facet.values().length][];
            for (Facet facet : Facet.values()) {
                counts[facet.ordinal()] =
                        new int[facetNumbers.getOrDefault(facet, Map.of()).size()];
            }
            for (int i = found.nextSetBit(0); i >= 0; i = found.nextSetBit(i + 1)) {
                Slot slot = slots.get(i);
                if (slot == null) {
                    continue;
                }
                total++;
                for (int f = 0; f < counts.length; f++) {
                    for (int value : slot.facets()[f]) {
                        counts[f][value]++;
                    }
                }
                Hit worst = page.size() < limit ? null : page.peek();
                if (after != null && !Hit.later(ranks[i], slot.key(), after.rank(), after.key())
                        || worst != null
                                && Hit.later(ranks[i], slot.key(), worst.rank(), worst.key())) {
                    continue;
                }
                page.add(new Hit(ranks[i], slot.key(), slot.entry()));
                if (page.size() > limit) {
                    page.poll();
                }
            }
            return new Found(page.stream().sorted(Hit.ORDER).toList(), total, named(counts));
        } finally {
            lock.readLock().unlock();
        }
    }

    /** Ordinals of entries with all terms and facets; dead ones may be among them. */
    private BitSet candidates(CatalogQuery query) {
        BitSet found = new BitSet(slots.size());
        found.set(0, slots.size());
        for (String term : Terms.ofQuery(query.text())) {
            BitSet having = new BitSet(slots.size());
            Postings list = postings.get(term);
            for (int i = 0; list != null && i < list.size; i++) {
                having.set(list.ordinals[i]);
            }
            found.and(having);
        }
        for (Map.Entry<Facet, Set<String>> wanted : query.facets().entrySet()) {
            Map<String, Integer> known = facetNumbers.getOrDefault(wanted.getKey(), Map.of());
            BitSet numbers = new BitSet();
            for (String value : wanted.getValue()) {
                if (known.containsKey(value)) {
                    numbers.set(known.get(value));
                }
            }
            int f = wanted.getKey().ordinal();
            for (int i = found.nextSetBit(0); i >= 0; i = found.nextSetBit(i + 1)) {
                Slot slot = slots.get(i);
                if (slot == null || !any(slot.facets()[f], numbers)) {
                    found.clear(i);
                }
            }
        }
        return found;
    }

    private static boolean any(int[] values, BitSet wanted) {
        for (int value : values) {
            if (wanted.get(value)) {
                return true;
            }
        }
        return false;
    }

    private void rank(String term, BitSet found, int[] ranks) {
        Postings list = postings.get(term);
        if (list == null) {
            return;
        }
        double rarity = Math.log1p((double) slots.size() / list.size);
        for (int i = 0; i < list.size; i++) {
            if (found.get(list.ordinals[i])) {
                ranks[list.ordinals[i]] += (int) Math.round(100 * rarity * list.weights[i]);
            }
        }
    }

    private Map<Facet, Map<String, Integer>> named(int[][] counts) {
        Map<Facet, Map<String, Integer>> named = new EnumMap<>(Facet.class);
        for (Facet facet : Facet.values()) {
            if (!facet.counted()) {
                continue;
            }
            Map<String, Integer> byValue = new HashMap<>();
            facetNumbers
                    .getOrDefault(facet, Map.of())
                    .forEach(
                            (value, number) -> {
                                int count = counts[facet.ordinal()][number];
                                if (count > 0) {
                                    byValue.put(value, count);
                                }
                            });
            Map<String, Integer> ordered = new LinkedHashMap<>();
            byValue.entrySet().stream()
                    .sorted(
                            Map.Entry.<String, Integer>comparingByValue()
                                    .reversed()
                                    .thenComparing(Map.Entry.comparingByKey()))
                    .limit(MOST_VALUES)
                    .forEach(e -> ordered.put(e.getKey(), e.getValue()));
            named.put(facet, ordered);
        }
        return named;
    }
}
