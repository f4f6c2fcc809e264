package org.roadloop.compute.place;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/*
 * Groups are counted from below: a domain of the groups' tier has room for as many groups as whole
 * multiples of their machines are free in it, a wider one for the sum of its parts. The gang goes to
 * the domain of its tier with the least room that suffices (tightest fit), so that large rooms stay
 * for large gangs. Inside, it goes to one part if one suffices, again the tightest; otherwise the
 * roomiest part is filled and the rest is placed likewise, which takes the fewest parts there are.
 * Of parts with equal room one that is begun is taken before one that is wholly free. In a domain of
 * machines the shortest run of neighbours that suffices is taken. Ranks follow the walk of the tree,
 * so that neighbours in rank are neighbours in the interconnect.
 *
 * A pass over the tree costs one look a machine.
 */

/** Places gangs on a tree of tiers, all machines or none (拓扑感知成组放置). One thread. */
public final class GangPlacer {
    private final Domain root;
    private final Map<String, Integer> freeCards = new HashMap<>();
    private final Set<String> tiers = new HashSet<>();

    /** A domain with what the present request could have of it. */
    private static final class Domain {
        final Tier tier;
        final List<Domain> parts = new ArrayList<>();
        final int firstNode; // in the walk of the tree
        int nodes;
        int free; // machines
        int groups; // room

        Domain(Tier tier, int firstNode) {
            this.tier = tier;
            this.firstNode = firstNode;
        }

        boolean isBegun() {
            return free < nodes;
        }
    }

    /** What became of a request. */
    public sealed interface Outcome {
        /**
         * @param nodes by rank, group after group; groups are in the order of the tree
         * @param spares further machines
         * @param domain that holds all of them
         */
        record Placed(List<String> nodes, List<String> spares, String domain) implements Outcome {
            public Placed {
                nodes = List.copyOf(nodes);
                spares = List.copyOf(spares);
            }
        }

        record Refused(String reason) implements Outcome {}
    }

    /**
     * @param cards whole free cards of each machine of the tree
     */
    public GangPlacer(Tier tree, Map<String, Integer> cards) {
        root = domain(tree, new int[1]);
        walk(root)
                .forEach(
                        node -> {
                            Integer free = cards.get(node);
                            if (free == null || free < 0) {
                                throw new IllegalArgumentException(
                                        "machine " + node + " of the tree has no number of cards");
                            }
                            if (freeCards.put(node, free) != null) {
                                throw new IllegalArgumentException(
                                        "machine " + node + " stands twice in the tree");
                            }
                        });
    }

    private Domain domain(Tier tier, int[] at) {
        tiers.add(tier.tier());
        Domain domain = new Domain(tier, at[0]);
        for (Tier inside : tier.inside()) {
            domain.parts.add(domain(inside, at));
        }
        at[0] += tier.nodes().size();
        domain.nodes = at[0] - domain.firstNode;
        return domain;
    }

    private static List<String> walk(Domain domain) {
        List<String> nodes = new ArrayList<>(domain.tier.nodes());
        domain.parts.forEach(part -> nodes.addAll(walk(part)));
        return nodes;
    }

    /** Whole free cards of a machine. */
    public int freeCards(String node) {
        return freeCards.getOrDefault(node, 0);
    }

    /** Takes the machines' cards, or nothing. */
    public Outcome place(GangRequest asked) {
        GangRequest gang = asked.groupTier().isEmpty() ? asked.ungrouped() : asked;
        for (String named : List.of(gang.tier(), gang.groupTier())) {
            if (!named.isEmpty() && !tiers.contains(named)) {
                return new Outcome.Refused("no tier '" + named + "'; there are " + tiers);
            }
        }
        count(root, gang, false);
        List<Domain> wanted = new ArrayList<>();
        collect(root, gang.tier(), wanted);
        @Nullable Domain chosen = tightest(wanted, gang);
        if (chosen == null && !gang.hard()) {
            chosen = narrowest(root, gang);
        }
        if (chosen == null) {
            Domain most =
                    (gang.hard() ? wanted : List.of(root))
                            .stream().max(Comparator.comparingInt(d -> d.groups)).orElse(root);
            return new Outcome.Refused(
                    "%d groups of %d machines with %d free cards and %d spares: %s %s has most room, for %d groups in %d machines"
                            .formatted(
                                    gang.groups(),
                                    gang.nodesPerGroup(),
                                    gang.cardsPerNode(),
                                    gang.spareNodes(),
                                    most.tier.tier(),
                                    most.tier.name(),
                                    most.groups,
                                    most.free));
        }
        List<String> nodes = new ArrayList<>();
        take(chosen, gang, gang.groups(), nodes);
        Set<String> taken = new HashSet<>(nodes);
        List<String> spares =
                walk(chosen).stream()
                        .filter(n -> !taken.contains(n) && fits(n, gang))
                        .limit(gang.spareNodes())
                        .toList();
        nodes.forEach(n -> freeCards.merge(n, -gang.cardsPerNode(), Integer::sum));
        spares.forEach(n -> freeCards.merge(n, -gang.cardsPerNode(), Integer::sum));
        return new Outcome.Placed(nodes, spares, chosen.tier.name());
    }

