package org.roadloop.govern.lake;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.roadloop.govern.privacy.ReleaseRule;

/**
 * A release rule that holds its columns by field id (按字段编号绑定的发布规则): what is hidden stays hidden
 * under every name that the column has had or will have. Immutable.
 */
final class BoundRule {
    private final ReleaseRule rule;
    private final Map<String, Integer> ids;

    private BoundRule(ReleaseRule rule, Map<String, Integer> ids) {
        this.rule = rule;
        this.ids = ids;
    }

    /**
     * @param by the columns as the rule names them
     */
    static BoundRule of(ReleaseRule rule, TableFields by) {
        Map<String, Integer> ids = new HashMap<>();
        for (int c = 0; c < by.schema().size(); c++) {
            ids.put(by.schema().column(c).name(), by.id(c));
        }
        return new BoundRule(rule, Map.copyOf(ids));
    }

    /** Field ids of identity and time. */
    Set<Integer> keys() {
        return ids(Arrays.asList(rule.identity(), rule.time()));
    }

    /** Field ids of the columns without which nothing can be told to hide, or to re-key. */
    Set<Integer> needed() {
        Set<Integer> needed = keys();
        needed.addAll(ids(Arrays.asList(rule.longitude(), rule.latitude(), rule.x(), rule.y())));
        return needed;
    }

    private Set<Integer> ids(List<@Nullable String> names) {
        Set<Integer> found = new TreeSet<>();
        for (@Nullable String name : names) {
            @Nullable Integer id = name == null ? null : ids.get(name);
            if (id != null) {
                found.add(id);
            }
        }
        return found;
    }

    /**
     * The rule in the names of a snapshot.
     *
     * @throws IllegalStateException if the snapshot has columns to hide and lacks one by which that
     *     is found out
     */
    ReleaseRule in(TableFields fields) {
        Map<Integer, String> names = new HashMap<>();
        for (int c = 0; c < fields.schema().size(); c++) {
            names.put(fields.id(c), fields.schema().column(c).name());
        }
        List<String> masked = names(rule.masked(), names);
        ReleaseRule in =
                new ReleaseRule(
                        Objects.requireNonNullElse(name(rule.identity(), names), ""),
                        Objects.requireNonNullElse(name(rule.time(), names), ""),
                        name(rule.longitude(), names),
                        name(rule.latitude(), names),
                        name(rule.x(), names),
                        name(rule.y(), names),
                        masked,
                        names(rule.released(), names),
                        rule.marginFromMeters(),
                        rule.marginToMeters(),
                        rule.tripEnd());
        boolean lost =
                in.identity().isEmpty() != rule.identity().isEmpty()
                        || in.time().isEmpty() != rule.time().isEmpty()
                        || (in.longitude() == null) != (rule.longitude() == null)
                        || (in.latitude() == null) != (rule.latitude() == null)
                        || (in.x() == null) != (rule.x() == null)
                        || (in.y() == null) != (rule.y() == null);
        if (lost && rule.masks() && !masked.isEmpty()) {
            throw new IllegalStateException(
                    "a snapshot from before the plan knew identity, time or position has columns"
                            + " that the plan hides ("
                            + String.join(", ", masked)
                            + "): use a newer snapshot");
        }
        return in;
    }

    private List<String> names(List<String> of, Map<Integer, String> names) {
        List<String> found = new ArrayList<>();
        for (String name : of) {
            @Nullable String now = name(name, names);
            if (now != null) {
                found.add(now);
            }
        }
        return found;
    }

    private @Nullable String name(@Nullable String of, Map<Integer, String> names) {
        @Nullable Integer id = of == null ? null : ids.get(of);
        return id == null ? null : names.get(id);
    }
}
