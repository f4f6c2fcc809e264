package org.roadloop.app.http;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Tag;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What Prometheus reads at {@code /metrics}. Parts keep their own counters and name them in a map;
 * the registry is made at the first scrape, so that a start does not pay for it. Any thread.
 *
 * <p>A name is {@code collect_frames_total} or, with labels, {@code
 * collect_rejects_total{reason=gb32960_bcc}}; {@code _total} makes a counter, anything else a
 * gauge. Every name gets the prefix {@code roadloop_}. Never a VIN, a plate or a position in a
 * label.
 */
public final class Metrics {
    private static final Pattern NAME =
            Pattern.compile("([a-z][a-z0-9_]*)(?:\\{([a-z_]+=[^,={}]+(?:,[a-z_]+=[^,={}]+)*)})?");

    private final List<Supplier<Map<String, LongSupplier>>> sources = new CopyOnWriteArrayList<>();
    private final Map<String, LongSupplier> registered = new HashMap<>();
    private @org.jspecify.annotations.Nullable PrometheusMeterRegistry registry;

    /** Adds a source; its map is read again at each scrape, so names may appear later. */
    public void add(Supplier<Map<String, LongSupplier>> source) {
        sources.add(source);
    }

    /** The text exposition format, version 0.0.4. */
    public synchronized String scrape() {
        PrometheusMeterRegistry target = registry;
        if (target == null) {
            target = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
            registry = target;
            ProcessMetrics.register(target);
        }
        for (Supplier<Map<String, LongSupplier>> source : sources) {
            for (Map.Entry<String, LongSupplier> entry : source.get().entrySet()) {
                if (registered.put(entry.getKey(), entry.getValue()) == null) {
                    register(target, entry.getKey());
                }
            }
        }
        return target.scrape();
    }

    private void register(PrometheusMeterRegistry target, String name) {
        Matcher matcher = NAME.matcher(name);
        if (!matcher.matches()) {
            throw new IllegalStateException(
                    "metric '" + name + "' is not of the form noun_unit_total{label=value}");
        }
        List<Tag> tags = new ArrayList<>();
        if (matcher.group(2) != null) {
            for (String pair : matcher.group(2).split(",", -1)) {
                int equals = pair.indexOf('=');
                tags.add(Tag.of(pair.substring(0, equals), pair.substring(equals + 1)));
            }
        }
        String base = "roadloop_" + matcher.group(1);
        if (base.endsWith("_total")) {
            String stem = base.substring(0, base.length() - "_total".length());
            FunctionCounter.builder(stem, registered, m -> value(m, name))
                    .tags(tags)
                    .register(target);
        } else {
            Gauge.builder(base, registered, m -> value(m, name)).tags(tags).register(target);
        }
    }

    private static double value(Map<String, LongSupplier> suppliers, String name) {
        LongSupplier supplier = suppliers.get(name);
        return supplier == null ? Double.NaN : supplier.getAsLong();
    }

    /** CPU, memory and threads of this process, from the JDK's own beans. */
    private static final class ProcessMetrics {
        static void register(PrometheusMeterRegistry target) {
            var runtime = Runtime.getRuntime();
            Gauge.builder(
                            "roadloop_heap_used_bytes",
                            runtime,
                            r -> r.totalMemory() - r.freeMemory())
                    .register(target);
            Gauge.builder("roadloop_heap_max_bytes", runtime, Runtime::maxMemory).register(target);
            var self = ProcessHandle.current();
            FunctionCounter.builder("roadloop_cpu_seconds", self, ProcessMetrics::cpuSeconds)
                    .register(target);
        }

        private static double cpuSeconds(ProcessHandle self) {
            return self.info().totalCpuDuration().map(d -> d.toNanos() / 1e9).orElse(Double.NaN);
        }
    }
}
