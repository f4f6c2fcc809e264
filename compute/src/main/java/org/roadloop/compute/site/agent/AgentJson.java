package org.roadloop.compute.site.agent;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.roadloop.compute.site.Limits;
import org.roadloop.compute.site.Outcome;
import org.roadloop.compute.site.Site;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What both sides say, as JSON (消息格式). Whatever reads here checks. */
final class AgentJson {
    private static final int MAX_TEXT = 2_000;
    private static final int MAX_SENTENCES = 20;

    private AgentJson() {}

    static ObjectNode object() {
        return JsonMapper.shared().createObjectNode();
    }

    static ObjectNode work(Site.Work work) {
        ObjectNode json = object();
        json.put("image", work.image()).put("cpuSeconds", work.cpuSeconds());
        json.put("cpuCores", work.cpuCores()).put("memoryBytes", work.memoryBytes());
        json.put("diskBytes", work.diskBytes()).put("limitMillis", work.timeLimit().toMillis());
        json.put("preemptible", work.preemptible());
        Site.Gang gang = work.gang();
        json.put("nodes", gang.nodes()).put("accelerator", gang.accelerator());
        json.put("cardsPerNode", gang.cardsPerNode()).put("tier", gang.tier());
        return json.put("hard", gang.hard());
    }

    static Site.Work work(JsonNode json) {
        return new Site.Work(
                json.required("image").asString(),
                json.required("cpuSeconds").asDouble(),
                json.required("cpuCores").asInt(),
                json.required("memoryBytes").asLong(),
                json.required("diskBytes").asLong(),
                Duration.ofMillis(json.required("limitMillis").asLong()),
                json.required("preemptible").asBoolean(),
                new Site.Gang(
                        json.required("nodes").asInt(),
                        json.required("accelerator").asString(),
                        json.required("cardsPerNode").asInt(),
                        json.required("tier").asString(),
                        json.required("hard").asBoolean()));
    }

    static ObjectNode offer(Site.Offer offer) {
        return switch (offer) {
            case Site.Offer.Possible yes ->
                    object().put("expectedMillis", yes.expected().toMillis())
                            .put("occupiesMillis", yes.occupies().toMillis())
                            .put("milliCost", yes.milliCost())
                            .put("slots", yes.slots());
            case Site.Offer.Impossible no ->
                    object().put("code", no.code()).put("reason", no.reason());
        };
    }

    /**
     * @param work that was asked for: an offer that does not fit it is none
     * @param slots that the site has
     */
    static Site.Offer offer(JsonNode json, Site.Work work, long slots) {
        if (json.has("code")) {
            String code = json.path("code").asString("");
            return new Site.Offer.Impossible(
                    code.matches("[a-z_]{1,40}") ? code : "refused", text(json, "reason"));
        }
        long expected = json.path("expectedMillis").asLong(-1);
        long occupies = json.path("occupiesMillis").asLong(-1);
        long cost = json.path("milliCost").asLong(-1);
        long taken = json.path("slots").asLong(-1);
        if (expected < 0
                || occupies < 1
                || occupies > work.timeLimit().toMillis()
                || cost < 0
                || taken < 1
                || taken > slots) {
            return new Site.Offer.Impossible(
                    "no_quote", "what its agent quotes is outside of what was asked");
        }
        return new Site.Offer.Possible(
                Duration.ofMillis(expected), Duration.ofMillis(occupies), cost, taken);
    }

    static ObjectNode limits(Limits limits) {
        return object().put("memoryBytes", limits.memoryBytes())
                .put("processes", limits.processes())
                .put("cpus", limits.cpus())
                .put("timeMillis", limits.time().toMillis())
                .put("scratchBytes", limits.scratchBytes())
                .put("outputBytes", limits.outputBytes());
    }

    static Limits limits(JsonNode json) {
        return new Limits(
                json.required("memoryBytes").asLong(),
                json.required("processes").asInt(),
                json.required("cpus").asDouble(),
                Duration.ofMillis(json.required("timeMillis").asLong()),
                json.required("scratchBytes").asLong(),
                json.required("outputBytes").asLong());
    }

    static ObjectNode ended(Site.Observation.Ended ended) {
        ObjectNode json = object();
        json.put("failure", ended.failure()).put("preempted", ended.preempted());
        ArrayNode outcomes = json.putArray("outcomes");
        for (Outcome o : ended.outcomes()) {
            outcomes.addObject()
                    .put("cause", o.cause().name())
                    .put("exitCode", o.exitCode())
                    .put("cpuNanos", o.cpuTime().toNanos())
                    .put("peakMemoryBytes", o.peakMemoryBytes())
                    .put("meter", o.meter())
                    .put("start", o.start().toString())
                    .put("end", o.end().toString());
        }
        return json;
    }

