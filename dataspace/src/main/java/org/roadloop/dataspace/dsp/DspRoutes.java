package org.roadloop.dataspace.dsp;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.function.Supplier;
import org.roadloop.core.contract.Message.ContractAgreementMessage;
import org.roadloop.core.contract.Message.ContractAgreementVerificationMessage;
import org.roadloop.core.contract.Message.ContractNegotiationEventMessage;
import org.roadloop.core.contract.Message.ContractNegotiationTerminationMessage;
import org.roadloop.core.contract.Message.ContractOfferMessage;
import org.roadloop.core.contract.Message.ContractRequestMessage;
import org.roadloop.core.contract.Message.NegotiationMessage;
import org.roadloop.core.contract.Message.TransferCompletionMessage;
import org.roadloop.core.contract.Message.TransferMessage;
import org.roadloop.core.contract.Message.TransferRequestMessage;
import org.roadloop.core.contract.Message.TransferStartMessage;
import org.roadloop.core.contract.Message.TransferSuspensionMessage;
import org.roadloop.core.contract.Message.TransferTerminationMessage;
import org.roadloop.core.contract.MessageJson;
import org.roadloop.core.contract.Negotiation;
import org.roadloop.core.contract.Role;
import org.roadloop.core.contract.TransferProcess;
import org.roadloop.core.identity.DidDocument;
import org.roadloop.core.policy.MemberException;
import org.roadloop.dataspace.identity.CallerIdentity;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The connector's paths (协议接口), DSP 2025-1 HTTPS binding: caller from token, JSON to message,
 * message to the book, exception to status once.
 */
public final class DspRoutes {
    private static final Logger log = LoggerFactory.getLogger(DspRoutes.class);

    /**
     * Every message stands in the ledger, whose entries have at most 64 KiB, and an agreement twice
     * over its offer: signed, in canonical form.
     */
    private static final int MAX_BYTES = 32 * 1024;

    private static final String VERSION = "2025-1";

    /** Attribute of a request: DID that its token proved. */
    private static final String CALLER = "roadloop.dsp.caller";

    /** Within which a message must be there whole, so that a slow sender holds nothing for long. */
    private static final Duration BODY_WITHIN = Duration.ofSeconds(20);

    private static final int CHUNK_BYTES = 8 * 1024;

    private final Connector connector;
    private final Duration bodyWithin;
    private final Negotiations negotiations;
    private final Transfers transfers;
    private final CatalogRoutes catalog;

    /** Which error object answers. */
    private enum Part {
        CATALOG("CatalogError"),
        NEGOTIATION("ContractNegotiationError"),
        TRANSFER("TransferError");

        private final String type;

        Part(String type) {
            this.type = type;
        }
    }

    /**
     * What the handler of a message gets.
     *
     * @param context for query and headers; the answer is written from the {@link Reply}
     * @param after what follows the answer: a peer that hears our next word before it has our
     *     answer may not know yet what we speak of
     */
    record Call(String caller, String pid, JsonNode body, Context context, List<Runnable> after) {}

    /**
     * @param headers name and value; a name may come twice
     */
    record Reply(int status, ObjectNode body, List<Map.Entry<String, String>> headers) {
        static final Reply OK = new Reply(200, JsonMapper.shared().createObjectNode());

        Reply(int status, ObjectNode body) {
            this(status, body, List.of());
        }
    }

    private interface Act {
        Reply on(Call call);
    }

    public DspRoutes(Connector connector) {
        this(connector, BODY_WITHIN);
    }

    /**
     * @param bodyWithin a message must be there whole, from its first byte
     */
    public DspRoutes(Connector connector, Duration bodyWithin) {
        this.connector = connector;
        this.bodyWithin = bodyWithin;
        this.negotiations = connector.negotiations;
        this.transfers = connector.transfers;
        this.catalog = new CatalogRoutes(connector);
    }

