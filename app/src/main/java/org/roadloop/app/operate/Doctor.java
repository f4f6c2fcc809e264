package org.roadloop.app.operate;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.roadloop.app.config.Config;
import org.roadloop.app.home.Home;
import org.roadloop.app.home.ServerFile;
import org.roadloop.app.http.Json;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** Looks whether this machine can run a platform (体检); changes nothing that stays. One thread. */
public final class Doctor {
    private static final long ENOUGH_DESCRIPTORS = 65_536;
    private static final long LOW_DISK_BYTES = 1L << 30;
    private static final int FSYNC_SAMPLES = 60;
    private static final double SLOW_FSYNC_P99_MILLIS = 20;
    private static final Duration CLOCK_SAMPLE = Duration.ofMillis(200);
    private static final double CLOCK_TOLERANCE = 0.05;
    private static final Duration HEALTH_WAIT = Duration.ofSeconds(5);

    /** How a check ended: only {@code PROBLEM} makes the verb fail. */
    public enum Verdict {
        OK,
        NOTE,
        PROBLEM
    }

    /**
     * One finding.
     *
     * @param name short and stable
     * @param found what is there, with its unit
     * @param advice what to do; empty when nothing is
     */
    public record Check(String name, Verdict verdict, String found, String advice) {
        static Check ok(String name, String found) {
            return new Check(name, Verdict.OK, found, "");
        }

        static Check note(String name, String found, String advice) {
            return new Check(name, Verdict.NOTE, found, advice);
        }

        static Check problem(String name, String found, String advice) {
            return new Check(name, Verdict.PROBLEM, found, advice);
        }
    }

    private final Path home;
    private final Config config;
    private final List<Path> searchPath;

    /**
     * @param home state directory; need not exist
     * @param path the {@code PATH} to look for programs in
     */
    public Doctor(Path home, Config config, String path) {
        this.home = home.toAbsolutePath();
        this.config = config;
        this.searchPath =
                Arrays.stream(path.split(":")).filter(p -> !p.isEmpty()).map(Path::of).toList();
    }

    public List<Check> examine() {
        List<Check> checks = new ArrayList<>();
        checks.add(java());
        checks.add(descriptors());
        checks.add(disk());
        checks.add(fsync());
        checks.add(clock());
        health().ifPresent(checks::add);
        checks.add(cgroups());
        checks.addAll(ports());
        checks.add(program("bubblewrap", "tasks run sandboxed", "bwrap"));
        checks.add(program("sumo", "traffic simulation", "sumo"));
        checks.add(program("slurm", "sites behind a batch queue", "sbatch"));
        checks.add(
                program(
                        "chromium",
                        "tests of the console",
                        "chromium",
                        "chromium-browser",
                        "google-chrome"));
        return checks;
    }

    private static Check java() {
        int feature = Runtime.version().feature();
        String found = Runtime.version() + " " + System.getProperty("os.arch");
        return feature >= 25
                ? Check.ok("jdk", found)
                : Check.problem("jdk", found, "install a JDK 25 and set ROADLOOP_JAVA_HOME to it");
    }

    private static Check descriptors() {
        try {
            Optional<String> line =
                    Files.readAllLines(Path.of("/proc/self/limits")).stream()
                            .filter(l -> l.startsWith("Max open files"))
                            .findFirst();
            String[] words = line.orElse("").split("\\s+", -1);
            if (words.length < 5) {
                return Check.note("descriptors", "unknown", "this system does not tell its limits");
            }
            long soft = words[3].equals("unlimited") ? Long.MAX_VALUE : Long.parseLong(words[3]);
            String found = "soft " + words[3] + ", hard " + words[4];
            return soft >= ENOUGH_DESCRIPTORS
                    ? Check.ok("descriptors", found)
                    : Check.note(
                            "descriptors",
                            found,
                            "each connection needs one: raise it with 'ulimit -n "
                                    + ENOUGH_DESCRIPTORS
                                    + "' or LimitNOFILE of the service");
        } catch (IOException e) {
            return Check.note("descriptors", "unknown", "no /proc here: " + e.getMessage());
        }
    }