    /** Gives back the cards of a gang and its spares. */
    public void release(GangRequest gang, Outcome.Placed placed) {
        placed.nodes().forEach(n -> freeCards.merge(n, gang.cardsPerNode(), Integer::sum));
        placed.spares().forEach(n -> freeCards.merge(n, gang.cardsPerNode(), Integer::sum));
    }

    private boolean fits(String node, GangRequest gang) {
        return freeCards(node) >= gang.cardsPerNode();
    }

    /**
     * @param grouped whether a domain around this one holds whole groups already
     */
    private void count(Domain domain, GangRequest gang, boolean grouped) {
        boolean here = !grouped && isGroupDomain(domain, gang);
        domain.free = (int) domain.tier.nodes().stream().filter(n -> fits(n, gang)).count();
        int groups = 0;
        for (Domain part : domain.parts) {
            count(part, gang, grouped || here);
            domain.free += part.free;
            groups += part.groups;
        }
        domain.groups = here ? domain.free / gang.nodesPerGroup() : groups;
    }

    /** Where groups are counted: a domain of their tier; without one, the smallest ones. */
    private static boolean isGroupDomain(Domain domain, GangRequest gang) {
        return gang.groupTier().isEmpty()
                ? domain.parts.isEmpty()
                : domain.tier.tier().equals(gang.groupTier());
    }

    private static void collect(Domain domain, String tier, List<Domain> found) {
        if (tier.isEmpty() || domain.tier.tier().equals(tier)) {
            found.add(domain);
        }
        domain.parts.forEach(part -> collect(part, tier, found));
    }

    private static boolean hasRoom(Domain domain, GangRequest gang) {
        return domain.groups >= gang.groups() && domain.free >= gang.nodes() + gang.spareNodes();
    }

    private static @Nullable Domain tightest(List<Domain> domains, GangRequest gang) {
        return domains.stream()
                .filter(d -> hasRoom(d, gang))
                .min(
                        Comparator.comparingInt((Domain d) -> d.nodes)
                                .thenComparingInt(d -> d.groups)
                                .thenComparingInt(d -> d.free)
                                .thenComparingInt(d -> d.isBegun() ? 0 : 1))
                .orElse(null);
    }

    /** The smallest domain of whatever tier. */
    private static @Nullable Domain narrowest(Domain root, GangRequest gang) {
        List<Domain> all = new ArrayList<>();
        collect(root, "", all);
        return tightest(all, gang);
    }

    /** Takes so many groups of a domain that has room for them, in the order of the tree. */
    private void take(Domain domain, GangRequest gang, int groups, List<String> into) {
        if (isGroupDomain(domain, gang)) {
            run(domain, gang, groups * gang.nodesPerGroup(), into);
            return;
        }
        Map<Domain, Integer> shares = new HashMap<>();
        List<Domain> left = new ArrayList<>(domain.parts);
        int missing = groups;
        while (missing > 0) {
            int need = missing;
            Domain next =
                    left.stream()
                            .filter(part -> part.groups >= need)
                            .min(
                                    Comparator.comparingInt((Domain part) -> part.groups)
                                            .thenComparingInt(part -> part.isBegun() ? 0 : 1))
                            .orElseGet(
                                    () ->
                                            left.stream()
                                                    .max(
                                                            Comparator.comparingInt(
                                                                            (Domain part) ->
                                                                                    part.groups)
                                                                    .thenComparingInt(
                                                                            part ->
                                                                                    part.isBegun()
                                                                                            ? 1
                                                                                            : 0))
                                                    .orElseThrow());
            int share = Math.min(missing, next.groups);
            shares.put(next, share);
            left.remove(next);
            missing -= share;
        }
        for (Domain part : domain.parts) {
            if (shares.containsKey(part)) {
                take(part, gang, shares.get(part), into);
            }
        }
    }

    /** Machines of a domain: the shortest run of free neighbours that suffices, else the first. */
    private void run(Domain domain, GangRequest gang, int count, List<String> into) {
        List<String> nodes = walk(domain);
        int best = -1;
        int bestLength = Integer.MAX_VALUE;
        int begin = 0;
        for (int i = 0; i <= nodes.size(); i++) {
            if (i < nodes.size() && fits(nodes.get(i), gang)) {
                continue;
            }
            int length = i - begin;
            if (length >= count && length < bestLength) {
                best = begin;
                bestLength = length;
            }
            begin = i + 1;
        }
        if (best >= 0) {
            into.addAll(nodes.subList(best, best + count));
        } else {
            nodes.stream().filter(n -> fits(n, gang)).limit(count).forEach(into::add);
        }
    }
}
