package org.roadloop.app.catalog;

import io.javalin.http.Context;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.roadloop.app.http.Page;
import org.roadloop.app.http.Problem;
import org.roadloop.app.http.Role;
import org.roadloop.app.http.Route;
import org.roadloop.core.catalog.CatalogEntry;
import org.roadloop.core.catalog.CatalogQuery;
import org.roadloop.core.catalog.Facet;
import org.roadloop.core.catalog.SearchIndex;
import org.roadloop.dataspace.federation.Crawler;
import org.roadloop.dataspace.federation.PeerState;

/** One search over own assets and those of other connectors (目录检索接口). */
public final class SearchRoutes {
    private final LocalEntries local;
    private final Crawler crawler;

    public SearchRoutes(LocalEntries local, Crawler crawler) {
        this.local = local;
        this.crawler = crawler;
    }

    public List<Route> routes() {
        return List.of(
                Route.get(
                                "/api/v1/catalog/search",
                                Role.CONSUMER,
                                "Search assets of the whole space:"
                                        + " ?q&kind&theme&publisher&license&format&priceModel&region",
                                this::search)
                        .alsoFor(Role.PROVIDER, Role.AUDITOR),
                Route.get(
                                "/api/v1/catalog/peers",
                                Role.AUDITOR,
                                "Connectors whose catalogues are read, with state and faults",
                                this::peers)
                        .alsoFor(Role.PROVIDER, Role.CONSUMER));
    }

    private void search(Context c) {
        CatalogQuery query = query(c);
        Page page = Page.of(c);
        SearchIndex.Found found =
                local.index().search(query, after(page.after()), page.limit() + 1);
        Map<String, Object> answer = page.answer(found.hits(), SearchRoutes::place);
        answer.put(
                "items",
                found.hits().stream().limit(page.limit()).map(h -> view(h.entry())).toList());
        answer.put("total", found.total());
        Map<String, Object> facets = new LinkedHashMap<>();
        found.facets().forEach((facet, counts) -> facets.put(facet.term(), counts));
        answer.put("facets", facets);
        c.json(answer);
    }

    private static CatalogQuery query(Context c) {
        try {
            CatalogQuery query = CatalogQuery.ALL;
            for (Map.Entry<String, List<String>> parameter : c.queryParamMap().entrySet()) {
                String name = parameter.getKey();
                if (name.equals("limit") || name.equals("cursor")) {
                    continue;
                }
                if (name.equals("q")) {
                    for (String text : parameter.getValue()) {
                        query = query.and(text);
                    }
                    continue;
                }
                Facet facet = Facet.find(name).orElseThrow(() -> unknown(name));
                query = query.and(facet, parameter.getValue());
            }
            return query;
        } catch (IllegalArgumentException e) {
            throw Problem.badRequest("invalid_query", String.valueOf(e.getMessage()));
        }
    }

    private static Problem unknown(String name) {
        Set<String> known = new TreeSet<>(Set.of("q", "limit", "cursor"));
        for (Facet facet : Facet.values()) {
            known.add(facet.term());
        }
        return Problem.badRequest(
                "unknown_parameter",
                "'"
                        + name.substring(0, Math.min(40, name.length()))
                        + "' is no parameter of a search; there are "
                        + String.join(", ", known));
    }

    private static String place(SearchIndex.Hit hit) {
        return hit.rank() + " " + hit.entry().key();
    }

    private static SearchIndex.@Nullable After after(Optional<String> cursor) {
        if (cursor.isEmpty()) {
            return null;
        }
        int space = cursor.get().indexOf(' ');
        if (space < 1 || !cursor.get().substring(0, space).matches("\\d{1,9}")) {
            throw Problem.badRequest(
                    "invalid_cursor",
                    "cursor is not one of a search; take 'next' of the page before");
        }
        return new SearchIndex.After(
                Integer.parseInt(cursor.get().substring(0, space)),
                cursor.get().substring(space + 1));
    }

    private Map<String, Object> view(CatalogEntry entry) {
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("id", entry.id());
        view.put("provider", entry.provider());
        view.put("titles", entry.titles());
        if (!entry.texts().isEmpty()) {
            view.put("texts", entry.texts());
        }
        if (!entry.keywords().isEmpty()) {
            view.put("keywords", entry.keywords());
        }
        entry.facets()
                .forEach(
                        (facet, values) -> {
                            if (!values.isEmpty() && facet != Facet.PUBLISHER) {
                                view.put(
                                        facet.term(),
                                        facet == Facet.KIND ? values.getFirst() : values);
                            }
                        });
        view.put("version", entry.version());
        view.put("offers", entry.offers());
        if (entry.modified() != null) {
            view.put("modifiedAt", entry.modified());
        }
        String origin = entry.origin();
        if (origin != null) {
            view.put("origin", origin(origin));
        }
        return view;
    }

    private Map<String, Object> origin(String address) {
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("address", address);
        Optional<PeerState> state = crawler.find(address);
        state.map(PeerState::seenAt).ifPresent(at -> view.put("seenAt", at));
        view.put("stale", state.map(PeerState::stale).orElse(true));
        return view;
    }

    private void peers(Context c) {
        List<Map<String, Object>> views = new ArrayList<>();
        for (PeerState peer : crawler.list()) {
            Map<String, Object> view = new LinkedHashMap<>();
            view.put("address", peer.address());
            view.put("participant", peer.did());
            view.put("state", state(peer).toLowerCase(Locale.ROOT));
            view.put("steps", peer.depth());
            view.put("entries", peer.entries());
            if (peer.seenAt() != null) {
                view.put("seenAt", peer.seenAt());
            }
            view.put("failuresInARow", peer.failures());
            if (!peer.fault().isEmpty()) {
                view.put("fault", peer.fault());
            }
            views.add(view);
        }
        Map<String, Object> answer = Page.of(c).of(views, v -> String.valueOf(v.get("address")));
        answer.put("counts", crawler.counts());
        c.json(answer);
    }

    private static String state(PeerState peer) {
        return peer.stale() ? "STALE" : peer.seenAt() == null ? "NEW" : "CURRENT";
    }
}
