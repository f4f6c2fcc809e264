package org.roadloop.govern.privacy;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a value is made coarser, step by step (泛化层次). Level 0 is the value itself, the last level is
 * {@code *}; exactly one parameter says what lies between. Every level must be a merging of the one
 * below, or a search over levels would prune wrongly: {@code groups} are checked for it, widths
 * must divide one another, and shorter beginnings merge by themselves.
 *
 * @param groups of each value, what it becomes at level 1, 2, …; all of the same length, {@code *}
 *     left out; a value that is not here drops its row
 * @param widths of number ranges at level 1, 2, …, ascending, each a multiple of the one before;
 *     ranges begin at multiples of the width
 * @param keep characters of the beginning that stay at level 1, 2, …, descending; the rest becomes
 *     {@code *}
 */
public record Hierarchy(
        @Nullable Map<String, List<String>> groups,
        @Nullable List<Double> widths,
        @Nullable List<Integer> keep) {
    static final String ANY = "*";

    public Hierarchy {
        int given = (groups != null ? 1 : 0) + (widths != null ? 1 : 0) + (keep != null ? 1 : 0);
        if (given != 1) {
            throw new IllegalArgumentException(
                    "a hierarchy has "
                            + given
                            + " of groups, widths, keep; give exactly one (groups: {} and widths: []"
                            + " leave only the value and *)");
        }
        if (groups != null) {
            groups = copy(groups);
        }
        if (widths != null) {
            widths = List.copyOf(widths);
            checkWidths(widths);
        }
        if (keep != null) {
            keep = List.copyOf(keep);
            for (int i = 0; i < keep.size(); i++) {
                if (keep.get(i) < 1 || (i > 0 && keep.get(i) >= keep.get(i - 1))) {
                    throw new IllegalArgumentException(
                            "keep " + keep + " must descend and stay above 0");
                }
            }
        }
    }

    public static Hierarchy ofGroups(Map<String, List<String>> groups) {
        return new Hierarchy(groups, null, null);
    }

    public static Hierarchy ofWidths(Double... widths) {
        return new Hierarchy(null, List.of(widths), null);
    }

    public static Hierarchy ofKeep(Integer... keep) {
        return new Hierarchy(null, null, List.of(keep));
    }

    /** Level 0 and {@code *} included. */
    public int levels() {
        if (groups != null) {
            return 2 + groups.values().stream().findAny().map(List::size).orElse(0);
        }
        return 2 + (widths != null ? widths.size() : keep != null ? keep.size() : 0);
    }

    /** Whether a value has a place in it. */
    boolean knows(String value) {
        if (groups != null) {
            return groups.isEmpty() || groups.containsKey(value);
        }
        if (widths == null) {
            return true;
        }
        try {
            double number = Double.parseDouble(value);
            return !Double.isNaN(number) && !Double.isInfinite(number);
        } catch (NumberFormatException e) {
            return false;
        }
    }

    /** What a known value is at a level. */
    public String at(String value, int level) {
        if (level == 0) {
            return value;
        }
        if (level == levels() - 1) {
            return ANY;
        }
        if (groups != null) {
            return groups.getOrDefault(value, List.of()).get(level - 1);
        }
        if (widths != null) {
            BigDecimal width = BigDecimal.valueOf(widths.get(level - 1));
            BigDecimal from =
                    new BigDecimal(value.strip())
                            .divide(width, 0, RoundingMode.FLOOR)
                            .multiply(width);
            return "[" + plain(from) + ", " + plain(from.add(width)) + ")";
        }
        int stays = keep == null ? 0 : keep.get(level - 1);
        int points = value.codePointCount(0, value.length());
        return points <= stays
                ? value
                : value.substring(0, value.offsetByCodePoints(0, stays)) + ANY;
    }

    /** Declared values, which count in the size of the domain whether they occur or not. */
    public List<String> declared() {
        return groups == null ? List.of() : List.copyOf(groups.keySet());
    }

    private static String plain(BigDecimal number) {
        return number.signum() == 0 ? "0" : number.stripTrailingZeros().toPlainString();
    }

    private static Map<String, List<String>> copy(Map<String, List<String>> groups) {
        Map<String, List<String>> copies = new LinkedHashMap<>();
        groups.forEach((value, up) -> copies.put(value, List.copyOf(up)));
        int levels = copies.values().stream().findAny().map(List::size).orElse(0);
        for (Map.Entry<String, List<String>> entry : copies.entrySet()) {
            if (entry.getValue().size() != levels) {
                throw new IllegalArgumentException(
                        "hierarchy value '"
                                + entry.getKey()
                                + "' has "
                                + entry.getValue().size()
                                + " groups above it, others have "
                                + levels
                                + "; write the same group twice to keep it for a level");
            }
        }
        for (int level = 1; level < levels; level++) {
            Map<String, String> parents = new LinkedHashMap<>();
            for (List<String> up : new ArrayList<>(copies.values())) {
                String parent = up.get(level);
                String before = parents.putIfAbsent(up.get(level - 1), parent);
                if (before != null && !before.equals(parent)) {
                    throw new IllegalArgumentException(
                            "hierarchy group '"
                                    + up.get(level - 1)
                                    + "' lies in both '"
                                    + before
                                    + "' and '"
                                    + parent
                                    + "'; a group has one group above it");
                }
            }
        }
        return Collections.unmodifiableMap(copies);
    }

    private static void checkWidths(List<Double> widths) {
        BigDecimal before = null;
        for (double width : widths) {
            if (!(width > 0) || Double.isInfinite(width)) {
                throw new IllegalArgumentException("hierarchy width " + width + " is not above 0");
            }
            BigDecimal now = BigDecimal.valueOf(width);
            if (before != null
                    && (now.compareTo(before) <= 0 || now.remainder(before).signum() != 0)) {
                throw new IllegalArgumentException(
                        "hierarchy widths "
                                + widths
                                + " must ascend, each a multiple of the one before");
            }
            before = now;
        }
    }
}
