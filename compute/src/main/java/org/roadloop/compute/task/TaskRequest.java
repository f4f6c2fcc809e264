package org.roadloop.compute.task;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.roadloop.compute.broker.WishParameters;
import org.roadloop.compute.site.Site;
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
    public static final String NODES = "roadloop.nodes";
    public static final String ACCELERATORS = "roadloop.accelerators";
    public static final String TIER = "roadloop.tier";
    public static final String TIER_HARD = "roadloop.tierHard";
    public static final String CHECKPOINT = "roadloop.checkpoint";
    public static final String CHECKPOINT_SECONDS = "roadloop.checkpointSeconds";

    /** The task is a service: its name, or a JSON object with it. See {@link ServiceTasks}. */
    public static final String SERVICE = "roadloop.service";

    /** Keys of {@code backend_parameters} that this server understands. */
    public static final List<String> BACKEND_PARAMETERS =
            Stream.concat(
                            Stream.of(
                                    AGREEMENT,
                                    PURPOSE,
                                    DEADLINE,
                                    CPU_SECONDS,
                                    TIME_LIMIT_SECONDS,
                                    FINISH_WEIGHT,
                                    SITE,
                                    MAX_MILLI_COST,
                                    NODES,
                                    ACCELERATORS,
                                    TIER,
                                    TIER_HARD,
                                    CHECKPOINT,
                                    CHECKPOINT_SECONDS,
                                    SERVICE),
                            WishParameters.KEYS.stream())
                    .toList();

    /** TES {@code tesFileType}; a field that is left out is neither. */
    public enum FileType {
        UNSAID,
        FILE,
        DIRECTORY
    }

    /**
     * @param url empty when {@code content} is given
     * @param content may be empty when {@code url} is
     */
    public record Input(String url, String path, String content, FileType type) {}

    /**
     * @param url {@code result:NAME}, or empty for the file's own name
     * @param path may hold the wildcards of POSIX 2.13.3: {@code * ? [abc]}
     * @param pathPrefix taken off what a wildcard finds, empty without one
     */
    public record Output(String url, String path, String pathPrefix, FileType type) {
        public Output(String url, String path) {
            this(url, path, "", FileType.FILE);
        }

        /** Under which the released file is fetched, or the folder of many. */
        public String resultName() {
            if (url.startsWith("result:")) {
                return url.substring("result:".length());
            }
            String place = url.isEmpty() ? hasWildcards() ? pathPrefix : path : url;
            String plain = place.endsWith("/") ? place.substring(0, place.length() - 1) : place;
            return plain.substring(plain.lastIndexOf('/') + 1);
        }

        public boolean hasWildcards() {
            return path.matches(".*[*?\\[].*");
        }

        /** More than one file may come of it. */
        public boolean isMany() {
            return type == FileType.DIRECTORY || hasWildcards();
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

    /** 0 to 9; only above 0 others are pre-empted for it. */
    public int priority() {
        return WishParameters.priority(parameter(WishParameters.PRIORITY, ""));
    }

    /** Nodes that it needs together; {@code roadloop.accelerators} is like {@code npu:8}. */
    public Site.Gang gang() {
        String cards = parameter(ACCELERATORS, "");
        if (!cards.isEmpty() && !cards.matches("[a-z0-9][a-z0-9_-]*:[1-9][0-9]{0,3}")) {
            throw new IllegalArgumentException(
                    "backend_parameters.%s = '%s' is not like npu:8"
                            .formatted(ACCELERATORS, cards));
        }
        int colon = cards.indexOf(':');
        return new Site.Gang(
                (int) Math.min(number(NODES, 1), 1_000_000),
                colon < 0 ? "" : cards.substring(0, colon),
                colon < 0 ? 0 : Integer.parseInt(cards.substring(colon + 1)),
                parameter(TIER, ""),
                parameter(TIER_HARD, "false").equals("true"));
    }

    /**
     * @throws IllegalArgumentException names the field and what is wrong with it
     */
    public static TaskRequest parse(JsonNode json) {
        if (!json.isObject()) {
            throw new IllegalArgumentException("a task is a JSON object");
        }
        List<Executor> executors = new ArrayList<>();
        for (JsonNode e : TaskFields.array(json, "executors")) {
            String where = "executors[" + executors.size() + "].";
            List<String> command = TaskFields.strings(e, "command", where);
            if (command.isEmpty()) {
                throw new IllegalArgumentException(where + "command is missing or empty");
            }
            executors.add(
                    new Executor(
                            TaskFields.required(e, "image", where),
                            command,
                            TaskFields.path(e, "workdir", where),
                            TaskFields.path(e, "stdin", where),
                            TaskFields.path(e, "stdout", where),
                            TaskFields.path(e, "stderr", where),
                            TaskFields.stringMap(e, "env", where),
                            TaskFields.bool(e, "ignore_error", where)));
        }
        if (executors.isEmpty()) {
            throw new IllegalArgumentException("executors is missing or empty");
        }
        return new TaskRequest(
                TaskFields.text(json, "name", ""),
                TaskFields.text(json, "description", ""),
                inputs(json),
                outputs(json),
                resources(json.path("resources")),
                executors,
                volumes(json),
                TaskFields.stringMap(json, "tags", ""));
    }

    private static List<Input> inputs(JsonNode json) {
        List<Input> inputs = new ArrayList<>();
        for (JsonNode i : TaskFields.array(json, "inputs")) {
            String where = "inputs[" + inputs.size() + "].";
            Input input =
                    new Input(
                            TaskFields.text(i, "url", where),
                            TaskFields.path(i, "path", where),
                            TaskFields.text(i, "content", where),
                            type(i, where));
            if (input.path().isEmpty()) {
                throw new IllegalArgumentException(where + "path is missing");
            }
            boolean written = i.path("content").isString();
            if (input.url().isEmpty() && !written) {
                throw new IllegalArgumentException(where + "needs either url or content");
            }
            if (!input.url().isEmpty() && !input.content().isEmpty()) {
                throw new IllegalArgumentException(where + "has url and content; one is enough");
            }
            if (written && input.url().isEmpty() && input.type() == FileType.DIRECTORY) {
                throw new IllegalArgumentException(where + "content is that of a FILE");
            }
            if (inputs.stream().anyMatch(other -> other.path().equals(input.path()))) {
                throw new IllegalArgumentException(
                        where + "path '" + input.path() + "' is that of another input");
            }
            inputs.add(input);
        }
        return inputs;
    }

    private static List<Output> outputs(JsonNode json) {
        List<Output> outputs = new ArrayList<>();
        for (JsonNode o : TaskFields.array(json, "outputs")) {
            String where = "outputs[" + outputs.size() + "].";
            Output output =
                    new Output(
                            TaskFields.text(o, "url", where),
                            TaskFields.pattern(o, "path", where),
                            TaskFields.text(o, "path_prefix", where),
                            type(o, where));
            if (output.path().isEmpty()) {
                throw new IllegalArgumentException(where + "path is missing");
            }
            if (output.hasWildcards()) {
                // TES 1.1: path_prefix "is required if path contains wildcards"
                if (output.pathPrefix().isEmpty()) {
                    throw new IllegalArgumentException(
                            where + "path has wildcards, so path_prefix is needed");
                }
                String prefix = TaskFields.withoutSlash(output.pathPrefix());
                TaskFields.mustBePlain(prefix, where + "path_prefix");
                if (!output.path().startsWith(prefix + "/")
                        || !literal(output.path()).startsWith(prefix)) {
                    throw new IllegalArgumentException(
                            where
                                    + "path_prefix '"
                                    + output.pathPrefix()
                                    + "' is not a folder at the beginning of path");
                }
            }
            if (!output.resultName().matches("[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
                    || outputs.stream().anyMatch(p -> p.resultName().equals(output.resultName()))) {
                throw new IllegalArgumentException(
                        where + "result name is used twice or is not of [A-Za-z0-9._-]");
            }
            outputs.add(output);
        }
        return outputs;
    }

    /** What stands before the first wildcard. */
    static String literal(String path) {
        int first = path.length();
        for (char wildcard : new char[] {'*', '?', '['}) {
            int at = path.indexOf(wildcard);
            first = at >= 0 ? Math.min(first, at) : first;
        }
        return path.substring(0, first);
    }

    private static FileType type(JsonNode json, String where) {
        String type = TaskFields.text(json, "type", where);
        return switch (type) {
            case "" -> FileType.UNSAID;
            case "FILE" -> FileType.FILE;
            case "DIRECTORY" -> FileType.DIRECTORY;
            default ->
                    throw new IllegalArgumentException(
                            where + "type '" + type + "' is neither FILE nor DIRECTORY");
        };
    }

    private static List<String> volumes(JsonNode json) {
        List<String> volumes =
                TaskFields.strings(json, "volumes", "").stream()
                        .map(volume -> TaskFields.withoutSlash(volume))
                        .toList();
        volumes.forEach(volume -> TaskFields.mustBePlain(volume, "volumes"));
        return volumes;
    }

    private static Resources resources(JsonNode json) {
        String where = "resources.";
        Map<String, String> parameters = TaskFields.stringMap(json, "backend_parameters", where);
        boolean strict = TaskFields.bool(json, "backend_parameters_strict", where);
        if (strict) {
            for (String key : parameters.keySet()) {
                if (!BACKEND_PARAMETERS.contains(key)) {
                    throw new IllegalArgumentException(
                            "resources.backend_parameters has the unknown key '%s'; known are %s"
                                    .formatted(key, BACKEND_PARAMETERS));
                }
            }
        }
        double cores = TaskFields.number(json, "cpu_cores");
        if (cores != Math.rint(cores) || cores > 100_000) {
            throw new IllegalArgumentException("resources.cpu_cores must be a whole number");
        }
        return new Resources(
                Math.max(1, (int) cores),
                TaskFields.bool(json, "preemptible", where),
                TaskFields.number(json, "ram_gb"),
                TaskFields.number(json, "disk_gb"),
                TaskFields.strings(json, "zones", where),
                parameters,
                strict);
    }
}
