package org.roadloop.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The same loads on a pair of Eclipse EDC connectors (对照组), as they come and as tuned as they bear.
 * Theirs is the easier task: they keep everything in memory, write no evidence, and know the offer.
 */
final class PeerFigures {
    private PeerFigures() {}

    /** Nothing but a line that says so where EDC can't be had. */
    static void measure(Path root, Path folder, Figures figures, int negotiations)
            throws IOException, InterruptedException {
        Process setup =
                new ProcessBuilder(root.resolve("roadloop").toString(), "setup", "edc")
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        Optional<Path> jars = setup.waitFor() == 0 ? EdcConnector.findJars(root) : Optional.empty();
        if (jars.isEmpty()) {
            System.out.println("# peer.*: left out, ./roadloop setup edc failed");
            return;
        }
        measure(jars.get(), folder.resolve("edc"), figures, "peer.", EdcPair.Pace.DEFAULT, 8, 160);
        measure(
                jars.get(),
                folder.resolve("edc-tuned"),
                figures,
                "peer.tuned.",
                EdcPair.Pace.TUNED,
                40,
                Math.min(600, negotiations));
    }

    private static void measure(
            Path jars,
            Path logs,
            Figures figures,
            String prefix,
            EdcPair.Pace pace,
            int oneByOne,
            int atOnce)
            throws IOException, InterruptedException {
        Files.createDirectories(logs);
        try (EdcPair pair = EdcPair.start(jars, logs, pace)) {
            pair.negotiate(atOnce / 2, 16); // warm
            EdcPair.Load alone = pair.negotiate(oneByOne, 1);
            EdcPair.Load crowd = pair.negotiate(atOnce, 16);
            EdcPair.Load transfers = pair.transfer(oneByOne, 1);
            figures.add(prefix + "negotiation.p50_ms", alone.percentileMillis(50), "ms");
            figures.add(prefix + "negotiation.per_second", crowd.perSecond(), "1/s");
            figures.add(prefix + "negotiation.cpu_ms", crowd.cpuMillisEach(), "ms");
            figures.add(
                    prefix + "negotiation.failed_percent", 100.0 * crowd.failed() / atOnce, "%");
            figures.add(prefix + "transfer.p50_ms", transfers.percentileMillis(50), "ms");
            figures.add(prefix + "pair.rss_mb", pair.residentBytes() / (1024.0 * 1024.0), "MiB");
        }
    }
}
