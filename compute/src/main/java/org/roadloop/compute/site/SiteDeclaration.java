package org.roadloop.compute.site;

import java.util.Map;

/**
 * What only the operator can say of a site (站点声明): no program there is asked.
 *
 * @param region for policies
 * @param identifier stable name of the offer (算力标识); empty: the site's id
 * @param owner DID or name of the organisation, empty if it is not said
 * @param greenShare of its energy, 0 to 1
 * @param trust 0 (anyone) to 3 (own machine)
 */
public record SiteDeclaration(
        String region, String identifier, String owner, double greenShare, int trust) {
    public SiteDeclaration {
        if (!(greenShare >= 0 && greenShare <= 1) || trust < 0 || trust > 3) {
            throw new IllegalArgumentException(
                    "a site has a green share within 0 to 1 and a trust within 0 to 3");
        }
    }

    /** Nothing is said but where it is, and how far it is trusted. */
    public static SiteDeclaration in(String region, int trust) {
        return new SiteDeclaration(region, "", "", 0, trust);
    }

    public SiteDeclaration at(String other) {
        return new SiteDeclaration(other, identifier, owner, greenShare, trust);
    }

    /** As what it is offered; its rates are not measured. */
    public Site.Profile profile(
            String site, Site.Kind kind, int nodes, Map<String, Integer> accelerators) {
        return new Site.Profile(
                identifier.isEmpty() ? site : identifier,
                kind,
                owner,
                nodes,
                accelerators,
                0,
                0,
                greenShare,
                trust);
    }
}
