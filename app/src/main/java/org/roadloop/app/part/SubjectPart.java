package org.roadloop.app.part;

import io.javalin.http.Context;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.roadloop.app.http.Caller;
import org.roadloop.app.http.Json;
import org.roadloop.app.http.Problem;
import org.roadloop.app.http.Role;
import org.roadloop.app.http.Route;
import org.roadloop.app.platform.Part;
import org.roadloop.app.platform.PlatformContext;
import org.roadloop.collect.gateway.TerminalRegister;
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

    /** An answer waits so long for what ingest has on its way. */
    private static final Duration LONGEST = Duration.ofSeconds(30);

    private final CollectPart collect;
    private final @Nullable GovernPart govern;
    private @Nullable Running running;

    private record Running(
            PlatformContext context,
            Subjects subjects,
            VehicleSubjects vehicles,
            ConsentBook consents) {}

    /** Body of {@code POST /api/v1/subjects}: one of the two. */
    record VehicleRequest(@Nullable String vin, @Nullable String phone) {}

    /**
     * Body of {@code POST /api/v1/subjects/{id}/erase}.
     *
     * @param entries absent: every payload whose subject it is
     */
    record EraseRequest(String reason, String legalBasis, @Nullable List<Long> entries) {}

    /** Where nothing is governed. */
    public SubjectPart(CollectPart collect) {
        this(collect, null);
    }

    /**
     * @param govern whose tables have rows of vehicles, too; null: nobody's
     */
    public SubjectPart(CollectPart collect, @Nullable GovernPart govern) {
        this.collect = collect;
        this.govern = govern;
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
                        new VehicleSubjects(context.keystore()),
                        new ConsentBook(
                                context.ledger(),
                                context.late(),
                                context.participant().did(),
                                context.clock()));
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

    /** When the last consent of somebody has ended, the keeper of the lake removes the rows. */
    @Override
    public void opened() {
        if (govern != null && govern.isRunning()) {
            govern.subjectRows().endWith(running().consents()::ended);
        }
    }

    @Override
    public List<Route> routes() {
        List<Route> all = new ArrayList<>(subjectRoutes());
        all.addAll(
                new ConsentRoutes(
                                () -> running().consents(),
                                () -> running().context().clock().instant())
                        .routes());
        return List.copyOf(all);
    }

    private List<Route> subjectRoutes() {
        return List.of(
                Route.post(
                                "/api/v1/subjects",
                                Role.AUDITOR,
                                "The subject id of a vehicle, for the two requests below",
                                this::vehicle)
                        .schemas(
                                """
                                {"type":"object","properties":{"vin":
                                 {"type":"string","minLength":17,"maxLength":17},"phone":
                                 {"type":"string","description":"of a JT/T 808 terminal"}}}
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
                Route.get(
                        "/api/v1/subjects/{id}/rows/{table}",
                        Role.AUDITOR,
                        "A vehicle's rows of a governed table as CSV, unmasked, with all columns",
                        this::rows),
                Route.get(
                        "/api/v1/subjects/{id}/receipts",
                        Role.AUDITOR,
                        "What was erased of a subject where and when, and what stays and why;"
                                + " with proofs, signed",
                        this::receipts),
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
                                 "kept":{"type":"array"},"registration":{"type":"boolean"},
                                 "rows":{"enum":["none","erased","pending"]},
                                 "receipt":{"type":"integer"}}}
                                """));
    }

    private void vehicle(Context c) throws IOException {
        VehicleRequest request = Json.body(c, VehicleRequest.class);
        String vin = request.vin();
        String phone = request.phone();
        if ((vin == null) == (phone == null)) {
            throw Problem.badRequest(
                    "vin_or_phone", "name a vehicle by 'vin', or by its terminal's 'phone'");
        }
        if (vin != null && !vin.matches("[0-9A-Za-z]{17}")) {
            throw Problem.badRequest("invalid_vin", "a VIN has 17 letters and digits");
        }
        String subject = vin != null ? running().vehicles().of(vin) : ofPhone(phone);
        c.json(Map.of("subject", subject, "registered", findLineage(subject).isPresent()));
    }

    private String ofPhone(@Nullable String phone) {
        try {
            return running().vehicles().ofPhone(TerminalRegister.checked(String.valueOf(phone)));
        } catch (IllegalArgumentException e) {
            throw Problem.badRequest("invalid_phone", String.valueOf(e.getMessage()));
        }
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
        findRows(subject)
                .ifPresent(
                        rows -> {
                            var tables = export.putArray("tables");
                            rows.tablesWith(subject).forEach(tables::add);
                        });
        if (entries.isEmpty() && !export.has("registration") && export.path("tables").isEmpty()) {
            throw Problem.notFound(
                    "subject_not_found",
                    "nothing is held about this subject; of a vehicle, ask POST /api/v1/subjects"
                            + " for its id");
        }
        c.json(SubjectExport.signed(export, on.context().participant()));
    }

    private Optional<SubjectRows> findRows(String subject) {
        return govern != null && govern.isRunning() && VehicleSubjects.isVehicle(subject)
                ? Optional.of(govern.subjectRows())
                : Optional.empty();
    }

    private void rows(Context c) throws IOException {
        String subject = c.pathParam("id");
        String table = c.pathParam("table");
        SubjectRows rows =
                findRows(subject)
                        .filter(some -> some.tablesWith(subject).contains(table))
                        .orElseThrow(
                                () ->
                                        Problem.notFound(
                                                "rows_not_found",
                                                "this table has no rows of the subject; GET"
                                                        + " /api/v1/subjects/{id} lists those that"
                                                        + " have, under 'tables'"));
        Path folder = Files.createDirectories(running().context().home().tmp().resolve("subjects"));
        Path csv = folder.resolve(UUID.randomUUID() + ".csv");
        try {
            rows.export(table, subject, csv);
            c.contentType("text/csv; charset=utf-8");
            Files.copy(csv, c.outputStream());
        } finally {
            Files.deleteIfExists(csv);
        }
    }

    private void receipts(Context c) {
        Running on = running();
        String subject = c.pathParam("id");
        ObjectNode answer = Json.mapper().createObjectNode();
        answer.put("subject", subject).put("at", on.context().clock().instant().toString());
        answer.put("logKey", on.context().ledger().verifierKey().toString());
        var receipts = answer.putArray("receipts");
        findRows(subject)
                .ifPresent(
                        rows ->
                                rows.receipts(subject).stream()
                                        .map(
                                                entry ->
                                                        new Subjects.About(
                                                                entry, Subjects.Relation.SUBJECT))
                                        .forEach(
                                                about ->
                                                        receipts.add(
                                                                SubjectExport.entry(
                                                                        about,
                                                                        on.context().ledger()))));
        if (receipts.isEmpty()) {
            throw Problem.notFound(
                    "receipt_not_found", "no rows of this subject were asked to be erased");
        }
        c.json(SubjectExport.signed(answer, on.context().participant()));
    }

    /** Last, when no new frame of the vehicle is taken any more. */
    private void eraseRows(
            String subject, String reason, String legalBasis, String by, ObjectNode answer) {
        SubjectRows rows = findRows(subject).orElse(null);
        if (rows == null || !rows.order(subject, reason, legalBasis, by)) {
            answer.put("rows", "none");
            return;
        }
        try {
            @Nullable Long receipt = rows.finish(subject, LONGEST);
            answer.put("rows", receipt == null ? "pending" : "erased");
            if (receipt != null) {
                answer.put("receipt", receipt);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            answer.put("rows", "pending");
        }
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
        findRows(subject).ifPresent(rows -> rows.know(subject));
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
        if (chosen.isEmpty()) {
            eraseRows(subject, reason, legalBasis, by, answer);
        }
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
