package org.roadloop.compute.task;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.roadloop.compute.site.Outcome;
import org.roadloop.compute.site.Site;
import org.roadloop.core.contract.UsageGate;
import org.roadloop.core.ledger.Receipt;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The end of a run (任务收尾): metering → judgement of outputs → logs → one record. Reads from top to
 * bottom; used once, by one thread.
 */
final class Conclusion {
    private static final int LOG_BYTES = 64 << 10;

    private final TaskWiring wiring;
    private final Clock clock;
    private final OpenTask task;
    private final RunPlan plan;
    private final Workspace space;
    private final List<String> systemLogs;
    private final List<Receipt> receipts;
    private final OutputRelease release;
    private final ObjectNode body = JsonMapper.shared().createObjectNode();
    private TaskState state = TaskState.COMPLETE;

    Conclusion(
            TaskWiring wiring,
            Clock clock,
            OpenTask task,
            RunPlan plan,
            Workspace space,
            List<String> systemLogs,
            List<Receipt> receipts) {
        this.wiring = wiring;
        this.clock = clock;
        this.task = task;
        this.plan = plan;
        this.space = space;
        this.systemLogs = systemLogs;
        this.receipts = receipts;
        this.release = task.isOwn() ? new OutputRelease(OutputRelease.Rules.OWN) : wiring.release();
    }

    /**
     * The body of {@code task.finished}.
     *
     * @param inputs staged files, whose identities must not leave
     */
    ObjectNode conclude(
            Site.Observation.Ended ended, List<Path> inputs, Instant start, String flavour)
            throws IOException {
        state = state(ended);
        // Metering comes before any output leaves; a contract that ended meanwhile keeps them in.
        long computeSeconds = computeSeconds(ended);
        meter(computeSeconds, flavour);
        OutputRelease.Tokens tokens = new OutputRelease.Tokens(forbidden(inputs));
        ArrayNode outputs = body.putArray("outputs");
        ArrayNode withheld = body.putArray("withheld");
        if (state == TaskState.COMPLETE) {
            for (TaskRequest.Output output : task.request().outputs()) {
                release(output, tokens, outputs, withheld);
            }
        }
        if (state == TaskState.COMPLETE && task.revoked) {
            // nobody has heard of the outputs yet: they stay in
            noteRevoked("before the outputs were released");
            Workspace.remove(space.result());
            outputs.removeAll();
            state = TaskState.SYSTEM_ERROR;
        }
        logs(ended, tokens);
        body.put("state", state.name());
        body.put("start", start.toString()).put("end", clock.instant().toString());
        body.put("flavour", flavour);
        body.put("uses", Attempts.neverRan(ended) || task.isOwn() ? 0 : 1);
        body.put("computeSeconds", computeSeconds);
        body.put(
                "meter", ended.outcomes().isEmpty() ? "none" : ended.outcomes().getFirst().meter());
        ArrayNode uses = body.putArray("receipts");
        receipts.forEach(r -> uses.addArray().add(r.firstIndex()).add(r.count()));
        systemLogs.forEach(body.putArray("systemLogs")::add);
        return body;
    }

    private void meter(long computeSeconds, String flavour) {
        UsageGate.Lease lease = task.lease();
        if (lease == null) {
            systemLogs.add(
                    "the owner's own task: %d compute seconds, no agreement debited"
                            .formatted(computeSeconds));
            return;
        }
        if (computeSeconds > 0) {
            try {
                receipts.add(
                        lease.use(
                                List.of(
                                        new UsageGate.Quantity(
                                                computeSeconds, "compute-second", flavour))));
            } catch (UsageGate.RefusedException e) {
                systemLogs.add("use refused: " + e.getMessage());
                state = TaskState.SYSTEM_ERROR;
            }
        }
    }

    private Set<String> forbidden(List<Path> inputs) {
        UsageGate.Lease lease = task.lease();
        return lease == null
                ? Set.of()
                : new LinkedHashSet<>(wiring.forbidden().tokens(lease.agreementId(), inputs));
    }

    private void release(
            TaskRequest.Output output,
            OutputRelease.Tokens tokens,
            ArrayNode outputs,
            ArrayNode withheld)
            throws IOException {
        int limit = release.files();
        List<OutputFiles.Found> files = OutputFiles.of(output, plan, limit);
        if (files.isEmpty() && output.hasWildcards()) {
            withhold(
                    withheld,
                    new OutputRelease.Verdict.Withheld(
                            output.path(), "absent", "the task wrote nothing of that name"));
        }
        if (files.size() > limit) {
            withhold(
                    withheld,
                    new OutputRelease.Verdict.Withheld(
                            output.path(),
                            "too_many_files",
                            "more than " + limit + " files; their names are records too"));
            return;
        }
        for (OutputFiles.Found file : files) {
            if (output.isMany() && !file.isPlainlyNamed()
                    || output.isMany() && release.nameOccurs(file.name(), tokens)) {
                // the name itself is not repeated
                withhold(
                        withheld,
                        new OutputRelease.Verdict.Withheld(
                                output.path(),
                                "file_name",
                                "a file's name is not of [A-Za-z0-9._-] or has an identity in it"));
                continue;
            }
            switch (release.release(file, space.quarantine(), space.result(), tokens)) {
                case OutputRelease.Verdict.Released r -> {
                    String url = publish(output, r);
                    outputs.addObject()
                            .put("url", url)
                            .put("path", r.path())
                            .put("name", r.name())
                            .put("dataBytes", r.dataBytes())
                            .put("mediaType", r.mediaType())
                            .put("sha256", r.sha256());
                }
                case OutputRelease.Verdict.Withheld w -> withhold(withheld, w);
            }
        }
    }

