package org.roadloop.app.demo;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** What came in and what was governed, sampled twice a second from the running platform (吞吐曲线). */
final class Throughput implements AutoCloseable {
    /**
     * @param seconds of wall time since the first sample
     * @param received frames per second
     * @param acknowledged frames per second
     * @param governed rows per second
     */
    record Sample(double seconds, double received, double acknowledged, double governed) {}

    private record Totals(long atNanos, long received, long acknowledged, long governed) {}

    private final List<Sample> samples = new ArrayList<>();
    private final Thread sampler;
    private final long beganNanos = System.nanoTime();
    private volatile @Nullable Api api;
    private @Nullable Totals last;

    Throughput(Api first) {
        api = first;
        sampler = Thread.ofPlatform().daemon().name("throughput").start(this::sample);
    }

    /** The platform is going down; counters begin at zero again after it. */
    void pause() {
        api = null;
        addNothing();
    }

    void resume(Api next) {
        addNothing();
        api = next;
    }

    /** Nothing goes through while the platform is down. */
    private void addNothing() {
        synchronized (samples) {
            samples.add(new Sample((System.nanoTime() - beganNanos) / 1e9, 0, 0, 0));
        }
    }

    private void sample() {
        while (true) {
            try {
                Thread.sleep(500);
                Api now = api;
                if (now == null) {
                    last = null;
                    continue;
                }
                take(now);
            } catch (InterruptedException e) {
                return;
            } catch (IOException | RuntimeException e) {
                last = null; // the platform is not there for a moment
            }
        }
    }

    private void take(Api now) throws IOException, InterruptedException {
        JsonNode counters = now.get("/api/v1/collect").required("counters");
        long governed = 0;
        for (JsonNode table : now.get("/api/v1/ingest").required("tables").values()) {
            governed += table.required("governedRows").asLong();
        }
        Totals totals =
                new Totals(
                        System.nanoTime(),
                        counters.path("gateway_frames_taken").asLong(0)
                                + counters.path("bsm_messages").asLong(0),
                        counters.path("gateway_frames_acknowledged").asLong(0),
                        governed);
        Totals before = last;
        if (before != null) {
            double seconds = (totals.atNanos - before.atNanos) / 1e9;
            synchronized (samples) {
                samples.add(
                        new Sample(
                                (totals.atNanos - beganNanos) / 1e9,
                                Math.max(0, totals.received - before.received) / seconds,
                                Math.max(0, totals.acknowledged - before.acknowledged) / seconds,
                                Math.max(0, totals.governed - before.governed) / seconds));
            }
        }
        last = totals;
    }

    List<Sample> samples() {
        synchronized (samples) {
            return List.copyOf(samples);
        }
    }

    @Override
    public void close() {
        sampler.interrupt();
    }
}
