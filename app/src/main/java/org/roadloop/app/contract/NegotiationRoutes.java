package org.roadloop.app.contract;

import io.javalin.http.Context;
import java.net.URI;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.roadloop.app.http.Caller;
import org.roadloop.app.http.Json;
import org.roadloop.app.http.Page;
import org.roadloop.app.http.Problem;
import org.roadloop.app.http.Role;
import org.roadloop.app.http.Route;
import org.roadloop.core.approval.ApprovalRule;
import org.roadloop.core.approval.Approvals;
import org.roadloop.core.approval.Decided;
import org.roadloop.core.approval.EndReason;
import org.roadloop.core.contract.Agreement;
import org.roadloop.core.contract.ContractBook;
import org.roadloop.core.contract.ContractBook.Course;
import org.roadloop.core.contract.Decider.Decision;
import org.roadloop.core.contract.Negotiation;
import org.roadloop.core.policy.MemberException;
import org.roadloop.core.policy.Policy;
import org.roadloop.dataspace.dsp.Begun;
import org.roadloop.dataspace.dsp.Connector;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Negotiations: beginning one, its history, deciding on it, and the rules (协商接口). */
public final class NegotiationRoutes {
    private static final String DECISION_SCHEMA =
            """
            {"type":"object","maxProperties":1,"minProperties":1,"properties":{
             "agree":{"const":true},
             "counter":{"type":"object","required":["policy"],
              "properties":{"policy":{"type":"object","description":"ODRL, @type Offer"}}},
             "terminate":{"type":"object","required":["reason"],
              "properties":{"code":{"type":"string"},"reason":{"type":"string"}}}}}
            """;
    private static final String RULES_SCHEMA =
            """
            {"type":"object","required":["rules"],"properties":{"rules":{"type":"array","items":{
             "type":"object","required":["name","decide"],"properties":{
              "name":{"type":"string"},"role":{"enum":["provider","consumer"]},
              "asset":{"type":"string"},"template":{"type":"string"},"partner":{"type":"string"},
              "decide":{"enum":["automatic","hold","refuse"]},
              "otherwise":{"enum":["hold","refuse"]},
              "limits":{"type":"array","items":{"type":"object","required":["term"],"properties":{
               "term":{"type":"string"},"atLeast":{"type":"string"},"atMost":{"type":"string"},
               "among":{"type":"array","items":{"type":"string"}}}}},
              "holdAtMost":{"type":"string","description":"duration, PT48H"},
              "code":{"type":"string"},"reason":{"type":"string"}}}}}}
            """;
    private static final int MOST_RULES = 500;

    private final Connector connector;
    private final ContractBook book;
    private final Approvals approvals;
    private final NegotiationView view;

    private final Waiting waiting;
    private final Consumer<Policy> keepable;

    /**
     * @param keepable throws {@link IllegalArgumentException} for terms on an asset of ours that
     *     could not be kept
     */
    public NegotiationRoutes(
            Connector connector,
            ContractBook book,
            Approvals approvals,
            Waiting waiting,
            Consumer<Policy> keepable) {
        this.keepable = keepable;
        this.connector = connector;
        this.book = book;
        this.approvals = approvals;
        this.waiting = waiting;
        view = new NegotiationView(book, approvals);
    }

