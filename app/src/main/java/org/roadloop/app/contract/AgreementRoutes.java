package org.roadloop.app.contract;

import io.javalin.http.Context;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.roadloop.app.http.Json;
import org.roadloop.app.http.Page;
import org.roadloop.app.http.Problem;
import org.roadloop.app.http.Role;
import org.roadloop.app.http.Route;
import org.roadloop.core.asset.AssetCatalog;
import org.roadloop.core.contract.Agreement;
import org.roadloop.core.contract.ContractAct;
import org.roadloop.core.contract.ContractBook;
import org.roadloop.core.contract.ContractText;
import org.roadloop.core.contract.Supersession;
import org.roadloop.core.policy.Policy;
import org.roadloop.core.template.Template;
import org.roadloop.dataspace.dsp.Begun;
import org.roadloop.dataspace.dsp.Connector;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Contracts: their text, change, suspension and end (合约接口). */
public final class AgreementRoutes {
    private static final String CODE_AND_REASON =
            """
            {"type":"object","required":["code","reason"],
             "properties":{"code":{"type":"string"},"reason":{"type":"string"}}}
            """;

    private final Connector connector;
    private final ContractBook book;
    private final AssetCatalog catalog;
    private final Waiting waiting;

    public AgreementRoutes(
            Connector connector, ContractBook book, AssetCatalog catalog, Waiting waiting) {
        this.connector = connector;
        this.book = book;
        this.catalog = catalog;
        this.waiting = waiting;
    }

    public List<Route> routes() {
        return List.of(
                Route.get(
                                "/api/v1/agreements",
                                Role.CONSUMER,
                                "Contracts with their state",
                                this::list)
                        .alsoFor(Role.PROVIDER, Role.AUDITOR),
                Route.get(
                                "/api/v1/agreements/{id}",
                                Role.CONSUMER,
                                "A contract with both signatures and its place in the ledger",
                                c -> c.json(view(book, contract(c))))
                        .alsoFor(Role.PROVIDER, Role.AUDITOR),
                Route.get(
                                "/api/v1/agreements/{id}/text",
                                Role.CONSUMER,
                                "The contract as a page to read and print; ?lang=zh|en",
                                this::text)
                        .alsoFor(Role.PROVIDER, Role.AUDITOR),
                Route.post(
                                "/api/v1/agreements/{id}/terminate",
                                Role.PROVIDER,
                                "End a contract and all access under it, at once: {code, reason}",
                                this::terminate)
                        .alsoFor(Role.CONSUMER)
                        .schemas(CODE_AND_REASON, ""),
                Route.post(
                                "/api/v1/agreements/{id}/suspend",
                                Role.PROVIDER,
                                "Take all use under a contract away, until resumed: {code, reason}",
                                this::suspend)
                        .alsoFor(Role.CONSUMER)
                        .schemas(CODE_AND_REASON, ""),
                Route.post(
                                "/api/v1/agreements/{id}/resume",
                                Role.PROVIDER,
                                "Lift our suspension of a contract; the other side's stays",
                                this::resume)
                        .alsoFor(Role.CONSUMER),
                Route.post(
                                "/api/v1/agreements/{id}/change",
                                Role.PROVIDER,
                                "Negotiate other terms that take the contract's place: {offer} of"
                                        + " the same asset, or {policy}; counters carried or fresh",
                                this::change)
                        .alsoFor(Role.CONSUMER)
                        .schemas(
                                """
                                {"type":"object","properties":{"offer":{"type":"string"},
                                 "policy":{"type":"object"},
                                 "counters":{"enum":["carried","fresh"]},"wait":WAIT}}
                                """
                                        .replace("WAIT", Waiting.SCHEMA),
                                ""));
    }

    private void list(Context c) {
        List<ObjectNode> views =
                book.listContracts().stream().map(contract -> view(book, contract)).toList();
        c.json(Page.of(c).of(views, view -> view.required("id").asString()));
    }

    private void text(Context c) {
        String lang = c.queryParam("lang");
        ContractText.Language language =
                switch (lang == null ? "" : lang) {
                    case "" -> ContractText.Language.BOTH;
                    case "zh" -> ContractText.Language.CHINESE;
                    case "en" -> ContractText.Language.ENGLISH;
                    default -> throw Problem.badRequest("invalid_lang", "lang is zh or en");
                };
        c.header("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'");
        c.html(ContractText.html(contract(c).agreement(), language));
    }

