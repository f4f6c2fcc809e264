package org.roadloop.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What governance bears (治理基准): rows per second of processor time, rows per second into the lake,
 * what the passport costs, and memory at two sizes. A part is a line in {@link #PARTS}.
 */
final class GovernBench implements Main.Bench {
    /** Measures one part. */
    interface Part {
        void measure(Path root, Figures figures) throws Exception;
    }

    private static final Map<String, Part> PARTS = new LinkedHashMap<>();

    private static final long CLASSIFIER_SEED = 20_261_123;

    static {
        PARTS.put("rows", (_, figures) -> GovernRates.measure(figures));
        PARTS.put("lake", (_, figures) -> IngestFigures.rate(figures));
        PARTS.put("passport", (_, figures) -> PassportFigures.measure(figures));
        PARTS.put("leak", large("leak", (_, figures) -> LeakFigures.measure(figures)));
        PARTS.put("memory", (_, figures) -> IngestFigures.memory(figures));
        PARTS.put("scan", GovernBench::scan);
        PARTS.put("geofence", GeofenceFigures::measure);
        PARTS.put("kanonymity", (_, figures) -> KAnonymityFigures.measure(figures));
        PARTS.put(
                "reidentification",
                large(
                        "reidentification",
                        (_, figures) -> ReidentificationFigures.measure(figures)));
        PARTS.put(
                "classifier", (_, figures) -> ClassifierFigures.measure(CLASSIFIER_SEED, figures));
    }

    /** A part whose own test data need more memory than a platform is given. */
    private static Part large(String name, Part part) {
        return (root, figures) -> {
            if (LargeProcess.isThis()) {
                part.measure(root, figures);
            } else {
                LargeProcess.run(figures, "govern", "--only", name);
            }
        };
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
                        "no part '" + name + "' of bench govern; parts are " + parts());
            }
            part.measure(root, figures);
        }
    }

    private static void scan(Path root, Figures figures) throws Exception {
        Path folder = Files.createTempDirectory("roadloop-bench-scan");
        try {
            LakeFigures.measure(folder, figures);
        } finally {
            Folders.delete(folder);
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
                "bench govern has one option, --only PART,…; parts are " + parts());
    }
}
