package org.roadloop.app.part;

import io.javalin.http.Context;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import org.roadloop.app.contract.Bodies;
import org.roadloop.app.http.Json;
import org.roadloop.app.http.Page;
import org.roadloop.app.http.Problem;
import org.roadloop.app.http.Role;
import org.roadloop.app.http.Route;
import org.roadloop.core.contract.DataAddress;
import org.roadloop.core.contract.TransferProcess;
import org.roadloop.dataspace.access.DataRoute;
import org.roadloop.dataspace.access.Pushes;
import org.roadloop.dataspace.access.ReceiveTokens;
import org.roadloop.dataspace.access.ReceivingRoute;
import org.roadloop.dataspace.dsp.Connector;
import org.roadloop.dataspace.dsp.TransferStarted;
import tools.jackson.databind.JsonNode;

/** Asking for access under a contract, in each of its forms, and what became of it (传输接口). */
final class TransferRoutes {
    private final Connector connector;
    private final ReceiveTokens receiveTokens;
    private final Map<String, DataAddress> buckets;
    private final URI publicUrl;

    /**
     * @param buckets addresses given to providers, by transfer; they hold secrets
     */
    TransferRoutes(
            Connector connector,
            ReceiveTokens receiveTokens,
            Map<String, DataAddress> buckets,
            URI publicUrl) {
        this.buckets = buckets;
        this.connector = connector;
        this.receiveTokens = receiveTokens;
        this.publicUrl = publicUrl;
    }

    List<Route> routes() {
        return List.of(
                Route.post(
                                "/api/v1/transfers",
                                Role.CONSUMER,
                                "Ask for access: {agreement, format}; answers the data address",
                                this::transfer)
                        .schemas(
                                """
                                {"type":"object","required":["agreement","format"],"properties":{
                                 "agreement":{"type":"string"},"format":{"type":"string"},
                                 "purpose":{"type":"string"},"contentType":{"type":"string"},
                                 "dataAddress":{"type":"object","properties":{
                                  "endpointType":{"type":"string"},"endpoint":{"type":"string"},
                                  "properties":{"type":"object"}}}}}
                                """,
                                ""),
                Route.get(
                                "/api/v1/transfers",
                                Role.CONSUMER,
                                "Transfers of this side with state and the reason of their end",
                                this::list)
                        .alsoFor(Role.PROVIDER, Role.AUDITOR),
                Route.post(
                        "/api/v1/transfers/{id}/complete",
                        Role.CONSUMER,
                        "Say that no more is wanted: tokens and streams of the transfer end",
                        this::complete));
    }

    private void transfer(Context c) throws InterruptedException {
        JsonNode body = Json.object(c);
        String agreement = Bodies.text(body, "agreement");
        String format = Bodies.text(body, "format");
        String purpose = body.path("purpose").asString("");
        String contentType = body.path("contentType").asString("");
        boolean given = body.path("dataAddress").isObject();
        DataAddress there = given ? address(body.path("dataAddress"), purpose, contentType) : null;
        TransferStarted started =
                SharePart.await(
                        there != null
                                ? connector.transfer(
                                        agreement, format, pid -> given(pid, format, there))
                                : format.equals(Pushes.HTTP)
                                        ? connector.transfer(
                                                agreement,
                                                format,
                                                pid -> ours(pid, purpose, contentType))
                                        : connector.transfer(agreement, format));
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("id", started.pid());
        view.put("agreement", started.agreementId());
        view.put("format", started.format());
        view.put("endpoint", started.dataAddress().endpoint());
        view.put("token", started.dataAddress().findToken().orElse(""));
        Map<String, String> properties = started.dataAddress().properties();
        for (String name : List.of(DataRoute.TOKEN_ENDPOINT, "webSocket")) {
            if (properties.containsKey(name)) {
                view.put(name, properties.get(name));
            }
        }
        c.status(201).json(view);
    }

    /** A bucket is looked into once it is filled: its address is kept till then. */
    private DataAddress given(String pid, String format, DataAddress there) {
        if (format.equals(Pushes.S3)) {
            buckets.put(pid, there);
        }
        return there;
    }

    /** This platform takes what is pushed, and counts it. */
    private DataAddress ours(String pid, String purpose, String contentType) {
        return ReceivingRoute.address(
                publicUrl, pid, receiveTokens.issue(pid, purpose), purpose, contentType);
    }

    private static DataAddress address(JsonNode json, String purpose, String contentType) {
        Map<String, String> properties = new LinkedHashMap<>();
        json.path("properties")
                .propertyStream()
                .forEach(p -> properties.put(p.getKey(), p.getValue().asString("")));
        if (!purpose.isEmpty()) {
            properties.putIfAbsent(Pushes.PURPOSE, purpose);
        }
        if (!contentType.isEmpty()) {
            properties.putIfAbsent(Pushes.CONTENT_TYPE, contentType);
        }
        return new DataAddress(
                json.path("endpointType").asString("https://w3id.org/idsa/v4.1/HTTP"),
                json.path("endpoint").asString(""),
                properties);
    }

    private void list(Context c) {
        List<Map<String, Object>> views =
                connector.listTransfers().stream().map(TransferRoutes::view).toList();
        c.json(Page.of(c).of(views, view -> String.valueOf(view.get("id"))));
    }

    private static Map<String, Object> view(TransferProcess transfer) {
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("id", transfer.dialogue().pid());
        view.put("role", transfer.dialogue().self().term());
        view.put("peer", transfer.dialogue().peer());
        view.put("agreement", transfer.agreementId());
        view.put("format", transfer.format());
        view.put("state", transfer.state());
        if (transfer instanceof TransferProcess.Terminated end) {
            view.put("code", end.code());
            view.put("reason", end.reason());
        }
        if (transfer instanceof TransferProcess.Suspended held) {
            view.put("code", held.code());
            view.put("reason", held.reason());
        }
        return view;
    }

    private void complete(Context c) {
        String id = c.pathParam("id");
        try {
            connector.completeTransfer(id);
        } catch (NoSuchElementException e) {
            throw Problem.notFound("transfer_not_found", "no transfer '" + id + "'");
        } catch (IllegalStateException e) {
            throw new Problem(409, "transfer_not_started", String.valueOf(e.getMessage()));
        }
        c.json(Map.of("id", id));
    }
}
