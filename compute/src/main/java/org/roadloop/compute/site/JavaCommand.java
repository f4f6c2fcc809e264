package org.roadloop.compute.site;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The command line of Java that a {@code roadloop …} command stands for. */
public final class JavaCommand {
    /** Of the memory limit; the rest is for metaspace, code, stacks and scratch files. */
    private static final double HEAP_SHARE = 0.5;

    private JavaCommand() {}

    public static List<String> words(
            ToolImage image,
            SandboxRun run,
            String javaHome,
            List<String> classPath,
            String scratch) {
        List<String> words = new ArrayList<>();
        words.add(javaHome + "/bin/java");
        words.addAll(image.jvmArgs());
        words.add(
                "-Xmx" + Math.max(8, (long) (run.limits().memoryBytes() * HEAP_SHARE) >> 20) + "m");
        words.add("-XX:-UsePerfData");
        words.add("-Djava.io.tmpdir=" + scratch);
        words.add("-cp");
        words.add(String.join(":", classPath));
        words.add(image.mainClass());
        words.addAll(run.command().subList(1, run.command().size()));
        return words;
    }

    /** A folder of jars is a wildcard, any other folder or file is itself. */
    public static String entry(Path host, String inside) throws IOException {
        if (!Files.isDirectory(host)) {
            return inside;
        }
        try (Stream<Path> files = Files.list(host)) {
            return files.anyMatch(f -> f.toString().endsWith(".jar")) ? inside + "/*" : inside;
        }
    }
}
