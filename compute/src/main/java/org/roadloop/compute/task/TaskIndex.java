package org.roadloop.compute.task;

import java.util.Arrays;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * Which tasks a list query means, without looking at all of them (任务索引). One thread at a time.
 *
 * <p>Tasks are numbered as they come. Each name, tag and owner has the rising list of its numbers,
 * each state a bit set. A query walks down from the newest and asks every filter in turn for the
 * next number at or below the present one, until all agree (a leapfrog join, Veldhuizen 2014): the
 * rarest filter sets the pace.
 */
final class TaskIndex {
    /** More names than this under a prefix are common, and looked at one by one. */
    private static final int RARE = 4096;

    /**
     * @param state empty for any
     * @param tags key and wanted value, an empty value for any
     * @param owner DID, empty for all
     */
    record Query(
            String namePrefix, String state, List<Map.Entry<String, String>> tags, String owner) {
        static final Query ALL = new Query("", "", List.of(), "");
    }

    /** A rising list of numbers. */
    private static final class Numbers {
        private int[] values = new int[4];
        private int size;

        void add(int number) {
            if (size > 0 && values[size - 1] >= number) {
                insert(number);
                return;
            }
            room();
            values[size++] = number;
        }

        private void insert(int number) {
            int at = Arrays.binarySearch(values, 0, size, number);
            if (at < 0) {
                room();
                System.arraycopy(values, -at - 1, values, -at, size + at + 1);
                values[-at - 1] = number;
                size++;
            }
        }

        private void room() {
            if (size == values.length) {
                values = Arrays.copyOf(values, 2 * size);
            }
        }

        /** Largest number at or below, −1 for none. */
        int floor(int number) {
            int at = Arrays.binarySearch(values, 0, size, number);
            return at >= 0 ? number : at == -1 ? -1 : values[-at - 2];
        }
    }

    @FunctionalInterface
    private interface Filter {
        /** Largest match at or below, −1 for none. */
        int floor(int number);
    }

    private static final Filter NOTHING = number -> -1;

    private final NavigableMap<String, Numbers> byName = new TreeMap<>();
    private final Map<String, Numbers> byOwner = new HashMap<>();
    private final Map<String, Map<String, Numbers>> byTag = new HashMap<>();
    private final Map<String, Numbers> byTagKey = new HashMap<>();
    private final Map<TaskState, BitSet> byState = new EnumMap<>(TaskState.class);
    private final Map<Integer, String> names = new HashMap<>();
    private final BitSet there = new BitSet();

    /** A task with its owner; what its request says follows with {@link #describe}. */
    void add(int number, String owner, TaskState state) {
        there.set(number);
        byOwner.computeIfAbsent(owner, o -> new Numbers()).add(number);
        bits(state).set(number);
    }

    void describe(int number, String name, Map<String, String> tags) {
        if (!name.isEmpty()) {
            names.put(number, name);
            byName.computeIfAbsent(name, n -> new Numbers()).add(number);
        }
        tags.forEach(
                (key, value) -> {
                    byTagKey.computeIfAbsent(key, k -> new Numbers()).add(number);
                    byTag.computeIfAbsent(key, k -> new HashMap<>())
                            .computeIfAbsent(value, v -> new Numbers())
                            .add(number);
                });
    }

    void move(int number, TaskState from, TaskState to) {
        bits(from).clear(number);
        bits(to).set(number);
    }

    void remove(int number) {
        there.clear(number);
    }

    /**
     * Numbers that match, largest first.
     *
     * @param from at most this one
     * @return as many as asked for, fewer at the end
     */
    int[] find(Query query, int from, int limit) {
        List<Filter> filters = filters(query);
        int[] found = new int[Math.min(limit, Math.max(0, from + 1))];
        int size = 0;
        int at = from;
        while (at >= 0 && size < limit) {
            int agreed = at;
            for (Filter filter : filters) {
                agreed = filter.floor(agreed);
                if (agreed < 0) {
                    return Arrays.copyOf(found, size);
                }
            }
            if (agreed == at) {
                found[size++] = at;
                at--;
            } else {
                at = agreed;
            }
        }
        return Arrays.copyOf(found, size);
    }

    private List<Filter> filters(Query query) {
        List<Filter> filters = new java.util.ArrayList<>();
        for (Map.Entry<String, String> tag : query.tags()) {
            filters.add(
                    tag.getValue().isEmpty()
                            ? filter(byTagKey.get(tag.getKey()))
                            : filter(
                                    byTag.getOrDefault(tag.getKey(), Map.of())
                                            .get(tag.getValue())));
        }
        if (!query.namePrefix().isEmpty()) {
            filters.add(prefix(query.namePrefix()));
        }
        if (!query.owner().isEmpty()) {
            filters.add(filter(byOwner.get(query.owner())));
        }
        if (!query.state().isEmpty()) {
            filters.add(bits(TaskState.valueOf(query.state()))::previousSetBit);
        }
        filters.add(there::previousSetBit);
        return filters;
    }

    private static Filter filter(@org.jspecify.annotations.Nullable Numbers numbers) {
        return numbers == null ? NOTHING : numbers::floor;
    }

    /** The numbers under a rare prefix in one list; a common one is found by walking. */
    private Filter prefix(String prefix) {
        Numbers all = new Numbers();
        int count = 0;
        for (Map.Entry<String, Numbers> entry : byName.tailMap(prefix, true).entrySet()) {
            if (!entry.getKey().startsWith(prefix)) {
                break;
            }
            Numbers numbers = entry.getValue();
            count += numbers.size;
            if (count > RARE) {
                return number -> walk(prefix, number);
            }
            for (int i = 0; i < numbers.size; i++) {
                all.add(numbers.values[i]);
            }
        }
        return all::floor;
    }

    private int walk(String prefix, int number) {
        int at = number;
        while (at >= 0 && !names.getOrDefault(at, "").startsWith(prefix)) {
            at--;
        }
        return at;
    }

    private BitSet bits(TaskState state) {
        return byState.computeIfAbsent(state, s -> new BitSet());
    }
}
