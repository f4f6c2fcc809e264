package org.roadloop.govern.product;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.roadloop.core.identity.Signer;
import org.roadloop.govern.lake.Lake;
import org.roadloop.govern.plan.Passport;
import org.roadloop.govern.plan.PlanCheck;
import org.roadloop.govern.privacy.PseudonymColumns;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The passport of one run of a product's plan (产品合规护照): {@link Passport} of format 2, with every
 * file of every input by its hash.
 */
public final class ProductPassport {
    /** With more files an input is named by the digest of their hashes alone. */
    private static final int MOST_LISTED = 200;

    /** Figures of {@code attack_rates/1}, in percent, by the attack's name in descriptors. */
    private static final Map<String, String> ATTACKS =
            Map.of("reidentified_percent", "random_points", "home_found_percent", "home");

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private ProductPassport() {}

    /**
     * An input as it was read.
     *
     * @param name {@code input}, or that of the side input
     * @param table empty for files
     * @param hashes SHA-256 by file name
     */
    record Read(String name, String table, long snapshot, TreeMap<String, String> hashes) {
        static Read of(String name, Inputs.Pinned pinned, Inputs inputs) {
            TreeMap<String, String> hashes = new TreeMap<>();
            for (Path file : pinned.files()) {
                hashes.put(inputs.nameOf(pinned, file), inputs.workspace().sha256(file));
            }
            String table = pinned.input().table();
            return new Read(name, table == null ? "" : table, pinned.snapshot(), hashes);
        }

        /** SHA-256 of lines {@code hash, two spaces, name}. */
        String digest() {
            return hex(
                    hashes.entrySet().stream()
                            .map(e -> e.getValue() + "  " + e.getKey() + "\n")
                            .collect(Collectors.joining()));
        }
    }

    /** What one run did. */
    record Run(
            ProductPlan plan,
            String planText,
            ProductCheck check,
            List<Read> inputs,
            List<Lake.Written> outputs,
            List<StepChain.StepReport> steps,
            long rowsIn,
            CellCounts cells,
            long k,
            int keyEpoch,
            Instant at) {}

    static Passport sign(Run run, Signer signer) {
        ObjectNode body = JSON.createObjectNode();
        body.put("format", 2);
        body.put("table", run.plan().output().table());
        body.put("title", run.plan().output().title());
        body.put("purpose", run.plan().purpose().use());
        ObjectNode plan = body.putObject("plan");
        plan.put("name", run.plan().plan());
        plan.put("version", run.plan().version());
        plan.put("sha256", hex(run.planText()));
        plan.put("seed", run.plan().seedValue());
        ArrayNode inputs = body.putArray("inputs");
        for (Read read : run.inputs()) {
            ObjectNode input = inputs.addObject();
            input.put("name", read.name());
            input.put("table", read.table());
            input.put("snapshot", Long.toString(read.snapshot()));
            input.put("sha256", read.digest());
            input.put("fileCount", read.hashes().size());
            if (read.hashes().size() <= MOST_LISTED) {
                ArrayNode files = input.putArray("files");
                read.hashes()
                        .forEach(
                                (name, hash) ->
                                        files.addObject().put("file", name).put("sha256", hash));
            }
        }
        ArrayNode outputs = body.putArray("outputs");
        for (Lake.Written output : run.outputs()) {
            ObjectNode file = outputs.addObject();
            file.put("file", String.valueOf(output.file().getFileName()));
            file.put("sha256", output.sha256());
            file.put("rows", output.rows());
            file.put("dataBytes", output.dataBytes());
        }
        ArrayNode operators = body.putArray("operators");
        run.steps().forEach(step -> operators.add(step.operator()));
        steps(body.putArray("steps"), run.steps());
        body.put("keyEpoch", run.keyEpoch());
        pseudonyms(body, run.plan());
        ArrayNode clauses = body.putArray("clauses");
        for (ProductClauses.Clause clause : ProductClauses.of(run.plan(), run.check(), run.k())) {
            ObjectNode node = clauses.addObject();
            node.put("mapsTo", clause.mapsTo());
            node.put("status", clause.status());
            node.put("because", clause.because());
        }
        ArrayNode remarks = body.putArray("remarks");
        for (PlanCheck.Finding finding : run.check().findings()) {
            remarks.addObject().put("rule", finding.rule()).put("message", finding.message());
        }
        attackRates(body, run.steps());
        counts(body, run);
        ProductPlan.Anonymity anonymity = run.plan().anonymity();
        if (anonymity != null) {
            ObjectNode node = body.putObject("anonymity");
            ArrayNode columns = node.putArray("quasiIdentifiers");
            anonymity.quasiIdentifiers().forEach(columns::add);
            node.put("k", run.k());
            node.put("minK", anonymity.minK());
            node.put("method", "size of the smallest group in the files that were written");
        }
        return Passport.sign(body, run.at(), signer);
    }

