package org.roadloop.compute.site.slurm;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.roadloop.compute.site.Mount;
import org.roadloop.compute.site.Outcome;
import org.roadloop.compute.site.Site;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What was asked of the cluster and what came of it (作业日志), one JSON object a line, durable before
 * the next step. A line that a crash cut short is cut off when the file is opened. Any thread.
 */
final class JobJournal implements AutoCloseable {
    /**
     * What is needed to bring a run back after a restart.
     *
     * @param timeSeconds limit of each executor
     */
    record Plan(
            String agreement,
            SlurmSettings.Account account,
            Site.Gang gang,
            int cpusPerNode,
            long outputBytes,
            List<Mount> writable,
            List<Path> stdout,
            List<Path> stderr,
            List<Long> timeSeconds) {}

    /** A key: intended, then with a job, then ended. */
    static final class Entry {
        final Plan plan;
        volatile long job;
        volatile Site.Observation.@Nullable Ended ended;
        volatile boolean abandoned;

        Entry(Plan plan) {
            this.plan = plan;
        }
    }

    private final FileChannel file;
    private final Map<String, Entry> entries = new LinkedHashMap<>();
    private final List<SlurmUsage> usage = new ArrayList<>();

    JobJournal(Path path) throws IOException {
        long good = 0;
        if (Files.exists(path)) {
            byte[] all = Files.readAllBytes(path);
            for (int from = 0; ; ) {
                int end = from;
                while (end < all.length && all[end] != '\n') {
                    end++;
                }
                if (end == all.length) {
                    break;
                }
                try {
                    replay(JsonMapper.shared().readTree(all, from, end - from));
                } catch (JacksonException | IllegalArgumentException e) {
                    throw new IOException(
                            "line at byte %d of %s is damaged: %s; move the file away to go on without"
                                            .formatted(from, path, e.getMessage())
                                    + " what it knows",
                            e);
                }
                from = end + 1;
                good = from;
            }
        }
        file = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        file.truncate(good);
        file.position(good);
    }

    synchronized Optional<Entry> find(String key) {
        return Optional.ofNullable(entries.get(key));
    }

    synchronized List<SlurmUsage> usage() {
        return List.copyOf(usage);
    }

    synchronized List<String> abandoned() {
        return entries.entrySet().stream()
                .filter(e -> e.getValue().abandoned)
                .map(Map.Entry::getKey)
                .toList();
    }

    synchronized Entry intend(String key, Plan plan) {
        ObjectNode line = line("intended", key);
        line.put("agreement", plan.agreement());
        line.put("user", plan.account().user()).put("account", plan.account().account());
        Site.Gang gang = plan.gang();
        line.put("nodes", gang.nodes()).put("accelerator", gang.accelerator());
        line.put("cardsPerNode", gang.cardsPerNode()).put("tier", gang.tier());
        line.put("hard", gang.hard()).put("cpusPerNode", plan.cpusPerNode());
        line.put("outputBytes", plan.outputBytes());
        ArrayNode mounts = line.putArray("writable");
        plan.writable()
                .forEach(
                        m ->
                                mounts.addObject()
                                        .put("host", m.host().toString())
                                        .put("inside", m.inside()));
        ArrayNode executors = line.putArray("executors");
        for (int n = 0; n < plan.stdout().size(); n++) {
            executors
                    .addObject()
                    .put("stdout", plan.stdout().get(n).toString())
                    .put("stderr", plan.stderr().get(n).toString())
                    .put("timeSeconds", plan.timeSeconds().get(n));
        }
        append(line);
        Entry entry = new Entry(plan);
        entries.put(key, entry);
        return entry;
    }

    synchronized void submitted(String key, long job) {
        append(line("submitted", key).put("job", job));
        entry(key).job = job;
    }

    /** The platform stopped waiting for the cluster; the job is to end when it is back. */
    synchronized void abandon(String key, boolean abandoned) {
        if (entry(key).abandoned != abandoned) {
            append(line("abandoned", key).put("yes", abandoned));
            entry(key).abandoned = abandoned;
        }
    }

