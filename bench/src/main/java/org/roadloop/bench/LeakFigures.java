package org.roadloop.bench;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * How many of 10,000 seeded secrets leave two whole platforms under contract, and how many the same
 * probe finds when nothing is masked (泄漏率).
 */
final class LeakFigures {
    private static final long SEED = 20_261_122;
    private static final int SECRETS = 10_000;

    private LeakFigures() {}

    static void measure(Figures figures) throws Exception {
        SecretRun.Found masked = run(true);
        SecretRun.Found open = run(false);
        masked.places().forEach((place, hits) -> System.err.println("leak " + place + " " + hits));
        System.err.println("exit: bytes; hits with masks; hits without; echoes of own requests");
        open.exits()
                .forEach(
                        (exit, without) -> {
                            SecretSearch.Exit with = masked.exits().get(exit);
                            System.err.printf(
                                    "%s: %d; %d; %d; %d%n",
                                    exit,
                                    with == null ? 0 : with.bytes(),
                                    with == null ? 0 : with.hits(),
                                    without.hits(),
                                    without.echoes());
                        });
        figures.add("leak.escaped", masked.escaped(), "secrets");
        // The last row of the file holds one secret of every kind or is not there.
        int brought = SECRETS / 7 * 7;
        figures.add("leak.found_unmasked_percent", 100.0 * open.escaped() / brought, "%");
        figures.add("leak.searched_mb", masked.bytesSearched() / 1e6, "MB");
        figures.add("leak.exits", masked.exits().size(), "exits");
    }

    private static SecretRun.Found run(boolean masked) throws Exception {
        Path folder = Files.createTempDirectory("roadloop-bench");
        try {
            return SecretRun.of(folder.resolve("homes"), SEED, SECRETS, masked);
        } finally {
            Folders.delete(folder);
        }
    }
}
