package org.roadloop.compute.site.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.roadloop.compute.site.Limits;
import org.roadloop.compute.site.Mount;
import org.roadloop.compute.site.SandboxRun;
import org.roadloop.compute.site.Site;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A run that was given to an agent, as the platform remembers it (已交运行): durable before the agent
 * is asked, so that a restarted platform knows what may be fetched for it and where its results go.
 *
 * @param sent what the agent got
 * @param hosts of the mounts that were sent, in their order
 * @param streams standard output and error of each executor
 * @param checkpoint host folder, empty for none
 * @param ended absent until it has ended and everything is back
 */
record SentRun(
        ObjectNode sent,
        List<Path> hosts,
        List<List<Path>> streams,
        Optional<Path> checkpoint,
        Instant submittedAt,
        Optional<Site.Observation.Ended> ended) {
    SentRun {
        hosts = List.copyOf(hosts);
        streams = List.copyOf(streams);
    }

    static SentRun of(String key, Site.Run run, Duration checkpointEvery) throws IOException {
        List<Mount> mounts =
                List.copyOf(
                        new LinkedHashSet<>(
                                run.executors().stream()
                                        .flatMap(e -> e.mounts().stream())
                                        .toList()));
        List<List<Path>> streams = new ArrayList<>();
        Map<Path, String> names = new HashMap<>();
        for (SandboxRun e : run.executors()) {
            names.put(e.stdout(), streams.size() + ".stdout");
            names.put(e.stderr(), streams.size() + ".stderr");
            streams.add(List.of(e.stdout(), e.stderr()));
        }
        ObjectNode sent = AgentJson.object();
        sent.put("key", key).put("agreement", run.agreement());
        sent.put("checkpointMillis", checkpointEvery.toMillis());
        run.checkpoint().ifPresent(folder -> place(folder, mounts, sent.putObject("checkpoint")));
        ArrayNode list = sent.putArray("mounts");
        for (Mount mount : mounts) {
            ObjectNode one = list.addObject();
            one.put("inside", mount.inside()).put("writable", mount.writable());
            String stream = names.get(mount.host());
            if (stream != null) {
                one.put("stream", stream);
            } else {
                one.set("tree", TreeReader.still(mount.host(), Long.MAX_VALUE).toJson());
            }
        }
        ArrayNode executors = sent.putArray("executors");
        for (int n = 0; n < run.executors().size(); n++) {
            SandboxRun e = run.executors().get(n);
            ObjectNode one = executors.addObject();
            one.put("image", e.image().name()).put("workdir", e.workdir());
            one.put("ignoreError", run.ignoreError().get(n));
            e.command().forEach(one.putArray("command")::add);
            new TreeMap<>(e.environment()).forEach(one.putObject("environment")::put);
            e.mounts().forEach(m -> one.withArray("mounts").add(mounts.indexOf(m)));
            one.set("limits", AgentJson.limits(e.limits()));
            Path stdin = e.stdin();
            if (stdin != null) {
                ObjectNode from = one.putObject("stdin");
                String stream = names.get(stdin);
                if (stream != null) {
                    from.put("stream", stream);
                } else {
                    place(stdin, mounts, from);
                }
            }
        }
        return new SentRun(
                sent,
                mounts.stream().map(Mount::host).toList(),
                streams,
                run.checkpoint(),
                Instant.now(),
                Optional.empty());
    }

    /** Where a host path lies in the mounts. */
    private static void place(Path path, List<Mount> mounts, ObjectNode json) {
        for (int n = 0; n < mounts.size(); n++) {
            if (path.startsWith(mounts.get(n).host())) {
                json.put("mount", n).put("path", mounts.get(n).host().relativize(path).toString());
                return;
            }
        }
        throw new IllegalArgumentException(path.getFileName() + " lies in no mount of the run");
    }

    SentRun withEnd(Site.Observation.Ended end) {
        return new SentRun(sent, hosts, streams, checkpoint, submittedAt, Optional.of(end));
    }

    boolean isWritable(int mount) {
        JsonNode one = sent.required("mounts").path(mount);
        return one.path("writable").asBoolean(false) && one.has("tree");
    }

    Limits limits(int executor) {
        return AgentJson.limits(sent.required("executors").get(executor).required("limits"));
    }

    long outputBytes() {
        return limits(0).outputBytes();
    }

    /** All executors one after the other, each as long as it may. */
    Duration timeLimit() {
        Duration sum = Duration.ZERO;
        for (int n = 0; n < streams.size(); n++) {
            sum = sum.plus(limits(n).time());
        }
        return sum;
    }

    /** {@code 0.stdout} to its file here; null if the run has no such stream. */
    @Nullable Path stream(String name) {
        if (!name.matches("[0-9]{1,4}\\.(stdout|stderr)")) {
            return null;
        }
        int executor = Integer.parseInt(name.substring(0, name.indexOf('.')));
        return executor < streams.size()
                ? streams.get(executor).get(name.endsWith("stdout") ? 0 : 1)
                : null;
    }

    /** Files of the mounts by content: what the agent may fetch for this run. */
    Map<String, Path> contents() {
        Map<String, Path> contents = new HashMap<>();
        for (int n = 0; n < hosts.size(); n++) {
            JsonNode tree = sent.required("mounts").get(n).path("tree");
            for (JsonNode entry : tree) {
                if (entry.has("sha256")) {
                    String path = entry.required("path").asString();
                    contents.put(
                            entry.required("sha256").asString(),
                            path.isEmpty() ? hosts.get(n) : hosts.get(n).resolve(path));
                }
            }
        }
        return contents;
    }

    void write(Path file) throws IOException {
        ObjectNode json = AgentJson.object().put("version", 1);
        json.put("submittedAt", submittedAt.toString());
        hosts.forEach(host -> json.withArray("hosts").add(host.toString()));
        ArrayNode list = json.putArray("streams");
        streams.forEach(
                s -> list.addArray().add(s.getFirst().toString()).add(s.getLast().toString()));
        checkpoint.ifPresent(folder -> json.put("checkpoint", folder.toString()));
        json.set("sent", sent);
        ended.ifPresent(end -> json.set("ended", AgentJson.ended(end)));
        AgentJson.write(file, json);
    }

    static Optional<SentRun> find(Path file) throws IOException {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        JsonNode json = AgentJson.read(file);
        List<Path> hosts = new ArrayList<>();
        json.path("hosts").forEach(host -> hosts.add(Path.of(host.asString())));
        List<List<Path>> streams = new ArrayList<>();
        json.required("streams")
                .forEach(
                        s ->
                                streams.add(
                                        List.of(
                                                Path.of(s.get(0).asString()),
                                                Path.of(s.get(1).asString()))));
        return Optional.of(
                new SentRun(
                        (ObjectNode) json.required("sent"),
                        hosts,
                        streams,
                        json.has("checkpoint")
                                ? Optional.of(Path.of(json.required("checkpoint").asString()))
                                : Optional.empty(),
                        Instant.parse(json.required("submittedAt").asString()),
                        json.has("ended")
                                ? Optional.of(AgentJson.ended(json.required("ended")))
                                : Optional.empty()));
    }
}
