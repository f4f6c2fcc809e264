package org.roadloop.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * The whole server under load from another process (整机基准): a platform as its user starts it, and a
 * {@link LoadGenerator} beside it on the same cores.
 */
final class GatewayFigures {
    private static final int WANTED_CONNECTIONS = 50_000;
    private static final int MOST_SETTLINGS = 5;
    private static final long SETTLED_BYTES = 4 << 20;
    private static final String TABLE = "vehicle_report";

    /**
     * How much is done.
     *
     * @param vehicles registered before, by the API
     * @param visits terminals that log in, report, log out
     * @param idlePerSecond reports of platform links beside idle connections
     * @param settleMillis before memory is read
     */
    record Sizes(
            int vehicles,
            int links,
            int window,
            int warmMillis,
            int roundMillis,
            int rounds,
            int visits,
            int idlePerSecond,
            int settleMillis) {
        static final Sizes OF_RECORD =
                new Sizes(100_000, 16, 2_000, 12_000, 4_000, 5, 100_000, 10_000, 8_000);
    }

    private final Path folder;
    private final Figures figures;
    private final Sizes sizes;

    private GatewayFigures(Path folder, Figures figures, Sizes sizes) {
        this.folder = folder;
        this.figures = figures;
        this.sizes = sizes;
    }

    /** Reports as fast as they are answered: by the whole platform, and with no governance. */
    static double rates(Path root, Figures figures) throws Exception {
        return inFolder(
                figures,
                gateway -> {
                    gateway.rate("whole", List.of(), "");
                    gateway.rate("collect", List.of("collect"), ".collect_only");
                });
    }

    /** Connections that stay, then such that come and go. */
    static double connections(Path root, Figures figures) throws Exception {
        return inFolder(figures, GatewayFigures::connections);
    }

    /** See {@link GatewayCrash}. */
    static double crash(Path root, Figures figures) throws Exception {
        return inFolder(
                figures,
                gateway ->
                        GatewayCrash.measure(
                                gateway.folder.resolve("crash"),
                                figures,
                                GatewayCrash.Sizes.OF_RECORD));
    }

    private interface Work {
        void on(GatewayFigures gateway) throws IOException, InterruptedException;
    }

    /** These parts decode nothing: no figure of what decoders allocate. */
    private static double inFolder(Figures figures, Work work) throws Exception {
        Path folder = Files.createTempDirectory("roadloop-bench");
        try {
            work.on(new GatewayFigures(folder, figures, Sizes.OF_RECORD));
        } finally {
            Folders.delete(folder);
        }
        return Double.NaN;
    }

    private void connections() throws IOException, InterruptedException {
        try (GatewayServer server = new GatewayServer(folder.resolve("whole"), List.of())) {
            server.register(sizes.vehicles());
            idle(server);
            logins(server);
        }
    }

    private void rate(String home, List<String> parts, String suffix)
            throws IOException, InterruptedException {
        try (GatewayServer server = new GatewayServer(folder.resolve(home), parts)) {
            server.register(sizes.vehicles());
            rate(server, suffix);
        }
        Folders.delete(folder.resolve(home));
    }

    /** Answered after the fsync; processor time by who spent it. */
    private void rate(GatewayServer server, String suffix) throws IOException {
        Percentiles syncs = DiskSync.measure(folder, 200);
        try (LoadProcess load =
                LoadProcess.start(
                        "rate",
                        server.platformPort(),
                        sizes.vehicles(),
                        sizes.links(),
                        sizes.window(),
                        sizes.warmMillis(),
                        sizes.roundMillis(),
                        sizes.rounds())) {
            load.await("begin");
            boolean governs = suffix.isEmpty();
            long governedBefore = governs ? governed(server) : 0;
            double serverBefore = ProcessUse.cpuSeconds(server.handle());
            double loadBefore = ProcessUse.cpuSeconds(load.handle());
            double[] rates = new double[sizes.rounds()];
            long frames = 0;
            long nanos = 0;
            for (int i = 0; i < rates.length; i++) {
                long[] round = load.await("round");
                rates[i] = round[0] * 1e9 / round[1];
                frames += round[0];
                nanos += round[1];
            }
            double serverCores = (ProcessUse.cpuSeconds(server.handle()) - serverBefore) * 1e9;
            double loadCores = (ProcessUse.cpuSeconds(load.handle()) - loadBefore) * 1e9;
            String name = "gateway.durable_frames_per_second" + suffix;
            figures.add(name, new Percentiles(rates).at(50), "frames/s");
            figures.add(name + ".least_round", new Percentiles(rates).at(0), "frames/s");
            if (governs) {
                long governed = governed(server) - governedBefore;
                figures.add(
                        "gateway.governed_meanwhile_per_second", governed * 1e9 / nanos, "rows/s");
            }
            figures.add(name + ".server_cores", serverCores / nanos, "cores");
            figures.add(name + ".generator_cores", loadCores / nanos, "cores");
            figures.add(name + ".server_cpu_us_per_frame", serverCores / 1e3 / frames, "us");
            double[] delays = load.awaitDecimals("delays");
            figures.add(name + ".answer_p50_ms", delays[0], "ms");
            figures.add(name + ".answer_p99_ms", delays[1], "ms");
            figures.add(name + ".fsync_p50_ms", syncs.at(50), "ms");
            figures.add(name + ".fsync_p99_ms", syncs.at(99), "ms");
        }
    }