    /** Under which contract and epoch identities were replaced: an erasure finds its rows by it. */
    private static void pseudonyms(ObjectNode body, ProductPlan plan) {
        ArrayNode made = JSON.createArrayNode();
        for (ProductPlan.Step step : plan.steps()) {
            if (step.operator() instanceof PseudonymColumns of) {
                ObjectNode node = made.addObject();
                ArrayNode columns = node.putArray("columns");
                of.columns().forEach(columns::add);
                node.put("contract", of.contract());
                node.put("epoch", of.number());
                node.put("mode", of.mode().name());
            }
        }
        if (!made.isEmpty()) {
            body.set("pseudonyms", made);
        }
    }

    /** Share of vehicles that each attack found, from the percentages of {@code attack_rates}. */
    private static void attackRates(ObjectNode body, List<StepChain.StepReport> steps) {
        TreeMap<String, Long> rates = new TreeMap<>();
        for (StepChain.StepReport step : steps) {
            ATTACKS.forEach(
                    (figure, attack) -> {
                        Double percent = step.report().figures().get(figure);
                        if (percent != null) {
                            rates.merge(attack, Math.round(percent * 1e4), Math::max);
                        }
                    });
        }
        if (!rates.isEmpty()) {
            ObjectNode node = body.putObject("attackRatesPartsPerMillion");
            rates.forEach(node::put);
        }
    }

    private static void steps(ArrayNode to, List<StepChain.StepReport> steps) {
        for (StepChain.StepReport step : steps) {
            ObjectNode node = to.addObject();
            node.put("operator", step.operator());
            node.put("rowsIn", step.report().rowsIn());
            node.put("rowsOut", step.report().rowsOut());
            ObjectNode dropped = node.putObject("dropped");
            step.report().dropped().forEach(dropped::put);
            ObjectNode changed = node.putObject("changed");
            step.report().changed().forEach(changed::put);
            ObjectNode figures = node.putObject("figures");
            // A passport holds no fractions, and a figure of many digits could be a place.
            step.report().figures().forEach((name, value) -> figures.put(name, figure(value)));
        }
    }

    static String figure(double value) {
        if (value == Math.rint(value) && Math.abs(value) < 1e15) {
            return Long.toString((long) value);
        }
        return String.format(Locale.ROOT, Math.abs(value) < 1 ? "%.3e" : "%.3f", value);
    }

    private static void counts(ObjectNode body, Run run) {
        ObjectNode counts = body.putObject("counts");
        counts.put("rowsIn", run.rowsIn());
        counts.put("rowsOut", run.cells().rows());
        counts.put("maskedCells", run.cells().masked());
        TreeMap<String, Long> rejects = new TreeMap<>();
        for (StepChain.StepReport step : run.steps()) {
            step.report().dropped().forEach((why, n) -> rejects.merge(why, n, Long::sum));
        }
        ObjectNode all = counts.putObject("rejects");
        rejects.forEach(all::put);
        ObjectNode quality = body.putObject("qualityPartsPerMillion");
        quality.put("completeness", run.cells().completePartsPerMillion());
        quality.put("validity", run.cells().validPartsPerMillion());
    }

    /**
     * What is wrong with a passport, its plan, its inputs or its outputs, naming each file that
     * changed; empty if nothing is.
     *
     * @param planText the plan as it was run
     */
    public static List<String> verify(
            Passport passport, PublicKey key, String planText, Inputs inputs) {
        JsonNode body = passport.json();
        String table = body.path("table").asString("");
        List<String> faults =
                new ArrayList<>(
                        passport.verify(
                                key, planText, null, file -> inputs.findSha256(table, file)));
        for (JsonNode input : body.path("inputs")) {
            verifyInput(input, inputs, faults);
        }
        return faults;
    }

    private static void verifyInput(JsonNode input, Inputs inputs, List<String> faults) {
        String table = input.path("table").asString("");
        String what = "input " + (table.isEmpty() ? "file" : table) + " ";
        if (input.has("files")) {
            for (JsonNode listed : input.path("files")) {
                String name = listed.path("file").asString("");
                Optional<String> hash = inputs.findSha256(table, name);
                if (hash.isEmpty()) {
                    faults.add(what + name + ": there is no such file any more");
                } else if (!hash.get().equals(listed.path("sha256").asString(""))) {
                    faults.add(what + name + ": its bytes are not those that were read");
                }
            }
            return;
        }
        TreeMap<String, String> hashes = new TreeMap<>();
        long snapshot = Long.parseLong(input.path("snapshot").asString("-1"));
        for (Path file : inputs.workspace().filesOf(table, snapshot)) {
            hashes.put(
                    String.valueOf(file.getFileName()),
                    inputs.workspace().findSha256(file).orElse(""));
        }
        Read read = new Read("", table, snapshot, hashes);
        if (!read.digest().equals(input.path("sha256").asString(""))) {
            faults.add(what + "snapshot " + snapshot + ": its files are not those that were read");
        }
    }

    static String hex(String text) {
        try {
            return HexFormat.of()
                    .formatHex(
                            MessageDigest.getInstance("SHA-256")
                                    .digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this JDK lacks SHA-256", e);
        }
    }
}
