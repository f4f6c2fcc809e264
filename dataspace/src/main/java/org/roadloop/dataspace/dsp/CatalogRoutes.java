package org.roadloop.dataspace.dsp;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.roadloop.core.asset.AssetVersion;
import org.roadloop.core.asset.CatalogChange;
import org.roadloop.core.asset.Offer;
import org.roadloop.core.catalog.CatalogEntry;
import org.roadloop.core.catalog.CatalogFeed;
import org.roadloop.core.catalog.CatalogQuery;
import org.roadloop.core.catalog.CatalogScope;
import org.roadloop.core.contract.MessageJson;
import org.roadloop.core.policy.MemberException;
import org.roadloop.dataspace.dsp.DspRoutes.Call;
import org.roadloop.dataspace.dsp.DspRoutes.Reply;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The catalogue's paths (目录接口), DSP 2025-1 §5: filter, pages by {@code Link} header, nested
 * catalogues, one data set by id, and, beyond the protocol, conditional requests and the changes
 * since a cursor. Each answer has only what may ever apply to its caller.
 */
final class CatalogRoutes {
    /** A page ends at so many assets, or at so many characters, which a consumer reads whole. */
    private static final int PAGE = 100;

    private static final int PAGE_CHARACTERS = 1 << 20;

    private static final int MOST_CHANGES = 1000;
    private static final int LONGEST_WAIT_SECONDS = 30;

    private final Connector connector;
    private final String address;

    CatalogRoutes(Connector connector) {
        this.connector = connector;
        this.address = connector.config().address().toString();
    }

    /** {@code POST /catalog/request}. */
    Reply request(Call call) {
        expect(call.body(), "CatalogRequestMessage", "filter");
        boolean prefixed = false;
        for (JsonNode context : call.body().path("@context")) {
            prefixed |= context.asString("").equals(address + CatalogContext.PATH);
        }
        String cursor = call.context().queryParam("cursor");
        JsonNode filter = call.body().path("filter");
        Optional<CatalogWindow> window = CatalogWindow.find(filter);
        if (cursor == null && window.isPresent()) {
            CatalogCursor all = CatalogCursor.start(MissingNode.getInstance(), prefixed);
            return page(call, all, window.get());
        }
        return page(
                call,
                cursor == null
                        ? CatalogCursor.start(filter, prefixed)
                        : CatalogCursor.read(cursor));
    }

    /** {@code GET /catalog/request}: what a {@code Link} of ours leads to. */
    Reply page(Call call) {
        String cursor = call.context().queryParam("cursor");
        return page(
                call,
                cursor == null
                        ? CatalogCursor.start(MissingNode.getInstance(), false)
                        : CatalogCursor.read(cursor));
    }

    /** A page as it is collected: the margin ids, and whether there is more beyond. */
    private record Page(List<ObjectNode> datasets, List<String> ids, boolean more) {}

    private Reply page(Call call, CatalogCursor cursor) {
        return page(call, cursor, new CatalogWindow(0, PAGE));
    }

    private Reply page(Call call, CatalogCursor cursor, CatalogWindow window) {
        CatalogQuery query = CatalogFilter.read(cursor.filter());
        CatalogJson json = new CatalogJson(connector.did(), address, cursor.prefixed());
        Page page = collect(cursor, window, query, scope(call), json);
        boolean first = cursor.id().isEmpty() && window.offset() == 0;
        ObjectNode body =
                json.catalog(
                        page.datasets(), first && query.isAll() ? connector.nested() : List.of());
        List<Map.Entry<String, String>> headers = new ArrayList<>();
        link(headers, cursor, "self");
        if (!page.ids().isEmpty()) {
            if (!cursor.forward() || page.more()) {
                link(headers, cursor.after(page.ids().getLast()), "next");
            }
            if (cursor.forward() ? !first : page.more()) {
                link(headers, cursor.before(page.ids().getFirst()), "previous");
            }
        }
        return conditional(call, body, headers);
    }

    private Page collect(
            CatalogCursor cursor,
            CatalogWindow window,
            CatalogQuery query,
            CatalogScope scope,
            CatalogJson json) {
        int passedOver = 0;
        List<ObjectNode> datasets = new ArrayList<>();
        List<String> ids = new ArrayList<>();
        long characters = 0;
        Iterator<AssetVersion> versions =
                connector.catalog().iterate(cursor.id(), cursor.forward());
        while (versions.hasNext()) {
            AssetVersion version = versions.next();
            List<Offer> offers = offers(version, scope);
            if (offers.isEmpty() || !query.isAll() && !query.matches(CatalogEntry.of(version))) {
                continue;
            }
            if (passedOver < window.offset()) {
                passedOver++;
                continue;
            }
            if (ids.size() == window.limit() || characters > PAGE_CHARACTERS) {
                return ordered(cursor, new Page(datasets, ids, true));
            }
            ObjectNode dataset = json.dataset(version, offers);
            characters += dataset.toString().length();
            datasets.add(dataset);
            ids.add(version.asset().id());
        }
        return ordered(cursor, new Page(datasets, ids, false));
    }

