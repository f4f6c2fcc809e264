package org.roadloop.app.market;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.roadloop.app.cli.CliException;
import org.roadloop.app.cli.Nearest;
import org.roadloop.compute.task.TaskRequest;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLFactory;

/**
 * A task as a file (任务文件): a {@code tesTask} as JSON or YAML, or the short form, which has {@code
 * run} or {@code steps} in place of {@code executors}. Its keys are in docs/compute.md, in English
 * and Chinese.
 */
final class TaskFile {
    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

    /** Short keys of {@code resources}: name here, name there. */
    private static final Map<String, String> RESOURCES =
            Map.of("cores", "cpu_cores", "memoryGb", "ram_gb", "diskGb", "disk_gb");

    private static final List<String> STEP =
            List.of("image", "run", "workdir", "stdin", "stdout", "stderr", "env", "ignoreError");
    private static final List<String> TASK =
            List.of("name", "description", "steps", "inputs", "outputs", "volumes", "tags");

    /** Keys whose {@code roadloop.} name is their own. */
    private static final List<String> PARAMETERS =
            TaskRequest.BACKEND_PARAMETERS.stream()
                    .map(key -> key.substring("roadloop.".length()))
                    .toList();

    private TaskFile() {}

    /** The {@code tesTask} of a file. */
    static ObjectNode read(Path file) throws IOException {
        return task(object(file), file);
    }

    /** The {@code tesTask} of what a file, or a part of it, says. */
    static ObjectNode task(ObjectNode task, Path file) {
        return task.has("executors") ? task : longForm(task, file);
    }

    /** The keys and values of a file. */
    static ObjectNode object(Path file) throws IOException {
        JsonNode json;
        try {
            String text = Files.readString(file);
            json =
                    file.toString().endsWith(".json")
                            ? JsonMapper.shared().readTree(text)
                            : YAML.readTree(text);
        } catch (JacksonException e) {
            throw CliException.wrongWords(
                    "%s is neither JSON nor YAML: %s".formatted(file, e.getOriginalMessage()));
        } catch (java.nio.file.NoSuchFileException e) {
            throw CliException.wrongWords("no file " + file);
        }
        if (!(json instanceof ObjectNode task)) {
            throw CliException.wrongWords(file + " holds no task: keys with values are expected");
        }
        return task;
    }

    /** The task in the slots of a reservation; the same task if no reservation is given. */
    static ObjectNode inReservation(ObjectNode task, String id) {
        if (!id.isEmpty()) {
            task.withObject("/resources/backend_parameters").put("roadloop.reservation", id);
        }
        return task;
    }

    private static ObjectNode longForm(ObjectNode shortForm, Path file) {
        ObjectNode task = JsonMapper.shared().createObjectNode();
        ObjectNode resources = JsonMapper.shared().createObjectNode();
        ObjectNode parameters = JsonMapper.shared().createObjectNode();
        ArrayNode executors = task.putArray("executors");
        if (shortForm.has("run")) {
            executors.add(executor(step(shortForm), file));
        }
        for (Map.Entry<String, JsonNode> entry : shortForm.properties()) {
            String key = entry.getKey();
            JsonNode value = entry.getValue();
            if (key.equals("steps")) {
                value.forEach(step -> executors.add(executor((ObjectNode) step, file)));
            } else if (key.equals("inputs") || key.equals("outputs")) {
                task.set(key, files(value, key.equals("inputs")));
            } else if (TASK.contains(key)) {
                task.set(key, value);
            } else if (RESOURCES.containsKey(key)) {
                resources.set(RESOURCES.getOrDefault(key, key), value);
            } else if (key.equals("preemptible")) {
                resources.set(key, value);
            } else if (PARAMETERS.contains(key)) {
                parameters.put("roadloop." + key, parameter(value, file));
            } else if (!STEP.contains(key)) {
                throw unknown(key, file);
            }
        }
        if (executors.isEmpty()) {
            throw CliException.wrongWords(
                    file + " has neither 'run' nor 'steps' nor 'executors': nothing to do");
        }
        if (!parameters.isEmpty()) {
            resources.set("backend_parameters", parameters);
            resources.put("backend_parameters_strict", true);
        }
        if (!resources.isEmpty()) {
            task.set("resources", resources);
        }
        return task;
    }

    /** The wire has texts only: an object, as of a service, is one with JSON in it. */
    private static String parameter(JsonNode value, Path file) {
        if (!(value instanceof ObjectNode object)) {
            return value.asString();
        }
        if (object.at("/refresh/task") instanceof ObjectNode training) {
            ((ObjectNode) object.required("refresh")).set("task", task(training, file));
        }
        return JsonMapper.shared().writeValueAsString(object);
    }

    private static ObjectNode step(ObjectNode task) {
        ObjectNode step = JsonMapper.shared().createObjectNode();
        STEP.stream().filter(task::has).forEach(key -> step.set(key, task.get(key)));
        return step;
    }

    /** A text is for the shell, a list is the words themselves. */
    private static ObjectNode executor(ObjectNode step, Path file) {
        for (String key : step.propertyNames()) {
            if (!STEP.contains(key)) {
                throw unknown(key, file);
            }
        }
        ObjectNode executor = JsonMapper.shared().createObjectNode();
        executor.put("image", step.path("image").asString("alpine"));
        JsonNode run = step.path("run");
        if (run.isArray()) {
            run.forEach(executor.putArray("command")::add);
        } else {
            executor.putArray("command").add("sh").add("-c").add(run.asString(""));
        }
        for (String key : List.of("workdir", "stdin", "stdout", "stderr", "env")) {
            if (step.has(key)) {
                executor.set(key, step.get(key));
            }
        }
        if (step.has("ignoreError")) {
            executor.set("ignore_error", step.get("ignoreError"));
        }
        return executor;
    }

    /** {@code /in/tracks: asset:tracks}, path to URL; or the list of the standard. */
    private static JsonNode files(JsonNode value, boolean inputs) {
        if (!value.isObject()) {
            return value;
        }
        ArrayNode files = JsonMapper.shared().createArrayNode();
        value.properties()
                .forEach(
                        entry -> {
                            String path = entry.getKey();
                            ObjectNode file = files.addObject();
                            boolean folder = path.length() > 1 && path.endsWith("/");
                            file.put("path", folder ? path.substring(0, path.length() - 1) : path);
                            file.put("url", entry.getValue().asString(""));
                            if (folder) {
                                file.put("type", "DIRECTORY");
                            } else if (!inputs) {
                                file.put("type", "FILE");
                            }
                        });
        return files;
    }

    private static CliException unknown(String key, Path file) {
        List<String> known = new java.util.ArrayList<>(TASK);
        known.addAll(STEP);
        known.addAll(RESOURCES.keySet());
        known.addAll(PARAMETERS);
        known.add("preemptible");
        return CliException.wrongWords(
                "%s: %s is not a key; %s"
                        .formatted(
                                file,
                                key,
                                Nearest.word(key, known)
                                        .map(near -> "did you mean '" + near + "'?")
                                        .orElse("known are " + String.join(", ", known))));
    }
}
