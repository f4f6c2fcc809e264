package org.roadloop.app.part;

import io.javalin.http.Context;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.roadloop.app.http.Caller;
import org.roadloop.app.http.Json;
import org.roadloop.app.http.Problem;
import org.roadloop.app.http.Role;
import org.roadloop.app.http.Route;
import org.roadloop.app.platform.Part;
import org.roadloop.app.platform.PlatformContext;
import org.roadloop.core.ledger.Subjects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Subject access and erasure (主体查阅与删除): what the platform holds about somebody as a signed export
 * with proofs, and dropping it. A vehicle is named by its subject id, which a VIN is exchanged for
 * in a body, so that no VIN stands in a path or a log.
 */
public final class SubjectPart implements Part {
    private static final Logger LOG = LoggerFactory.getLogger(SubjectPart.class);

    private final CollectPart collect;
    private @Nullable Running running;

    private record Running(PlatformContext context, Subjects subjects, VehicleSubjects vehicles) {}

    /** Body of {@code POST /api/v1/subjects}. */
    record VehicleRequest(String vin) {}

    /**
     * Body of {@code POST /api/v1/subjects/{id}/erase}.
     *
     * @param entries absent: every payload whose subject it is
     */
    record EraseRequest(String reason, String legalBasis, @Nullable List<Long> entries) {}

    public SubjectPart(CollectPart collect) {
        this.collect = collect;
    }

    @Override
    public String name() {
        return "subjects";
    }

    @Override
    public boolean always() {
        return true;
    }

    @Override
    public void start(PlatformContext context) throws IOException {
        Running on =
                new Running(
                        context,
                        new Subjects(
                                context.ledger(), context.clock(), context.participant().did()),
                        new VehicleSubjects(context.keystore()));
        running = on;
        @Nullable Registers registers = collect.findRegisters();
        if (registers != null) {
            registers.finishErasures((subject, request) -> evidence(on, subject, request));
        }
    }

    private Running running() {
        if (running == null) {
            throw new IllegalStateException("the part 'subjects' is not started");
        }
        return running;
    }

    @Override
    public List<Route> routes() {
        return List.of(
                Route.post(
                                "/api/v1/subjects",
                                Role.AUDITOR,
                                "The subject id of a vehicle, for the two requests below",
                                this::vehicle)
                        .schemas(
                                """
                                {"type":"object","required":["vin"],"properties":{"vin":
                                 {"type":"string","minLength":17,"maxLength":17}}}
                                """,
                                """
                                {"type":"object","properties":{"subject":{"type":"string"},
                                 "registered":{"type":"boolean"}}}
                                """),
                Route.get(
                        "/api/v1/subjects/{id}",
                        Role.AUDITOR,
                        "Everything held about a subject, with payloads and proofs, signed",
                        this::export),
                Route.post(
                                "/api/v1/subjects/{id}/erase",
                                Role.OPERATOR,
                                "Drop payloads and registration of a subject; the log stays"
                                        + " verifiable",
                                this::erase)
                        .schemas(
                                """
                                {"type":"object","required":["reason","legalBasis"],"properties":{
                                 "reason":{"type":"string"},"legalBasis":{"type":"string"},
                                 "entries":{"type":"array","items":{"type":"integer"}}}}
                                """,
                                """
                                {"type":"object","properties":{"evidence":{"type":"integer"},
                                 "erased":{"type":"array"},"earlier":{"type":"array"},
                                 "kept":{"type":"array"},"registration":{"type":"boolean"}}}
                                """));
    }

    private void vehicle(Context c) throws IOException {
        String vin = Json.body(c, VehicleRequest.class).vin();
        if (!vin.matches("[0-9A-Za-z]{17}")) {
            throw Problem.badRequest("invalid_vin", "a VIN has 17 letters and digits");
        }
        String subject = running().vehicles().of(vin);
        c.json(Map.of("subject", subject, "registered", findLineage(subject).isPresent()));
    }