    private static Page ordered(CatalogCursor cursor, Page page) {
        if (!cursor.forward()) {
            Collections.reverse(page.datasets());
            Collections.reverse(page.ids());
        }
        return page;
    }

    /** What the caller may see of an asset; an asset that can't be had is not shown at all. */
    private static List<Offer> offers(AssetVersion version, CatalogScope scope) {
        return version.asset().formats().isEmpty() ? List.of() : scope.visible(version.asset());
    }

    private CatalogScope scope(Call call) {
        return connector.scope(call.caller());
    }

    /** {@code GET /catalog/datasets/:id}. */
    Reply dataset(Call call) {
        CatalogScope scope = scope(call);
        CatalogJson json = new CatalogJson(connector.did(), address, false);
        AssetVersion version =
                connector
                        .catalog()
                        .findVersion(call.pid())
                        .filter(v -> !offers(v, scope).isEmpty())
                        .orElseThrow(
                                () ->
                                        new DspException(
                                                404,
                                                "dataset_unknown",
                                                "no dataset '" + call.pid() + "' is offered here"));
        return conditional(call, json.rootDataset(version, offers(version, scope)), List.of());
    }

    /** {@code GET /catalog/changes?cursor=&waitSeconds=}: of what the caller may see. */
    Reply changes(Call call) {
        CatalogScope scope = scope(call);
        long after = position(call);
        Duration wait = Duration.ofSeconds(whole(call, "waitSeconds", 0, LONGEST_WAIT_SECONDS));
        int limit = whole(call, "limit", 100, MOST_CHANGES);
        try {
            return new Reply(
                    200,
                    new CatalogFeed(connector.catalog())
                            .page(after, limit, wait, change -> visible(change, scope))
                            .json());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DspException(503, "closing", "the connector is closing; ask again later");
        }
    }

    private static long position(Call call) {
        try {
            return CatalogFeed.position(call.context().queryParam("cursor"));
        } catch (IllegalArgumentException e) {
            throw new DspException(400, "cursor_invalid", String.valueOf(e.getMessage()));
        }
    }

    /** By the version that the change is about, so that who saw an asset learns that it is gone. */
    private boolean visible(CatalogChange change, CatalogScope scope) {
        List<AssetVersion> versions = connector.catalog().listVersions(change.assetId());
        return versions.size() >= change.version()
                && !offers(versions.get(change.version() - 1), scope).isEmpty();
    }

    private static int whole(Call call, String name, int otherwise, int most) {
        String text = call.context().queryParam(name);
        if (text == null) {
            return otherwise;
        }
        if (!text.matches("[0-9]{1,6}")) {
            throw new DspException(400, name + "_invalid", name + " is no whole number");
        }
        return Math.min(most, Integer.parseInt(text));
    }

    private void link(List<Map.Entry<String, String>> headers, CatalogCursor to, String relation) {
        headers.add(
                Map.entry(
                        "Link",
                        "<"
                                + address
                                + "/catalog/request?cursor="
                                + to.text()
                                + ">; rel=\""
                                + relation
                                + "\""));
    }

    /** With an entity tag; without a body if the caller has it already. */
    private static Reply conditional(
            Call call, ObjectNode body, List<Map.Entry<String, String>> headers) {
        String tag = "\"" + sha256(body.toString()).substring(0, 32) + "\"";
        List<Map.Entry<String, String>> all = new ArrayList<>(headers);
        all.add(Map.entry("ETag", tag));
        all.add(Map.entry("Cache-Control", "private, no-cache"));
        boolean get = call.context().method().name().equals("GET");
        boolean known = get && tag.equals(call.context().header("If-None-Match"));
        return new Reply(known ? 304 : 200, body, all);
    }

    private static String sha256(String text) {
        try {
            return HexFormat.of()
                    .formatHex(
                            MessageDigest.getInstance("SHA-256")
                                    .digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this JDK has no SHA-256", e);
        }
    }

    private static void expect(JsonNode json, String type, String... known) {
        MessageJson.checkContext(json);
        if (!json.path("@type").asString("").equals(type)) {
            throw new MemberException("/@type", "a " + type + " is expected");
        }
        for (var member : json.properties()) {
            String name = member.getKey();
            if (!List.of(known).contains(name) && !name.startsWith("@") && name.indexOf(':') < 1) {
                throw new MemberException("/" + name, "is not known here");
            }
        }
    }
}
