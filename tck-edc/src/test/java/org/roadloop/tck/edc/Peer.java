package org.roadloop.tck.edc;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.roadloop.bench.EdcConnector;
import org.roadloop.bench.EdcPair;

/** Brings and starts the EDC of these tests, and waits for it. */
final class Peer {
    private static final Path ROOT =
            Path.of(System.getProperty("roadloop.root", "..")).toAbsolutePath();
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(90);

    private Peer() {}

    /** Its jars; empty where Maven can't resolve them. */
    static Optional<Path> jars() throws IOException, InterruptedException {
        Process setup =
                new ProcessBuilder(ROOT.resolve("roadloop").toString(), "setup", "edc")
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
        try {
            return setup.waitFor(5, TimeUnit.MINUTES) && setup.exitValue() == 0
                    ? EdcConnector.findJars(ROOT)
                    : Optional.empty();
        } finally {
            setup.destroyForcibly();
        }
    }

    /** Policies with operands that no function of this EDC decides are allowed. */
    static EdcConnector start(Path jars, Path home, String id, EdcPair.Pace pace)
            throws IOException, InterruptedException {
        Map<String, String> settings = new TreeMap<>(pace.settings());
        settings.put("edc.policy.validation.enabled", "false");
        return EdcConnector.start(jars, home.resolve(id + ".log"), id, settings);
    }

    /** Asks until it is so. */
    static void await(String what, Callable<Boolean> condition) throws Exception {
        await(() -> what, condition);
    }

    static void await(Callable<String> what, Callable<Boolean> condition) throws Exception {
        long end = System.nanoTime() + PATIENCE_NANOS;
        while (!condition.call()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("not so within 90 s: " + what.call());
            }
            Thread.sleep(50);
        }
    }
}