    private void terminate(Context c) {
        JsonNode body = Json.object(c);
        String id = contract(c).agreement().id();
        connector.terminateAgreement(id, Bodies.text(body, "code"), Bodies.text(body, "reason"));
        c.json(view(book, book.getContract(id)));
    }

    private void suspend(Context c) {
        JsonNode body = Json.object(c);
        String id = inForce(c).agreement().id();
        connector.suspendAgreement(id, Bodies.text(body, "code"), Bodies.text(body, "reason"));
        c.json(view(book, book.getContract(id)));
    }

    private void resume(Context c) {
        String id = inForce(c).agreement().id();
        connector.resumeAgreement(id);
        c.json(view(book, book.getContract(id)));
    }

    private void change(Context c) throws InterruptedException {
        ContractBook.Contract old = inForce(c);
        JsonNode body = Json.object(c);
        Policy terms = terms(old, body);
        String counters = body.path("counters").asString("");
        boolean carried = counters.isEmpty() ? Template.carries(terms) : counters.equals("carried");
        Waiting.For wait = Waiting.of(body);
        Begun begun = connector.changeAgreement(old.agreement().id(), terms, carried);
        Optional<Agreement> agreement = waiting.agreement(begun, wait);
        if (agreement.isPresent()) {
            c.status(201).json(view(book, book.getContract(agreement.get().id())));
        } else {
            waiting.goesOn(c, begun);
        }
    }

    private Policy terms(ContractBook.Contract old, JsonNode body) {
        String asset = old.agreement().asset();
        if (body.has("policy")) {
            return NegotiationRoutes.policy(body.get("policy")).withTarget(asset);
        }
        String offer = Bodies.text(body, "offer");
        try {
            Policy found =
                    switch (old.self()) {
                        case PROVIDER ->
                                catalog.get(asset)
                                        .findOffer(offer)
                                        .orElseThrow(NoSuchElementException::new)
                                        .terms();
                        case CONSUMER -> connector.requestOffer(old.agreement().id(), offer);
                    };
            return found.withTarget(asset);
        } catch (NoSuchElementException e) {
            throw Problem.badRequest(
                    "offer_unknown", "asset '" + asset + "' has no offer '" + offer + "'");
        }
    }

    private ContractBook.Contract inForce(Context c) {
        ContractBook.Contract contract = contract(c);
        if (!contract.inForce()) {
            throw new Problem(409, "agreement_ended", "the contract has ended");
        }
        return contract;
    }

    private ContractBook.Contract contract(Context c) {
        String id = c.pathParam("id");
        return book.findContract(id)
                .orElseThrow(
                        () -> Problem.notFound("agreement_not_found", "no agreement '" + id + "'"));
    }

    static ObjectNode view(ContractBook book, ContractBook.Contract contract) {
        Agreement agreement = contract.agreement();
        ObjectNode view = Json.mapper().createObjectNode();
        view.put("id", agreement.id()).put("provider", agreement.provider());
        view.put("consumer", agreement.consumer()).put("asset", agreement.asset());
        view.put("agreedAt", agreement.agreedAt().toString()).put("hash", agreement.hash());
        view.put("providerSignature", agreement.providerSignature());
        view.put("consumerSignature", agreement.consumerSignature());
        view.put("inForce", contract.inForce()).put("ledgerIndex", contract.ledgerIndex());
        view.put("negotiation", contract.negotiationPid());
        ArrayNode suspensions = view.putArray("suspensions");
        for (ContractAct act : book.suspensions(agreement.id())) {
            ObjectNode suspension = suspensions.addObject();
            suspension.put("by", act.by().term()).put("at", act.at().toString());
            suspension.put("code", act.code());
            act.reason().forEach(suspension.putArray("reason")::add);
        }
        contract.ended()
                .ifPresent(
                        ended -> {
                            ObjectNode end = view.putObject("end");
                            end.put("at", ended.at().toString()).put("by", ended.by());
                            end.put("code", ended.code());
                            ended.reason().forEach(end.putArray("reason")::add);
                        });
        Supersession.find(agreement.policy())
                .ifPresent(s -> view.put("supersedes", s.agreementId()));
        JsonNode template = agreement.policy().extensions().get(Template.MEMBER);
        if (template != null) {
            view.putObject("template")
                    .put("name", template.path("name").asString(""))
                    .put("version", template.path("version").asInt(0));
        }
        view.set("agreement", agreement.document());
        return view;
    }
}
