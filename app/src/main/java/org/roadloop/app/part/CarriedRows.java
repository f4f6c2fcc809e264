package org.roadloop.app.part;

import io.javalin.config.RoutesConfig;
import java.util.Map;
import java.util.TreeMap;
import javax.crypto.SecretKey;
import org.roadloop.app.lake.LakePins;
import org.roadloop.app.platform.PlatformContext;
import org.roadloop.app.trace.TraceRoutes;
import org.roadloop.core.asset.AssetCatalog;
import org.roadloop.core.contract.AgreedAssets;
import org.roadloop.core.contract.ContractBook;
import org.roadloop.core.contract.ContractGate;
import org.roadloop.core.identity.Keystore;
import org.roadloop.core.watermark.AgreementMarks;
import org.roadloop.dataspace.access.AccessTokens;
import org.roadloop.dataspace.access.DataRoute;
import org.roadloop.dataspace.access.LiveStreams;
import org.roadloop.dataspace.access.MarkedTables;
import org.roadloop.dataspace.access.Pushes;
import org.roadloop.dataspace.access.QueryRoute;
import org.roadloop.dataspace.access.Releases;
import org.roadloop.dataspace.access.StreamRoutes;
import org.roadloop.dataspace.dsp.Connector;
import org.roadloop.dataspace.identity.CallerIdentity;

/**
 * The ways of rows to other participants (数据外送): pulled, asked for, pushed, streamed; and what left
 * can be traced.
 */
record CarriedRows(
        DataRoute pull, QueryRoute query, Pushes pushes, LiveStreams streams, TraceRoutes traces) {
    /** Name of the key in the keystore. */
    private static final String WATERMARK = "watermark";

    /** Opens them; transfers that were under way go on with {@link Pushes#resume}. */
    static CarriedRows of(
            PlatformContext context,
            GovernPart govern,
            ContractGate gate,
            AssetCatalog catalog,
            AccessTokens tokens,
            CallerIdentity identity,
            Connector connector,
            ContractBook book) {
        AgreedAssets agreed = new AgreedAssets(catalog, book);
        String did = context.participant().did();
        AgreementMarks marks = new AgreementMarks(book, did, watermarkKeys(context.keystore()));
        MarkedTables tables = new MarkedTables(govern.lake(), govern.lake(), marks);
        Releases releases =
                new Releases(
                        gate,
                        agreed,
                        tables,
                        tables,
                        context.home().tmp().resolve("pull"),
                        context.clock());
        Pushes pushes =
                new Pushes(
                        releases,
                        book,
                        SharePart.destinations(context),
                        new Pushes.Ends() {
                            @Override
                            public void complete(String transferPid) {
                                connector.completeTransfer(transferPid);
                            }

                            @Override
                            public void terminate(String transferPid, String code, String reason) {
                                connector.terminateTransfer(transferPid, code, reason);
                            }
                        },
                        Pushes.Patience.DEFAULT);
        LiveStreams streams =
                new LiveStreams(tokens, releases, context.publicUrl(), LiveStreams.Pace.DEFAULT);
        connector.carry(pushes);
        connector.carry(streams);
        TraceRoutes traces =
                new TraceRoutes(
                        marks,
                        agreed,
                        govern.lake(),
                        context.ledger(),
                        did,
                        context.home().tmp(),
                        context.clock());
        QueryRoute query =
                new QueryRoute(
                        tokens,
                        releases,
                        tables,
                        tables,
                        govern.query(),
                        context.home().tmp().resolve("released"));
        govern.lake().onRemoval(table -> query.forget());
        govern.lake().onRemoval(releases::forget);
        govern.keepFor(() -> LakePins.of(catalog, book, agreed));
        return new CarriedRows(
                new DataRoute(tokens, identity, releases), query, pushes, streams, traces);
    }

    /** Rows are marked under the newest; what left under the others can be traced, too. */
    private static Map<Integer, SecretKey> watermarkKeys(Keystore keystore) {
        keystore.mac(WATERMARK); // made at the first start
        Map<Integer, SecretKey> keys = new TreeMap<>();
        for (Keystore.KeyInfo key : keystore.list()) {
            if (key.name().equals(WATERMARK) && !key.lost()) {
                keys.put(key.epoch(), keystore.mac(WATERMARK, key.epoch()));
            }
        }
        return keys;
    }

    void mount(RoutesConfig routes) {
        pull.mount(routes);
        query.mount(routes);
        new StreamRoutes(streams).mount(routes);
    }
}
