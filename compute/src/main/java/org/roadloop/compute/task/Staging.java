package org.roadloop.compute.task;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.roadloop.compute.broker.Quote;
import org.roadloop.compute.broker.Wish;
import org.roadloop.compute.site.Site;
import org.roadloop.core.contract.UsageGate;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;

/**
 * Inputs out of the tables, or the owner's files, over the booked line into the folders of a
 * sandbox (数据就位). Used once, by one thread.
 */
final class Staging {
    /** Rate of staging where source and site are the same node: no line is used. */
    private static final long LOCAL_BITS_PER_SECOND = 8_000_000_000L;

    private final TaskWiring wiring;
    private final Clock clock;
    private final OpenTask task;
    private final List<String> systemLogs;

    /** What was moved to the site and how long it took, for the evidence. */
    private final ArrayNode moved = JsonMapper.shared().createArrayNode();

    private final List<Path> kept = new ArrayList<>();

    Staging(TaskWiring wiring, Clock clock, OpenTask task, List<String> systemLogs) {
        this.wiring = wiring;
        this.clock = clock;
        this.task = task;
        this.systemLogs = systemLogs;
    }

    ArrayNode moved() {
        return moved;
    }

    /** At the site, for the search for identities. */
    List<Path> kept() {
        return List.copyOf(kept);
    }

    /** Where contract data is and how much; the owner's own files are where the platform is. */
    static List<Wish.Data> data(TaskWiring wiring, OpenTask task) {
        List<Wish.Data> data = new ArrayList<>();
        UsageGate.Lease lease = task.lease();
        for (TaskRequest.Input input : task.request().inputs()) {
            if (!input.url().isEmpty() && lease != null) {
                InputResolver.Located located = wiring.inputs().locate(input.url(), lease);
                data.add(new Wish.Data(located.node(), located.dataBytes()));
            }
        }
        return data;
    }

    void stage(Site site, Quote.Feasible quote, RunPlan plan, Workspace space)
            throws IOException, InterruptedException {
        Map<TaskRequest.Input, List<RunPlan.StagedFile>> staged = new LinkedHashMap<>();
        int transfer = 0;
        for (TaskRequest.Input input : task.request().inputs()) {
            if (input.url().isEmpty()) {
                continue;
            }
            UsageGate.Lease lease = task.lease();
            List<RunPlan.StagedFile> files = new ArrayList<>();
            if (lease == null) {
                for (ExchangeFolder.Found found :
                        wiring.exchange().find(input.url(), input.type())) {
                    files.add(move(site, input, found.file(), found.name(), 0));
                }
            } else {
                // Estimates stand in the order of the inputs: see data().
                var estimate = quote.transfers().get(transfer++);
                task.waitUntil(clock, estimate.start());
                Path folder =
                        Files.createDirectories(
                                space.export().resolve(Integer.toString(staged.size())));
                for (Path file : wiring.inputs().resolve(input.url(), lease, folder).files()) {
                    files.add(
                            move(
                                    site,
                                    input,
                                    file,
                                    file.getFileName().toString(),
                                    estimate.rateBitsPerSecond()));
                }
            }
            staged.put(input, files);
        }
        Files.write(space.stagedList(), kept.stream().map(Path::toString).toList());
        plan.layOut(staged);
    }

    private RunPlan.StagedFile move(
            Site site, TaskRequest.Input input, Path file, String name, long rateBitsPerSecond)
            throws IOException, InterruptedException {
        long rate = rateBitsPerSecond > 0 ? rateBitsPerSecond : LOCAL_BITS_PER_SECOND;
        long began = System.nanoTime();
        Site.Staged there = site.stage(file, OutputRelease.sha256(file), rate);
        long tookMicros = (System.nanoTime() - began) / 1000;
        moved.addObject()
                .put("input", input.path())
                .put("sha256", there.sha256())
                .put("movedBytes", there.movedBytes())
                .put("tookMicros", tookMicros)
                .put("rateBitsPerSecond", rateBitsPerSecond);
        kept.add(there.file());
        systemLogs.add(
                "input %s: sha256 %s, %d bytes moved%s"
                        .formatted(
                                input.path(),
                                there.sha256(),
                                there.movedBytes(),
                                there.merkleRoot().isEmpty()
                                        ? ", the site had it"
                                        : ", merkle root " + there.merkleRoot()));
        return new RunPlan.StagedFile(there.file(), name);
    }

    /** What an earlier platform had staged for the run that goes on. */
    static List<Path> keptBefore(Workspace space) throws IOException {
        return Files.exists(space.stagedList())
                ? Files.readAllLines(space.stagedList()).stream().map(Path::of).toList()
                : List.of();
    }

    /** Between now and then, at most so long at once. */
    static long pauseMillis(Instant now, Instant at) {
        return Math.clamp(Duration.between(now, at).toMillis(), 1, 200);
    }
}
