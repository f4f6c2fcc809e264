package org.roadloop.compute.place;

import java.util.Set;
import java.util.TreeSet;

/**
 * What a task asks of one node (资源需求): whole cards, or a part of one.
 *
 * @param cpuMilli thousandths of a core
 * @param cards 0 for none
 * @param cardMilli thousandths of each card: 1,000, or 1 to 999 of a single one; 0 without cards
 * @param models of cards that will do; empty for any
 */
public record Demand(int cpuMilli, int memoryMib, int cards, int cardMilli, Set<String> models) {
    static final int WHOLE = 1_000;

    public Demand {
        models = Set.copyOf(models);
        boolean none = cards == 0 && cardMilli == 0;
        boolean part = cards == 1 && cardMilli > 0 && cardMilli < WHOLE;
        boolean whole = cards > 0 && cardMilli == WHOLE;
        if (cpuMilli < 0 || memoryMib < 0 || !(none || part || whole)) {
            throw new IllegalArgumentException(
                    "a task asks for whole cards or for a part of one, not for %d of %d/1000"
                            .formatted(cards, cardMilli));
        }
    }

    /** Whether it shares its card with others. */
    boolean isShare() {
        return cards == 1 && cardMilli < WHOLE;
    }

    /** Thousandths of cards in all. */
    public long totalMilli() {
        return (long) cards * cardMilli;
    }

    @Override
    public String toString() {
        return "%d x %d/1000 cards %s, %d/1000 cores, %d MiB"
                .formatted(cards, cardMilli, new TreeSet<>(models), cpuMilli, memoryMib);
    }
}