    public List<Route> routes() {
        return List.of(
                Route.post(
                                "/api/v1/negotiations",
                                Role.CONSUMER,
                                "Negotiate to FINALIZED: {provider, dataset, offer}, or own terms"
                                        + " with {provider, policy}; 202 and a Location if it"
                                        + " takes longer than 'wait'",
                                this::negotiate)
                        .schemas(
                                """
                                {"type":"object","required":["provider"],
                                 "properties":{"provider":{"type":"string","format":"uri"},
                                 "dataset":{"type":"string"},"offer":{"type":"string"},
                                 "policy":{"type":"object"},"wait":WAIT}}
                                """
                                        .replace("WAIT", Waiting.SCHEMA),
                                ""),
                Route.get(
                                "/api/v1/negotiations",
                                Role.CONSUMER,
                                "Negotiations of this side, oldest first; filters: state (or held),"
                                        + " role, peer, asset, since",
                                this::list)
                        .alsoFor(Role.PROVIDER, Role.AUDITOR),
                Route.get(
                                "/api/v1/negotiations/{id}",
                                Role.CONSUMER,
                                "A negotiation with every turn, what it changed, and why it ended;"
                                        + " ?peer=ask asks the other side for its state",
                                this::one)
                        .alsoFor(Role.PROVIDER, Role.AUDITOR),
                Route.post(
                                "/api/v1/negotiations/{id}/decision",
                                Role.PROVIDER,
                                "Decide on what is held: {agree: true}, {counter: {policy}} or"
                                        + " {terminate: {code, reason}}",
                                this::decide)
                        .alsoFor(Role.CONSUMER)
                        .schemas(DECISION_SCHEMA, ""),
                Route.get(
                                "/api/v1/approval/rules",
                                Role.PROVIDER,
                                "Rules by which negotiations are decided; the first that fits"
                                        + " counts",
                                this::rules)
                        .alsoFor(Role.CONSUMER, Role.AUDITOR),
                Route.put(
                                "/api/v1/approval/rules",
                                Role.OPERATOR,
                                "Replace the rules: {rules: [...]}; evidence",
                                this::declare)
                        .schemas(RULES_SCHEMA, ""));
    }

    private void negotiate(Context c) throws InterruptedException {
        JsonNode body = Json.object(c);
        URI provider = Bodies.uri(body, "provider");
        Waiting.For wait = Waiting.of(body);
        Begun begun =
                waiting.begun(
                        body.has("policy")
                                ? connector.begin(provider, policy(body.get("policy")))
                                : connector.begin(
                                        provider,
                                        Bodies.text(body, "dataset"),
                                        Bodies.text(body, "offer")));
        Optional<Agreement> known = waiting.agreement(begun, wait);
        if (known.isEmpty()) {
            waiting.goesOn(c, begun);
            return;
        }
        Agreement agreement = known.get();
        ObjectNode answer = AgreementRoutes.view(book, book.getContract(agreement.id()));
        answer.put(
                "durationMicros", connector.negotiationDuration(agreement.id()).toNanos() / 1000);
        c.status(201).json(answer);
    }

    static Policy policy(JsonNode json) {
        try {
            return Policy.fromJson(json, "/policy");
        } catch (MemberException e) {
            throw Problem.badRequest("invalid_policy", String.valueOf(e.getMessage()));
        }
    }

    private void list(Context c) {
        Predicate<Course> wanted = filter(c);
        List<Course> all = book.listNegotiations().stream().filter(wanted).toList();
        Map<String, Object> page =
                Page.of(c).of(all, course -> course.negotiation().dialogue().pid());
        List<ObjectNode> lines = new ArrayList<>();
        for (Object item : (List<?>) java.util.Objects.requireNonNull(page.get("items"))) {
            lines.add(view.line((Course) item));
        }
        page.put("items", lines);
        c.json(page);
    }

    private Predicate<Course> filter(Context c) {
        String state = query(c, "state").toUpperCase(Locale.ROOT);
        String role = query(c, "role");
        String peer = query(c, "peer");
        String asset = query(c, "asset");
        Instant since = since(query(c, "since"));
        return course -> {
            Negotiation n = course.negotiation();
            return (state.isEmpty() || state.equals("HELD") || n.state().equals(state))
                    && (role.isEmpty() || n.dialogue().self().term().equals(role))
                    && (peer.isEmpty() || n.dialogue().peer().equals(peer))
                    && (since == null || !course.lastAt().isBefore(since))
                    && (asset.isEmpty() || NegotiationView.asset(n).equals(asset))
                    && (!state.equals("HELD")
                            || approvals.findHeld(n.dialogue().pid()).isPresent());
        };
    }

    private static String query(Context c, String name) {
        String value = c.queryParam(name);
        return value == null ? "" : value;
    }

    private static @Nullable Instant since(String text) {
        try {
            return text.isEmpty() ? null : Instant.parse(text);
        } catch (DateTimeException e) {
            throw Problem.badRequest(
                    "invalid_since", "since is no time; write for example 2026-11-01T00:00:00Z");
        }
    }

    private void one(Context c) {
        Course course = course(c.pathParam("id"));
        ObjectNode answer = view.whole(course);
        if (query(c, "peer").equals("ask")) {
            answer.put("stateThere", connector.askState(c.pathParam("id")).orElse("not told"));
        }
        c.json(answer);
    }

