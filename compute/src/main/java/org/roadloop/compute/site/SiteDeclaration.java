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
 * @param diskBytes that one run may write there
 */
public record SiteDeclaration(
        String region,
        String identifier,
        String owner,
        double greenShare,
        int trust,
        long diskBytes) {
    public static final long USUAL_DISK_BYTES = 256L << 20;

    public SiteDeclaration {
        if (!(greenShare >= 0 && greenShare <= 1) || trust < 0 || trust > 3 || diskBytes < 1) {
            throw new IllegalArgumentException(
                    "a site has a green share within 0 to 1, a trust within 0 to 3, and a disk");
        }
    }

    /** Nothing is said but where it is, and how far it is trusted. */
    public static SiteDeclaration in(String region, int trust) {
        return new SiteDeclaration(region, "", "", 0, trust, USUAL_DISK_BYTES);
    }

    public SiteDeclaration at(String other) {
        return new SiteDeclaration(other, identifier, owner, greenShare, trust, diskBytes);
    }

    /** What a run may write: what it asks for, and no more than there is. */
    public long diskBytes(Site.Work work) {
        return work.diskBytes() > 0 ? Math.min(work.diskBytes(), diskBytes) : diskBytes;
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