    /** Mounts the protocol's paths and {@code /.well-known/dspace-version}. */
    public void mount(RoutesConfig routes) {
        String base = connector.config().basePath();
        routes.get("/.well-known/dspace-version", ctx -> json(ctx, 200, versions()));
        post(routes, base + "/catalog/request", Part.CATALOG, catalog::request);
        get(routes, base + "/catalog/request", Part.CATALOG, catalog::page);
        get(routes, base + "/catalog/datasets/{pid}", Part.CATALOG, catalog::dataset);
        get(routes, base + "/catalog/changes", Part.CATALOG, catalog::changes);
        // JSON-LD processors load it without a token
        routes.get(
                base + CatalogContext.PATH,
                ctx ->
                        ctx.contentType("application/ld+json")
                                .result(CatalogContext.document().toString()));

        String n = base + "/negotiations/";
        post(routes, n + "request", Part.NEGOTIATION, this::requested);
        post(routes, n + "offers", Part.NEGOTIATION, this::offered);
        get(routes, n + "{pid}", Part.NEGOTIATION, this::negotiation);
        later(routes, n + "{pid}/request", ContractRequestMessage.class);
        later(routes, n + "{pid}/offers", ContractOfferMessage.class);
        later(routes, n + "{pid}/events", ContractNegotiationEventMessage.class);
        later(routes, n + "{pid}/agreement", ContractAgreementMessage.class);
        later(
                routes,
                n + "{pid}/agreement/verification",
                ContractAgreementVerificationMessage.class);
        later(routes, n + "{pid}/termination", ContractNegotiationTerminationMessage.class);

        post(routes, base + "/agreements/{pid}/acts", Part.NEGOTIATION, this::contractAct);

        String t = base + "/transfers/";
        post(routes, t + "request", Part.TRANSFER, this::transferRequested);
        get(routes, t + "{pid}", Part.TRANSFER, this::transfer);
        step(routes, t + "{pid}/start", TransferStartMessage.class);
        step(routes, t + "{pid}/completion", TransferCompletionMessage.class);
        step(routes, t + "{pid}/suspension", TransferSuspensionMessage.class);
        step(routes, t + "{pid}/termination", TransferTerminationMessage.class);
    }

    /** Publishes the participant's DID document at {@code /.well-known/did.json}. */
    public static void mountDid(RoutesConfig routes, Supplier<DidDocument> document) {
        routes.get(
                "/.well-known/did.json",
                ctx ->
                        ctx.contentType("application/did+json")
                                .result(document.get().toJson().toString()));
    }

    // ---------------------------------------------------------------- negotiation

    private Reply requested(Call call) {
        ContractRequestMessage message =
                MessageJson.read(call.body(), ContractRequestMessage.class);
        if (!message.providerPid().isEmpty()) {
            throw new MemberException("/providerPid", "a first request has none");
        }
        return new Reply(
                201,
                state(
                        negotiations.begin(
                                call.caller(),
                                message,
                                MessageJson.id(call.body()),
                                Role.CONSUMER,
                                message.callbackAddress(),
                                call.after()::add)));
    }

    private Reply offered(Call call) {
        ContractOfferMessage message = MessageJson.read(call.body(), ContractOfferMessage.class);
        if (!message.consumerPid().isEmpty()) {
            throw new MemberException("/consumerPid", "a first offer has none");
        }
        return new Reply(
                201,
                state(
                        negotiations.begin(
                                call.caller(),
                                message,
                                MessageJson.id(call.body()),
                                Role.PROVIDER,
                                message.callbackAddress(),
                                call.after()::add)));
    }

    private Reply negotiation(Call call) {
        return new Reply(200, state(negotiations.get(call.pid(), call.caller())));
    }

    private <M extends NegotiationMessage> void later(
            RoutesConfig routes, String path, Class<M> type) {
        post(
                routes,
                path,
                Part.NEGOTIATION,
                call -> {
                    M message = MessageJson.read(call.body(), type);
                    negotiations.on(
                            call.pid(),
                            call.caller(),
                            message,
                            MessageJson.id(call.body()),
                            call.after()::add);
                    return Reply.OK;
                });
    }

