package org.roadloop.bench;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Placement, brokerage, tasks and sandboxes (算力基准). A part is a line in {@link #PARTS}. */
final class ComputeBench implements Main.Bench {
    /** Measures one part. */
    interface Part {
        void measure(Path root, Figures figures) throws Exception;
    }

    private static final Map<String, Part> PARTS = new LinkedHashMap<>();

    static {
        PARTS.put("fgd", FragmentationFigures::measure);
        PARTS.put("placement", PlacementFigures::measure);
        PARTS.put("gang", (_, figures) -> GangFigures.measure(figures));
        PARTS.put("backfill", BackfillFigures::measure);
        PARTS.put("broker", BrokerFigures::measure);
        PARTS.put("tasks", (_, figures) -> TaskFigures.measure(figures));
    }

    static Set<String> parts() {
        return PARTS.keySet();
    }

    @Override
    public void run(Path root, Figures figures, List<String> arguments) throws Exception {
        for (String name : chosen(arguments)) {
            Part part = PARTS.get(name);
            if (part == null) {
                throw new IllegalArgumentException(
                        "no part '" + name + "' of bench compute; parts are " + parts());
            }
            part.measure(root, figures);
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
                "bench compute has one option, --only PART,…; parts are " + parts());
    }
}
