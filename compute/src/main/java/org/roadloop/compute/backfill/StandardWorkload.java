package org.roadloop.compute.backfill;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Logs of batch systems in the Standard Workload Format, version 2.2 (标准工作负载格式; Chapin et al.,
 * JSSPP 1999). Of the 18 fields six are read: job, submit time, run time, allocated processors,
 * requested processors, requested time; −1 is unknown. Jobs that never ran are left out.
 */
public final class StandardWorkload {
    private StandardWorkload() {}

    /** Jobs by their submit time. */
    public static List<Job> jobs(Path log) throws IOException {
        List<Job> jobs = new ArrayList<>();
        int number = 0;
        for (String line : Files.readAllLines(log, StandardCharsets.ISO_8859_1)) {
            number++;
            String text = line.strip();
            if (text.isEmpty() || text.startsWith(";")) {
                continue;
            }
            String[] fields = text.split("\\s+");
            if (fields.length < 9) {
                throw new IllegalArgumentException(
                        "%s, line %d has %d fields, a job has 18"
                                .formatted(log.getFileName(), number, fields.length));
            }
            try {
                long run = whole(fields[3]);
                int processors = (int) Math.max(whole(fields[4]), whole(fields[7]));
                if (run < 1 || processors < 1) {
                    continue;
                }
                long estimate = Math.max(run, whole(fields[8]));
                jobs.add(new Job(whole(fields[0]), whole(fields[1]), run, estimate, processors));
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException(
                        "%s, line %d: %s".formatted(log.getFileName(), number, e.getMessage()), e);
            }
        }
        jobs.sort(Comparator.comparingLong(Job::submitSeconds));
        return jobs;
    }

    private static long whole(String field) {
        return (long) Double.parseDouble(field);
    }

    /**
     * Processors of a list of machines: a line each of number, name, nodes, processors of a node,
     * and what else there is.
     */
    public static int processors(Path machines) throws IOException {
        int sum = 0;
        for (String line : Files.readAllLines(machines)) {
            if (!line.isBlank()) {
                String[] fields = line.strip().split("\\s+");
                sum += Integer.parseInt(fields[2]) * Integer.parseInt(fields[3]);
            }
        }
        return sum;
    }
}
