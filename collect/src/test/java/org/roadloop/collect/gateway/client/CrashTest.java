package org.roadloop.collect.gateway.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.collect.Counters;
import org.roadloop.collect.gateway.FrameLog;
import org.roadloop.collect.gateway.FrameLogReader;
import org.roadloop.collect.gateway.SegmentLog;
import org.roadloop.collect.gb32960.Frame;
import org.roadloop.collect.gb32960.RealTimeReport;
import org.roadloop.collect.gb32960.VehicleSample;
import org.roadloop.collect.recording.MadeUpVin;
import org.roadloop.core.table.LogPosition;

/** kill −9 of the gateway at seeded moments under load: what was acknowledged is in the log. */
@Tag("slow")
public class CrashTest {
    private static final int CARS = 50;

    @TempDir protected Path directory;

    @Test
    void acknowledgedReportsSurviveKills() throws Exception {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        Counters counters = new Counters();
        AtomicInteger port = new AtomicInteger();
        Set<String> acknowledged = ConcurrentHashMap.newKeySet();
        Set<String> sent = ConcurrentHashMap.newKeySet();
        FleetSettings settings =
                new FleetSettings(
                        1,
                        Duration.ofSeconds(5),
                        3,
                        Duration.ofMillis(50),
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(5),
                        512,
                        30);
        Process gateway = start(port);
        try (FleetClient fleet = new FleetClient(settings, counters, Clock.systemUTC())) {
            PlatformLink link =
                    fleet.openPlatform(
                            () ->
                                    new InetSocketAddress(
                                            InetAddress.getLoopbackAddress(), port.get()),
                            "CITYPLATFORM",
                            "secret");
            link.onAcknowledged(frame -> acknowledged.add(key(frame, 0)));
            AtomicBoolean stop = new AtomicBoolean();
            Thread reporter = Thread.ofVirtual().start(() -> reportUntil(stop, fleet, link, sent));
            for (int kill = 0; kill < kills(); kill++) {
                int before = acknowledged.size();
                long deadline = System.nanoTime() + patience().toNanos();
                while (acknowledged.size() < before + 200 && System.nanoTime() < deadline) {
                    Thread.sleep(5);
                }
                assertThat(acknowledged.size()).isGreaterThan(before);
                Thread.sleep(random.nextInt(300));
                gateway = strike(kill, random, gateway, port);
            }
            stop.set(true);
            reporter.join();
            assertThat(link.awaitAcknowledged(patience())).isTrue();
        } finally {
            gateway.destroyForcibly().waitFor();
        }
        Map<String, Integer> logged = logged();
        assertThat(acknowledged).isEqualTo(sent);
        assertThat(logged.keySet()).isEqualTo(sent);
        int copies = logged.values().stream().mapToInt(Integer::intValue).sum();
        System.out.printf(
                "%d reports acknowledged over %d kills, %d copies from re-issue%n",
                acknowledged.size(), kills(), copies - logged.size());
        // A copy may exist only where the link broke before the answer came.
        assertThat(copies - logged.size())
                .isLessThanOrEqualTo((int) counters.value("client_resent"));
    }

    private static void reportUntil(
            AtomicBoolean stop, FleetClient fleet, PlatformLink link, Set<String> sent) {
        VehicleSample sample = new VehicleSample();
        try {
            for (int second = 0; !stop.get(); second++) {
                for (int car = 0; car < CARS && !stop.get(); car++) {
                    String vin = MadeUpVin.of("CRASH", car);
                    sample.clear();
                    sample.collectedAtMicros = 1_795_314_605_000_000L + second * 1_000_000L;
                    fleet.assign(vin, link);
                    sent.add(vin + sample.collectedAtMicros);
                    fleet.report(vin, sample);
                }
                Thread.sleep(2);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Map<String, Integer> logged() throws Exception {
        Counters counters = new Counters();
        Map<String, Integer> copies = new HashMap<>();
        try (FrameLog log = open(counters);
                FrameLogReader reader = log.reader(LogPosition.START)) {
            while (reader.next(Duration.ZERO)) {
                assertThat(Frame.hasRightBcc(reader.bytes(), reader.offset())).isTrue();
                int command = Frame.command(reader.bytes(), reader.offset());
                if (command == 0x02 || command == 0x03) {
                    copies.merge(key(reader.bytes(), reader.offset()), 1, Integer::sum);
                }
            }
        }
        assertThat(counters.value("framelog_damaged_blocks")).isZero();
        return copies;
    }

    private static String key(byte[] bytes, int frame) {
        return Frame.id(bytes, frame)
                + RealTimeReport.collectedAtMicros(bytes, Frame.dataOffset(frame));
    }

    protected final Process start(AtomicInteger port) throws Exception {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Xmx128m",
                                "-XX:TieredStopAtLevel=1",
                                "-cp",
                                System.getProperty("java.class.path"),
                                "org.roadloop.collect.gateway.GatewayProcess",
                                directory.resolve("log").toString()));
        command.addAll(logPlace());
        Process process =
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        BufferedReader out = process.inputReader();
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            if (line.startsWith("port ")) {
                port.set(Integer.parseInt(line.substring(5)));
                return process;
            }
        }
        throw new IllegalStateException("the gateway process ended before it listened");
    }

    /** Arguments of the gateway's process that say where its log is, when not in files. */
    protected List<String> logPlace() {
        return List.of();
    }

    /** Opens the log once the gateway is gone. */
    protected FrameLog open(Counters counters) {
        return new SegmentLog(
                directory.resolve("log"), new SecretKeySpec(new byte[32], "AES"), counters);
    }

    protected int kills() {
        return 4;
    }

    /** Kills, and starts again; answers the gateway's process from now on. */
    protected Process strike(int kill, Random random, Process gateway, AtomicInteger port)
            throws Exception {
        gateway.destroyForcibly().waitFor();
        return start(port);
    }

    /** How long things may take that take no time on a quiet machine. */
    protected Duration patience() {
        return Duration.ofSeconds(30);
    }
}
