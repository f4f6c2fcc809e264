package org.roadloop.app.catalog;

import io.javalin.http.Context;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.roadloop.app.clearing.AuctionedPrices;
import org.roadloop.app.http.Json;
import org.roadloop.app.http.Page;
import org.roadloop.app.http.Problem;
import org.roadloop.app.http.Role;
import org.roadloop.app.http.Route;
import org.roadloop.core.asset.Asset;
import org.roadloop.core.asset.AssetCatalog;
import org.roadloop.core.asset.AssetJson;
import org.roadloop.core.asset.AssetVersion;
import org.roadloop.core.asset.Offer;
import org.roadloop.core.identity.UnifiedSocialCreditCode;
import org.roadloop.core.ledger.Ledger;
import org.roadloop.core.ledger.Receipt;
import org.roadloop.core.table.Schema;
import org.roadloop.core.table.TableSource;
import org.roadloop.core.template.TemplateBook;
import tools.jackson.databind.node.ObjectNode;

/** Own assets (自有资产): publish, publish the next version, withdraw, look at every version. */
public final class AssetRoutes {
    private static final String ASSET_SCHEMA =
            """
            {"type":"object","required":["kind","id","title","formats","offers"],"properties":{
             "kind":{"enum":["dataset","model","application","compute-offer"]},
             "id":{"type":"string"},
             "title":{"type":"object","required":["en","zh"],
              "properties":{"en":{"type":"string"},"zh":{"type":"string"}}},
             "properties":{"type":"object","additionalProperties":{"type":"string"}},
             "table":{"type":"string","description":"of a dataset"},
             "snapshot":{"type":"string",
              "description":"of a dataset; latest, and without it: follows the table; current: pins\
                it as it is now; or the id of a snapshot"},
             "columns":{"type":"array","items":{"type":"string"},
              "description":"of a dataset; none: all"},
             "sha256":{"type":"string","description":"of a model"},
             "image":{"type":"string","description":"of an application"},
             "site":{"type":"string","description":"of a compute offer"},
             "flavour":{"type":"string","description":"of a compute offer"},
             "formats":{"type":"array","items":{"type":"string"}},
             "offers":{"type":"array","items":{"type":"object",
              "description":"policy and tariff, or template, version and values",
              "properties":{
               "id":{"type":"string"},"template":{"type":"string"},
               "version":{"type":"integer"},"values":{"type":"object"},
               "policy":{"type":"object","description":"ODRL, @type Offer"},
               "tariff":{"type":"object","required":["currency","prices"],"properties":{
                "currency":{"type":"string","pattern":"^[A-Z]{3}$"},
                "prices":{"type":"array","items":{"type":"object"}},
                "shares":{"type":"array","items":{"type":"object"}},
                "credits":{"type":"object"}}}}}}}}
            """;

    private final AssetCatalog catalog;
    private final Ledger ledger;
    private final String did;
    private final Snapshots snapshots;
    private final TemplateBook templates;

    /** Of us as publisher (统一社会信用代码). */
    private final Optional<UnifiedSocialCreditCode> creditCode;

    /** Which snapshots a data set can be pinned to. */
    public interface Snapshots {
        /** The current one of a table, or {@link TableSource#LATEST} if it has none yet. */
        long current(String table);

        /**
         * @throws NoSuchElementException if the table has no such snapshot
         */
        void check(String table, long snapshot);

        /**
         * The columns that may leave, where the tables are here.
         *
         * @throws NoSuchElementException if there is no such table
         */
        Optional<Schema> findReleased(String table);
    }

    public AssetRoutes(
            AssetCatalog catalog,
            Ledger ledger,
            String did,
            Snapshots snapshots,
            TemplateBook templates,
            Optional<UnifiedSocialCreditCode> creditCode) {
        this.creditCode = creditCode;
        this.catalog = catalog;
        this.ledger = ledger;
        this.did = did;
        this.snapshots = snapshots;
        this.templates = templates;
    }

    public List<Route> routes() {
        return List.of(
                Route.post(
                                "/api/v1/assets",
                                Role.PROVIDER,
                                "Offer an asset, or the next version under its id",
                                this::offer)
                        .schemas(ASSET_SCHEMA, ""),
                Route.get("/api/v1/assets", Role.PROVIDER, "Own assets", this::list)
                        .alsoFor(Role.AUDITOR),
                Route.get(
                                "/api/v1/assets/{id}/versions",
                                Role.PROVIDER,
                                "Every version of an asset with its state, oldest first",
                                this::versions)
                        .alsoFor(Role.AUDITOR),
                Route.post(
                        "/api/v1/assets/{id}/withdraw",
                        Role.PROVIDER,
                        "Take an asset out of the catalogue: {reason}; its agreements stay",
                        this::withdraw));
    }

