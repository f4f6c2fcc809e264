package org.roadloop.compute.site.tes;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import org.roadloop.compute.site.SiteDeclaration;

/**
 * An outside server as a site.
 *
 * @param id of the site
 * @param node of the network's topology
 * @param url up to {@code /ga4gh/tes/v1}
 * @param exchange folder where inputs are laid for the server and outputs come back
 * @param exchangeUrl what the server calls this folder, such as {@code file:///shared/exchange}
 * @param image container with the tools, as the server pulls it
 * @param home private folder of the platform, for the journal
 * @param slots tasks there at the same time
 * @param speed of a core relative to the platform's, an estimate
 * @param lostAfter the server may be out of reach before a run counts as lost
 */
public record TesSettings(
        String id,
        String node,
        SiteDeclaration declared,
        URI url,
        Path exchange,
        URI exchangeUrl,
        String image,
        Path home,
        int slots,
        double speed,
        long memoryBytes,
        long milliPerSecond,
        Duration poll,
        Duration lostAfter) {
    /** The server's token, read anew for every request and never kept; empty for none. */
    public interface Token {
        /**
         * @throws java.io.IOException names the place of the token, never the token
         */
        String value() throws java.io.IOException;
    }

    public TesSettings {
        if (!(speed > 0) || slots < 1 || milliPerSecond < 0 || image.isBlank()) {
            throw new IllegalArgumentException(
                    "site %s: speed > 0, at least one slot, price ≥ 0, an image".formatted(id));
        }
    }
}