    /**
     * @throws IllegalArgumentException if it is no end
     */
    static Site.Observation.Ended ended(JsonNode json) {
        List<Outcome> outcomes = new ArrayList<>();
        for (JsonNode o : json.path("outcomes")) {
            String meter = o.path("meter").asString("");
            long cpuNanos = o.path("cpuNanos").asLong(-1);
            if (!meter.matches("[a-z0-9-]{1,40}") || cpuNanos < 0) {
                throw new IllegalArgumentException("an outcome has no meter or no processor time");
            }
            try {
                outcomes.add(
                        new Outcome(
                                Outcome.Cause.valueOf(o.path("cause").asString("")),
                                o.path("exitCode").asInt(),
                                Duration.ofNanos(cpuNanos),
                                Math.max(-1, o.path("peakMemoryBytes").asLong(-1)),
                                meter,
                                Instant.parse(o.path("start").asString("")),
                                Instant.parse(o.path("end").asString(""))));
            } catch (DateTimeException e) {
                throw new IllegalArgumentException("an outcome has no start or no end", e);
            }
        }
        return new Site.Observation.Ended(
                outcomes, text(json, "failure"), json.path("preempted").asBoolean(false));
    }

    static ObjectNode capabilities(Site.Capabilities at) {
        ObjectNode json = object();
        json.put("architecture", at.architecture()).put("slots", at.slots().capacity());
        json.put("speed", at.speed()).put("memoryBytes", at.memoryBytes());
        json.put("milliPerSecond", at.milliPerSecond()).put("sandbox", at.sandbox());
        at.notEnforced().forEach(json.putArray("notEnforced")::add);
        Site.Profile profile = at.profile();
        json.put("nodes", profile.nodes()).put("fp16GigaFlops", profile.fp16GigaFlops());
        json.put("fp64GigaFlops", profile.fp64GigaFlops());
        profile.accelerators().forEach(json.putObject("accelerators")::put);
        return json;
    }

    /** What the agent told of itself, checked. */
    record Registered(
            String architecture,
            long slots,
            double speed,
            long memoryBytes,
            long milliPerSecond,
            String sandbox,
            List<String> notEnforced,
            int nodes,
            Map<String, Integer> accelerators,
            double fp16GigaFlops,
            double fp64GigaFlops) {}

    /**
     * @throws IllegalArgumentException names what is out of range
     */
    static Registered registered(JsonNode json) {
        List<String> sentences = new ArrayList<>();
        json.path("notEnforced").forEach(s -> sentences.add(clean(s.asString(""))));
        Map<String, Integer> cards = new java.util.TreeMap<>();
        json.path("accelerators")
                .properties()
                .forEach(e -> cards.put(e.getKey(), e.getValue().asInt(-1)));
        Registered told =
                new Registered(
                        json.path("architecture").asString(""),
                        json.path("slots").asLong(-1),
                        json.path("speed").asDouble(-1),
                        json.path("memoryBytes").asLong(-1),
                        json.path("milliPerSecond").asLong(-1),
                        json.path("sandbox").asString(""),
                        sentences,
                        json.path("nodes").asInt(-1),
                        cards,
                        json.path("fp16GigaFlops").asDouble(-1),
                        json.path("fp64GigaFlops").asDouble(-1));
        boolean good =
                told.architecture().matches("[A-Za-z0-9_-]{1,40}")
                        && told.sandbox().matches("[a-z0-9-]{1,40}")
                        && told.slots() >= 1
                        && told.slots() <= 1_000_000
                        && told.speed() > 0
                        && told.speed() <= 1e6
                        && told.memoryBytes() >= 1
                        && told.milliPerSecond() >= 0
                        && told.nodes() >= 1
                        && told.fp16GigaFlops() >= 0
                        && told.fp64GigaFlops() >= 0
                        && sentences.size() <= MAX_SENTENCES
                        && cards.size() <= MAX_SENTENCES
                        && cards.entrySet().stream()
                                .allMatch(
                                        e ->
                                                e.getKey().matches("[a-z0-9-]{1,40}")
                                                        && e.getValue() >= 1);
        if (!good) {
            throw new IllegalArgumentException(
                    "capabilities: architecture, sandbox, slots, speed, memoryBytes, milliPerSecond,"
                            + " nodes, rates and accelerators must be told, each in its range");
        }
        return told;
    }

    /** A text for people, cut and without control characters. */
    static String text(JsonNode json, String name) {
        return clean(json.path(name).asString(""));
    }

    private static String clean(String text) {
        String plain = text.replaceAll("\\p{Cntrl}", " ");
        return plain.substring(0, Math.min(MAX_TEXT, plain.length()));
    }

    static boolean isKey(String key) {
        return key.matches("[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}");
    }

    /** Durable when it returns: the whole text, or the file that was there. */
    static void write(Path file, JsonNode json) throws IOException {
        Path part = file.resolveSibling(file.getFileName() + ".part");
        Files.writeString(part, json.toString(), StandardCharsets.UTF_8);
        sync(part, StandardOpenOption.WRITE);
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        sync(folder(file), StandardOpenOption.READ);
    }

    static void sync(Path file, StandardOpenOption how) throws IOException {
        try (FileChannel channel = FileChannel.open(file, how)) {
            channel.force(true);
        }
    }

    static Path folder(Path file) {
        Path parent = file.toAbsolutePath().getParent();
        if (parent == null) {
            throw new IllegalArgumentException(file + " has no folder");
        }
        return parent;
    }

    static JsonNode read(Path file) throws IOException {
        return JsonMapper.shared().readTree(Files.readAllBytes(file));
    }
}