    /** What the publisher wrote itself stays. */
    private static void sign(ObjectNode body, UnifiedSocialCreditCode code) {
        if (!body.path("description").isMissingNode() && !body.path("description").isObject()) {
            return; // said to be wrong where it is read
        }
        ObjectNode identifiers =
                body.withObject("/description").withObject("/publisherIdentifiers");
        if (!identifiers.has(code.scheme())) {
            identifiers.put(code.scheme(), code.value());
        }
    }

    private void offer(Context c) {
        Asset asset;
        try {
            ObjectNode body = (ObjectNode) Json.object(c);
            body.put("publisher", did);
            pin(body);
            templates.expand(body);
            creditCode.ifPresent(code -> sign(body, code));
            asset = AssetJson.read(body);
            if (asset instanceof Asset.Dataset dataset
                    && dataset.snapshot() != TableSource.LATEST) {
                snapshots.check(dataset.table(), dataset.snapshot());
            }
            for (Offer offer : asset.offers()) {
                new MarkableTerms(snapshots::findReleased).check(asset, offer.policy());
            }
        } catch (IllegalArgumentException | NoSuchElementException e) {
            throw Problem.badRequest("invalid_asset", String.valueOf(e.getMessage()));
        }
        AuctionedPrices.check(asset, ledger);
        Receipt receipt = catalog.offer(asset);
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("id", asset.id());
        answer.put("version", number(asset.id(), receipt.firstIndex()));
        answer.put("ledgerIndex", receipt.firstIndex());
        c.status(201).json(answer);
    }

    /** {@code "snapshot": "current"} pins what is current now. */
    private void pin(ObjectNode body) {
        if (body.path("snapshot").asString("").equals("current")) {
            String table = body.path("table").asString("");
            long current = snapshots.current(table);
            if (current == TableSource.LATEST) {
                throw new IllegalArgumentException(
                        "table '" + table + "' has no snapshot yet; follow it with 'latest'");
            }
            body.put("snapshot", Long.toString(current));
        }
    }

    private int number(String assetId, long ledgerIndex) {
        return catalog.listVersions(assetId).stream()
                .filter(v -> v.ledgerIndex() == ledgerIndex)
                .findFirst()
                .orElseThrow()
                .number();
    }

    private void list(Context c) {
        List<ObjectNode> views = catalog.listVersions().stream().map(AssetRoutes::view).toList();
        boolean paged = c.queryParam("limit") != null || c.queryParam("cursor") != null;
        c.json(
                paged
                        ? Page.of(c).of(views, view -> view.path("id").asString())
                        : Map.of("items", views));
    }

    private void versions(Context c) {
        try {
            c.json(
                    Map.of(
                            "items",
                            catalog.listVersions(c.pathParam("id")).stream()
                                    .map(AssetRoutes::view)
                                    .toList()));
        } catch (NoSuchElementException e) {
            throw Problem.notFound("asset_unknown", String.valueOf(e.getMessage()));
        }
    }

    private void withdraw(Context c) {
        String reason = Json.object(c).path("reason").asString("");
        if (reason.isBlank() || reason.length() > 500) {
            throw Problem.badRequest(
                    "missing_reason", "the body needs a 'reason' of at most 500 letters");
        }
        try {
            long index = catalog.withdraw(c.pathParam("id"), reason).firstIndex();
            c.json(Map.of("id", c.pathParam("id"), "ledgerIndex", index));
        } catch (NoSuchElementException e) {
            throw Problem.notFound("asset_unknown", String.valueOf(e.getMessage()));
        }
    }

    /** The asset as it was offered, with what the ledger adds. */
    private static ObjectNode view(AssetVersion version) {
        ObjectNode view = AssetJson.write(version.asset());
        view.put("version", version.number());
        view.put("state", version.state().name().toLowerCase(java.util.Locale.ROOT));
        view.put("issuedAt", version.issuedAt().toString());
        view.put("publishedAt", version.publishedAt().toString());
        return view.put("ledgerIndex", version.ledgerIndex());
    }
}