    /** The home, or the nearest folder above it that exists. */
    private Path existing() {
        Path at = home;
        while (!Files.isDirectory(at)) {
            Path parent = at.getParent();
            if (parent == null) {
                return at;
            }
            at = parent;
        }
        return at;
    }

    private Check disk() {
        Path at = existing();
        try {
            var store = Files.getFileStore(at);
            long free = store.getUsableSpace();
            String found =
                    String.format(
                            Locale.ROOT,
                            "%.1f GiB free at %s (%s)",
                            free / 0x1p30,
                            at,
                            store.type());
            if (!Files.isWritable(at)) {
                return Check.problem("disk", found, "you may not write there; give another --home");
            }
            return free >= LOW_DISK_BYTES
                    ? Check.ok("disk", found)
                    : Check.problem("disk", found, "free some space, or give another --home");
        } catch (IOException e) {
            return Check.problem("disk", e.toString(), "give another --home");
        }
    }

    /** Times {@value #FSYNC_SAMPLES} small appends, each forced to disk, as the ledger does. */
    private Check fsync() {
        try {
            Path file = Files.createTempFile(existing(), ".doctor", ".fsync");
            double[] millis = new double[FSYNC_SAMPLES];
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                ByteBuffer block = ByteBuffer.allocate(512);
                for (int i = 0; i < FSYNC_SAMPLES; i++) {
                    block.clear();
                    long began = System.nanoTime();
                    channel.write(block);
                    channel.force(false);
                    millis[i] = (System.nanoTime() - began) / 1e6;
                }
            } finally {
                Files.delete(file);
            }
            Arrays.sort(millis);
            double p50 = millis[FSYNC_SAMPLES / 2];
            double p99 = millis[(int) Math.ceil(FSYNC_SAMPLES * 0.99) - 1];
            String found =
                    String.format(
                            Locale.ROOT, "p50 %.2f ms, p99 %.2f ms of %d", p50, p99, FSYNC_SAMPLES);
            return p99 <= SLOW_FSYNC_P99_MILLIS
                    ? Check.ok("fsync", found)
                    : Check.note(
                            "fsync",
                            found,
                            "every contract and acknowledgement waits for it: use a local SSD for"
                                    + " --home");
        } catch (IOException e) {
            return Check.problem("fsync", e.toString(), "the home must be writable");
        }
    }

    /** The wall clock must be plausible, and run as fast as the monotonic one. */
    private static Check clock() {
        Instant wallBefore = Instant.now();
        long before = System.nanoTime();
        try {
            Thread.sleep(CLOCK_SAMPLE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Check.note("clock", "not measured", "interrupted");
        }
        double monotonic = System.nanoTime() - before;
        double wall = Duration.between(wallBefore, Instant.now()).toNanos();
        double drift = Math.abs(wall - monotonic) / monotonic;
        String found =
                wallBefore
                        + String.format(
                                Locale.ROOT,
                                ", wall against monotonic %.3f %% apart over %d ms",
                                drift * 100,
                                CLOCK_SAMPLE.toMillis());
        if (wallBefore.isBefore(Instant.parse("2026-01-01T00:00:00Z"))) {
            return Check.problem("clock", found, "set the clock (NTP): contracts carry times");
        }
        return drift <= CLOCK_TOLERANCE
                ? Check.ok("clock", found)
                : Check.problem("clock", found, "the clock is being moved; check NTP");
    }

    private static Check cgroups() {
        Path root = Path.of("/sys/fs/cgroup");
        boolean v2 = Files.exists(root.resolve("cgroup.controllers"));
        boolean v1 = Files.isDirectory(root.resolve("memory"));
        if (!v2 && !v1) {
            return Check.note("cgroups", "none", "tasks run without limits of memory and CPU");
        }
        Path own = v2 ? root : root.resolve("memory");
        String found = (v2 ? "v2" : "v1") + (Files.isWritable(own) ? ", writable" : ", read only");
        return Files.isWritable(own)
                ? Check.ok("cgroups", found)
                : Check.note(
                        "cgroups",
                        found,
                        "tasks get their limits from rlimits only; delegate a cgroup to this user"
                                + " for hard ones");
    }

    private List<Check> ports() {
        if (runs()) {
            return List.of(Check.ok("ports", "in use by the server of this home"));
        }
        List<Check> checks = new ArrayList<>();
        Map<String, Integer> tcp =
                Map.of(
                        "http.port", config.http().port(),
                        "collect.platformPort", config.collect().platformPort(),
                        "collect.terminalPort", config.collect().terminalPort(),
                        "collect.jt808Port", config.collect().jt808Port());
        new java.util.TreeMap<>(tcp)
                .forEach(
                        (key, port) -> {
                            String host =
                                    key.startsWith("http.")
                                            ? config.http().host()
                                            : config.collect().host();
                            checks.add(port(key, host, port, false));
                        });
        checks.add(
                port("collect.udpPort", config.collect().host(), config.collect().udpPort(), true));
        return checks;
    }

    private boolean runs() {
        return server().isPresent();
    }

    private Optional<ServerFile> server() {
        try {
            return Home.findServer(home);
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** What the running server of the home says of itself; empty if none runs. */
    private Optional<Check> health() {
        return server().map(server -> health(server.url()));
    }

    private static Check health(URI server) {
        HttpRequest request =
                HttpRequest.newBuilder(server.resolve("/api/v1/health"))
                        .timeout(HEALTH_WAIT)
                        .build();
        try (HttpClient client = HttpClient.newBuilder().connectTimeout(HEALTH_WAIT).build()) {
            JsonNode answer =
                    Json.mapper()
                            .readTree(
                                    client.send(request, HttpResponse.BodyHandlers.ofString())
                                            .body());
            List<String> waiting =
                    answer.path("parts").properties().stream()
                            .filter(part -> !part.getValue().asBoolean())
                            .map(Map.Entry::getKey)
                            .toList();
            if (answer.path("ready").asBoolean() && waiting.isEmpty()) {
                return Check.ok("health", "every part of " + server + " can do its work");
            }
            return Check.problem(
                    "health",
                    "not ready: " + String.join(", ", waiting),
                    "a full or read-only disk, or a ledger on hold? The log of the platform says"
                            + " why; it goes on by itself when the cause is gone");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Check.note("health", "not asked", "interrupted");
        } catch (IOException | JacksonException e) {
            return Check.problem(
                    "health", server + " does not answer: " + e, "look into the platform's log");
        }
    }

    private static Check port(String key, String host, int port, boolean udp) {
        String name = "port " + key;
        if (port == 0) {
            return Check.ok(name, "any free one");
        }
        InetSocketAddress address = new InetSocketAddress(host, port);
        try {
            if (udp) {
                try (DatagramChannel channel = DatagramChannel.open()) {
                    channel.bind(address);
                }
            } else {
                try (ServerSocket socket = new ServerSocket()) {
                    socket.setReuseAddress(true);
                    socket.bind(address);
                }
            }
            return Check.ok(name, host + ":" + port + (udp ? " (UDP)" : "") + " is free");
        } catch (IOException e) {
            return Check.problem(
                    name,
                    host + ":" + port + " can't be bound: " + e.getMessage(),
                    "give another " + key + " in roadloop.yaml, or 0 for a free one");
        }
    }

    private Check program(String name, String use, String... executables) {
        for (String executable : executables) {
            for (Path folder : searchPath) {
                Path file = folder.resolve(executable);
                if (Files.isExecutable(file)) {
                    return Check.ok(name, file.toString());
                }
            }
        }
        return Check.note(
                name,
                "not found (" + use + ")",
                "optional; './roadloop setup " + name + "' says how to get it");
    }
}
