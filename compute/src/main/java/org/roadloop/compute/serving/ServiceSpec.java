package org.roadloop.compute.serving;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.roadloop.compute.task.TaskRequest;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * One version of a service as it was asked for (服务声明).
 *
 * @param task one executor that listens on the socket; its inputs are read-only files
 * @param json as it came
 */
public record ServiceSpec(
        String name,
        TaskRequest task,
        Health health,
        Rollout rollout,
        Calls calls,
        Optional<Edge> edge,
        Optional<Refresh> refresh,
        JsonNode json) {
    /** Where a service listens, as it sees it. */
    public static final String SOCKET = "/service/http.sock";

    /** Environment variable with {@link #SOCKET}. */
    public static final String SOCKET_VARIABLE = "ROADLOOP_SERVICE_SOCKET";

    private static final String NAME = "[a-z][a-z0-9-]{0,39}";
    private static final Set<String> RESERVED =
            Set.of(
                    "bin", "dev", "etc", "lib", "lib64", "opt", "proc", "sbin", "service", "sys",
                    "tmp", "usr");

    /**
     * When a version is healthy (健康检查): a GET that is answered with 2xx, or a command that ends
     * with 0 in a sandbox with the service's own files.
     *
     * @param path empty where a command is given
     * @param failures in a row until a healthy one is unhealthy
     */
    public record Health(
            String path, List<String> command, Duration interval, Duration timeout, int failures) {}

    /**
     * @param healthyWithin after its start; else the version is rolled back
     * @param watch after it got the traffic, while the former version runs on
     */
    public record Rollout(Duration healthyWithin, Duration watch) {}

    /**
     * Limits of a call.
     *
     * @param concurrent calls at the same time; more are told to come back
     */
    public record Calls(int requestBytes, int answerBytes, Duration timeout, int concurrent) {}

    /**
     * Whose calls must arrive in time (边缘时延约束).
     *
     * @param source node of the network from which they come
     * @param maxDelayNanos of the last bit of a call until its answer is ready
     * @param processingNanos the service's own word for its worst case
     */
    public record Edge(
            String source,
            long maxDelayNanos,
            long processingNanos,
            int trafficClass,
            long rateBitsPerSecond,
            long burstBits,
            long maxPacketBits) {
        /** A short name of what is asked of the network. */
        String terms() {
            return Integer.toHexString(
                    Objects.hash(
                            source,
                            maxDelayNanos - processingNanos,
                            trafficClass,
                            rateBitsPerSecond,
                            burstBits,
                            maxPacketBits));
        }
    }

    /**
     * How the model is made anew (模型刷新).
     *
     * @param every zero: time is no reason
     * @param newRows 0: rows are no reason
     * @param model path of the input that the training's output takes the place of
     * @param output name of the training task's output
     * @param eventTime column whose newest value says how old a model is; empty: the first of type
     *     timestamp
     * @param task a {@code tesTask}
     */
    public record Refresh(
            String asset,
            Duration every,
            long newRows,
            String model,
            String output,
            String eventTime,
            JsonNode task) {}

    /**
     * @throws IllegalArgumentException names the field and what is wrong with it
     */
    public static ServiceSpec parse(JsonNode json) {
        SpecFields f =
                new SpecFields(
                        "",
                        json,
                        List.of("name", "task", "health", "rollout", "calls", "edge", "refresh"));
        String name = f.required("name");
        if (!name.matches(NAME)) {
            throw new IllegalArgumentException(
                    "name '"
                            + name
                            + "' must be lower-case letters, digits and dashes, 40 at most");
        }
        if (!json.path("task").isObject()) {
            throw new IllegalArgumentException("task is missing: what the service runs");
        }
        TaskRequest task = task(json.required("task"));
        ServiceSpec spec =
                new ServiceSpec(
                        name,
                        task,
                        health(group(json, "health")),
                        rollout(group(json, "rollout")),
                        calls(group(json, "calls")),
                        json.has("edge") ? Optional.of(edge(json.path("edge"))) : Optional.empty(),
                        json.has("refresh")
                                ? Optional.of(refresh(json.path("refresh")))
                                : Optional.empty(),
                        json);
        spec.refresh()
                .filter(r -> task.inputs().stream().noneMatch(i -> i.path().equals(r.model())))
                .ifPresent(
                        r -> {
                            throw new IllegalArgumentException(
                                    "refresh.model '" + r.model() + "' is no input of the task");
                        });
        return spec;
    }

    /**
     * What a {@code tesTask} with {@link TaskRequest#SERVICE} is as a service: the parameter is its
     * name, or a JSON object of its members without {@code task}.
     *
     * @throws IllegalArgumentException if it is neither
     */
    static ObjectNode ofTask(ObjectNode task) {
        ObjectNode program = task.deepCopy();
        ObjectNode parameters = (ObjectNode) program.at("/resources/backend_parameters");
        String said = parameters.remove(TaskRequest.SERVICE).asString("").strip();
        ObjectNode spec = JsonMapper.shared().createObjectNode();
        if (said.startsWith("{")) {
            try {
                spec.setAll((ObjectNode) JsonMapper.shared().readTree(said));
            } catch (JacksonException e) {
                throw new IllegalArgumentException(
                        "it begins like JSON and is none: " + e.getOriginalMessage(), e);
            }
            if (spec.has("task")) {
                throw new IllegalArgumentException(
                        "it has a 'task' and is in one already: what runs is that one");
            }
        } else {
            spec.put("name", said);
        }
        spec.set("task", program);
        return spec;
    }

    /** The same with another file as the model. */
    ObjectNode withModel(String path, String url) {
        ObjectNode copy = (ObjectNode) json.deepCopy();
        for (JsonNode input : copy.required("task").required("inputs")) {
            if (input.path("path").asString("").equals(path)) {
                ((ObjectNode) input).put("url", url).remove("content");
            }
        }
        return copy;
    }

    private static TaskRequest task(JsonNode json) {
        TaskRequest task = TaskRequest.parse(json);
        if (task.executors().size() != 1) {
            throw new IllegalArgumentException("a service has one executor");
        }
        TaskRequest.Executor executor = task.executors().getFirst();
        if (!task.outputs().isEmpty()
                || !task.volumes().isEmpty()
                || !executor.stdin().isEmpty()
                || !executor.stdout().isEmpty()
                || !executor.stderr().isEmpty()) {
            throw new IllegalArgumentException(
                    "a service has no outputs, volumes and streams: what it answers is its output");
        }
        if (!task.parameter(TaskRequest.CHECKPOINT, "").isEmpty()) {
            throw new IllegalArgumentException(
                    "a service keeps no checkpoint: what it must know when it starts is an input");
        }
        if (task.gang().nodes() > 1) {
            throw new IllegalArgumentException("a service runs on one node");
        }
        for (TaskRequest.Input input : task.inputs()) {
            String[] parts = input.path().split("/", -1);
            if (parts.length < 3 || RESERVED.contains(parts[1])) {
                throw new IllegalArgumentException(
                        "input path '%s' must be a file in a folder such as /model"
                                .formatted(input.path()));
            }
            if (input.type() == TaskRequest.FileType.DIRECTORY) {
                throw new IllegalArgumentException(
                        "input " + input.path() + " is a folder; a service reads single files");
            }
            if (!input.url().matches("|file:///.+|s3://.+/.+|task:[0-9a-f-]{36}/.+")) {
                throw new IllegalArgumentException(
                        "input url '%s': a service takes content, file:///… or s3://… of the"
                                        .formatted(input.url())
                                + " operator, or task:ID/NAME, an output of a task; train on tables by 'refresh'");
            }
        }
        return task;
    }

    private static JsonNode group(JsonNode json, String key) {
        return json.has(key)
                ? json.path(key)
                : tools.jackson.databind.json.JsonMapper.shared().createObjectNode();
    }

    private static Health health(JsonNode json) {
        SpecFields f =
                new SpecFields(
                        "health.",
                        json,
                        List.of(
                                "path",
                                "command",
                                "intervalSeconds",
                                "timeoutSeconds",
                                "failures"));
        List<String> command = f.texts("command");
        String path = f.text("path", command.isEmpty() ? "/health" : "");
        if (path.isEmpty() == command.isEmpty()) {
            throw new IllegalArgumentException("health has either a path or a command");
        }
        if (!path.isEmpty() && !path.matches("/[!-~]{0,200}")) {
            throw new IllegalArgumentException(
                    "health.path '" + path + "' is no path like /health");
        }
        return new Health(
                path,
                command,
                f.seconds("intervalSeconds", 5, 0.05, 3600),
                f.seconds("timeoutSeconds", 2, 0.05, 60),
                (int) f.whole("failures", 3, 1, 100));
    }

    private static Rollout rollout(JsonNode json) {
        SpecFields f = new SpecFields("rollout.", json, List.of("healthySeconds", "watchSeconds"));
        return new Rollout(
                f.seconds("healthySeconds", 60, 0.1, 86_400),
                f.seconds("watchSeconds", 60, 0, 86_400));
    }

    private static Calls calls(JsonNode json) {
        SpecFields f =
                new SpecFields(
                        "calls.",
                        json,
                        List.of("requestBytes", "answerBytes", "timeoutSeconds", "concurrent"));
        return new Calls(
                (int) f.whole("requestBytes", 1 << 20, 0, 64 << 20),
                (int) f.whole("answerBytes", 4 << 20, 1, 64 << 20),
                f.seconds("timeoutSeconds", 10, 0.01, 600),
                (int) f.whole("concurrent", 32, 1, 1024));
    }

    private static Edge edge(JsonNode json) {
        SpecFields f =
                new SpecFields(
                        "edge.",
                        json,
                        List.of(
                                "source",
                                "maxDelayMillis",
                                "processingMillis",
                                "trafficClass",
                                "rateBitsPerSecond",
                                "burstBits",
                                "maxPacketBits"));
        if (!json.has("maxDelayMillis")) {
            throw new IllegalArgumentException("edge.maxDelayMillis is missing");
        }
        long packet = f.whole("maxPacketBits", 12_304, 8, 1L << 40);
        return new Edge(
                f.required("source"),
                f.nanosOfMillis("maxDelayMillis", 0, 0.000001, 3_600_000),
                f.nanosOfMillis("processingMillis", 0, 0, 3_600_000),
                (int) f.whole("trafficClass", 0, 0, 6),
                f.whole("rateBitsPerSecond", 1_000_000, 1, 1L << 50),
                f.whole("burstBits", packet, 8, 1L << 50),
                packet);
    }

    private static Refresh refresh(JsonNode json) {
        SpecFields f =
                new SpecFields(
                        "refresh.",
                        json,
                        List.of(
                                "asset",
                                "everySeconds",
                                "newRows",
                                "model",
                                "output",
                                "eventTime",
                                "task"));
        Refresh refresh =
                new Refresh(
                        f.required("asset"),
                        f.seconds("everySeconds", 0, 0, 1e8),
                        f.whole("newRows", 0, 0, Long.MAX_VALUE),
                        f.required("model"),
                        f.required("output"),
                        f.text("eventTime", ""),
                        json.path("task"));
        if (refresh.every().isZero() && refresh.newRows() == 0) {
            throw new IllegalArgumentException(
                    "refresh needs everySeconds or newRows: when is the model made anew?");
        }
        TaskRequest training = TaskRequest.parse(refresh.task());
        if (training.outputs().stream()
                .noneMatch(o -> o.resultName().equals(refresh.output()) && !o.isMany())) {
            throw new IllegalArgumentException(
                    "refresh.output '" + refresh.output() + "' is no output of refresh.task");
        }
        return refresh;
    }
}
