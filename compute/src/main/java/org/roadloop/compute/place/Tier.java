package org.roadloop.compute.place;

import java.util.List;

/**
 * A domain of an interconnect (互联层级域): a super-node, a rack, a spine, with the machines or smaller
 * domains in it. Trees may have any depth, and branches of differing depth.
 *
 * @param tier what kind of domain: {@code supernode}, {@code leaf}, {@code spine}
 * @param name of this one
 * @param inside smaller domains, in their physical order; empty if it holds machines
 * @param nodes machines, in their physical order; empty if it holds domains
 */
public record Tier(String tier, String name, List<Tier> inside, List<String> nodes) {
    public Tier {
        inside = List.copyOf(inside);
        nodes = List.copyOf(nodes);
        if (inside.isEmpty() == nodes.isEmpty()) {
            throw new IllegalArgumentException(
                    "%s %s holds either domains or machines, and at least one"
                            .formatted(tier, name));
        }
    }

    public static Tier of(String tier, String name, List<Tier> inside) {
        return new Tier(tier, name, inside, List.of());
    }

    public static Tier ofNodes(String tier, String name, List<String> nodes) {
        return new Tier(tier, name, List.of(), nodes);
    }
}