    private static long governed(GatewayServer server) throws IOException {
        JsonNode status = server.ingest(TABLE);
        return status.required("governedRows").asLong();
    }

    /** Memory of connections that are logged in and say nothing, beside others' reports. */
    private void idle(GatewayServer server) throws IOException, InterruptedException {
        int connections = connections(server);
        try (LoadProcess load =
                LoadProcess.start(
                        "idle",
                        server.platformPort(),
                        server.terminalPort(),
                        sizes.vehicles(),
                        connections,
                        sizes.idlePerSecond())) {
            load.await("ready");
            ServerMemory before = settled(server);
            load.proceed();
            long[] opened = load.await("open");
            Thread.sleep(sizes.settleMillis());
            ServerMemory with = ServerMemory.read(server.handle());
            long sessions = sessions(server);
            load.proceed();
            double[] delays = load.awaitDecimals("delays");
            load.await("answered");
            if (opened[0] != connections || sessions != connections) {
                throw new IOException(
                        "of %d connections %d logged in and %d stayed"
                                .formatted(connections, opened[0], sessions));
            }
            // What governance remembers of the other reports meanwhile counts against us.
            double heap = with.liveHeapBytes() - before.liveHeapBytes();
            double other = with.otherPssBytes() - before.otherPssBytes();
            double sockets = with.socketBytes() - before.socketBytes();
            // Pages that garbage held before are taken without a growth of the process.
            double pss = Math.max(with.pssBytes() - before.pssBytes(), heap + other);
            figures.add("gateway.idle_connections", connections, "connections");
            figures.add("gateway.idle_connection_bytes", (pss + sockets) / connections, "B");
            figures.add("gateway.idle_connection_bytes.live_heap", heap / connections, "B");
            figures.add("gateway.idle_connection_bytes.outside_heap", other / connections, "B");
            figures.add("gateway.idle_connection_bytes.sockets", sockets / connections, "B");
            figures.add("gateway.idle_answer_p50_ms", delays[0], "ms");
            figures.add("gateway.idle_answer_p99_ms", delays[1], "ms");
        }
    }

    /** Memory once compilers and the query engine have what they want: it hardly grows any more. */
    private ServerMemory settled(GatewayServer server) throws IOException, InterruptedException {
        Thread.sleep(sizes.settleMillis());
        ServerMemory last = ServerMemory.read(server.handle());
        for (int i = 0; i < MOST_SETTLINGS; i++) {
            Thread.sleep(sizes.settleMillis());
            ServerMemory next = ServerMemory.read(server.handle());
            if (next.otherPssBytes() - last.otherPssBytes() < SETTLED_BYTES) {
                return next;
            }
            last = next;
        }
        return last;
    }

    private static long sessions(GatewayServer server) throws IOException {
        return server.api().get("/api/v1/collect").required("sessions").asLong();
    }

    private static int connections(GatewayServer server) throws IOException {
        Path limits = Path.of("/proc", Long.toString(server.handle().pid()), "limits");
        long hard =
                Files.readAllLines(limits).stream()
                        .filter(line -> line.startsWith("Max open files"))
                        .map(line -> line.split("\\s+")[4])
                        .mapToLong(
                                word -> word.equals("unlimited") ? 1 << 20 : Long.parseLong(word))
                        .findFirst()
                        .orElseThrow();
        return (int) Math.min(WANTED_CONNECTIONS, hard * 3 / 4);
    }

    /** Each connection opens, logs in, reports, logs out and closes. */
    private void logins(GatewayServer server) throws IOException {
        long refusedBefore = server.counter("gateway_refused_full");
        try (LoadProcess load =
                LoadProcess.start(
                        "storm", server.terminalPort(), sizes.vehicles(), sizes.visits(), 1_000)) {
            double serverBefore = ProcessUse.cpuSeconds(server.handle());
            long[] storm = load.await("storm");
            double cpu = ProcessUse.cpuSeconds(server.handle()) - serverBefore;
            figures.add("gateway.logins_per_minute", storm[0] * 60e9 / storm[2], "logins/min");
            figures.add("gateway.login_visits", storm[0], "visits");
            figures.add("gateway.login_cpu_us", cpu * 1e6 / storm[0], "us");
            figures.add(
                    "gateway.logins_refused",
                    storm[1] + server.counter("gateway_refused_full") - refusedBefore,
                    "visits");
        }
    }
}
