package org.roadloop.core.descriptor;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The run of a plan that made the rows of a product (治理运行), as its passport tells it.
 *
 * @param passportSha256 lower-case hex of the signed passport, which is in the ledger
 * @param runId of the OpenLineage event
 * @param plan name and version, {@code traffic_flow v2}
 * @param planSha256 lower-case hex of the plan's text
 * @param rows that came out
 * @param files as they are stored; what a contract delivers carries its own pseudonyms, so its
 *     bytes and checksums are its own
 * @param k size of the smallest group that cannot be told apart; null if none was computed
 * @param attackRates share of vehicles that an attack on the released rows finds, {@code 0..1}, by
 *     attack
 * @param quality indicators of the run by English name, {@code 0..1}
 */
public record GovernedRun(
        String passportSha256,
        UUID runId,
        String plan,
        String planSha256,
        Instant at,
        long rows,
        List<StoredFile> files,
        @Nullable Long k,
        Map<String, Double> attackRates,
        Map<String, Double> quality) {

    /** As many as a descriptor lists; with more of them the passport has them all. */
    private static final int MOST_FILES = 1_000;

    /**
     * @param sha256 lower-case hex
     */
    public record StoredFile(String name, String sha256, long rows, long dataBytes) {}

    public GovernedRun {
        files = List.copyOf(files);
        attackRates = Collections.unmodifiableMap(new TreeMap<>(attackRates));
        quality = Collections.unmodifiableMap(new LinkedHashMap<>(quality));
    }

    /**
     * Reads the body of a passport of either format.
     *
     * <p>k is that of {@code anonymity}, which was counted in the files that were written; where
     * there is none, the least {@code achieved_k} of its steps.
     */
    public static GovernedRun of(JsonNode passport, String passportSha256, UUID runId) {
        List<StoredFile> files = new ArrayList<>();
        long rows = 0;
        for (JsonNode output : passport.path("outputs")) {
            rows += output.path("rows").asLong(0);
            if (files.size() < MOST_FILES) {
                files.add(
                        new StoredFile(
                                output.path("file").asString(""),
                                output.path("sha256").asString(""),
                                output.path("rows").asLong(0),
                                output.path("dataBytes").asLong(0)));
            }
        }
        JsonNode plan = passport.path("plan");
        return new GovernedRun(
                passportSha256,
                runId,
                plan.path("name").asString("") + " v" + plan.path("version").asInt(0),
                plan.path("sha256").asString(""),
                Instant.parse(passport.required("at").asString()),
                rows,
                files,
                k(passport),
                shares(passport.path("attackRatesPartsPerMillion")),
                shares(passport.path("qualityPartsPerMillion")));
    }

    private static @Nullable Long k(JsonNode passport) {
        JsonNode counted = passport.path("anonymity").path("k");
        if (counted.isIntegralNumber()) {
            return counted.asLong();
        }
        Long least = null;
        for (JsonNode step : passport.path("steps")) {
            String achieved = step.path("figures").path("achieved_k").asString("");
            if (achieved.matches("[0-9]{1,18}")) {
                long k = Long.parseLong(achieved);
                least = least == null ? k : Math.min(least, k);
            }
        }
        return least;
    }

    private static Map<String, Double> shares(JsonNode partsPerMillion) {
        Map<String, Double> shares = new LinkedHashMap<>();
        partsPerMillion
                .properties()
                .forEach(part -> shares.put(part.getKey(), part.getValue().asLong(0) / 1e6));
        return shares;
    }
}
