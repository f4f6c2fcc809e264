package org.roadloop.app.demo;

import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.roadloop.app.report.ApplySummary;
import org.roadloop.app.report.CollectSummary;
import org.roadloop.app.report.ComputeSummary;
import org.roadloop.app.report.GovernSummary;
import org.roadloop.app.report.ProveSummary;
import org.roadloop.app.report.Report;
import org.roadloop.app.report.Run;
import org.roadloop.app.report.ShareSummary;
import org.roadloop.app.report.Station;
import org.roadloop.app.report.Summary;
import org.roadloop.app.report.Text;
import org.roadloop.apply.twin.Town;
import org.roadloop.apply.twin.TownConfig;
import tools.jackson.databind.JsonNode;

/**
 * The loop once around (闭环演示): two participants as processes of their own, everything between them
 * and the town over sockets. One thread.
 */
public final class Demo {
    private static final Duration START = Duration.ofSeconds(40);
    private static final double ORIGIN_LON = 116.4900;
    private static final double ORIGIN_LAT = 39.7600;

    /** The flags of the launcher that matter to a platform process, with a smaller heap. */
    private static final List<String> JVM =
            List.of(
                    "-XX:+UseSerialGC",
                    "-XX:+UseCompactObjectHeaders",
                    "--enable-native-access=ALL-UNNAMED",
                    "--sun-misc-unsafe-memory-access=allow",
                    "--add-opens=java.base/java.nio=ALL-UNNAMED");

    private final DemoOptions options;
    private final String version;
    private final PrintWriter console;
    private final Map<Station.Name, Double> seconds = new LinkedHashMap<>();
    private final Instant startedAt = Instant.now();
    private final long beganNanos = System.nanoTime();

    public Demo(DemoOptions options, String version, PrintWriter console) {
        this.options = options;
        this.version = version;
        this.console = console;
    }

    /**
     * Only the first station, with as many kills as the options say: what the crash bench runs. The
     * crash figures are sums over all kills.
     */
    public static CollectSummary collectOnly(DemoOptions options, PrintWriter console)
            throws Exception {
        Demo demo = new Demo(options, "bench", console);
        Town town = demo.town();
        DemoHome home = DemoHome.write(options.out(), town);
        try (Child provider = demo.provider(home)) {
            Api api = provider.start(START);
            try (CollectStage collect = demo.collect(home, provider, api, town)) {
                Stations.Collected collected = demo.collectAndSettle(collect);
                return Stations.collect(collect, collected);
            }
        }
    }

    public Summary run() throws Exception {
        Town town = town();
        DemoHome home = DemoHome.write(options.out(), town);
        try (ProcessMemory memory = new ProcessMemory(Duration.ofMillis(250));
                Child provider = provider(home);
                Child consumer =
                        new Child(
                                "consumer",
                                home.consumer(),
                                jvm("-Xmx80m"),
                                List.of("--only", "dataspace"))) {
            say("starting the platform of the city");
            Api api = provider.start(START);
            return around(home, provider, consumer, api, town, memory);
        }
    }

    private Summary around(
            DemoHome home, Child provider, Child consumer, Api api, Town town, ProcessMemory memory)
            throws Exception {
        try (CollectStage collect = collect(home, provider, api, town)) {
            say(
                    "collect: %d terminals and a platform link with %d vehicles, one kill -9 on the way",
                    options.terminals(), options.platformCars() + collect.replayVehicles());
            long began = System.nanoTime();
            Stations.Collected collected = collectAndSettle(collect);
            seconds.put(Station.Name.COLLECT, since(began));
            Api city = collect.api();

            began = System.nanoTime();
            GovernSummary governed = Stations.govern(city);
            seconds.put(Station.Name.GOVERN, since(began));
            say("govern: %d rows in two tables", Stations.rows(governed));

            began = System.nanoTime();
            ShareStage share = new ShareStage(city, consumer.start(START));
            share.run(Stations.snapshot(governed, "track_point"));
            share.describe(options.out());
            ShareSummary shared = share.summary();
            boolean same = share.bothHoldTheSame();
            seconds.put(Station.Name.SHARE, since(began));
            say(
                    "share: negotiated in %.0f ms, %d uses outside the policy refused",
                    share.negotiationMillis(), share.refusals());

            began = System.nanoTime();
            ComputeStage compute =
                    new ComputeStage(city, city.as(share.token()), share.agreementId());
            compute.admitTelemetry();
            compute.submitAndAwait();
            ComputeSummary computed = compute.summary();
            seconds.put(Station.Name.COMPUTE, since(began));
            say("compute: task ran at %s", computed.chosenSite());

            began = System.nanoTime();
            ApplyStage apply = new ApplyStage(city, compute.result(), collect.roadside());
            ApplySummary applied = apply.run(options.data().isPresent());
            Picture picture = Picture.of(collect, city);
            seconds.put(Station.Name.APPLY, since(began));
            say("apply: %d scenarios", compute.result().scenarios().size());

            began = System.nanoTime();
            ProveStage prove = new ProveStage(city, share.agreement());
            prove.askWhileRunning();
            share.settle(
                    compute.task().required("id").asString(), options.out().resolve("bill.html"));
            say("prove: both parties' meters agree, the bill is in bill.html");
            CollectSummary collectSummary = Stations.collect(collect, collected);
            provider.close();
            consumer.close();
            ProveSummary proven =
                    prove.verifyOffline(
                            home.provider().resolve("ledger"),
                            options.out().resolve("tampered-ledger"),
                            options.seed());
            seconds.put(Station.Name.PROVE, since(began));
            // Drawn once for its time, then with it.
            began = System.nanoTime();
            seconds.put(Station.Name.SHOW, 0.0);
            Parts parts =
                    new Parts(
                            collectSummary,
                            governed,
                            shared,
                            same,
                            share.negotiationMillis(),
                            computed,
                            applied,
                            proven,
                            picture);
            Report.html(summary(collect, collected, memory.peakMib(), parts));
            seconds.put(Station.Name.SHOW, since(began));
            return summary(collect, collected, memory.peakMib(), parts);
        }
    }

