package org.roadloop.compute.place;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.roadloop.compute.place.GangPlacer.Outcome;

class GangPlacerTest {
    /** Two spines of two leaves of two super-nodes of four machines: {@code s0.l1.b0.3}. */
    private static Tier tree() {
        List<Tier> spines = new ArrayList<>();
        for (int s = 0; s < 2; s++) {
            List<Tier> leaves = new ArrayList<>();
            for (int l = 0; l < 2; l++) {
                List<Tier> blocks = new ArrayList<>();
                for (int b = 0; b < 2; b++) {
                    String name = "s%d.l%d.b%d".formatted(s, l, b);
                    blocks.add(
                            Tier.ofNodes(
                                    "supernode",
                                    name,
                                    List.of(name + ".0", name + ".1", name + ".2", name + ".3")));
                }
                leaves.add(Tier.of("leaf", "s%d.l%d".formatted(s, l), blocks));
            }
            spines.add(Tier.of("spine", "s" + s, leaves));
        }
        return Tier.of("cluster", "c", spines);
    }

    private static Map<String, Integer> cards(Tier tier, int each) {
        Map<String, Integer> cards = new HashMap<>();
        tier.nodes().forEach(n -> cards.put(n, each));
        tier.inside().forEach(t -> cards.putAll(cards(t, each)));
        return cards;
    }

    private static GangPlacer placer(String... full) {
        Map<String, Integer> cards = cards(tree(), 8);
        for (String node : full) {
            cards.put(node, 0);
        }
        return new GangPlacer(tree(), cards);
    }

    private static GangRequest gang(int nodes, String tier, boolean hard) {
        return new GangRequest(nodes, 1, 8, "", tier, hard, 0);
    }

    private static List<String> placed(GangPlacer placer, GangRequest gang) {
        return ((Outcome.Placed) placer.place(gang)).nodes();
    }

    @Test
    void aSmallGangGoesWhereItFitsTightest() {
        GangPlacer placer = placer("s0.l0.b0.0", "s1.l0.b1.0", "s1.l0.b1.3");
        assertThat(placed(placer, gang(2, "supernode", true)))
                .containsExactly("s1.l0.b1.1", "s1.l0.b1.2"); // the block with two free, not three
        assertThat(placed(placer, gang(3, "supernode", true)))
                .containsExactly("s0.l0.b0.1", "s0.l0.b0.2", "s0.l0.b0.3");
    }

    @Test
    void insideAWideDomainTheTightestPartThatSufficesIsTaken() {
        GangPlacer placer = placer("s1.l1.b0.0", "s1.l1.b0.1");
        assertThat(placed(placer, gang(2, "cluster", true)))
                .containsExactly("s1.l1.b0.2", "s1.l1.b0.3");
    }

    @Test
    void whatFitsIntoNoDomainIsRefusedOrGoesToAWiderOne() {
        GangPlacer placer = placer("s0.l0.b0.0", "s0.l0.b1.0", "s0.l1.b0.0", "s0.l1.b1.0");
        GangRequest hard = gang(7, "leaf", true);
        assertThat(placed(placer, hard)).allMatch(n -> n.startsWith("s1.l0"));
        assertThat(placed(placer, hard)).allMatch(n -> n.startsWith("s1.l1"));
        assertThat(((Outcome.Refused) placer.place(hard)).reason())
                .contains("leaf s0.l0 has most room, for 6 groups");
        assertThat(placed(placer, gang(7, "leaf", false))).allMatch(n -> n.startsWith("s0."));
        assertThat(((Outcome.Refused) placer.place(gang(1, "pod", true))).reason())
                .contains("no tier 'pod'");
    }

    /** Two levels: tensor-parallel groups of four in a super-node, the whole job in a spine. */
    @Test
    void groupsStayTogetherInsideTheGang() {
        GangPlacer placer = placer("s0.l0.b0.2", "s0.l1.b1.1");
        Outcome.Placed placed =
                (Outcome.Placed)
                        placer.place(new GangRequest(3, 4, 8, "supernode", "spine", true, 2));
        assertThat(placed.domain()).isEqualTo("s1"); // s0 has two whole super-nodes only
        for (int g = 0; g < 3; g++) {
            Set<String> blocks = new HashSet<>();
            placed.nodes()
                    .subList(4 * g, 4 * g + 4)
                    .forEach(n -> blocks.add(n.substring(0, n.lastIndexOf('.'))));
            assertThat(blocks).hasSize(1);
        }
        assertThat(placed.spares()).hasSize(2).allMatch(n -> n.startsWith("s1."));
        assertThat(placed.nodes()).doesNotContainAnyElementsOf(placed.spares()).isSorted();
    }

