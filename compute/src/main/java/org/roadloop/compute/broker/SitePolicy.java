package org.roadloop.compute.broker;

import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.roadloop.compute.site.Site;

/**
 * Where a task may run (站点策略). An empty set allows every value.
 *
 * @param agreement that names the sites, for the reason; empty if the consumer chose
 * @param sites ids that the contract allows
 * @param trust least trust of a site, 0 to 3
 * @param architectures such as {@code aarch64}
 * @param greenShare least share of green energy, 0 to 1
 */
public record SitePolicy(
        String agreement,
        Set<String> sites,
        Set<String> regions,
        int trust,
        Set<Site.Kind> kinds,
        Set<String> architectures,
        double greenShare) {
    public static final SitePolicy ANY =
            new SitePolicy("", Set.of(), Set.of(), 0, Set.of(), Set.of(), 0);

    public SitePolicy {
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

    /** Why the site will not do for the work, whatever it costs; the first reason found. */
    Optional<Quote.Infeasible> objection(Site.Capabilities at, Site.Work work) {
        Site.Profile profile = at.profile();
        if (!sites.isEmpty() && !sites.contains(at.id())) {
            return no(
                    at,
                    "contract",
                    "%s allows sites %s"
                            .formatted(
                                    agreement.isEmpty() ? "the task" : "agreement " + agreement,
                                    String.join(", ", new TreeSet<>(sites))));
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
