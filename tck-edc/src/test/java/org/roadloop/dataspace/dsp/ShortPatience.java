package org.roadloop.dataspace.dsp;

import java.net.http.HttpClient;
import java.time.Clock;
import java.time.Duration;
import org.roadloop.core.asset.AssetCatalog;
import org.roadloop.core.contract.ContractBook;
import org.roadloop.core.contract.OwnOfferDecider;
import org.roadloop.core.identity.Signer;
import org.roadloop.dataspace.access.AccessTokens;
import org.roadloop.dataspace.identity.CallerIdentity;

/** A connector that waits seconds where the product waits half a minute. */
public final class ShortPatience {
    private ShortPatience() {}

    public static Connector connector(
            ConnectorConfig config,
            ContractBook book,
            AssetCatalog catalog,
            Signer signer,
            CallerIdentity identity,
            HttpClient http,
            Clock clock) {
        return new Connector(
                config,
                book,
                catalog,
                new OwnOfferDecider(catalog),
                signer,
                identity,
                new AccessTokens(signer, book, clock, Duration.ofMinutes(10)),
                http,
                clock,
                new Courier.Patience(
                        Duration.ofSeconds(3), Duration.ofSeconds(4), Duration.ofSeconds(2)));
    }
}
