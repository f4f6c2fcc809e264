package org.roadloop.apply.certify;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.roadloop.core.ledger.Event;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The verdicts on one controller (认证结果). The bound on the failure rate is exact if the preventable
 * cases were drawn at random from those that matter; a grid is not, so read it as the weight of the
 * evidence.
 *
 * @param failureUpperBound Clopper–Pearson, one-sided 95 %, of FAIL among the preventable cases
 * @param combinations of the matrix, those that cannot be included
 * @param resultHash SHA-256 of the JSON without this field, lower-case hex
 */
public record Certificate(
        String controller,
        ReferenceDriver reference,
        List<Case> cases,
        double failureUpperBound,
        int combinations,
        double pairCoverage,
        String resultHash) {
    /** Event type of the ledger. */
    public static final String EVENT = "certificate.issued";

    public static final double CONFIDENCE = 0.95;

    public Certificate {
        cases = List.copyOf(cases);
    }

    /**
     * One concrete case.
     *
     * @param impactMps speed difference at the first overlap, 0 without
     * @param minTtcSeconds infinity for never
     * @param hardestMps2 hardest braking, at most 0
     */
    public record Case(
            CutInMatrix.Cell cell,
            Verdict verdict,
            boolean crashed,
            double impactMps,
            double minTtcSeconds,
            double hardestMps2,
            boolean referenceCrashed,
            double referenceImpactMps) {}

    static Certificate of(
            String controller, ReferenceDriver reference, CutInMatrix matrix, List<Case> cases) {
        int preventable = (int) cases.stream().filter(c -> !c.referenceCrashed).count();
        int failed = (int) cases.stream().filter(c -> c.verdict == Verdict.FAIL).count();
        Certificate draft =
                new Certificate(
                        controller,
                        reference,
                        cases,
                        ClopperPearson.upper(failed, preventable, CONFIDENCE),
                        matrix.combinations(),
                        pairCoverage(matrix, cases),
                        "");
        return new Certificate(
                controller,
                reference,
                cases,
                draft.failureUpperBound,
                draft.combinations,
                draft.pairCoverage,
                sha256(draft.body().toString()));
    }

    /** Share of the pairs of values of two dimensions that stand together in a case. */
    private static double pairCoverage(CutInMatrix matrix, List<Case> cases) {
        int[] sizes = {
            matrix.egoKmh().size(),
            matrix.slowerKmh().size(),
            matrix.lateralMps().size(),
            matrix.gapMetres().size()
        };
        int possible = 0;
        for (int a = 0; a < 4; a++) {
            for (int b = a + 1; b < 4; b++) {
                possible += sizes[a] * sizes[b];
            }
        }
        Set<List<Double>> seen = new HashSet<>();
        for (Case c : cases) {
            double[] values = {
                c.cell.egoKmh(), c.cell.slowerKmh(), c.cell.lateralMps(), c.cell.gapMetres()
            };
            for (int a = 0; a < 4; a++) {
                for (int b = a + 1; b < 4; b++) {
                    seen.add(List.of((double) a, (double) b, values[a], values[b]));
                }
            }
        }
        return (double) seen.size() / possible;
    }

    /** Every verdict is a key. */
    public Map<Verdict, Integer> counts() {
        Map<Verdict, Integer> counts = new EnumMap<>(Verdict.class);
        for (Verdict verdict : Verdict.values()) {
            counts.put(verdict, 0);
        }
        cases.forEach(c -> counts.merge(c.verdict, 1, Integer::sum));
        return counts;
    }

    public int preventable() {
        return (int) cases.stream().filter(c -> !c.referenceCrashed).count();
    }

    public JsonNode toJson() {
        return body().put("resultHash", resultHash);
    }

    /** Whole, with the cases, for the report. */
    private ObjectNode body() {
        ObjectNode json = head();
        ArrayNode list = json.putArray("cases");
        for (Case c : cases) {
            ObjectNode node = list.addObject();
            node.put("egoKmh", c.cell.egoKmh()).put("slowerKmh", c.cell.slowerKmh());
            node.put("lateralMps", c.cell.lateralMps()).put("gapMetres", c.cell.gapMetres());
            node.put("verdict", c.verdict.name()).put("crashed", c.crashed);
            node.put("impactMps", c.impactMps);
            if (Double.isInfinite(c.minTtcSeconds)) {
                node.putNull("minTtcSeconds");
            } else {
                node.put("minTtcSeconds", c.minTtcSeconds);
            }
            node.put("hardestMps2", c.hardestMps2);
            node.put("referenceCrashed", c.referenceCrashed);
            node.put("referenceImpactMps", c.referenceImpactMps);
        }
        return json;
    }

    private ObjectNode head() {
        ObjectNode json = JsonMapper.shared().createObjectNode();
        json.put("format", "roadloop-certificate").put("version", 1);
        json.put("controller", controller).put("reference", reference.name());
        json.put("referenceMode", "compat");
        json.put("scenario", "cut-in").put("combinations", combinations);
        json.put("caseCount", cases.size()).put("preventable", preventable());
        json.put("failureUpperBound", failureUpperBound).put("confidence", CONFIDENCE);
        json.put("pairCoverage", pairCoverage);
        ObjectNode counts = json.putObject("counts");
        counts().forEach((verdict, count) -> counts.put(verdict.name(), count));
        return json;
    }

    /** Reads what {@link #toJson} wrote and checks its hash. */
    public static Certificate parse(String text) {
        JsonNode json = JsonMapper.shared().readTree(text);
        List<Case> cases = new ArrayList<>();
        for (JsonNode c : json.required("cases")) {
            JsonNode ttc = c.required("minTtcSeconds");
            cases.add(
                    new Case(
                            new CutInMatrix.Cell(
                                    c.required("egoKmh").asDouble(),
                                    c.required("slowerKmh").asDouble(),
                                    c.required("lateralMps").asDouble(),
                                    c.required("gapMetres").asDouble()),
                            Verdict.valueOf(c.required("verdict").asString()),
                            c.required("crashed").asBoolean(),
                            c.required("impactMps").asDouble(),
                            ttc.isNull() ? Double.POSITIVE_INFINITY : ttc.asDouble(),
                            c.required("hardestMps2").asDouble(),
                            c.required("referenceCrashed").asBoolean(),
                            c.required("referenceImpactMps").asDouble()));
        }
        Certificate read =
                new Certificate(
                        json.required("controller").asString(),
                        ReferenceDriver.valueOf(json.required("reference").asString()),
                        cases,
                        json.required("failureUpperBound").asDouble(),
                        json.required("combinations").asInt(),
                        json.required("pairCoverage").asDouble(),
                        json.required("resultHash").asString());
        if (!sha256(read.body().toString()).equals(read.resultHash)) {
            throw new IllegalArgumentException(
                    "the certificate of '"
                            + read.controller
                            + "' was changed: its result hash is not that of its content");
        }
        return read;
    }

    /** Evidence of the verdict; the subject is {@code certificate:} and the result hash. */
    public Event event(Instant at, String actor) {
        ObjectNode body = head();
        body.put("resultHash", resultHash);
        return Event.of(EVENT, at, actor, "certificate:" + resultHash, body);
    }

    private static String sha256(String text) {
        try {
            return HexFormat.of()
                    .formatHex(
                            MessageDigest.getInstance("SHA-256")
                                    .digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
