package org.roadloop.core.clearing;

import java.util.List;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Where in the ledger an amount comes from (存证依据): the entries about the agreement between two
 * indexes, both included.
 *
 * @param entries single {@code usage.metered} or other events among them
 * @param batches {@code usage.totalled} events among them
 * @param roots Merkle roots of the first {@value #ROOTS} batches, in lower-case hex
 */
public record Evidence(
        long firstIndex, long lastIndex, long entries, long batches, List<String> roots) {
    /** So many roots are named; the others stand in the ledger between the two indexes. */
    public static final int ROOTS = 8;

    public static final Evidence NONE = new Evidence(-1, -1, 0, 0, List.of());

    public Evidence {
        roots = List.copyOf(roots);
    }

    public static Evidence of(long index) {
        return new Evidence(index, index, 1, 0, List.of());
    }

    /** Both together. */
    public Evidence and(Evidence other) {
        if (entries + batches == 0) {
            return other;
        }
        if (other.entries + other.batches == 0) {
            return this;
        }
        List<String> all = roots;
        if (all.size() < ROOTS && !other.roots.isEmpty()) {
            all =
                    java.util.stream.Stream.concat(roots.stream(), other.roots.stream())
                            .distinct()
                            .limit(ROOTS)
                            .toList();
        }
        return new Evidence(
                Math.min(firstIndex, other.firstIndex),
                Math.max(lastIndex, other.lastIndex),
                entries + other.entries,
                batches + other.batches,
                all);
    }

    public ObjectNode toJson() {
        ObjectNode json = JsonMapper.shared().createObjectNode();
        json.put("firstIndex", firstIndex).put("lastIndex", lastIndex);
        json.put("entries", entries).put("batches", batches);
        ArrayNode array = json.putArray("roots");
        roots.forEach(array::add);
        return json;
    }
}
