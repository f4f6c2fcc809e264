package org.roadloop.bench;

import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;
import org.roadloop.collect.Counters;
import org.roadloop.collect.Lineage;
import org.roadloop.collect.gateway.FrameLog;
import org.roadloop.collect.gateway.FrameSecurity;
import org.roadloop.collect.gateway.IdentityHash;
import org.roadloop.collect.gateway.SegmentLog;
import org.roadloop.collect.gateway.Source;
import org.roadloop.collect.live.LiveFilter;
import org.roadloop.collect.live.LiveFollower;
import org.roadloop.collect.live.LiveSessions;
import org.roadloop.collect.live.LiveSnapshot;
import org.roadloop.collect.live.LiveStates;
import org.roadloop.collect.live.VehicleState;

/**
 * The last known state of a million vehicles (实时状态): what it holds of memory, how fast the log is
 * followed, and what a restart costs. Every vehicle reports twice by an encoded frame of 101 bytes,
 * through a real frame log.
 */
final class LiveStateFigures {
    private static final int VEHICLES = 1_000_000;
    private static final int VIN_AT = 4;
    private static final int VIN_BYTES = 17;
    private static final int NUMBER_DIGITS = 8;

    /** After all collection times of the frames. */
    private static final long RECEIVED_AT_MICROS =
            Instant.parse("2027-01-01T00:00:00Z").toEpochMilli() * 1000;

    private static final SecretKey KEY = new SecretKeySpec(new byte[32], "AES");

    private LiveStateFigures() {}

    /** Not about allocation: NaN. */
    static double measure(Path root, Figures figures) throws Exception {
        Path folder = Files.createTempDirectory("roadloop-live");
        try (FrameLog log = new SegmentLog(folder.resolve("log"), KEY, new Counters())) {
            report(log, 1);
            double usedBefore = usedMebibytes();
            double pssBefore = ProcessUse.pssMebibytes(ProcessHandle.current());
            LiveStates states = states();
            long began = System.nanoTime();
            LiveFollower follower = follower(log, states, folder);
            follower.start();
            await(log, follower);
            figures.add("gateway.live_rebuild_reports_per_second", rate(began), "/s");
            requireAll(states);
            report(log, 2);
            await(log, follower);
            double usedAfter = usedMebibytes();
            figures.add("gateway.live_state_mb", usedAfter - usedBefore, "MiB");
            figures.add(
                    "gateway.live_state_pss_mb",
                    ProcessUse.pssMebibytes(ProcessHandle.current()) - pssBefore,
                    "MiB");
            figures.add("gateway.live_scan_seconds", scanSeconds(states), "s");
            long save = System.nanoTime();
            follower.close();
            figures.add("gateway.live_save_seconds", seconds(save), "s");
            long load = System.nanoTime();
            LiveStates again = states();
            follower(log, again, folder);
            figures.add("gateway.live_load_seconds", seconds(load), "s");
            requireAll(again);
        } finally {
            delete(folder);
        }
        return Double.NaN;
    }

    private static LiveStates states() {
        return new LiveStates(
                LiveStates.MOST_VEHICLES,
                (identity, _) -> {
                    byte[] id = identity.getBytes(StandardCharsets.US_ASCII);
                    long hash = IdentityHash.of(id, 0, id.length);
                    return ByteBuffer.allocate(16).putLong(~hash).putLong(hash).array();
                },
                new Counters());
    }

    private static LiveFollower follower(FrameLog log, LiveStates states, Path folder) {
        return new LiveFollower(
                log,
                states,
                new LiveSnapshot(folder.resolve("state"), KEY),
                FrameSecurity.NONE,
                Clock.systemUTC(),
                Duration.ofDays(36_500),
                new Counters());
    }

    /** One frame of every vehicle, durable. */
    private static void report(FrameLog log, long seed) throws InterruptedException {
        byte[] frames = Gb32960Frames.small(seed);
        for (int vehicle = 0; vehicle < VEHICLES; vehicle++) {
            int at = vehicle % Gb32960Frames.FRAMES * Gb32960Frames.SMALL_BYTES;
            renumber(frames, at, vehicle);
            log.append(
                    Source.GB32960_PLATFORM,
                    Lineage.SIMULATED,
                    IdentityHash.of(frames, at + VIN_AT, VIN_BYTES),
                    RECEIVED_AT_MICROS,
                    frames,
                    at,
                    Gb32960Frames.SMALL_BYTES);
        }
        log.flush();
    }

    /** Another number in the VIN, and the BCC follows. */
    private static void renumber(byte[] frames, int frame, int number) {
        int bcc = frame + Gb32960Frames.SMALL_BYTES - 1;
        int left = number;
        for (int i = frame + VIN_AT + VIN_BYTES - 1, n = 0; n < NUMBER_DIGITS; i--, n++) {
            byte digit = (byte) ('0' + left % 10);
            frames[bcc] ^= (byte) (frames[i] ^ digit);
            frames[i] = digit;
            left /= 10;
        }
    }

    private static void await(FrameLog log, LiveFollower follower) throws InterruptedException {
        while (follower.position().compareTo(log.durableEnd()) < 0) {
            Thread.sleep(1);
        }
    }

    private static double rate(long beganNanos) {
        return VEHICLES / seconds(beganNanos);
    }

    private static double seconds(long beganNanos) {
        return (System.nanoTime() - beganNanos) / 1e9;
    }

    private static void requireAll(LiveStates states) {
        if (states.size() != VEHICLES) {
            throw new IllegalStateException(
                    "the live state has %d vehicles of %d".formatted(states.size(), VEHICLES));
        }
    }

    /** A look at every vehicle by a box that holds few. */
    private static double scanSeconds(LiveStates states) {
        LiveFilter few =
                new LiveFilter(
                        new LiveFilter.Box(116.0, 39.0, 116.02, 39.02),
                        null,
                        Long.MIN_VALUE,
                        null,
                        new LiveSessions(Clock.systemUTC()),
                        null);
        List<VehicleState> found = new ArrayList<>();
        long began = System.nanoTime();
        states.list(0, few, VEHICLES, found);
        return seconds(began);
    }

    /** Heap in use after a collection, and direct buffers. */
    private static double usedMebibytes() {
        System.gc();
        long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
        long direct =
                ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                        .filter(pool -> pool.getName().equals("direct"))
                        .mapToLong(BufferPoolMXBean::getMemoryUsed)
                        .sum();
        return (heap + direct) / 1048576.0;
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
