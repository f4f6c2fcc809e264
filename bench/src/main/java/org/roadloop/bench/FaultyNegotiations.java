package org.roadloop.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.roadloop.app.http.ApiClient;
import tools.jackson.databind.JsonNode;

/**
 * Many negotiations while answers get lost and processes are killed (故障测试), and what both sides
 * hold afterwards.
 *
 * @param begun negotiations that the consumer has
 * @param failed of these and of the provider's: not FINALIZED on both sides
 * @param divergent of these: different states, or another agreement
 * @param droppedAnswers by both sides' proxies
 * @param slowestRestartMillis of a killed process, to ready
 * @param settledMillis from the last fault until both sides agreed, or until patience ended
 */
record FaultyNegotiations(
        int begun,
        int failed,
        int divergent,
        int kills,
        int droppedAnswers,
        double slowestRestartMillis,
        double settledMillis) {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration LOOK_EVERY = Duration.ofSeconds(1);
    private static final double DROPPED_SHARE = 0.01;

    /**
     * @param negotiations that are answered; those whose caller lost the answer come on top
     */
    static FaultyNegotiations measure(
            Path folder, int negotiations, int concurrency, int kills, long seed)
            throws IOException, InterruptedException {
        try (DroppingProxy toProvider = new DroppingProxy(DROPPED_SHARE, seed);
                DroppingProxy toConsumer = new DroppingProxy(DROPPED_SHARE, seed + 1);
                Participant provider =
                        Participant.start(folder.resolve("provider"), toProvider.url());
                Participant consumer =
                        Participant.start(folder.resolve("consumer"), toConsumer.url())) {
            toProvider.leadTo(provider.url());
            toConsumer.leadTo(consumer.url());
            ConnectorPair pair = new ConnectorPair(provider, consumer, toProvider.url()).offering();
            AtomicInteger answered = new AtomicInteger();
            double slowest = 0;
            try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
                for (int i = 0; i < concurrency; i++) {
                    callers.submit(() -> call(pair, answered, negotiations));
                }
                for (int kill = 1; kill <= kills; kill++) {
                    while (answered.get() < (long) negotiations * kill / (kills + 1)) {
                        Thread.sleep(5);
                    }
                    boolean providers = kill % 2 == 1;
                    Participant killed = providers ? provider : consumer;
                    long began = System.nanoTime();
                    killed.killAndRestart();
                    slowest = Math.max(slowest, (System.nanoTime() - began) / 1e6);
                    (providers ? toProvider : toConsumer).leadTo(killed.url());
                }
            }
            toProvider.heal();
            toConsumer.heal();
            return settle(pair, kills, toProvider.dropped() + toConsumer.dropped(), slowest);
        }
    }

    private static Void call(ConnectorPair pair, AtomicInteger answered, int negotiations)
            throws InterruptedException {
        while (answered.get() < negotiations) {
            try {
                pair.negotiate();
                answered.incrementAndGet();
            } catch (IOException e) {
                Thread.sleep(20); // killed, or an answer to the consumer's look-up was lost
            }
        }
        return null;
    }

    private static FaultyNegotiations settle(
            ConnectorPair pair, int kills, int dropped, double slowestRestartMillis)
            throws IOException, InterruptedException {
        Instant healed = Instant.now();
        while (true) {
            FaultyNegotiations now =
                    compare(
                            pair.provider().api(),
                            pair.consumer().api(),
                            kills,
                            dropped,
                            slowestRestartMillis,
                            healed);
            if (now.failed() + now.divergent() == 0
                    || Instant.now().isAfter(healed.plus(PATIENCE))) {
                return now;
            }
            Thread.sleep(LOOK_EVERY);
        }
    }

    private static FaultyNegotiations compare(
            ApiClient provider,
            ApiClient consumer,
            int kills,
            int dropped,
            double slowestRestartMillis,
            Instant healed)
            throws IOException {
        Map<String, JsonNode> theirs = list(provider, "negotiations");
        Map<String, JsonNode> ours = list(consumer, "negotiations");
        int failed = 0;
        int divergent = 0;
        for (JsonNode one : ours.values()) {
            JsonNode other = theirs.remove(one.path("peerPid").asString(""));
            String here = one.path("state").asString("");
            String there = other == null ? "none" : other.path("state").asString("");
            if (!here.equals("FINALIZED") || !there.equals("FINALIZED")) {
                failed++;
            }
            if (!here.equals(there)) {
                divergent++;
            }
        }
        // what only the provider has
        failed += theirs.size();
        divergent += theirs.size();
        Map<String, JsonNode> signedThere = list(provider, "agreements");
        for (JsonNode agreement : list(consumer, "agreements").values()) {
            JsonNode other = signedThere.remove(agreement.required("id").asString());
            if (other == null || !other.path("hash").equals(agreement.path("hash"))) {
                divergent++;
            }
        }
        divergent += signedThere.size();
        return new FaultyNegotiations(
                ours.size(),
                failed,
                divergent,
                kills,
                dropped,
                slowestRestartMillis,
                Duration.between(healed, Instant.now()).toMillis());
    }

    /** All pages of a list, by id. */
    private static Map<String, JsonNode> list(ApiClient api, String what) throws IOException {
        Map<String, JsonNode> all = new HashMap<>();
        String cursor = "";
        do {
            JsonNode page = api.get("/api/v1/" + what + "?limit=1000" + cursor);
            page.required("items").forEach(item -> all.put(item.required("id").asString(), item));
            cursor = page.path("next").isString() ? "&cursor=" + page.path("next").asString() : "";
        } while (!cursor.isEmpty());
        return all;
    }
}
