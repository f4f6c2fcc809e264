package org.roadloop.compute.place;

/**
 * Machines that are needed together, all or none (成组调度需求).
 *
 * @param groups equal parts of the gang, at least 1; tensor-parallel groups for example
 * @param nodesPerGroup machines of a group, at least 1
 * @param cardsPerNode whole free cards that each machine must have
 * @param groupTier domain inside which each group must lie; empty for any
 * @param tier domain inside which the whole gang is to lie; empty for any
 * @param hard whether it is refused where no such domain has room; else a wider one will do
 * @param spareNodes further machines of the same domain, kept for those that fail
 */
public record GangRequest(
        int groups,
        int nodesPerGroup,
        int cardsPerNode,
        String groupTier,
        String tier,
        boolean hard,
        int spareNodes) {
    public GangRequest {
        if (groups < 1 || nodesPerGroup < 1 || cardsPerNode < 0 || spareNodes < 0) {
            throw new IllegalArgumentException(
                    "a gang has at least one group of one machine; cards and spares are 0 or more");
        }
    }

    /** The same machines, each by itself. */
    GangRequest ungrouped() {
        return new GangRequest(nodes(), 1, cardsPerNode, "", tier, hard, spareNodes);
    }

    /** Machines without the spares. */
    public int nodes() {
        return groups * nodesPerGroup;
    }
}
