package org.roadloop.compute.task;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * What a client of GA4GH TES 1.1 asks for ({@code tesTask}, the fields that it may set) (任务请求).
 *
 * <p>{@link #parse} holds to the specification's required fields and refuses what this server can't
 * do, rather than run something else.
 */
public record TaskRequest(
        String name,
        String description,
        List<Input> inputs,
        List<Output> outputs,
        Resources resources,
        List<Executor> executors,
        List<String> volumes,
        Map<String, String> tags) {
    public static final String AGREEMENT = "roadloop.agreement";
    public static final String PURPOSE = "roadloop.purpose";
    public static final String DEADLINE = "roadloop.deadline";
    public static final String CPU_SECONDS = "roadloop.cpuSeconds";
    public static final String TIME_LIMIT_SECONDS = "roadloop.timeLimitSeconds";
    public static final String FINISH_WEIGHT = "roadloop.finishWeight";
    public static final String SITE = "roadloop.site";
    public static final String MAX_MILLI_COST = "roadloop.maxMilliCost";

    /** Keys of {@code backend_parameters} that this server understands. */
    public static final List<String> BACKEND_PARAMETERS =
            List.of(
                    AGREEMENT,
                    PURPOSE,
                    DEADLINE,
                    CPU_SECONDS,
                    TIME_LIMIT_SECONDS,
                    FINISH_WEIGHT,
                    SITE,
                    MAX_MILLI_COST);

    /**
     * @param url empty when {@code content} is given
     * @param content empty when {@code url} is given
     */
    public record Input(String url, String path, String content) {}

    /**
     * @param url {@code result:NAME}, or empty for the file's own name
     */
    public record Output(String url, String path) {
        /** Under which the released file is fetched. */
        public String resultName() {
            return url.startsWith("result:")
                    ? url.substring("result:".length())
                    : path.substring(path.lastIndexOf('/') + 1);
        }
    }

    /**
     * @param workdir absolute, empty for the server's choice
     * @param stdin absolute path inside, empty for none; likewise stdout and stderr
     */
    public record Executor(
            String image,
            List<String> command,
            String workdir,
            String stdin,
            String stdout,
            String stderr,
            Map<String, String> env,
            boolean ignoreError) {}

    /**
     * @param ramGb 0 for the server's choice; likewise {@code diskGb}
     */
    public record Resources(
            int cpuCores,
            boolean preemptible,
            double ramGb,
            double diskGb,
            List<String> zones,
            Map<String, String> backendParameters,
            boolean backendParametersStrict) {}

    public TaskRequest {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
        executors = List.copyOf(executors);
        volumes = List.copyOf(volumes);
        tags = Map.copyOf(tags);
    }

    public String parameter(String key, String otherwise) {
        return resources.backendParameters().getOrDefault(key, otherwise);
    }

    /** A number above 0 of {@code backend_parameters}. */
    public double number(String key, double otherwise) {
        String text = parameter(key, "");
        if (text.isEmpty()) {
            return otherwise;
        }
        try {
            double value = Double.parseDouble(text);
            if (value >= 0 && value < 1e12) {
                return value;
            }
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "backend_parameters." + key + " = '" + text + "' is no number", e);
        }
        throw new IllegalArgumentException(
                "backend_parameters." + key + " = '" + text + "' is not within 0 to 1e12");
    }

    /**
     * @throws IllegalArgumentException names the field and what is wrong with it
     */
    public static TaskRequest parse(JsonNode json) {
        if (!json.isObject()) {
            throw new IllegalArgumentException("a task is a JSON object");
        }
        List<Executor> executors = new ArrayList<>();
        for (JsonNode e : array(json, "executors")) {
            String where = "executors[" + executors.size() + "].";
            List<String> command = strings(e, "command", where);
            if (command.isEmpty()) {
                throw new IllegalArgumentException(where + "command is missing or empty");
            }
            executors.add(
                    new Executor(
                            required(e, "image", where),
                            command,
                            path(e, "workdir", where),
                            path(e, "stdin", where),
                            path(e, "stdout", where),
                            path(e, "stderr", where),
                            stringMap(e, "env", where),
                            bool(e, "ignore_error", where)));
        }
        if (executors.isEmpty()) {
            throw new IllegalArgumentException("executors is missing or empty");
        }
        List<Input> inputs = new ArrayList<>();
        for (JsonNode i : array(json, "inputs")) {
            String where = "inputs[" + inputs.size() + "].";
            Input input =
                    new Input(
                            text(i, "url", where),
                            path(i, "path", where),
                            text(i, "content", where));
            if (input.path().isEmpty()) {
                throw new IllegalArgumentException(where + "path is missing");
            }
            if (input.url().isEmpty() == input.content().isEmpty()) {
                throw new IllegalArgumentException(where + "needs either url or content");
            }
            if (inputs.stream().anyMatch(other -> other.path().equals(input.path()))) {
                throw new IllegalArgumentException(
                        where + "path '" + input.path() + "' is that of another input");
            }
            inputs.add(input);
        }
        List<Output> outputs = new ArrayList<>();
        for (JsonNode o : array(json, "outputs")) {
            String where = "outputs[" + outputs.size() + "].";
            Output output = new Output(text(o, "url", where), path(o, "path", where));
            if (output.path().isEmpty()) {
                throw new IllegalArgumentException(where + "path is missing");
            }
            if (text(o, "type", where).equals("DIRECTORY")
                    || !text(o, "path_prefix", where).isEmpty()) {
                throw new IllegalArgumentException(
                        where + "names a directory or a pattern; name each file to be released");
            }
            if (!output.url().isEmpty() && !output.url().startsWith("result:")) {
                throw new IllegalArgumentException(
                        where
                                + "url is not 'result:NAME': outputs are kept here and fetched from here");
            }
            if (!output.resultName().matches("[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
                    || outputs.stream().anyMatch(p -> p.resultName().equals(output.resultName()))) {
                throw new IllegalArgumentException(
                        where + "result name is used twice or is not of [A-Za-z0-9._-]");
            }
            outputs.add(output);
        }
        return new TaskRequest(
                text(json, "name", ""),
                text(json, "description", ""),
                inputs,
                outputs,
                resources(json.path("resources")),
                executors,
                volumes(json),
                stringMap(json, "tags", ""));
    }

    private static List<String> volumes(JsonNode json) {
        List<String> volumes = strings(json, "volumes", "");
        volumes.forEach(volume -> mustBePlain(volume, "volumes"));
        return volumes;
    }

    private static Resources resources(JsonNode json) {
        String where = "resources.";
        Map<String, String> parameters = stringMap(json, "backend_parameters", where);
        boolean strict = bool(json, "backend_parameters_strict", where);
        if (strict) {
            for (String key : parameters.keySet()) {
                if (!BACKEND_PARAMETERS.contains(key)) {
                    throw new IllegalArgumentException(
                            "resources.backend_parameters has the unknown key '%s'; known are %s"
                                    .formatted(key, BACKEND_PARAMETERS));
                }
            }
        }
        double cores = number(json, "cpu_cores");
        if (cores != Math.rint(cores) || cores > 100_000) {
            throw new IllegalArgumentException("resources.cpu_cores must be a whole number");
        }
        return new Resources(
                Math.max(1, (int) cores),
                bool(json, "preemptible", where),
                number(json, "ram_gb"),
                number(json, "disk_gb"),
                strings(json, "zones", where),
                parameters,
                strict);
    }

    private static double number(JsonNode json, String field) {
        JsonNode value = json.path(field);
        if (value.isMissingNode() || value.isNull()) {
            return 0;
        }
        if (!value.isNumber() || value.asDouble() < 0) {
            throw new IllegalArgumentException(
                    "resources." + field + " is not a number of at least 0");
        }
        return value.asDouble();
    }

    private static List<JsonNode> array(JsonNode json, String field) {
        JsonNode value = json.path(field);
        if (value.isMissingNode() || value.isNull()) {
            return List.of();
        }
        List<JsonNode> items = value.isArray() ? value.valueStream().toList() : List.of();
        if (!value.isArray() || items.stream().anyMatch(i -> !i.isObject())) {
            throw new IllegalArgumentException(field + " is not an array of objects");
        }
        return items;
    }

    private static List<String> strings(JsonNode json, String field, String where) {
        JsonNode value = json.path(field);
        if (value.isMissingNode() || value.isNull()) {
            return List.of();
        }
        if (!value.isArray() || value.valueStream().anyMatch(v -> !v.isString())) {
            throw new IllegalArgumentException(where + field + " is not an array of strings");
        }
        return value.valueStream().map(JsonNode::asString).toList();
    }

    private static Map<String, String> stringMap(JsonNode json, String field, String where) {
        JsonNode value = json.path(field);
        Map<String, String> map = new LinkedHashMap<>();
        if (value.isMissingNode() || value.isNull()) {
            return map;
        }
        if (!value.isObject() || value.valueStream().anyMatch(v -> !v.isString())) {
            throw new IllegalArgumentException(where + field + " is not an object of strings");
        }
        value.propertyStream().forEach(p -> map.put(p.getKey(), p.getValue().asString()));
        return map;
    }

    private static boolean bool(JsonNode json, String field, String where) {
        JsonNode value = json.path(field);
        if (value.isMissingNode() || value.isNull()) {
            return false;
        }
        if (!value.isBoolean()) {
            throw new IllegalArgumentException(where + field + " is not true or false");
        }
        return value.asBoolean();
    }

    private static String required(JsonNode json, String field, String where) {
        String value = text(json, field, where);
        if (value.isEmpty()) {
            throw new IllegalArgumentException(where + field + " is missing");
        }
        return value;
    }

    private static String text(JsonNode json, String field, String where) {
        JsonNode value = json.path(field);
        if (value.isMissingNode() || value.isNull()) {
            return "";
        }
        if (!value.isString()) {
            throw new IllegalArgumentException(where + field + " is not a string");
        }
        return value.asString();
    }

    /** Absolute and plain: {@code /in/tracks.parquet}. */
    private static String path(JsonNode json, String field, String where) {
        String path = text(json, field, where);
        if (!path.isEmpty()) {
            mustBePlain(path, where + field);
        }
        return path;
    }

    /** A path becomes a folder on the host: nothing in it may lead elsewhere. */
    private static void mustBePlain(String path, String what) {
        if (!path.matches("(/[A-Za-z0-9._-]+)+") || path.matches(".*/\\.{1,2}(/.*)?")) {
            throw new IllegalArgumentException(
                    what + " '" + path + "' is not an absolute path of plain names");
        }
    }
}
