package org.roadloop.compute.site.tes;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.roadloop.compute.site.Limits;
import org.roadloop.compute.site.Mount;
import org.roadloop.compute.site.Outcome;
import org.roadloop.compute.site.SandboxRun;
import org.roadloop.compute.site.Site;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What is remembered of a run at an outside server (外部任务记录): one file a key, durable before the
 * server is asked, so that a restarted platform finds its tasks and knows where their outputs go.
 *
 * @param task id at the server, empty until it is known
 * @param cores of the executors, for what they held
 * @param ended absent until it has ended and everything is back
 */
record TesRun(
        String task,
        int cores,
        long outputBytes,
        List<Mount> writable,
        List<Path> stdout,
        List<Path> stderr,
        Optional<Site.Observation.Ended> ended) {
    TesRun {
        writable = List.copyOf(writable);
        stdout = List.copyOf(stdout);
        stderr = List.copyOf(stderr);
    }

    static TesRun of(Site.Run run) {
        List<SandboxRun> executors = run.executors();
        Limits limits = executors.getFirst().limits();
        return new TesRun(
                "",
                (int) Math.ceil(limits.cpus()),
                limits.outputBytes(),
                executors.stream()
                        .flatMap(e -> e.mounts().stream())
                        .filter(Mount::writable)
                        .distinct()
                        .toList(),
                executors.stream().map(SandboxRun::stdout).toList(),
                executors.stream().map(SandboxRun::stderr).toList(),
                Optional.empty());
    }

    TesRun withTask(String id) {
        return new TesRun(id, cores, outputBytes, writable, stdout, stderr, ended);
    }

    TesRun withEnd(Site.Observation.Ended end) {
        return new TesRun(task, cores, outputBytes, writable, stdout, stderr, Optional.of(end));
    }

    void write(Path file) throws IOException {
        ObjectNode json = JsonMapper.shared().createObjectNode();
        json.put("version", 1).put("task", task).put("cores", cores);
        json.put("outputBytes", outputBytes);
        ArrayNode mounts = json.putArray("writable");
        writable.forEach(
                m -> mounts.addObject().put("host", m.host().toString()).put("inside", m.inside()));
        ArrayNode streams = json.putArray("executors");
        for (int n = 0; n < stdout.size(); n++) {
            streams.addObject()
                    .put("stdout", stdout.get(n).toString())
                    .put("stderr", stderr.get(n).toString());
        }
        ended.ifPresent(end -> writeEnd(json.putObject("ended"), end));
        Path part = file.resolveSibling(file.getFileName() + ".part");
        Files.writeString(part, json.toString());
        try (FileChannel channel = FileChannel.open(part, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static void writeEnd(ObjectNode json, Site.Observation.Ended end) {
        json.put("failure", end.failure()).put("preempted", end.preempted());
        ArrayNode outcomes = json.putArray("outcomes");
        for (Outcome o : end.outcomes()) {
            outcomes.addObject()
                    .put("cause", o.cause().name())
                    .put("exitCode", o.exitCode())
                    .put("cpuMillis", o.cpuTime().toMillis())
                    .put("meter", o.meter())
                    .put("start", o.start().toString())
                    .put("end", o.end().toString());
        }
    }

    static Optional<TesRun> read(Path file) throws IOException {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        JsonNode json = JsonMapper.shared().readTree(Files.readAllBytes(file));
        List<Mount> writable = new ArrayList<>();
        for (JsonNode m : json.required("writable")) {
            writable.add(
                    new Mount(
                            Path.of(m.required("host").asString()),
                            m.required("inside").asString(),
                            true));
        }
        List<Path> stdout = new ArrayList<>();
        List<Path> stderr = new ArrayList<>();
        for (JsonNode e : json.required("executors")) {
            stdout.add(Path.of(e.required("stdout").asString()));
            stderr.add(Path.of(e.required("stderr").asString()));
        }
        JsonNode end = json.path("ended");
        return Optional.of(
                new TesRun(
                        json.required("task").asString(),
                        json.required("cores").asInt(),
                        json.required("outputBytes").asLong(),
                        writable,
                        stdout,
                        stderr,
                        end.isObject() ? Optional.of(readEnd(end)) : Optional.empty()));
    }

    private static Site.Observation.Ended readEnd(JsonNode json) {
        List<Outcome> outcomes = new ArrayList<>();
        for (JsonNode o : json.required("outcomes")) {
            outcomes.add(
                    new Outcome(
                            Outcome.Cause.valueOf(o.required("cause").asString()),
                            o.required("exitCode").asInt(),
                            Duration.ofMillis(o.required("cpuMillis").asLong()),
                            -1,
                            o.required("meter").asString(),
                            Instant.parse(o.required("start").asString()),
                            Instant.parse(o.required("end").asString())));
        }
        return new Site.Observation.Ended(
                outcomes,
                json.required("failure").asString(),
                json.required("preempted").asBoolean());
    }
}
