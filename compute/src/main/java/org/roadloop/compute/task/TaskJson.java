package org.roadloop.compute.task;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A task as GA4GH TES 1.1 shows it ({@code tesTask}). */
final class TaskJson {
    /** TES 1.1 {@code view}: how much of a task is shown. */
    enum View {
        MINIMAL,
        BASIC,
        FULL
    }

    private TaskJson() {}

    /**
     * @param book for what the client sent
     * @param logs folder of the released stdout and stderr of the task
     */
    static ObjectNode of(TaskBook book, Task task, View view, Path logs) {
        ObjectNode json = JsonMapper.shared().createObjectNode();
        json.put("id", task.id()).put("state", task.state().name());
        if (view == View.MINIMAL) {
            return json;
        }
        JsonNode request =
                book.findRequest(task).orElseGet(() -> JsonMapper.shared().createObjectNode());
        for (String field :
                new String[] {
                    "name",
                    "description",
                    "inputs",
                    "outputs",
                    "resources",
                    "executors",
                    "volumes",
                    "tags"
                }) {
            JsonNode value = request.path(field);
            if (!value.isMissingNode() && !value.isNull()) {
                json.set(field, value.deepCopy());
            }
        }
        // the default of 1.1; a client of 1.0 knows none
        for (String files : new String[] {"inputs", "outputs"}) {
            for (JsonNode file : json.path(files)) {
                if (!file.has("type")) {
                    ((ObjectNode) file).put("type", "FILE");
                }
            }
        }
        if (view == View.BASIC && json.path("inputs") instanceof ArrayNode inputs) {
            for (JsonNode input : inputs) {
                ((ObjectNode) input).remove("content");
            }
        }
        json.put("creation_time", task.createdAt().toString());
        ArrayNode taskLogs = json.putArray("logs");
        if (task.placementJson() != null || task.resultJson() != null) {
            taskLogs.add(log(task, view, logs));
        }
        return json;
    }

    private static ObjectNode log(Task task, View view, Path logs) {
        ObjectNode log = JsonMapper.shared().createObjectNode();
        JsonNode result = task.result();
        JsonNode placement = task.placement();
        JsonNode started = task.started();
        log.putArray("logs");
        ObjectNode metadata = log.putObject("metadata");
        put(metadata, "roadloop.site", placement, "site");
        put(metadata, "roadloop.sandbox", started, "sandbox");
        if (task.isService()) {
            metadata.put("roadloop.service", task.service());
            put(metadata, "roadloop.version", placement, "version");
            put(metadata, "roadloop.endpoint", placement, "endpoint");
        }
        if (task.agreement().isEmpty()) {
            metadata.put("roadloop.own", "true");
        } else {
            metadata.put("roadloop.agreement", task.agreement());
            metadata.put("roadloop.purpose", task.purpose());
        }
        put(metadata, "roadloop.uses", result, "uses");
        put(metadata, "roadloop.flavour", result, "flavour");
        put(metadata, "roadloop.computeSeconds", result, "computeSeconds");
        put(metadata, "roadloop.meter", result, "meter");
        if (started != null) {
            log.put("start_time", started.required("at").asString());
        }
        ArrayNode outputs = log.putArray("outputs");
        if (result != null) {
            end(log, result, outputs, view, logs);
        }
        if (view == View.FULL) {
            ArrayNode system = log.putArray("system_logs");
            if (started != null) {
                for (JsonNode sentence : started.path("notEnforced")) {
                    system.add("NOT ENFORCED: " + sentence.asString());
                }
            }
            if (placement != null) {
                placement.path("reasons").forEach(system::add);
            }
            if (result != null) {
                result.path("systemLogs").forEach(system::add);
            }
        }
        return log;
    }

    private static void end(
            ObjectNode log, JsonNode result, ArrayNode outputs, View view, Path logs) {
        if (result.has("end")) {
            log.put("end_time", result.required("end").asString());
        }
        ArrayNode executors = log.withArray("logs");
        int n = 0;
        for (JsonNode executor : result.path("executors")) {
            ObjectNode e = executors.addObject();
            e.put("start_time", executor.required("start").asString());
            e.put("end_time", executor.required("end").asString());
            if (view == View.FULL) {
                e.put("stdout", text(logs.resolve(n + ".stdout")));
                e.put("stderr", text(logs.resolve(n + ".stderr")));
            }
            e.put("exit_code", executor.required("exitCode").asInt());
            n++;
        }
        for (JsonNode output : result.path("outputs")) {
            outputs.addObject()
                    .put("url", output.required("url").asString())
                    .put("path", output.required("path").asString())
                    .put("size_bytes", output.required("dataBytes").asString());
        }
    }

    private static void put(
            ObjectNode metadata, String key, @Nullable JsonNode from, String field) {
        if (from != null && from.has(field)) {
            metadata.put(key, from.required(field).asString());
        }
    }

    private static String text(Path file) {
        try {
            return Files.exists(file) ? Files.readString(file, StandardCharsets.UTF_8) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
