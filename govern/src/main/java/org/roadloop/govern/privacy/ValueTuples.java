package org.roadloop.govern.privacy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.table.Batch;

/**
 * The different combinations of values of some columns, each once with its number of rows (取值组合),
 * and what hierarchies make of them. Value code 0 is a cell without a value, which stays apart
 * until everything is one. One thread.
 */
final class ValueTuples {
    static final int MOST_TUPLES = 8_000_000;

    /** The text of a cell without a value; compared by identity. */
    static final byte[] ABSENT = new byte[0];

    private final Hierarchy[] hierarchies;
    private final List<Map<String, Integer>> codes = new ArrayList<>();
    private final List<List<String>> values = new ArrayList<>();
    private final boolean[] absent;
    private final int[] row;
    private int[] tuples;
    private long[] counts = new long[1024];
    private int[] table = new int[4096];
    private int size;
    private long rows;

    ValueTuples(Hierarchy[] hierarchies) {
        this.hierarchies = hierarchies.clone();
        row = new int[hierarchies.length];
        absent = new boolean[hierarchies.length];
        tuples = new int[1024 * hierarchies.length];
        Arrays.fill(table, -1);
        for (int c = 0; c < hierarchies.length; c++) {
            codes.add(new HashMap<>());
            values.add(new ArrayList<>(List.of("")));
        }
    }

    /** Rows counted. */
    long rows() {
        return rows;
    }

    int code(int tuple, int column) {
        return tuples[tuple * row.length + column];
    }

    /** Counts a row, unless a value has no place in its hierarchy. */
    void count(Batch batch, int[] at, int r) {
        for (int c = 0; c < row.length; c++) {
            if (!encode(c, batch.isOk(at[c], r) ? KAnonymity.text(batch, at[c], r) : null, true)) {
                return;
            }
        }
        add();
    }

    /** Counts a row of texts; null is a cell without a value. */
    void count(List<String> texts) {
        for (int c = 0; c < row.length; c++) {
            if (!encode(c, texts.get(c), true)) {
                return;
            }
        }
        add();
    }

    private void add() {
        int found = find();
        int tuple = found < 0 ? insert() : found; // before counts is read: insert may replace it
        counts[tuple]++;
        rows++;
    }

    /** The tuple of a row that was counted, or -1 if it was not. */
    int find(Batch batch, int[] at, int r) {
        for (int c = 0; c < row.length; c++) {
            if (!encode(c, batch.isOk(at[c], r) ? KAnonymity.text(batch, at[c], r) : null, false)) {
                return -1;
            }
        }
        return find();
    }

    private boolean encode(int c, @Nullable String text, boolean grow) {
        if (text == null) {
            row[c] = 0;
            absent[c] = true;
            return true;
        }
        Integer code = codes.get(c).get(text);
        if (code == null) {
            if (!grow || !hierarchies[c].knows(text)) {
                return false;
            }
            code = values.get(c).size();
            codes.get(c).put(text, code);
            values.get(c).add(text);
        }
        row[c] = code;
        return true;
    }

    private int find() {
        int slot = slot(row);
        while (table[slot] >= 0) {
            int t = table[slot];
            if (Arrays.equals(tuples, t * row.length, (t + 1) * row.length, row, 0, row.length)) {
                return t;
            }
            slot = (slot + 1) & (table.length - 1);
        }
        return -1;
    }

    private int insert() {
        if (size == MOST_TUPLES) {
            throw new IllegalStateException(
                    "the columns have more than "
                            + MOST_TUPLES
                            + " combinations of values; round the finest of them before");
        }
        if (size == counts.length) {
            counts = Arrays.copyOf(counts, size * 2);
            tuples = Arrays.copyOf(tuples, size * 2 * row.length);
        }
        System.arraycopy(row, 0, tuples, size * row.length, row.length);
        size++;
        if (size * 2 > table.length) {
            table = new int[table.length * 2];
            Arrays.fill(table, -1);
            int[] of = new int[row.length];
            for (int t = 0; t < size; t++) {
                System.arraycopy(tuples, t * of.length, of, 0, of.length);
                put(of, t);
            }
        } else {
            put(row, size - 1);
        }
        return size - 1;
    }

    private void put(int[] of, int tuple) {
        int slot = slot(of);
        while (table[slot] >= 0) {
            slot = (slot + 1) & (table.length - 1);
        }
        table[slot] = tuple;
    }

    private int slot(int[] of) {
        int hash = Arrays.hashCode(of) * 0x9E3779B9;
        return (hash ^ hash >>> 15) & (table.length - 1);
    }

    /** All ways to generalise what was counted. */
    Lattice lattice(int k, long mostSuppressed) {
        int[][][] group = new int[row.length][][];
        int[][][] leaves = new int[row.length][][];
        for (int c = 0; c < row.length; c++) {
            int levels = hierarchies[c].levels();
            group[c] = new int[levels][values.get(c).size()];
            leaves[c] = new int[levels][];
            Map<String, Integer> seen = codes.get(c);
            List<String> unseen =
                    hierarchies[c].declared().stream()
                            .filter(value -> !seen.containsKey(value))
                            .toList();
            for (int level = 0; level < levels; level++) {
                leaves[c][level] = level(c, level, unseen, group[c][level]);
            }
        }
        return new Lattice(tuples, counts, row.length, size, group, leaves, k, mostSuppressed);
    }

    /** Fills the group of each value code and returns the leaves of each group. */
    private int[] level(int c, int level, List<String> unseen, int[] group) {
        Map<String, Integer> ids = new LinkedHashMap<>();
        int[] under = new int[group.length + unseen.size()];
        for (int code = 0; code < group.length; code++) {
            int id = ids.computeIfAbsent(generalised(c, code, level), _ -> ids.size());
            group[code] = id;
            under[id] += code > 0 || absent[c] ? 1 : 0;
        }
        for (String value : unseen) {
            under[ids.computeIfAbsent(hierarchies[c].at(value, level), _ -> ids.size())]++;
        }
        return Arrays.copyOf(under, ids.size());
    }

    private String generalised(int c, int code, int level) {
        if (code > 0) {
            return hierarchies[c].at(values.get(c).get(code), level);
        }
        return level == hierarchies[c].levels() - 1 ? Hierarchy.ANY : "\0absent";
    }

    /** What each value code is at the levels of a node. */
    byte[][][] texts(List<Integer> levels) {
        byte[][][] texts = new byte[row.length][][];
        for (int c = 0; c < row.length; c++) {
            texts[c] = new byte[values.get(c).size()][];
            for (int code = 0; code < texts[c].length; code++) {
                boolean none = code == 0 && levels.get(c) < hierarchies[c].levels() - 1;
                texts[c][code] =
                        none
                                ? ABSENT
                                : generalised(c, code, levels.get(c))
                                        .getBytes(StandardCharsets.UTF_8);
            }
        }
        return texts;
    }
}
