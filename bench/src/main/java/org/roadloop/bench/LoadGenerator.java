package org.roadloop.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * The load on a gateway as a process of its own (负载发生器), so that its time and memory are told from
 * the server's. It prints a line when something is done, and waits for a line where the bench has
 * to measure first.
 *
 * <pre>
 * rate PORT VEHICLES LINKS WINDOW WARM_MILLIS ROUND_MILLIS ROUNDS
 *      begin | round FRAMES NANOS … | delays P50 P99
 * idle PLATFORM_PORT TERMINAL_PORT VEHICLES CONNECTIONS PER_SECOND
 *      ready | (line in) | open OPENED FAILED | (line in) | delays P50 P99 | answered FRAMES
 * storm PORT VEHICLES VISITS AT_A_TIME
 *      storm COMPLETED FAILED NANOS
 * crash PORT VEHICLES LINKS WINDOW PER_SECOND
 *      ready | (line in) | link FIRST_VEHICLE VEHICLES FIRST_SECOND ANSWERED … | settled
 * </pre>
 */
final class LoadGenerator {
    static final String PASSWORD = "bench-password-1";

    private static final long SEED = 20_261_122;
    private static final long RECONNECT_MILLIS = 50;
    private static final long SETTLE_NANOS = 60_000_000_000L;

    private final BufferedReader lines =
            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    private final String[] words;
    private int word;

    private LoadGenerator(String[] words) {
        this.words = words;
    }

    public static void main(String[] words) throws Exception {
        new LoadGenerator(words).run();
        System.exit(0);
    }

    private void run() throws Exception {
        String kind = words[word++];
        switch (kind) {
            case "rate" -> rate();
            case "idle" -> idle();
            case "storm" -> storm();
            case "crash" -> crash();
            default -> throw new IllegalArgumentException("no load '" + kind + "'");
        }
    }

    private int number() {
        return Integer.parseInt(words[word++]);
    }

    private InetSocketAddress server() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), number());
    }

    /**
     * What is reported began two minutes ago: with so many vehicles that their seconds pass hardly
     * faster than the clock's, none is ahead of it.
     */
    private static long firstSecond() {
        return System.currentTimeMillis() / 1000 - 120;
    }

    private static void say(Object... parts) {
        StringBuilder line = new StringBuilder();
        for (Object part : parts) {
            line.append(line.isEmpty() ? "" : " ").append(part);
        }
        System.out.println(line);
        System.out.flush();
    }

    private void awaitLine() throws IOException {
        if (lines.readLine() == null) {
            throw new IOException("the bench has gone");
        }
    }

    private static void sayDelays(PlatformLoad load) {
        Percentiles delays = new Percentiles(load.drainDelays());
        say("delays", String.format(Locale.ROOT, "%.3f %.3f", delays.at(50), delays.at(99)));
    }

    private PlatformLoad load(InetSocketAddress server, FleetFrames frames, int links, int window)
            throws IOException {
        return new PlatformLoad(server, frames, links, window, firstSecond(), PASSWORD);
    }

    private void rate() throws IOException {
        InetSocketAddress server = server();
        FleetFrames frames = new FleetFrames(SEED, number());
        try (PlatformLoad load = load(server, frames, number(), number())) {
            load.connect();
            load.run(number() * 1_000_000L);
            load.drainDelays();
            long roundNanos = number() * 1_000_000L;
            int rounds = number();
            say("begin");
            for (int i = 0; i < rounds; i++) {
                long before = load.answered();
                long began = System.nanoTime();
                load.run(roundNanos);
                say("round", load.answered() - before, System.nanoTime() - began);
            }
            load.settle(SETTLE_NANOS);
            sayDelays(load);
        }
    }

    private void idle() throws Exception {
        InetSocketAddress platform = server();
        InetSocketAddress terminal = server();
        FleetFrames frames = new FleetFrames(SEED, number());
        int connections = number();
        int perSecond = number();
        try (PlatformLoad load = load(platform, frames, 4, 16 * 1024);
                TerminalStorm terminals = new TerminalStorm(terminal, frames, true)) {
            load.connect();
            Thread reporting = Thread.ofPlatform().start(() -> reportUntilStopped(load, perSecond));
            say("ready");
            awaitLine();
            terminals.run(0, connections, 256);
            say("open", terminals.completed(), terminals.failed());
            load.drainDelays();
            awaitLine();
            sayDelays(load);
            load.stop();
            reporting.join();
            load.settle(SETTLE_NANOS);
            say("answered", load.answered());
        }
    }

    private static void reportUntilStopped(PlatformLoad load, int perSecond) {
        try {
            load.run(Long.MAX_VALUE, perSecond);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private void storm() throws IOException {
        InetSocketAddress server = server();
        FleetFrames frames = new FleetFrames(SEED, number());
        int visits = number();
        int atATime = number();
        try (TerminalStorm storm = new TerminalStorm(server, frames, false)) {
            long began = System.nanoTime();
            storm.run(0, visits, atATime);
            say("storm", storm.completed(), storm.failed(), System.nanoTime() - began);
        }
    }

    private void crash() throws Exception {
        InetSocketAddress server = server();
        FleetFrames frames = new FleetFrames(SEED, number());
        int links = number();
        try (PlatformLoad load = load(server, frames, links, number())) {
            int perSecond = number();
            Thread reporting = Thread.ofPlatform().start(() -> reportThroughKills(load, perSecond));
            say("ready");
            awaitLine();
            load.stop();
            reporting.join();
            load.settle(SETTLE_NANOS);
            for (LoadLink link : load.links()) {
                say(
                        "link",
                        link.vehicleOf(0),
                        frames.vehicles() / links,
                        link.secondOf(0),
                        link.answered());
            }
            say("settled");
        }
    }

    /** Comes back after each lost connection and goes on behind the last answer. */
    private static void reportThroughKills(PlatformLoad load, int perSecond) {
        boolean done = false;
        while (!done) {
            try {
                load.connect();
                load.run(Long.MAX_VALUE, perSecond);
                done = true;
            } catch (IOException e) {
                done = !isDropped(load);
            }
        }
    }

    private static boolean isDropped(PlatformLoad load) {
        try {
            load.drop();
            Thread.sleep(RECONNECT_MILLIS);
            return true;
        } catch (IOException | InterruptedException e) {
            return false;
        }
    }
}
