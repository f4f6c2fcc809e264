package org.roadloop.bench;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.roadloop.compute.place.GangPlacer;
import org.roadloop.compute.place.GangRequest;
import org.roadloop.compute.place.Tier;

/**
 * A gang of 1,000 cards on a cluster of 10,000 at 80 % load (千卡成组放置): five spines of 16 leaves of
 * four super-nodes of four machines of eight cards, all but the last machines of the last leaves.
 */
final class GangFigures {
    private static final int CARDS = 8;
    private static final int MACHINES = 1_250;
    private static final int ROUNDS = 21;
    private static final long SEED = 42;

    /** 125 machines and four spares, in one spine if that is possible. */
    private static final GangRequest THOUSAND =
            new GangRequest(125, 1, CARDS, "", "spine", false, 4);

    /** The same in groups of 32 cards, each group in one super-node of its own. */
    private static final GangRequest IN_SUPERNODES =
            new GangRequest(31, 4, CARDS, "supernode", "spine", false, 4);

    private GangFigures() {}

    static void measure(Figures figures) {
        double[] seconds = new double[ROUNDS];
        int placed = 0;
        int grouped = 0;
        long supernodes = 0;
        for (int round = 0; round < ROUNDS; round++) {
            Map<String, Integer> cards = new HashMap<>();
            GangPlacer placer = new GangPlacer(tree(cards), cards);
            fill(placer, new SplittableRandom(SEED + round));
            long began = System.nanoTime();
            GangPlacer.Outcome outcome = placer.place(THOUSAND);
            seconds[round] = (System.nanoTime() - began) / 1e9;
            if (outcome instanceof GangPlacer.Outcome.Placed found) {
                placed++;
                supernodes +=
                        found.nodes().stream()
                                .map(node -> node.substring(0, node.lastIndexOf('.')))
                                .distinct()
                                .count();
                placer.release(THOUSAND, found);
            }
            grouped += placer.place(IN_SUPERNODES) instanceof GangPlacer.Outcome.Placed ? 1 : 0;
        }
        figures.add("gang.cards_10000_seconds", FrameRates.median(seconds), "s");
        figures.add("gang.placed_percent", 100.0 * placed / ROUNDS, "%");
        figures.add("gang.supernodes", (double) supernodes / Math.max(1, placed), "supernodes");
        figures.add("gang.placed_in_whole_supernodes_percent", 100.0 * grouped / ROUNDS, "%");
    }

    /** Small gangs until four fifths of the cards are taken. */
    private static void fill(GangPlacer placer, SplittableRandom random) {
        int taken = 0;
        while (taken < MACHINES * 8 / 10) {
            int nodes = Math.min(1 + random.nextInt(8), MACHINES * 8 / 10 - taken);
            placer.place(new GangRequest(nodes, 1, CARDS, "", "leaf", false, 0));
            taken += nodes;
        }
    }

    private static Tier tree(Map<String, Integer> cards) {
        List<Tier> spines = new ArrayList<>();
        int machines = 0;
        for (int s = 0; s < 5; s++) {
            List<Tier> leaves = new ArrayList<>();
            for (int l = 0; l < 16 && machines < MACHINES; l++) {
                List<Tier> blocks = new ArrayList<>();
                for (int b = 0; b < 4 && machines < MACHINES; b++) {
                    String name = "s%d.l%d.b%d".formatted(s, l, b);
                    List<String> nodes = new ArrayList<>();
                    for (int n = 0; n < 4 && machines < MACHINES; n++, machines++) {
                        nodes.add(name + "." + n);
                        cards.put(nodes.getLast(), CARDS);
                    }
                    blocks.add(Tier.ofNodes("supernode", name, nodes));
                }
                leaves.add(Tier.of("leaf", "s%d.l%d".formatted(s, l), blocks));
            }
            spines.add(Tier.of("spine", "s" + s, leaves));
        }
        return Tier.of("cluster", "c", spines);
    }
}