    synchronized void ended(String key, Site.Observation.Ended ended, Optional<SlurmUsage> held) {
        ObjectNode line = line("ended", key);
        line.put("failure", ended.failure()).put("preempted", ended.preempted());
        ArrayNode outcomes = line.putArray("outcomes");
        for (Outcome o : ended.outcomes()) {
            outcomes.addObject()
                    .put("cause", o.cause().name())
                    .put("exitCode", o.exitCode())
                    .put("cpuMillis", o.cpuTime().toMillis())
                    .put("meter", o.meter())
                    .put("start", o.start().toString())
                    .put("end", o.end().toString());
        }
        held.ifPresent(
                u ->
                        line.putObject("held")
                                .put("job", u.job())
                                .put("partition", u.partition())
                                .put("state", u.state())
                                .put("start", u.start().toString())
                                .put("end", u.end().toString())
                                .put("nodes", u.nodes())
                                .put("cpus", u.cpus())
                                .put("cards", u.cards()));
        append(line);
        entry(key).ended = ended;
        held.ifPresent(usage::add);
    }

    private static ObjectNode line(String event, String key) {
        return JsonMapper.shared().createObjectNode().put("event", event).put("key", key);
    }

    private Entry entry(String key) {
        Entry entry = entries.get(key);
        if (entry == null) {
            throw new IllegalArgumentException("the journal has no run '" + key + "'");
        }
        return entry;
    }

    private void append(ObjectNode line) {
        try {
            ByteBuffer bytes =
                    ByteBuffer.wrap((line.toString() + "\n").getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                file.write(bytes);
            }
            file.force(false);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void replay(JsonNode line) {
        String key = line.required("key").asString();
        switch (line.required("event").asString()) {
            case "intended" -> {
                List<Mount> writable = new ArrayList<>();
                for (JsonNode m : line.required("writable")) {
                    writable.add(
                            new Mount(
                                    Path.of(m.required("host").asString()),
                                    m.required("inside").asString(),
                                    true));
                }
                List<Path> stdout = new ArrayList<>();
                List<Path> stderr = new ArrayList<>();
                List<Long> time = new ArrayList<>();
                for (JsonNode e : line.required("executors")) {
                    stdout.add(Path.of(e.required("stdout").asString()));
                    stderr.add(Path.of(e.required("stderr").asString()));
                    time.add(e.required("timeSeconds").asLong());
                }
                entries.put(
                        key,
                        new Entry(
                                new Plan(
                                        line.required("agreement").asString(),
                                        new SlurmSettings.Account(
                                                line.required("user").asString(),
                                                line.required("account").asString()),
                                        new Site.Gang(
                                                line.required("nodes").asInt(),
                                                line.required("accelerator").asString(),
                                                line.required("cardsPerNode").asInt(),
                                                line.required("tier").asString(),
                                                line.required("hard").asBoolean()),
                                        line.required("cpusPerNode").asInt(),
                                        line.required("outputBytes").asLong(),
                                        writable,
                                        stdout,
                                        stderr,
                                        time)));
            }
            case "submitted" -> entry(key).job = line.required("job").asLong();
            case "abandoned" -> entry(key).abandoned = line.required("yes").asBoolean();
            case "ended" -> replayEnd(key, line);
            default -> throw new IllegalArgumentException("unknown event");
        }
    }

    private void replayEnd(String key, JsonNode line) {
        List<Outcome> outcomes = new ArrayList<>();
        for (JsonNode o : line.required("outcomes")) {
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
        Entry entry = entry(key);
        entry.ended =
                new Site.Observation.Ended(
                        outcomes,
                        line.required("failure").asString(),
                        line.required("preempted").asBoolean());
        JsonNode u = line.path("held");
        if (u.isObject()) {
            usage.add(
                    new SlurmUsage(
                            key,
                            u.required("job").asLong(),
                            entry.plan.agreement(),
                            entry.plan.account().user(),
                            entry.plan.account().account(),
                            u.required("partition").asString(),
                            u.required("state").asString(),
                            Instant.parse(u.required("start").asString()),
                            Instant.parse(u.required("end").asString()),
                            u.required("nodes").asInt(),
                            u.required("cpus").asInt(),
                            entry.plan.gang().accelerator(),
                            u.required("cards").asInt()));
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
