package org.roadloop.compute.broker;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.roadloop.compute.site.Site;
import org.roadloop.core.contract.UsageGate;

/**
 * Where a task may run (站点策略). An empty set allows every value.
 *
 * @param contract why the contract forbids sites, by id; one without an entry it allows
 * @param sites ids that the task allows
 * @param trust least trust of a site, 0 to 3
 * @param architectures such as {@code aarch64}
 * @param greenShare least share of green energy, 0 to 1
 */
public record SitePolicy(
        Map<String, String> contract,
        Set<String> sites,
        Set<String> regions,
        int trust,
        Set<Site.Kind> kinds,
        Set<String> architectures,
        double greenShare) {
    public static final SitePolicy ANY =
            new SitePolicy(Map.of(), Set.of(), Set.of(), 0, Set.of(), Set.of(), 0);

    public SitePolicy {
        contract = Map.copyOf(contract);
        sites = Set.copyOf(sites);
        regions = Set.copyOf(regions);
        kinds = Set.copyOf(kinds);
        architectures = Set.copyOf(architectures);
        if (trust < 0 || trust > 3 || !(greenShare >= 0 && greenShare <= 1)) {
            throw new IllegalArgumentException(
                    "policy: trust %d is not within 0 to 3, or green share %s not within 0 to 1"
                            .formatted(trust, greenShare));
        }
    }

    /**
     * The same under a contract too, as it stands now: its {@code systemDevice} is the id of a
     * site, its {@code spatial} the place of one.
     */
    public SitePolicy under(UsageGate.Lease lease, List<Site> all) {
        Map<String, String> against = new HashMap<>();
        for (Site site : all) {
            String id = site.capabilities().id();
            List<UsageGate.Reason> objections = lease.objections(id);
            if (!objections.isEmpty()) {
                against.put(
                        id,
                        objections.stream()
                                .map(UsageGate.Reason::english)
                                .distinct()
                                .collect(Collectors.joining("; ")));
            }
        }
        return new SitePolicy(against, sites, regions, trust, kinds, architectures, greenShare);
    }

    /** Why the site will not do for the work, whatever it costs; the first reason found. */
    Optional<Quote.Infeasible> objection(Site.Capabilities at, Site.Work work) {
        Site.Profile profile = at.profile();
        String forbidden = contract.get(at.id());
        if (forbidden != null) {
            return no(at, "contract", "the contract does not allow it: " + forbidden);
        }
        if (!sites.isEmpty() && !sites.contains(at.id())) {
            return no(
                    at,
                    "allowed_sites",
                    "the task allows sites " + String.join(", ", new TreeSet<>(sites)));
        }
        if (!regions.isEmpty() && !regions.contains(at.region())) {
            return no(
                    at,
                    "region",
                    "is in region %s, allowed are %s"
                            .formatted(at.region(), String.join(", ", new TreeSet<>(regions))));
        }
        if (profile.trust() < trust) {
            return no(
                    at,
                    "trust",
                    "has trust level %d, at least %d is asked".formatted(profile.trust(), trust));
        }
        if (!kinds.isEmpty() && !kinds.contains(profile.kind())) {
            return no(
                    at,
                    "kind",
                    "is of kind %s, asked is %s".formatted(profile.kind(), new TreeSet<>(kinds)));
        }
        if (!architectures.isEmpty() && !architectures.contains(at.architecture())) {
            return no(
                    at,
                    "architecture",
                    "is %s, asked is %s"
                            .formatted(
                                    at.architecture(),
                                    String.join(", ", new TreeSet<>(architectures))));
        }
        if (profile.greenShare() < greenShare) {
            return no(
                    at,
                    "green_share",
                    "has a green share of %.2f, at least %.2f is asked"
                            .formatted(profile.greenShare(), greenShare));
        }
        return gang(at, work.gang());
    }

    private static Optional<Quote.Infeasible> gang(Site.Capabilities at, Site.Gang gang) {
        int cards = at.profile().accelerators().getOrDefault(gang.accelerator(), 0);
        if (gang.cardsPerNode() > cards) {
            return no(
                    at,
                    "accelerator",
                    "has %d %s on a node, the task asks for %d"
                            .formatted(cards, gang.accelerator(), gang.cardsPerNode()));
        }
        if (gang.nodes() > at.profile().nodes()) {
            return no(
                    at,
                    "gang",
                    "gives one gang %d nodes at most, the task asks for %d"
                            .formatted(at.profile().nodes(), gang.nodes()));
        }
        return Optional.empty();
    }

    private static Optional<Quote.Infeasible> no(Site.Capabilities at, String code, String reason) {
        return Optional.of(new Quote.Infeasible(at.id(), code, reason));
    }
}