    /** Where a released file is fetched: here, or where its owner wants it. */
    private String publish(TaskRequest.Output output, OutputRelease.Verdict.Released file)
            throws IOException {
        String here = wiring.resultUrl() + "/" + task.id + "/outputs/" + file.name();
        Optional<OwnStorage> storage =
                task.isOwn() ? wiring.own().find(output.url()) : Optional.empty();
        if (storage.isEmpty()) {
            return here;
        }
        String rest = output.isMany() ? file.name().substring(output.resultName().length()) : "";
        String url = TaskFields.withoutSlash(output.url()) + rest;
        try {
            storage.get().put(space.result().resolve(file.name()), file.sha256(), url);
            return url;
        } catch (InterruptedIOException e) {
            throw e; // the platform stops: the next one goes on here
        } catch (IOException | UnfitTaskException e) {
            // what it computed is not lost by that
            systemLogs.add(
                    "output %s can't be written to %s and is kept here, as %s: %s"
                            .formatted(output.path(), url, here, e.getMessage()));
            state = TaskState.SYSTEM_ERROR;
            return here;
        }
    }

    private void withhold(ArrayNode withheld, OutputRelease.Verdict.Withheld w) {
        withheld.addObject().put("path", w.path()).put("code", w.code()).put("reason", w.reason());
        systemLogs.add("output %s withheld (%s): %s".formatted(w.path(), w.code(), w.reason()));
        state = TaskState.SYSTEM_ERROR;
    }

    private void logs(Site.Observation.Ended ended, OutputRelease.Tokens tokens)
            throws IOException {
        ArrayNode executors = body.putArray("executors");
        for (int n = 0; n < ended.outcomes().size(); n++) {
            Outcome o = ended.outcomes().get(n);
            executors
                    .addObject()
                    .put("start", o.start().toString())
                    .put("end", o.end().toString())
                    .put("exitCode", o.exitCode())
                    .put("cause", o.cause().name())
                    .put("cpuMillis", o.cpuTime().toMillis())
                    .put("peakMemoryBytes", o.peakMemoryBytes());
            for (String stream : List.of(n + ".stdout", n + ".stderr")) {
                Path raw = space.rawLog().resolve(stream);
                if (Files.exists(raw)) {
                    Files.writeString(space.log().resolve(stream), release.log(tail(raw), tokens));
                }
            }
        }
    }

    /** Each started second; of a run whose sandbox could not be set up only whole ones. */
    static long computeSeconds(Site.Observation.Ended ended) {
        long millis = ended.cpuTime().toMillis();
        boolean started =
                ended.outcomes().stream().anyMatch(o -> o.cause() != Outcome.Cause.NOT_STARTED);
        return started ? (millis + 999) / 1000 : millis / 1000;
    }

    private TaskState state(Site.Observation.Ended ended) {
        if (task.revoked) {
            noteRevoked("while the task ran");
            return TaskState.SYSTEM_ERROR;
        }
        if (task.cancelled) {
            systemLogs.add("cancelled while it ran");
            return TaskState.CANCELED;
        }
        if (!ended.failure().isEmpty() || ended.outcomes().isEmpty()) {
            systemLogs.add(ended.failure().isEmpty() ? "nothing ran" : ended.failure());
            return TaskState.SYSTEM_ERROR;
        }
        TaskState worst = TaskState.COMPLETE;
        for (int n = 0; n < ended.outcomes().size(); n++) {
            Outcome o = ended.outcomes().get(n);
            @Nullable String failure = failure(o);
            if (failure != null) {
                systemLogs.add("executor " + n + ": " + failure);
                if (!task.request().executors().get(n).ignoreError()
                        || o.cause() == Outcome.Cause.NOT_STARTED) {
                    worst =
                            o.cause() == Outcome.Cause.NOT_STARTED
                                    ? TaskState.SYSTEM_ERROR
                                    : TaskState.EXECUTOR_ERROR;
                }
            }
        }
        return worst;
    }

    private void noteRevoked(String when) {
        UsageGate.Lease lease = task.lease();
        String why =
                lease == null
                        ? ""
                        : String.join(
                                "; ",
                                lease.endedFor().stream().map(UsageGate.Reason::english).toList());
        systemLogs.add("access was revoked " + when + (why.isEmpty() ? "" : ": " + why));
    }

    private static @Nullable String failure(Outcome o) {
        return switch (o.cause()) {
            case EXITED -> o.exitCode() == 0 ? null : "exit code " + o.exitCode();
            case MEMORY -> "killed: it used more memory than it may";
            case TIME -> "killed: it ran longer than it may";
            case OUTPUT -> "killed: it wrote more than it may";
            case PROCESSES -> "ended: it started more processes than it may";
            case CANCELLED -> "cancelled";
            case NOT_STARTED -> "the sandbox could not be set up";
        };
    }

    private static byte[] tail(Path file) throws IOException {
        try (var channel = Files.newByteChannel(file)) {
            long size = channel.size();
            channel.position(Math.max(0, size - LOG_BYTES));
            return java.nio.channels.Channels.newInputStream(channel).readAllBytes();
        }
    }
}