    /** No message of the protocol; see {@link AgreementNotices}. */
    private Reply contractAct(Call call) {
        connector.notices.heard(call.pid(), call.caller(), call.body());
        return Reply.OK;
    }

    private static ObjectNode state(Negotiation negotiation) {
        ObjectNode json = MessageJson.envelope("ContractNegotiation");
        json.put("providerPid", negotiation.dialogue().providerPid());
        json.put("consumerPid", negotiation.dialogue().consumerPid());
        return json.put("state", negotiation.state());
    }

    // ---------------------------------------------------------------- transfer

    private Reply transferRequested(Call call) {
        TransferRequestMessage message =
                MessageJson.read(call.body(), TransferRequestMessage.class);
        return new Reply(
                201,
                state(
                        transfers.begin(
                                call.caller(),
                                message,
                                MessageJson.id(call.body()),
                                call.after()::add)));
    }

    private Reply transfer(Call call) {
        return new Reply(200, state(transfers.get(call.pid(), call.caller())));
    }

    private <M extends TransferMessage> void step(RoutesConfig routes, String path, Class<M> type) {
        post(
                routes,
                path,
                Part.TRANSFER,
                call -> {
                    M message = MessageJson.read(call.body(), type);
                    transfers.on(
                            call.pid(),
                            call.caller(),
                            message,
                            MessageJson.id(call.body()),
                            call.after()::add);
                    return Reply.OK;
                });
    }

    private static ObjectNode state(TransferProcess transfer) {
        ObjectNode json = MessageJson.envelope("TransferProcess");
        json.put("providerPid", transfer.dialogue().providerPid());
        json.put("consumerPid", transfer.dialogue().consumerPid());
        return json.put("state", transfer.state());
    }

    // ---------------------------------------------------------------- HTTP

    private ObjectNode versions() {
        ObjectNode json = JsonMapper.shared().createObjectNode();
        json.putArray("protocolVersions")
                .addObject()
                .put("version", VERSION)
                .put("path", connector.config().basePath())
                .put("binding", "HTTPS")
                .put("identifierType", "did:web")
                .put("serviceId", connector.config().address().toString());
        return json;
    }

    private void get(RoutesConfig routes, String path, Part part, Act act) {
        routes.get(path, ctx -> handle(ctx, part, act, false));
    }

    private void post(RoutesConfig routes, String path, Part part, Act act) {
        routes.post(path, ctx -> handle(ctx, part, act, true));
    }

    private void handle(Context ctx, Part part, Act act, boolean withBody) {
        String pid = ctx.pathParamMap().getOrDefault("pid", "");
        JsonNode body = tools.jackson.databind.node.MissingNode.getInstance();
        List<Runnable> after = new ArrayList<>(1);
        try {
            String header = ctx.header("Authorization");
            String caller = connector.identity().verify(header == null ? "" : header);
            ctx.attribute(CALLER, caller);
            connector.heard(caller);
            if (withBody) {
                body = body(ctx);
            }
            Reply reply = act.on(new Call(caller, pid, body, ctx, after));
            reply.headers().forEach(h -> ctx.res().addHeader(h.getKey(), h.getValue()));
            if (reply.status() == 304) {
                ctx.status(304);
            } else {
                json(ctx, reply.status(), reply.body());
            }
        } catch (CallerIdentity.UnauthorizedException e) {
            error(ctx, part, 401, e.code(), List.of(String.valueOf(e.getMessage())), pid, body);
        } catch (MemberException e) {
            error(
                    ctx,
                    part,
                    400,
                    "member_invalid",
                    List.of(String.valueOf(e.getMessage())),
                    pid,
                    body);
        } catch (DspException e) {
            error(ctx, part, e.status(), e.code(), e.reasons(), pid, body);
        } catch (NoSuchElementException e) {
            error(ctx, part, 404, "not_found", List.of(String.valueOf(e.getMessage())), pid, body);
        } catch (UncheckedIOException e) {
            log.error(
                    "{} {} failed: its evidence can't be written",
                    ctx.method(),
                    ctx.endpoint().path,
                    e);
            error(ctx, part, 503, "ledger_unavailable", List.of("try again later"), pid, body);
        } catch (RuntimeException e) {
            log.error("{} {} failed", ctx.method(), ctx.endpoint().path, e);
            error(ctx, part, 500, "internal", List.of("see the provider's log"), pid, body);
        }
        after.forEach(Runnable::run);
    }

