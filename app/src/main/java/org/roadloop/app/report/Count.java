package org.roadloop.app.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How often something happened, under its short stable name (计数).
 *
 * @param name {@code gb32960_bcc}
 * @param meaning what the name stands for, absent when it speaks for itself
 */
public record Count(String name, long count, @Nullable Text meaning) {
    public Count {
        if (name.isBlank() || count < 0) {
            throw new IllegalArgumentException("count '" + name + "' = " + count);
        }
    }

    public static Count of(String name, long count) {
        return new Count(name, count, null);
    }

    public static Count of(String name, long count, String en, String zh) {
        return new Count(name, count, new Text(en, zh));
    }

    /** In the map's own order. */
    public static List<Count> list(Map<String, ? extends Number> counts) {
        List<Count> list = new ArrayList<>(counts.size());
        counts.forEach((name, count) -> list.add(of(name, count.longValue())));
        return List.copyOf(list);
    }

    static long total(List<Count> counts) {
        return counts.stream().mapToLong(Count::count).sum();
    }
}
