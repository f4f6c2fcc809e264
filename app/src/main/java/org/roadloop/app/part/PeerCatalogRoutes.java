package org.roadloop.app.part;

import io.javalin.http.Context;
import java.net.URI;
import java.util.List;
import org.roadloop.app.contract.Bodies;
import org.roadloop.app.http.Json;
import org.roadloop.app.http.Problem;
import org.roadloop.app.http.Role;
import org.roadloop.app.http.Route;
import org.roadloop.dataspace.dsp.Catalog;
import org.roadloop.dataspace.dsp.Connector;
import org.roadloop.dataspace.identity.CallerIdentity;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What a provider offers, asked for by the consumer's own people (对方目录). */
record PeerCatalogRoutes(Connector connector) {
    List<Route> routes() {
        return List.of(
                Route.post(
                                "/api/v1/catalogs",
                                Role.CONSUMER,
                                "Read a provider's catalogue: {provider}",
                                this::read)
                        .schemas(
                                """
                                {"type":"object","required":["provider"],
                                 "properties":{"provider":{"type":"string","format":"uri"}}}
                                """,
                                ""));
    }

    private void read(Context c) {
        URI provider = Bodies.uri(Json.object(c), "provider");
        Catalog catalog;
        try {
            catalog = connector.requestCatalog(provider);
        } catch (CallerIdentity.UnauthorizedException | IllegalStateException e) {
            throw new Problem(409, "peer_refused", String.valueOf(e.getMessage()));
        }
        ObjectNode answer = Json.mapper().createObjectNode();
        answer.put("participantId", catalog.participantId());
        ArrayNode datasets = answer.putArray("datasets");
        for (Catalog.Dataset dataset : catalog.datasets()) {
            ObjectNode view = datasets.addObject();
            view.put("id", dataset.id()).put("title", dataset.title()).put("kind", dataset.kind());
            ArrayNode offers = view.putArray("offers");
            dataset.offers().forEach(policy -> offers.add(policy.toJson()));
            dataset.formats().forEach(view.putArray("formats")::add);
        }
        c.json(answer);
    }
}
