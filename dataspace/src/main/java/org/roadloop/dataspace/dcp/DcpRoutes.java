package org.roadloop.dataspace.dcp;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.io.IOException;
import java.io.InputStream;
import org.roadloop.dataspace.identity.CallerIdentity.UnauthorizedException;
import org.roadloop.dataspace.identity.Refusals;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The paths of the protocol (协议接口): the credential service and, where there is one, the issuer. Any
 * thread.
 */
public final class DcpRoutes {
    private static final Logger log = LoggerFactory.getLogger(DcpRoutes.class);

    private final Refusals refusals;

    public DcpRoutes(Refusals refusals) {
        this.refusals = refusals;
    }

    private interface Act {
        void on(Context ctx, String authorization);
    }

    /**
     * @param base for example {@code /dcp}: the path of the CredentialService's address
     */
    public void mount(RoutesConfig routes, String base, CredentialService service) {
        routes.post(
                base + "/presentations/query",
                ctx -> handle(ctx, (c, auth) -> json(c, 200, service.query(auth, body(c)))));
        routes.post(
                base + "/credentials",
                ctx ->
                        handle(
                                ctx,
                                (c, auth) -> {
                                    service.receive(auth, body(c));
                                    c.status(200);
                                }));
        routes.post(
                base + "/offers",
                ctx ->
                        handle(
                                ctx,
                                (c, auth) -> {
                                    service.offer(auth, body(c));
                                    c.status(200);
                                }));
    }

    /**
     * @param base for example {@code /dcp/issuer}: the path of the IssuerService's address
     */
    public void mount(RoutesConfig routes, String base, CredentialIssuer issuer) {
        routes.get(base + "/metadata", ctx -> json(ctx, 200, issuer.metadata()));
        routes.post(
                base + "/credentials",
                ctx ->
                        handle(
                                ctx,
                                (c, auth) -> {
                                    String id = issuer.request(auth, body(c));
                                    c.status(201).header("Location", base + "/requests/" + id);
                                }));
        routes.get(
                base + "/requests/{id}",
                ctx ->
                        handle(
                                ctx,
                                (c, auth) -> json(c, 200, issuer.status(auth, c.pathParam("id")))));
        routes.get(
                base + "/schemas/{type}",
                ctx ->
                        issuer.schema(ctx.pathParam("type"))
                                .ifPresentOrElse(
                                        schema -> json(ctx, 200, schema), () -> ctx.status(404)));
        for (Profile profile : Profile.values()) {
            String word = profile == Profile.VC20 ? "bitstring" : "list2021";
            routes.get(base + "/status/" + word, ctx -> status(ctx, issuer.statusList(profile)));
        }
    }

    /** Verifiers of running uses ask often: what they know already is not sent again. */
    private static void status(Context ctx, String jwt) {
        String tag = '"' + jwt.substring(jwt.lastIndexOf('.') + 1) + '"';
        ctx.header("ETag", tag).header("Cache-Control", "no-cache");
        if (tag.equals(ctx.header("If-None-Match"))) {
            ctx.status(304);
        } else {
            ctx.contentType("application/vc+jwt").result(jwt);
        }
    }

    private void handle(Context ctx, Act act) {
        String header = ctx.header("Authorization");
        try {
            act.on(ctx, header == null ? "" : header);
        } catch (UnauthorizedException e) {
            refusals.count(e.code());
            error(ctx, 401, e.code(), String.valueOf(e.getMessage()));
        } catch (DcpException e) {
            refusals.count(e.code());
            error(ctx, e.status(), e.code(), String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            log.error("{} {} failed", ctx.method(), ctx.endpoint().path, e);
            error(ctx, 500, "internal", "see the log of this connector");
        }
    }

    private static JsonNode body(Context ctx) {
        try (InputStream in = ctx.bodyInputStream()) {
            byte[] bytes = in.readNBytes(Messages.MAX_BYTES + 1);
            if (bytes.length > Messages.MAX_BYTES) {
                throw new DcpException(
                        413, "too_large", "a message has at most " + Messages.MAX_BYTES + " bytes");
            }
            JsonNode json = JsonMapper.shared().readTree(bytes);
            if (!json.isObject()) {
                throw new DcpException(400, "no_object", "a JSON object is expected");
            }
            return json;
        } catch (JacksonException e) {
            throw new DcpException(400, "no_json", "the body is no readable JSON");
        } catch (IOException e) {
            throw new DcpException(400, "body_incomplete", "the body broke off");
        }
    }

    private static void error(Context ctx, int status, String code, String message) {
        json(
                ctx,
                status,
                JsonMapper.shared().createObjectNode().put("code", code).put("message", message));
    }

    private static void json(Context ctx, int status, ObjectNode json) {
        ctx.status(status).contentType("application/json").result(json.toString());
    }
}