    /** All sections, judged and bound together as often as they are needed. */
    private record Parts(
            CollectSummary collect,
            GovernSummary govern,
            ShareSummary share,
            boolean sameContract,
            double negotiationMillis,
            ComputeSummary compute,
            ApplySummary apply,
            ProveSummary prove,
            Picture picture) {}

    private Summary summary(
            CollectStage collect, Stations.Collected collected, long peakMib, Parts parts) {
        return new Summary(
                Summary.FORMAT,
                runRecord(collect, collected, peakMib),
                Stations.judge(
                        seconds,
                        parts.collect(),
                        parts.govern(),
                        parts.share(),
                        parts.sameContract(),
                        parts.negotiationMillis(),
                        parts.compute(),
                        parts.apply(),
                        parts.prove(),
                        parts.picture()),
                parts.collect(),
                parts.govern(),
                parts.share(),
                parts.compute(),
                parts.apply(),
                parts.prove(),
                parts.picture().map(),
                parts.picture().charts());
    }

    private Town town() {
        TownConfig plain =
                TownConfig.of(
                        options.seed(),
                        options.terminals() + options.platformCars(),
                        ORIGIN_LON,
                        ORIGIN_LAT);
        return new Town(
                new TownConfig(
                        plain.seed(),
                        plain.cars(),
                        plain.junctionsPerSide(),
                        plain.equippedJunctions(),
                        plain.blockMetres(),
                        plain.originLonDegrees(),
                        plain.originLatDegrees(),
                        0.25));
    }

    private Child provider(DemoHome home) {
        return new Child("provider", home.provider(), jvm("-Xmx288m"), List.of());
    }

    private static List<String> jvm(String heap) {
        List<String> flags = new ArrayList<>(JVM);
        flags.add(heap);
        flags.add("-Droadloop.dist=" + Child.distribution());
        return flags;
    }

    /** The town's clock ends at about the present, though it runs faster than ours. */
    private CollectStage collect(DemoHome home, Child provider, Api api, Town town)
            throws IOException {
        Instant start = Instant.now().minusSeconds(options.seconds() + 5L);
        return new CollectStage(options, home, provider, api, town, start);
    }

    private Stations.Collected collectAndSettle(CollectStage collect) throws Exception {
        Map<String, JsonNode> pilot = collect.importPilotEvents();
        collect.run();
        collect.settle();
        return new Stations.Collected(
                pilot,
                collect.reconcilePlatform(),
                collect.reconcileTerminals(),
                collect.gatewayCounters(),
                collect.sessions());
    }

    private Run runRecord(CollectStage collect, Stations.Collected collected, long peakMib) {
        List<Run.Stage> stages = new ArrayList<>();
        seconds.forEach(
                (name, time) ->
                        stages.add(
                                new Run.Stage(
                                        name.name().toLowerCase(Locale.ROOT), name.text(), time)));
        return new Run(
                version,
                options.seed(),
                startedAt,
                since(beganNanos),
                stages,
                new Run.Machine(
                        System.getProperty("os.name")
                                + " "
                                + System.getProperty("os.arch")
                                + ", JDK "
                                + Runtime.version(),
                        Runtime.getRuntime().availableProcessors(),
                        peakMib),
                Stations.sources(collect, collected, options.data().isPresent()),
                notes());
    }

    private List<Text> notes() {
        List<Text> notes = new ArrayList<>();
        notes.add(
                Text.of(
                        "The town's clock runs "
                                + options.pace()
                                + " times as fast as the wall clock.",
                        "仿真城市的时钟以 " + options.pace() + " 倍速运行。"));
        notes.add(
                Text.of(
                        "The safety monitor's figures count from the restart after kill -9 on.",
                        "安全监测指标自 kill -9 重启后计。"));
        if (options.data().isEmpty()) {
            notes.add(
                    Text.of(
                            "No recordings were found; give --data to take real drives and events in.",
                            "未找到录制数据;可用 --data 接入真实行驶与事件数据。"));
        }
        return notes;
    }

    private static double since(long nanos) {
        return (System.nanoTime() - nanos) / 1e9;
    }

    private void say(String format, @Nullable Object... arguments) {
        console.printf(
                Locale.ROOT,
                "%6.1f s  %s%n",
                since(beganNanos),
                String.format(Locale.ROOT, format, arguments));
        console.flush();
    }
}