    @Test
    void ofPartsWithEqualRoomTheBegunOneIsTakenAndNeighboursAreTaken() {
        GangPlacer placer = placer("s0.l0.b0.1");
        // 3 free in b0 (0, 2, 3): a run of two is 2 and 3
        assertThat(placed(placer, gang(2, "supernode", true)))
                .containsExactly("s0.l0.b0.2", "s0.l0.b0.3");
        assertThat(placed(placer, gang(1, "supernode", true))).containsExactly("s0.l0.b0.0");
    }

    @Test
    void whatIsReleasedIsFreeAgain() {
        GangPlacer placer = placer();
        GangRequest all = new GangRequest(30, 1, 8, "", "cluster", true, 2);
        Outcome.Placed placed = (Outcome.Placed) placer.place(all);
        assertThat(placer.place(gang(1, "", true))).isInstanceOf(Outcome.Refused.class);
        placer.release(all, placed);
        assertThat(placed(placer, gang(32, "cluster", true))).hasSize(32);
    }

    /** Against all subsets of parts: placed if and only if there is room, in the fewest blocks. */
    @Test
    void aGangIsPlacedWheneverThereIsRoomAndInTheFewestBlocks() {
        long seed = System.nanoTime();
        SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < 2_000; round++) {
            int blocks = 2 + random.nextInt(6);
            int[] free = new int[blocks];
            Map<String, Integer> cards = new HashMap<>();
            List<Tier> parts = new ArrayList<>();
            for (int b = 0; b < blocks; b++) {
                List<String> nodes = new ArrayList<>();
                for (int n = 0; n < 4; n++) {
                    boolean isFree = random.nextBoolean();
                    free[b] += isFree ? 1 : 0;
                    nodes.add("%d.%d".formatted(b, n));
                    cards.put(nodes.getLast(), isFree ? 8 : random.nextInt(8));
                }
                parts.add(Tier.ofNodes("supernode", "b" + b, nodes));
            }
            int size = 1 + random.nextInt(3);
            int groups = 1 + random.nextInt(8);
            GangPlacer placer = new GangPlacer(Tier.of("spine", "s", parts), cards);
            Outcome outcome =
                    placer.place(new GangRequest(groups, size, 8, "supernode", "spine", true, 0));
            int fewest = Integer.MAX_VALUE;
            for (int set = 1; set < 1 << blocks; set++) {
                int room = 0;
                for (int b = 0; b < blocks; b++) {
                    room += (set >> b & 1) == 1 ? free[b] / size : 0;
                }
                if (room >= groups) {
                    fewest = Math.min(fewest, Integer.bitCount(set));
                }
            }
            if (outcome instanceof Outcome.Placed placed) {
                Set<String> used = new HashSet<>();
                placed.nodes().forEach(n -> used.add(n.split("\\.")[0]));
                assertThat(used).as("seed %d, round %d", seed, round).hasSize(fewest);
                assertThat(new HashSet<>(placed.nodes())).hasSize(groups * size);
                placed.nodes()
                        .forEach(n -> assertThat(cards.get(n)).as("seed %d", seed).isEqualTo(8));
            } else {
                assertThat(fewest)
                        .as("seed %d, round %d", seed, round)
                        .isEqualTo(Integer.MAX_VALUE);
                cards.forEach((n, c) -> assertThat(placer.freeCards(n)).isEqualTo(c));
            }
        }
    }

    @Test
    void treesThatMakeNoSenseAreNamed() {
        assertThatThrownBy(() -> Tier.of("leaf", "l", List.of())).hasMessageContaining("leaf l");
        assertThatThrownBy(() -> new GangPlacer(tree(), Map.of()))
                .hasMessageContaining("has no number of cards");
        Tier twice = Tier.ofNodes("leaf", "l", List.of("a", "a"));
        assertThatThrownBy(() -> new GangPlacer(twice, Map.of("a", 8)))
                .hasMessageContaining("machine a stands twice");
    }
}
