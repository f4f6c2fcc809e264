package org.roadloop.govern.plan;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.Signature;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.identity.Signer;
import org.roadloop.core.ledger.Event;
import org.roadloop.core.table.LogPosition;
import org.roadloop.govern.quality.Report;
import org.roadloop.govern.quality.Scorecard;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The signed record of one run of a plan (合规护照): one commit of one table. It goes into the ledger
 * as {@code govern.passport} before the commit is made; the snapshot names it by its hash.
 *
 * <p>The body holds text and whole numbers only, so its bytes with sorted keys are the same however
 * it was stored (they are its RFC 8785 form). The signature covers them without {@code signature}.
 */
public final class Passport {
    public static final String EVENT_TYPE = "govern.passport";

    /** Snapshot summary key: hex SHA-256 of the passport of the rows it added. */
    public static final String SUMMARY_KEY = "roadloop.passport-sha256";

    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS).build();

    private final ObjectNode body;

    private Passport(ObjectNode body) {
        this.body = body;
    }

    /** A file of the run, by name, as it was written. */
    public record Output(String file, String sha256, long rows, long dataBytes) {}

    /** What one run did. */
    public record Run(
            Plan plan,
            LogPosition from,
            LogPosition upTo,
            String inputSha256,
            List<Output> outputs,
            Report report,
            int keyEpoch,
            Instant at) {
        public Run {
            outputs = List.copyOf(outputs);
        }
    }

    public static Passport sign(Run run, Signer signer) {
        ObjectNode body = JSON.createObjectNode();
        body.put("format", 1);
        body.put("table", run.plan().table());
        ObjectNode plan = body.putObject("plan");
        plan.put("name", run.plan().name());
        plan.put("version", run.plan().version());
        plan.put("sha256", run.plan().sha256());
        ObjectNode input = body.putObject("input");
        input.put("from", run.from().toString());
        input.put("upTo", run.upTo().toString());
        input.put("form", InputDigest.FORM);
        input.put("sha256", run.inputSha256());
        ArrayNode outputs = body.putArray("outputs");
        for (Output output : run.outputs()) {
            ObjectNode file = outputs.addObject();
            file.put("file", output.file());
            file.put("sha256", output.sha256());
            file.put("rows", output.rows());
            file.put("dataBytes", output.dataBytes());
        }
        ArrayNode operators = body.putArray("operators");
        Pipeline.OPERATORS.forEach(operators::add);
        body.put("keyEpoch", run.keyEpoch());
        ArrayNode clauses = body.putArray("clauses");
        for (Clauses.Clause clause : Clauses.of(run.plan())) {
            ObjectNode node = clauses.addObject();
            node.put("mapsTo", clause.mapsTo());
            node.put("status", clause.status());
            node.put("because", clause.because());
        }
        counts(body.putObject("counts"), run.report());
        ObjectNode quality = body.putObject("qualityPartsPerMillion");
        Scorecard.of(run.plan().table(), run.report(), run.report().rowsOut)
                .indicators()
                .forEach((name, share) -> quality.put(name, Math.round(share * 1e6)));
        return sign(body, run.at(), signer);
    }

    /**
     * Signs a body of text and whole numbers, with {@code table}, {@code plan.sha256} and {@code
     * outputs} of {@code file} and {@code sha256} in it.
     */
    public static Passport sign(ObjectNode body, Instant at, Signer signer) {
        body.put("at", at.truncatedTo(ChronoUnit.MILLIS).toString());
        body.put("signer", signer.did());
        body.put("keyId", signer.keyId());
        body.put("algorithm", signer.algorithm());
        body.put(
                "signature",
                Base64.getUrlEncoder()
                        .withoutPadding()
                        .encodeToString(signer.sign(canonical(body))));
        return new Passport(body);
    }

    private static void counts(ObjectNode counts, Report report) {
        counts.put("rowsIn", report.rowsIn);
        counts.put("rowsOut", report.rowsOut);
        counts.put("maskedRows", report.maskedRows);
        ObjectNode rejects = counts.putObject("rejects");
        report.rejects().forEach(rejects::put);
    }

    /** A passport as it was read from the ledger or a file. */
    public static Passport read(JsonNode json) {
        if (!(json instanceof ObjectNode object) || !object.has("signature")) {
            throw new IllegalArgumentException("this JSON is no passport: it has no signature");
        }
        return new Passport(object.deepCopy());
    }

    public JsonNode json() {
        return body.deepCopy();
    }

    public Event event() {
        return Event.of(
                EVENT_TYPE,
                Instant.parse(body.get("at").asString()),
                body.get("signer").asString(),
                body.get("table").asString(),
                body.deepCopy());
    }

    /** Lower-case hex SHA-256 of the whole passport, signature included. */
    public String sha256() {
        return hex(canonical(body));
    }

    /** The files that a run wrote, wherever they stand. */
    @FunctionalInterface
    public interface Outputs {
        /** Lower-case hex SHA-256 of a file's bytes; empty if there is none of this name. */
        Optional<String> findSha256(String file);
    }

    /**
     * What is wrong with a passport, its plan, its input or its outputs; empty if nothing is.
     *
     * @param planText the plan as it was run, or null to leave it out
     * @param inputSha256 the {@link InputDigest} of the same stretch of the log read again, or null
     *     where the log is gone
     * @param outputs the output files as they are now, or null to leave them out
     */
    public List<String> verify(
            PublicKey key,
            @Nullable String planText,
            @Nullable String inputSha256,
            @Nullable Outputs outputs) {
        List<String> faults = new ArrayList<>();
        if (!signatureHolds(key)) {
            faults.add("signature: the passport was changed after it was signed, or by another");
        }
        if (planText != null) {
            String hash = hex(planText.getBytes(StandardCharsets.UTF_8));
            if (!hash.equals(body.path("plan").path("sha256").asString(""))) {
                faults.add("plan: its SHA-256 is " + hash + ", not the one of the run");
            }
        }
        if (inputSha256 != null
                && !inputSha256.equals(body.path("input").path("sha256").asString(""))) {
            faults.add(
                    "input "
                            + body.path("input").path("from").asString("?")
                            + ".."
                            + body.path("input").path("upTo").asString("?")
                            + ": its digest is not the one of the run");
        }
        if (outputs != null) {
            for (JsonNode output : body.path("outputs")) {
                verifyOutput(output, outputs, faults);
            }
        }
        return faults;
    }

    private static void verifyOutput(JsonNode output, Outputs outputs, List<String> faults) {
        String name = output.path("file").asString("");
        Optional<String> sha256 = outputs.findSha256(name);
        if (sha256.isEmpty()) {
            faults.add("output " + name + ": there is no such file");
        } else if (!sha256.get().equals(output.path("sha256").asString(""))) {
            faults.add("output " + name + ": its bytes are not those that were written");
        }
    }

    private boolean signatureHolds(PublicKey key) {
        try {
            Signature verifier = Signature.getInstance(body.path("algorithm").asString(""));
            verifier.initVerify(key);
            ObjectNode signed = body.deepCopy();
            signed.remove("signature");
            verifier.update(canonical(signed));
            return verifier.verify(
                    Base64.getUrlDecoder().decode(body.path("signature").asString("")));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            return false;
        }
    }

    /** Sorted keys, no white space; text and whole numbers only. */
    private static byte[] canonical(JsonNode node) {
        return JSON.writeValueAsBytes(sorted(node));
    }

    private static Object sorted(JsonNode node) {
        if (node.isObject()) {
            Map<String, Object> entries = new TreeMap<>();
            node.properties().forEach(e -> entries.put(e.getKey(), sorted(e.getValue())));
            return entries;
        }
        if (node.isArray()) {
            List<Object> items = new ArrayList<>();
            node.forEach(item -> items.add(sorted(item)));
            return items;
        }
        if (node.isIntegralNumber()) {
            return node.longValue();
        }
        return node.asString();
    }

    private static String hex(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK lacks SHA-256", e);
        }
    }
}