    private Optional<String> findLineage(String subject) throws IOException {
        @Nullable Registers registers = collect.findRegisters();
        return registers == null || !VehicleSubjects.isVehicle(subject)
                ? Optional.empty()
                : registers.findLineage(subject);
    }

    private void export(Context c) throws IOException {
        Running on = running();
        String subject = c.pathParam("id");
        ObjectNode export = Json.mapper().createObjectNode();
        export.put("subject", subject).put("at", on.context().clock().instant().toString());
        findLineage(subject)
                .ifPresent(lineage -> export.putObject("registration").put("lineage", lineage));
        export.put("logKey", on.context().ledger().verifierKey().toString());
        var entries = export.putArray("entries");
        for (Subjects.About about : on.subjects().list(subject)) {
            entries.add(SubjectExport.entry(about, on.context().ledger()));
        }
        if (entries.isEmpty() && !export.has("registration")) {
            throw Problem.notFound(
                    "subject_not_found",
                    "nothing is held about this subject; of a vehicle, ask POST /api/v1/subjects"
                            + " for its id");
        }
        c.json(SubjectExport.signed(export, on.context().participant()));
    }

    private void erase(Context c) throws IOException {
        Running on = running();
        String subject = c.pathParam("id");
        EraseRequest request = Json.body(c, EraseRequest.class);
        String reason = said("reason", request.reason());
        String legalBasis = said("legalBasis", request.legalBasis());
        Set<Long> chosen =
                request.entries() == null ? Set.of() : new LinkedHashSet<>(request.entries());
        String by = "token:" + Caller.of(c).id();
        ObjectNode answer = Json.mapper().createObjectNode();
        answer.put("subject", subject);
        Subjects.Outcome outcome = on.subjects().erase(subject, chosen, reason, legalBasis, by);
        OptionalLong evidence = outcome.evidence();
        boolean registration = false;
        @Nullable Registers registers = collect.findRegisters();
        if (chosen.isEmpty() && registers != null && VehicleSubjects.isVehicle(subject)) {
            ObjectNode why = Json.mapper().createObjectNode();
            why.put("reason", reason).put("legalBasis", legalBasis).put("by", by);
            why.put("version", on.context().ledger().version(subject));
            registration =
                    registers.erase(subject, why, (about, given) -> evidence(on, about, given));
        }
        if (evidence.isEmpty() && registration) {
            evidence = lastEvidence(on, subject);
        }
        evidence.ifPresent(index -> answer.put("evidence", index));
        answer.set("erased", Json.mapper().valueToTree(outcome.erased()));
        answer.set("earlier", Json.mapper().valueToTree(outcome.earlier()));
        answer.set("kept", Json.mapper().valueToTree(outcome.kept()));
        answer.put("registration", registration);
        LOG.info(
                "erasure asked for by {}: {} payloads dropped, {} were gone, registration {}",
                by,
                outcome.erased().size(),
                outcome.earlier().size(),
                registration ? "dropped" : "none");
        c.json(answer);
    }

    /** A crash between evidence and file must not write the evidence twice. */
    private static void evidence(Running on, String subject, JsonNode request) {
        if (on.context().ledger().version(subject) == request.required("version").asLong()) {
            on.context()
                    .ledger()
                    .append(
                            on.subjects()
                                    .evidence(
                                            subject,
                                            List.of(),
                                            request.required("reason").asString(),
                                            request.required("legalBasis").asString(),
                                            request.required("by").asString()));
        }
    }

    private static OptionalLong lastEvidence(Running on, String subject) {
        return on.subjects().list(subject).stream()
                .filter(about -> about.entry().event().type().equals(Subjects.ERASED))
                .mapToLong(about -> about.entry().index())
                .max();
    }

    private static String said(String field, @Nullable String text) {
        if (text == null || text.isBlank()) {
            throw Problem.badRequest(
                    "missing_" + (field.equals("reason") ? "reason" : "legal_basis"),
                    "an erasure needs '" + field + "'; it becomes evidence, so name nobody in it");
        }
        return text.strip();
    }

    @Override
    public void close() {
        running = null;
    }
}
