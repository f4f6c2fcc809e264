package org.roadloop.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * The figures of one bench run: each is printed as {@code name value unit} the moment it is known,
 * and all are appended to {@code bench/results/NAME.txt} with machine, date and commit. One thread.
 */
final class Figures {
    private final List<String> lines = new ArrayList<>();

    void add(String name, double value, String unit) {
        String number =
                value == Math.rint(value) && Math.abs(value) < 1e15
                        ? Long.toString((long) value)
                        : String.format(Locale.ROOT, value < 10 ? "%.3f" : "%.1f", value);
        String line = name + " " + number + " " + unit;
        lines.add(line);
        System.out.println(line);
    }

    /** Appends the run and returns the file. */
    Path append(Path root, String bench) throws IOException {
        Path file = root.resolve("bench/results/" + bench + ".txt");
        Files.createDirectories(file.getParent());
        List<String> record = new ArrayList<>();
        record.add(
                "# "
                        + LocalDate.now(ZoneOffset.UTC)
                        + " commit "
                        + commit(root)
                        + " on "
                        + machine());
        record.addAll(lines);
        record.add("");
        Files.write(file, record, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        return file;
    }

    private static String machine() throws IOException {
        String processor = "unknown processor";
        Path cpuinfo = Path.of("/proc/cpuinfo");
        if (Files.exists(cpuinfo)) {
            processor =
                    Files.readAllLines(cpuinfo).stream()
                            .filter(line -> line.startsWith("model name"))
                            .map(line -> line.substring(line.indexOf(':') + 1).strip())
                            .findFirst()
                            .orElse(processor);
        }
        return processor
                + ", "
                + Runtime.getRuntime().availableProcessors()
                + " cores, Linux "
                + System.getProperty("os.version").replaceAll("-.*", "")
                + ", JDK "
                + Runtime.version().feature();
    }

    private static String commit(Path root) {
        try {
            Process git =
                    new ProcessBuilder("git", "describe", "--always", "--dirty", "--abbrev=10")
                            .directory(root.toFile())
                            .start();
            String text =
                    new String(
                                    git.getInputStream().readAllBytes(),
                                    java.nio.charset.StandardCharsets.UTF_8)
                            .strip();
            return git.waitFor(5, TimeUnit.SECONDS) && git.exitValue() == 0 ? text : "unknown";
        } catch (IOException e) {
            return "unknown"; // no git, or not a checkout
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "unknown";
        }
    }
}