    private Course course(String id) {
        return book.findCourse(id)
                .orElseThrow(
                        () ->
                                Problem.notFound(
                                        "negotiation_not_found", "no negotiation '" + id + "'"));
    }

    private void decide(Context c) {
        String id = c.pathParam("id");
        Course course = course(id);
        Decision decision = decision(Json.object(c), course.negotiation());
        Caller caller = Caller.of(c);
        mayDecide(caller, course.negotiation());
        agreedTerms(decision, course.negotiation()).ifPresent(this::check);
        try {
            Decided decided = approvals.decide(id, decision, by(caller));
            connector.decide(id, decided.decision());
        } catch (IllegalStateException e) {
            throw new Problem(409, "not_held", String.valueOf(e.getMessage()));
        }
        c.json(view.whole(course(id)));
    }

    /** What we would be bound to: our counter-offer, or as provider what the consumer asks for. */
    private static Optional<Policy> agreedTerms(Decision decision, Negotiation n) {
        if (decision instanceof Decision.CounterOffer counter) {
            return Optional.of(counter.offer());
        }
        return decision instanceof Decision.Agree && n instanceof Negotiation.Requested asked
                ? Optional.of(asked.offer())
                : Optional.empty();
    }

    private void check(Policy terms) {
        try {
            keepable.accept(terms);
        } catch (IllegalArgumentException e) {
            throw Problem.badRequest("invalid_policy", String.valueOf(e.getMessage()));
        }
    }

    /** The provider's side is decided by a provider, the consumer's by a consumer. */
    private static void mayDecide(Caller caller, Negotiation n) {
        Role needed =
                switch (n.dialogue().self()) {
                    case PROVIDER -> Role.PROVIDER;
                    case CONSUMER -> Role.CONSUMER;
                };
        if (caller.role() != needed && caller.role() != Role.OPERATOR) {
            throw new Problem(
                    403,
                    "wrong_role",
                    "we are the " + needed.word() + " here; that role decides, or the operator");
        }
    }

    static String by(Caller caller) {
        return caller.role().word() + " token " + caller.id();
    }

    private static Decision decision(JsonNode body, Negotiation n) {
        if (body.size() == 1 && body.path("agree").asBoolean(false)) {
            return new Decision.Agree();
        }
        if (body.size() == 1 && body.has("counter")) {
            Policy offer = policy(body.get("counter").path("policy"));
            String target = offer.target() == null ? NegotiationView.asset(n) : offer.target();
            if (offer.kind() != Policy.Kind.OFFER) {
                throw Problem.badRequest("invalid_policy", "/policy/@type: an Offer is expected");
            }
            return new Decision.CounterOffer(offer.withTarget(target));
        }
        if (body.size() == 1 && body.path("terminate").isObject()) {
            JsonNode terminate = body.get("terminate");
            String code = terminate.path("code").asString("");
            return new Decision.Terminate(
                    code.isEmpty() ? EndReason.DECLINED.code() : code,
                    List.of(Bodies.text(terminate, "reason")));
        }
        throw Problem.badRequest(
                "invalid_decision",
                "send one of {\"agree\": true}, {\"counter\": {\"policy\": {...}}},"
                        + " {\"terminate\": {\"code\": \"...\", \"reason\": \"...\"}}");
    }

    private void rules(Context c) {
        ObjectNode answer = Json.mapper().createObjectNode();
        ArrayNode list = answer.putArray("rules");
        approvals.listRules().forEach(rule -> list.add(rule.toJson()));
        c.json(answer);
    }

    private void declare(Context c) {
        JsonNode list = Json.object(c).path("rules");
        if (!list.isArray() || list.size() > MOST_RULES) {
            throw Problem.badRequest(
                    "invalid_rules", "the body needs 'rules', a list of at most " + MOST_RULES);
        }
        try {
            List<ApprovalRule> rules = new ArrayList<>();
            list.forEach(rule -> rules.add(ApprovalRule.read(rule)));
            approvals.declare(rules, by(Caller.of(c)));
        } catch (IllegalArgumentException e) {
            throw Problem.badRequest("invalid_rules", String.valueOf(e.getMessage()));
        }
        approvals.listHeld().forEach(held -> connector.reconsider(held.pid()));
        rules(c);
    }
}
