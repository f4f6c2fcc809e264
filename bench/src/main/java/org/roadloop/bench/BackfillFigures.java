package org.roadloop.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.roadloop.compute.backfill.Backfill;
import org.roadloop.compute.backfill.Backfill.Order;
import org.roadloop.compute.backfill.Job;
import org.roadloop.compute.backfill.StandardWorkload;

/** Mean bounded slowdown of real logs, ours beside EASY's (回填减速比). */
final class BackfillFigures {
    private BackfillFigures() {}

    static void measure(Path root, Figures figures) throws IOException {
        Path folder = root.resolve("../shared/data/swf");
        if (!Files.exists(folder)) {
            System.err.println("backfill: no logs in ../shared/data/swf, left out");
            return;
        }
        double worst = 0;
        List<Path> logs;
        try (Stream<Path> files = Files.list(folder)) {
            logs = files.filter(f -> f.toString().endsWith(".swf")).sorted().toList();
        }
        for (Path log : logs) {
            String name = log.getFileName().toString().replace(".swf", "");
            List<Job> jobs = StandardWorkload.jobs(log);
            int processors = StandardWorkload.processors(Path.of(log + ".machines"));
            Backfill.Outcome easy = Backfill.replay(jobs, processors, Order.ARRIVAL);
            Backfill.Outcome ours = Backfill.replay(jobs, processors, Order.EXPANSION);
            figures.add(
                    "peer.backfill." + name + "_fcfs_slowdown",
                    Backfill.replay(jobs, processors, Order.ARRIVAL_ONLY).meanBoundedSlowdown(),
                    "");
            figures.add("peer.backfill." + name + "_easy_slowdown", easy.meanBoundedSlowdown(), "");
            figures.add("backfill." + name + "_slowdown", ours.meanBoundedSlowdown(), "");
            figures.add(
                    "peer.backfill." + name + "_easy_longest_wait", easy.longestWaitSeconds(), "s");
            figures.add("backfill." + name + "_longest_wait", ours.longestWaitSeconds(), "s");
            worst = Math.max(worst, ours.meanBoundedSlowdown() / easy.meanBoundedSlowdown());
        }
        figures.add("backfill.slowdown_ratio", worst, "");
    }
}
