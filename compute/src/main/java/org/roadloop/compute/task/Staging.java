package org.roadloop.compute.task;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.roadloop.compute.broker.Quote;
import org.roadloop.compute.site.Site;
import org.roadloop.core.contract.UsageGate;
import org.roadloop.network.calendar.Estimate;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;

/**
 * Inputs out of the tables, or the owner's files, over the booked line into the folders of a
 * sandbox (数据就位): what the site has is not read again, what another site has comes from there if
 * that was booked. Used once, by one thread.
 */
final class Staging {
    /** Rate of staging where source and site are the same node: no line is used. */
    private static final long LOCAL_BITS_PER_SECOND = 8_000_000_000L;

    /** What was decided does not hold any more: the task is to be placed again. */
    static final class MovedOnException extends Exception {
        private static final long serialVersionUID = 1L;

        MovedOnException(String message) {
            super(message);
        }
    }

    /** A file that is at the site now. */
    private record Arrival(String name, Site.Staged there, Estimate estimate, long tookMicros) {}

    private final TaskWiring wiring;
    private final Clock clock;
    private final OpenTask task;
    private final Site site;
    private final Workspace space;
    private final List<String> systemLogs;

    /** What was moved to the site and how long it took, for the evidence. */
    private final ArrayNode moved = JsonMapper.shared().createArrayNode();

    private final List<Path> kept = new ArrayList<>();

    Staging(
            TaskWiring wiring,
            Clock clock,
            OpenTask task,
            Site site,
            Workspace space,
            List<String> systemLogs) {
        this.wiring = wiring;
        this.clock = clock;
        this.task = task;
        this.site = site;
        this.space = space;
        this.systemLogs = systemLogs;
    }

    ArrayNode moved() {
        return moved;
    }

    /** At the site, for the search for identities. */
    List<Path> kept() {
        return List.copyOf(kept);
    }

    /**
     * @param inputs by which the quote was asked for
     * @throws MovedOnException if bytes would have to move that nothing was booked for
     */
    void stage(TaskInputs inputs, Quote.Feasible quote, RunPlan plan)
            throws IOException, InterruptedException, MovedOnException {
        Map<TaskRequest.Input, List<RunPlan.StagedFile>> staged = new LinkedHashMap<>();
        int transfer = 0;
        for (TaskInputs.At input : inputs.located()) {
            int parts = input.at().parts().size();
            List<Estimate> estimates = quote.transfers().subList(transfer, transfer + parts);
            transfer += parts;
            staged.put(input.input(), stage(input, estimates, staged.size()));
        }
        Files.write(space.stagedList(), kept.stream().map(Path::toString).toList());
        plan.layOut(staged);
    }

    private List<RunPlan.StagedFile> stage(
            TaskInputs.At input, List<Estimate> estimates, int number)
            throws IOException, InterruptedException, MovedOnException {
        List<Arrival> arrivals = input.at().isRead() ? known(input, estimates) : null;
        if (arrivals == null) {
            arrivals = new ArrayList<>();
            Estimate booked = booked(input, estimates);
            task.waitUntil(clock, booked.start());
            for (InputResolver.Content content : resolve(input.input(), number)) {
                arrivals.add(arrive(content.file(), content.name(), content.sha256(), booked));
            }
        }
        arrivals.forEach(arrival -> note(input.input().path(), arrival));
        return arrivals.stream()
                .map(arrival -> new RunPlan.StagedFile(arrival.there().file(), arrival.name()))
                .toList();
    }

    /** Every part without reading the source again; null if one of them can't be had so. */
    private @Nullable List<Arrival> known(TaskInputs.At input, List<Estimate> estimates)
            throws IOException, InterruptedException {
        List<Arrival> arrivals = new ArrayList<>();
        for (int i = 0; i < estimates.size(); i++) {
            Arrival arrival = known(input.at().parts().get(i), estimates.get(i));
            if (arrival == null) {
                return null;
            }
            arrivals.add(arrival);
        }
        return arrivals;
    }

