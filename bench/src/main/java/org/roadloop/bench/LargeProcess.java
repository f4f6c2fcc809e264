package org.roadloop.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A part of a bench in a process of its own, with a larger heap than a platform has (大内存进程). */
final class LargeProcess {
    private static final String MARK = "roadloop.bench.large";

    private LargeProcess() {}

    static boolean isThis() {
        return Boolean.getBoolean(MARK);
    }

    /** Runs the bench there and takes over its figures. */
    static void run(Figures figures, String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(flag -> !flag.startsWith("-Xmx") && !flag.startsWith("-XX:AOT"))
                .forEach(command::add);
        command.addAll(List.of("-Xmx2g", "-D" + MARK + "=true"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.add(Main.class.getName());
        command.addAll(List.of(arguments));
        Process process =
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                String[] figure = line.split(" ", 3);
                figures.add(figure[0], Double.parseDouble(figure[1]), figure[2]);
            }
            int exit = process.waitFor();
            if (exit != 0) {
                throw new IOException(String.join(" ", arguments) + " ended with exit " + exit);
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
