package org.roadloop.bench;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What collection bears (采集基准): every codec on one core, under JMH, and the whole server under the
 * load of another process. A part is a line in {@link #PARTS}; what its decoders allocate goes into
 * one figure, the worst of all.
 */
final class CollectBench implements Main.Bench {
    /** Measures one part. */
    interface Part {
        /**
         * @return heap bytes that the part's worst decoder allocates per frame; NaN if the part has
         *     none
         */
        double measure(Path root, Figures figures) throws Exception;
    }

    private static final Map<String, Part> PARTS = new LinkedHashMap<>();

    static {
        PARTS.put("gb32960", (_, figures) -> Gb32960Rates.measure(figures));
        PARTS.put("jt808", (_, figures) -> Jt808Rates.measure(figures));
        PARTS.put("v2x", (_, figures) -> V2xRates.measure(figures));
        PARTS.put("mcap", McapFigures::measure);
        PARTS.put("gateway", GatewayFigures::rates);
        PARTS.put("connections", GatewayFigures::connections);
        PARTS.put("crash", GatewayFigures::crash);
        PARTS.put("live", LiveStateFigures::measure);
    }

    static Set<String> parts() {
        return PARTS.keySet();
    }

    @Override
    public void run(Path root, Figures figures, List<String> arguments) throws Exception {
        double worst = Double.NaN;
        for (String name : chosen(arguments)) {
            Part part = PARTS.get(name);
            if (part == null) {
                throw new IllegalArgumentException(
                        "no part '" + name + "' of bench collect; parts are " + parts());
            }
            double allocated = part.measure(root, figures);
            // Not Math.max: it would make one NaN of all.
            worst = Double.isNaN(worst) || allocated > worst ? allocated : worst;
        }
        if (!Double.isNaN(worst)) {
            figures.add("decode.bytes_allocated_per_frame", worst, "B");
        }
    }

    private static Iterable<String> chosen(List<String> arguments) {
        if (arguments.isEmpty()) {
            return parts();
        }
        if (arguments.size() == 2 && arguments.getFirst().equals("--only")) {
            return List.of(arguments.get(1).split(","));
        }
        throw new IllegalArgumentException(
                "bench collect has one option, --only PART,…; parts are " + parts());
    }
}