    /** From the site's own cache, or that of the site it was booked from; null if it is gone. */
    private @Nullable Arrival known(InputResolver.Part part, Estimate estimate)
            throws IOException, InterruptedException {
        task.waitUntil(clock, estimate.start());
        if (estimate.claims().isEmpty()) {
            // perhaps another task is bringing it
            while (!task.cancelled
                    && task.interruption() == null
                    && !site.holds(part.sha256())
                    && clock.instant().isBefore(estimate.finish())) {
                Thread.sleep(pauseMillis(clock.instant(), estimate.finish()));
            }
        }
        try {
            if (site.holds(part.sha256())) {
                Path none = space.export().resolve("none");
                return arrive(none, part.name(), part.sha256(), estimate);
            }
            for (Site other : wiring.broker().sites()) {
                if (other.capabilities().node().equals(estimate.source())) {
                    Optional<Path> replica = other.replica(part.sha256());
                    if (replica.isPresent()) {
                        return copy(other, replica.get(), part, estimate);
                    }
                }
            }
        } catch (NoSuchFileException e) {
            // dropped between the look and the staging
        }
        return null;
    }

    /** From another site's cache; null if its copy is damaged. */
    private @Nullable Arrival copy(
            Site from, Path replica, InputResolver.Part part, Estimate estimate)
            throws IOException, InterruptedException {
        try {
            return arrive(replica, part.name(), part.sha256(), estimate);
        } catch (NoSuchFileException e) {
            throw e;
        } catch (IOException e) {
            from.check(part.sha256());
            if (from.holds(part.sha256())) {
                throw e; // the copy there is whole: something else is wrong
            }
            return null;
        }
    }

    /**
     * What was booked for bytes of an input.
     *
     * @throws MovedOnException if nothing was, and they must move
     */
    private Estimate booked(TaskInputs.At input, List<Estimate> estimates) throws MovedOnException {
        for (Estimate estimate : estimates) {
            if (estimate.rateBitsPerSecond() > 0) {
                return estimate;
            }
        }
        if (!input.at().nodes().contains(site.capabilities().node())) {
            throw new MovedOnException(
                    "site %s had input %s when it was chosen, and has it no more"
                            .formatted(site.capabilities().id(), input.input().path()));
        }
        return estimates.getFirst();
    }

    private List<InputResolver.Content> resolve(TaskRequest.Input input, int number)
            throws IOException {
        Path folder = space.export().resolve(Integer.toString(number));
        UsageGate.Lease lease = task.lease();
        if (lease == null) {
            return wiring.own().resolve(input.url(), input.type(), folder);
        }
        Files.createDirectories(folder);
        return wiring.inputs().resolve(input.url(), lease, folder);
    }

    private Arrival arrive(Path file, String name, String sha256, Estimate estimate)
            throws IOException, InterruptedException {
        long rate = estimate.rateBitsPerSecond();
        long began = System.nanoTime();
        Site.Staged there = site.stage(file, sha256, rate > 0 ? rate : LOCAL_BITS_PER_SECOND);
        return new Arrival(name, there, estimate, (System.nanoTime() - began) / 1000);
    }

    private void note(String path, Arrival arrival) {
        Site.Staged there = arrival.there();
        moved.addObject()
                .put("input", path)
                .put("sha256", there.sha256())
                .put("movedBytes", there.movedBytes())
                .put("source", arrival.estimate().source())
                .put("tookMicros", arrival.tookMicros())
                .put("rateBitsPerSecond", arrival.estimate().rateBitsPerSecond());
        kept.add(there.file());
        systemLogs.add(
                "input %s: sha256 %s, %d bytes moved%s"
                        .formatted(
                                path,
                                there.sha256(),
                                there.movedBytes(),
                                there.merkleRoot().isEmpty()
                                        ? ", the site had it"
                                        : " from %s, merkle root %s"
                                                .formatted(
                                                        arrival.estimate().source(),
                                                        there.merkleRoot())));
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
