package org.roadloop.compute.site.slurm;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/**
 * Reads what slurmrestd answers, in the forms of v0.0.38 and of later versions (版本兼容): there a
 * number may be {@code {"set": true, "infinite": false, "number": 60}}, a state a list of words, a
 * list of names an array.
 */
final class SlurmJson {
    /** {@code ESLURM_INVALID_JOB_ID}. */
    static final int UNKNOWN_JOB = 2017;

    private SlurmJson() {}

    static JobStatus job(JsonNode job) {
        JsonNode nodes = job.path("node_count");
        return new JobStatus(
                number(job.path("job_id"), 0),
                job.path("name").asString(""),
                JobState.of(words(job.path("job_state"))),
                job.path("state_reason").asString("None"),
                instant(job.path("start_time")),
                instant(job.path("end_time")),
                (int) number(nodes, 1),
                (int) number(job.path("cpus"), 1),
                (int) number(job.path("restart_cnt"), 0));
    }

    static Map<String, Cluster.Partition> partitions(JsonNode answer) {
        Map<String, Cluster.Partition> found = new LinkedHashMap<>();
        for (JsonNode p : answer.path("partitions")) {
            String name = p.path("name").asString("");
            JsonNode limit = p.path("max_time_limit");
            if (limit.isMissingNode()) {
                limit = p.path("maximums").path("time");
            }
            found.put(name, new Cluster.Partition(name, Math.max(0, number(limit, 0))));
        }
        return found;
    }

    static Map<String, Cluster.Node> nodes(JsonNode answer) {
        Map<String, Cluster.Node> found = new LinkedHashMap<>();
        for (JsonNode n : answer.path("nodes")) {
            String name = n.path("name").asString("");
            Set<String> state = new TreeSet<>();
            words(n.path("state")).forEach(w -> state.add(w.toLowerCase(java.util.Locale.ROOT)));
            words(n.path("state_flags"))
                    .forEach(w -> state.add(w.toLowerCase(java.util.Locale.ROOT)));
            boolean usable =
                    state.stream()
                            .noneMatch(
                                    w ->
                                            w.matches(
                                                    "down|drain|fail|unknown|future|.*_responding|power.*"));
            found.put(
                    name,
                    new Cluster.Node(
                            name,
                            new TreeSet<>(words(n.path("partitions"))),
                            (int) number(n.path("cpus"), 1),
                            number(n.path("real_memory"), 1),
                            Cluster.gres(n.path("gres").asString("")),
                            n.path("architecture").asString(""),
                            usable,
                            usable && state.contains("idle")));
        }
        return found;
    }

    /** A text, a list of texts, or a text with commas. */
    static List<String> words(JsonNode node) {
        List<String> words = new ArrayList<>();
        if (node.isArray()) {
            node.forEach(n -> words.add(n.asString("")));
        } else if (node.isString()) {
            words.addAll(List.of(node.asString().split(",")));
        }
        return words;
    }

    static long number(JsonNode node, long fallback) {
        if (node.isNumber()) {
            return node.asLong();
        }
        if (node.isString() && node.asString().matches("-?[0-9]{1,18}")) {
            return Long.parseLong(node.asString());
        }
        if (node.isObject()) {
            return node.path("set").asBoolean(true) && !node.path("infinite").asBoolean(false)
                    ? number(node.path("number"), fallback)
                    : fallback;
        }
        return fallback;
    }

    private static Optional<Instant> instant(JsonNode node) {
        long seconds = number(node, 0);
        return seconds > 0 ? Optional.of(Instant.ofEpochSecond(seconds)) : Optional.empty();
    }
}
