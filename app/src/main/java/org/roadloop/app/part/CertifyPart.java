package org.roadloop.app.part;

import io.javalin.http.Context;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.roadloop.app.http.Json;
import org.roadloop.app.http.Problem;
import org.roadloop.app.http.Role;
import org.roadloop.app.http.Route;
import org.roadloop.app.platform.Part;
import org.roadloop.app.platform.PlatformContext;
import org.roadloop.apply.certify.AebController;
import org.roadloop.apply.certify.Certificate;
import org.roadloop.apply.certify.Certification;
import org.roadloop.apply.certify.CutInMatrix;
import tools.jackson.databind.node.ObjectNode;

/** Certificates of controllers, each verdict in the ledger before it is answered (测试认证). */
public final class CertifyPart implements Part {
    private @Nullable PlatformContext context;

    @Override
    public String name() {
        return "certify";
    }

    @Override
    public void start(PlatformContext started) {
        context = started;
    }

    @Override
    public List<Route> routes() {
        return List.of(
                Route.post(
                        "/api/v1/certifications",
                        Role.OPERATOR,
                        "Certify a built-in controller on the small cut-in matrix: {controller}",
                        this::certify));
    }

    private void certify(Context c) {
        if (context == null) {
            throw new IllegalStateException("the part 'certify' is not started");
        }
        String name = Json.object(c).path("controller").asString("aeb");
        if (!name.equals("aeb")) {
            throw Problem.badRequest(
                    "unknown_controller", "no controller '" + name + "'; controllers are aeb");
        }
        Certificate certificate = Certification.run(AebController.DEFAULTS, CutInMatrix.SMALL);
        long index =
                context.ledger()
                        .append(
                                certificate.event(
                                        context.clock().instant(), context.participant().did()))
                        .firstIndex();
        ObjectNode answer = Json.mapper().createObjectNode();
        answer.put("ledgerIndex", index);
        answer.set("certificate", certificate.toJson());
        c.status(201).json(answer);
    }

    @Override
    public Map<String, java.util.function.LongSupplier> metrics() {
        return Map.of();
    }

    @Override
    public void close() {
        context = null;
    }
}
