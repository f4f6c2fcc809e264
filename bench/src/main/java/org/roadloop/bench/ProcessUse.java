package org.roadloop.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** What a process and its descendants have used, from Linux's {@code /proc}. Any thread. */
final class ProcessUse {
    /** USER_HZ, the unit of {@code /proc/PID/stat}: fixed at 100 for programs. */
    private static final double TICKS_PER_SECOND = 100;

    private ProcessUse() {}

    /** User and system time since the start, with that of children that ended. */
    static double cpuSeconds(ProcessHandle process) throws IOException {
        long ticks = 0;
        for (ProcessHandle each : tree(process)) {
            String stat = read(each, "stat");
            // the name in parentheses may hold anything; utime, stime, cutime, cstime are 14 to 17
            String[] fields = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ");
            for (int i = 11; i < 15 && i < fields.length; i++) {
                ticks += Long.parseLong(fields[i]);
            }
        }
        return ticks / TICKS_PER_SECOND;
    }

    /** Proportional set size: what is shared with others counts in parts. */
    static double pssMebibytes(ProcessHandle process) throws IOException {
        long kibibytes = 0;
        for (ProcessHandle each : tree(process)) {
            kibibytes +=
                    read(each, "smaps_rollup")
                            .lines()
                            .filter(line -> line.startsWith("Pss:"))
                            .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                            .sum();
        }
        return kibibytes / 1024.0;
    }

    private static List<ProcessHandle> tree(ProcessHandle process) {
        return Stream.concat(Stream.of(process), process.descendants()).toList();
    }

    /** Empty if the process has ended meanwhile. */
    private static String read(ProcessHandle process, String file) throws IOException {
        try {
            return Files.readString(Path.of("/proc", Long.toString(process.pid()), file));
        } catch (NoSuchFileException e) {
            return "";
        }
    }
}
