package org.roadloop.bench;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Two EDC connectors that negotiate with each other (对照组): the figures ours stand beside. Both keep
 * everything in memory and write no evidence. One load at a time.
 */
public final class EdcPair implements AutoCloseable {
    private static final String ASSET = "tracks";
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final EdcConnector provider;
    private final EdcConnector consumer;
    private final ObjectNode offer;
    private volatile String agreementId = "";

    private EdcPair(EdcConnector provider, EdcConnector consumer)
            throws IOException, InterruptedException {
        this.provider = provider;
        this.consumer = consumer;
        provider.offer(ASSET, EdcConnector.use("Set"));
        JsonNode dataset =
                consumer.requestDataset(provider.address(), provider.participantId(), ASSET);
        offer = EdcConnector.use("Offer");
        offer.put("@id", offerId(dataset))
                .put("assigner", provider.participantId())
                .put("target", ASSET);
    }

    /**
     * How often EDC looks for work.
     *
     * @param waitMillis between two looks
     * @param batch taken at one look
     */
    public record Pace(long waitMillis, int batch) {
        /** What EDC does unless it is told otherwise. */
        public static final Pace DEFAULT = new Pace(1_000, 20);

        /** The quickest at which nearly all negotiations end well. */
        public static final Pace TUNED = new Pace(100, 100);

        public Map<String, String> settings() {
            Map<String, String> settings = new TreeMap<>();
            for (String machine :
                    List.of("negotiation.consumer", "negotiation.provider", "transfer")) {
                String prefix = "edc." + machine + ".state-machine.";
                settings.put(prefix + "iteration-wait-millis", Long.toString(waitMillis));
                settings.put(prefix + "batch-size", Integer.toString(batch));
            }
            return settings;
        }
    }

    /**
     * What became of one load.
     *
     * @param millis of those that ended well, from the request to the state asked for as a caller
     *     of the consumer's API sees it
     * @param wallMillis of all together
     * @param cpuMillis of both connectors together
     * @param failures count by reason; a stuck one is given up after 30 s
     */
    public record Load(
            double[] millis, double wallMillis, long cpuMillis, Map<String, Integer> failures) {
        public Load {
            millis = millis.clone();
            failures = Map.copyOf(failures);
        }

        /** 0..100; NaN where none ended well. */
        public double percentileMillis(double percent) {
            return millis.length == 0 ? Double.NaN : new Percentiles(millis).at(percent);
        }

        public int failed() {
            return failures.values().stream().mapToInt(Integer::intValue).sum();
        }

        /** Those that ended well. */
        public double perSecond() {
            return millis.length * 1e3 / wallMillis;
        }

        public double cpuMillisEach() {
            return (double) cpuMillis / (millis.length + failed());
        }
    }

    private interface Operation {
        void run() throws IOException, InterruptedException;
    }

    /**
     * @param jars from {@link EdcConnector#findJars}
     * @param logs folder for what the two print
     */
    public static EdcPair start(Path jars, Path logs, Pace pace)
            throws IOException, InterruptedException {
        EdcConnector provider =
                EdcConnector.start(jars, logs.resolve("provider.log"), "provider", pace.settings());
        EdcConnector consumer = null;
        try {
            consumer =
                    EdcConnector.start(
                            jars, logs.resolve("consumer.log"), "consumer", pace.settings());
            return new EdcPair(provider, consumer);
        } catch (IOException | InterruptedException | RuntimeException e) {
            provider.close();
            if (consumer != null) {
                consumer.close();
            }
            throw e;
        }
    }

    private static String offerId(JsonNode dataset) throws IOException {
        for (String name : List.of("hasPolicy", "odrl:hasPolicy")) {
            JsonNode policies = dataset.path(name);
            JsonNode first = policies.isArray() ? policies.path(0) : policies;
            if (first.has("@id")) {
                return first.required("@id").asString();
            }
        }
        throw new IOException("the dataset has no offer: " + dataset);
    }

    /** Negotiations to FINALIZED on the consumer's side. */
    public Load negotiate(int count, int concurrency) throws InterruptedException {
        return load(
                count,
                concurrency,
                () -> {
                    String id = consumer.negotiate(provider.address(), offer);
                    JsonNode end = await("/contractnegotiations/", id, "FINALIZED", concurrency);
                    agreementId = end.path("contractAgreementId").asString("");
                });
    }

    /** Transfers to STARTED on the consumer's side, under an agreement of an earlier load. */
    public Load transfer(int count, int concurrency) throws InterruptedException {
        if (agreementId.isEmpty()) {
            throw new IllegalStateException("no negotiation ended well: negotiate first");
        }
        URI address = provider.address();
        return load(
                count,
                concurrency,
                () -> {
                    String id = consumer.transfer(address, agreementId, "HttpData-PULL");
                    await("/transferprocesses/", id, "STARTED", concurrency);
                });
    }

    private Load load(int count, int concurrency, Operation operation) throws InterruptedException {
        Map<String, Integer> failures = new ConcurrentHashMap<>();
        List<Double> millis = new ArrayList<>();
        long cpu = cpuMillis();
        long began = System.nanoTime();
        try (ExecutorService callers = Executors.newFixedThreadPool(concurrency)) {
            List<Future<Double>> all = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                all.add(callers.submit(() -> timed(operation)));
            }
            for (Future<Double> one : all) {
                try {
                    millis.add(one.get());
                } catch (ExecutionException e) {
                    failures.merge(reason(e), 1, Integer::sum);
                }
            }
        }
        double wallMillis = (System.nanoTime() - began) / 1e6;
        return new Load(
                millis.stream().mapToDouble(Double::doubleValue).toArray(),
                wallMillis,
                cpuMillis() - cpu,
                failures);
    }

    private static double timed(Operation operation) throws IOException, InterruptedException {
        long began = System.nanoTime();
        operation.run();
        return (System.nanoTime() - began) / 1e6;
    }

    private static String reason(ExecutionException failure) {
        String text =
                String.valueOf(failure.getMessage())
                        .replaceFirst("^[\\w.$]+Exception: ", "")
                        .replaceAll("[0-9a-f-]{36}", "…");
        return text.substring(0, Math.min(200, text.length()));
    }

    /** Asks often enough for the latency, rarely enough not to be the load. */
    private JsonNode await(String path, String id, String wanted, int concurrency)
            throws IOException, InterruptedException {
        long pauseMillis = concurrency < 4 ? 5 : 20;
        long end = System.nanoTime() + PATIENCE_NANOS;
        while (System.nanoTime() < end) {
            String state = consumer.get(path + id + "/state").path("state").asString("");
            if (state.equals(wanted)) {
                return consumer.get(path + id);
            }
            if (state.equals("TERMINATED")) {
                throw new IOException(
                        "TERMINATED: " + consumer.get(path + id).path("errorDetail").asString(""));
            }
            Thread.sleep(pauseMillis);
        }
        throw new IOException("stuck");
    }

    private long cpuMillis() {
        return provider.cpuMillis() + consumer.cpuMillis();
    }

    /** Memory of both together. */
    public long residentBytes() throws IOException {
        return provider.residentBytes() + consumer.residentBytes();
    }

    @Override
    public void close() {
        consumer.close();
        provider.close();
    }
}
