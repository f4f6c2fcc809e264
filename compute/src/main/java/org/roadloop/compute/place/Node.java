package org.roadloop.compute.place;

/**
 * A machine of a cluster (节点).
 *
 * @param cpuMilli thousandths of a core
 * @param cards accelerators, 0 to 32
 * @param model of its cards: {@code T4}, {@code 910B}
 */
public record Node(String name, int cpuMilli, int memoryMib, int cards, String model) {
    /** More cards than any node has. */
    public static final int MOST_CARDS = 32;

    public Node {
        if (cpuMilli < 0 || memoryMib < 0 || cards < 0 || cards > MOST_CARDS) {
            throw new IllegalArgumentException(
                    "node %s: CPU and memory ≥ 0, 0 to %d cards".formatted(name, MOST_CARDS));
        }
    }
}