    private JsonNode body(Context ctx) {
        try {
            byte[] bytes = bytes(ctx);
            JsonNode json = JsonMapper.shared().readTree(bytes);
            if (!json.isObject()) {
                throw new MemberException("", "a JSON object is expected");
            }
            return CanonicalForm.has(json) ? json : CanonicalForm.of(json);
        } catch (JacksonException e) {
            throw new DspException(400, "no_json", "the body is no readable JSON");
        } catch (IOException e) {
            throw new DspException(400, "body_incomplete", "the body broke off");
        }
    }

    /**
     * At most {@link #MAX_BYTES} are taken from the line, and nothing of a body that says itself
     * that it is longer.
     */
    private byte[] bytes(Context ctx) throws IOException {
        if (ctx.req().getContentLengthLong() > MAX_BYTES) {
            throw tooLarge();
        }
        long end = System.nanoTime() + bodyWithin.toNanos();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(1024);
        byte[] chunk = new byte[CHUNK_BYTES];
        InputStream in = ctx.bodyInputStream();
        for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
            bytes.write(chunk, 0, n);
            if (bytes.size() > MAX_BYTES) {
                throw tooLarge();
            }
            if (System.nanoTime() > end) {
                throw new DspException(
                        408,
                        "body_slow",
                        "the body was not whole within " + bodyWithin.toMillis() + " ms");
            }
        }
        return bytes.toByteArray();
    }

    private static DspException tooLarge() {
        return new DspException(413, "too_large", "a message has at most " + MAX_BYTES + " bytes");
    }

    private void error(
            Context ctx,
            Part part,
            int status,
            String code,
            List<String> reasons,
            String pid,
            JsonNode body) {
        String caller = ctx.attribute(CALLER);
        connector
                .badInput()
                .note(
                        status,
                        code,
                        caller == null ? ctx.ip() : caller,
                        ctx.method() + " " + ctx.endpoint().path,
                        reasons);
        ObjectNode json = MessageJson.envelope(part.type);
        if (part != Part.CATALOG) {
            String known = pid.isEmpty() ? "urn:unknown" : pid;
            json.put("providerPid", pidOf(body, "providerPid", known));
            json.put("consumerPid", pidOf(body, "consumerPid", known));
        }
        json.put("code", code);
        if (!reasons.isEmpty()) {
            ArrayNode list = json.putArray("reason");
            reasons.forEach(list::add);
        }
        json(ctx, status, json);
    }

    private static String pidOf(JsonNode body, String name, String other) {
        JsonNode pid = body.path(name);
        return pid.isString() && pid.asString().length() <= 256 ? pid.asString() : other;
    }

    private static void json(Context ctx, int status, ObjectNode json) {
        byte[] bytes = JsonMapper.shared().writeValueAsBytes(json);
        ctx.status(status).contentType("application/json");
        HttpServletResponse response = ctx.res();
        response.setContentLength(bytes.length);
        try {
            response.getOutputStream().write(bytes);
            response.getOutputStream().flush();
        } catch (IOException e) {
            // the peer has gone; it asks or says it again
            log.debug("an answer was not taken: {}", e.toString());
        }
    }
}
