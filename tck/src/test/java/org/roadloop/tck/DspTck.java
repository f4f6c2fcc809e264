package org.roadloop.tck;

import java.nio.file.Files;

/** Runs the kit outside of a test, for {@code ./roadloop bench dataspace}. */
public final class DspTck {
    private DspTck() {}

    /** Prints the figure {@code tck.passed}, and what failed to stderr. */
    public static void main(String[] arguments) throws Exception {
        DspTckTest.home = Files.createTempDirectory("tck");
        new DspTckTest().kit();
        KitResults.BY_NAME.forEach(
                (name, result) ->
                        result.failure().ifPresent(why -> System.err.println(name + ": " + why)));
        long passed =
                KitResults.BY_NAME.values().stream()
                        .filter(r -> r.failure().isEmpty() && r.skipped().isEmpty())
                        .count();
        System.out.println("tck.passed " + passed + " of " + KitResults.BY_NAME.size());
        System.exit(0); // the kit leaves threads behind
    }
}
