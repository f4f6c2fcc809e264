package org.roadloop.compute.site.tes;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.roadloop.compute.site.SandboxTest;
import org.roadloop.compute.site.Tool;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A TES 1.1 server written from the specification alone (测试桩): strict about what it takes, one task
 * a page in lists, blind to tag filters, and able to fail on demand. It really runs the tool, as a
 * process of its own, with {@code file:} inputs and outputs. The end of a task is its first one:
 * what its run comes to afterwards changes no word of it.
 */
final class TesStub implements AutoCloseable {
    static final String TOKEN = "a-token-of-the-outside-server";

    /** Creations that happen, but whose answers are lost. */
    final AtomicInteger loseAnswers = new AtomicInteger();

    /** Requests answered 500 without doing anything. */
    final AtomicInteger fail = new AtomicInteger();

    final AtomicInteger created = new AtomicInteger();
    private final Map<String, ObjectNode> tasks =
            java.util.Collections.synchronizedMap(new LinkedHashMap<>());
    private final Map<String, Process> processes = new ConcurrentHashMap<>();
    private final Path work;
    private HttpServer server;

    TesStub(Path work) throws IOException {
        this.work = Files.createDirectories(work);
        server = listen(0);
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/ga4gh/tes/v1");
    }

    /** What it knows stays; who is connected is cut off. */
    void stop() {
        server.stop(0);
    }

    void start() throws IOException {
        server = listen(server.getAddress().getPort());
    }

    /** A word of the server itself about a task. */
    void set(String state) {
        List<String> ids;
        synchronized (tasks) {
            ids = List.copyOf(tasks.keySet());
            tasks.values().forEach(t -> t.put("state", state));
        }
        ids.forEach(this::kill);
    }

    private void kill(String id) {
        Process process = processes.get(id);
        if (process != null) {
            process.destroyForcibly();
        }
    }

    /** Whether the task was in this state, and now is in the next one. */
    private boolean move(ObjectNode task, String from, String to) {
        synchronized (tasks) {
            if (!task.path("state").asString().equals(from)) {
                return false;
            }
            task.put("state", to);
            return true;
        }
    }

    JsonNode only() {
        synchronized (tasks) {
            return tasks.values().iterator().next().deepCopy();
        }
    }

    private HttpServer listen(int port) throws IOException {
        HttpServer http =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        http.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        http.createContext("/ga4gh/tes/v1", this::answer);
        http.start();
        return http;
    }

    private void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath().substring("/ga4gh/tes/v1".length());
        byte[] body = exchange.getRequestBody().readAllBytes();
        if (!("Bearer " + TOKEN).equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
            send(exchange, 401, null);
        } else if (fail.getAndUpdate(n -> Math.max(0, n - 1)) > 0) {
            send(exchange, 500, null);
        } else if (path.equals("/service-info")) {
            send(exchange, 200, JsonMapper.shared().createObjectNode().put("id", "stub"));
        } else if (path.equals("/tasks") && exchange.getRequestMethod().equals("POST")) {
            create(exchange, JsonMapper.shared().readTree(body));
        } else if (path.equals("/tasks")) {
            list(exchange);
        } else if (path.endsWith(":cancel")) {
            String id = path.substring("/tasks/".length(), path.length() - ":cancel".length());
            ObjectNode task = tasks.get(id);
            if (task != null
                    && (move(task, "QUEUED", "CANCELED") || move(task, "RUNNING", "CANCELED"))) {
                kill(id);
            }
            send(exchange, task == null ? 404 : 200, JsonMapper.shared().createObjectNode());
        } else {
            ObjectNode task;
            synchronized (tasks) {
                task = tasks.get(path.substring("/tasks/".length()));
                task = task == null ? null : task.deepCopy();
            }
            send(exchange, task == null ? 404 : 200, task);
        }
    }

    private void create(HttpExchange exchange, JsonNode task) throws IOException {
        String fault = fault(task);
        if (!fault.isEmpty()) {
            send(exchange, 400, JsonMapper.shared().createObjectNode().put("detail", fault));
            return;
        }
        String id = UUID.randomUUID().toString();
        ObjectNode kept = ((ObjectNode) task).deepCopy();
        kept.put("id", id).put("state", "QUEUED").put("creation_time", Instant.now().toString());
        kept.putArray("logs");
        tasks.put(id, kept);
        created.incrementAndGet();
        Thread.ofVirtual().start(() -> run(id, kept));
        if (loseAnswers.getAndUpdate(n -> Math.max(0, n - 1)) > 0) {
            exchange.close();
            return;
        }
        send(exchange, 200, JsonMapper.shared().createObjectNode().put("id", id));
    }

    /** What the specification requires of a task. */
    private static String fault(JsonNode task) {
        if (task.path("executors").isEmpty()) {
            return "executors is required";
        }
        for (JsonNode e : task.path("executors")) {
            if (e.path("image").asString("").isEmpty() || e.path("command").isEmpty()) {
                return "image and command are required";
            }
        }
        for (String field : List.of("inputs", "outputs")) {
            for (JsonNode file : task.path(field)) {
                if (!file.path("path").asString("").startsWith("/")
                        || !file.path("url").asString("").startsWith("file:")
                        || !file.path("type").asString("FILE").matches("FILE|DIRECTORY")) {
                    return field + " need an absolute path, a url that is known, a type";
                }
            }
        }
        return task.path("resources").path("cpu_cores").isIntegralNumber()
                ? ""
                : "resources.cpu_cores is an integer";
    }

    private void list(HttpExchange exchange) throws IOException {
        String query = String.valueOf(exchange.getRequestURI().getRawQuery());
        int from = 0;
        for (String word : query.split("&")) {
            if (word.startsWith("page_token=")) {
                from =
                        Integer.parseInt(
                                URLDecoder.decode(
                                        word.substring("page_token=".length()),
                                        StandardCharsets.UTF_8));
            }
        }
        ObjectNode answer = JsonMapper.shared().createObjectNode();
        ArrayNode page = answer.putArray("tasks");
        synchronized (tasks) {
            List<ObjectNode> all = new ArrayList<>(tasks.values());
            if (from < all.size()) {
                page.add(all.get(from).deepCopy());
            }
            if (from + 1 < all.size()) {
                answer.put("next_page_token", Integer.toString(from + 1));
            }
        }
        send(exchange, 200, answer);
    }

    private void run(String id, ObjectNode task) {
        try {
            Path root = Files.createDirectories(work.resolve(id));
            for (JsonNode volume : task.path("volumes")) {
                Files.createDirectories(root.resolve(volume.asString().substring(1)));
            }
            for (JsonNode input : task.path("inputs")) {
                Path place = root.resolve(input.path("path").asString().substring(1));
                Files.createDirectories(place.getParent());
                Files.copy(Path.of(URI.create(input.path("url").asString())), place);
            }
            ArrayNode executors;
            synchronized (tasks) {
                executors = task.withArray("logs").addObject().putArray("logs");
            }
            if (!move(task, "QUEUED", "RUNNING")) {
                return;
            }
            boolean failed = false;
            for (JsonNode executor : task.path("executors")) {
                failed = execute(id, root, executor, executors) != 0;
                if (failed && !executor.path("ignore_error").asBoolean(false)) {
                    break;
                }
            }
            for (JsonNode output : task.path("outputs")) {
                Path there = root.resolve(output.path("path").asString().substring(1));
                Path place = Path.of(URI.create(output.path("url").asString()));
                try (Stream<Path> files = Files.walk(there)) {
                    for (Path file : files.filter(Files::isRegularFile).toList()) {
                        Path to = place.resolve(there.relativize(file).toString());
                        Files.createDirectories(to.getParent());
                        Files.copy(file, to);
                    }
                }
            }
            move(task, "RUNNING", failed ? "EXECUTOR_ERROR" : "COMPLETE");
        } catch (IOException | InterruptedException e) {
            if (!move(task, "QUEUED", "SYSTEM_ERROR")) {
                move(task, "RUNNING", "SYSTEM_ERROR");
            }
        }
    }

    private int execute(String id, Path root, JsonNode executor, ArrayNode logs)
            throws IOException, InterruptedException {
        List<String> words = new ArrayList<>();
        words.add(SandboxTest.IMAGE.javaHome() + "/bin/java");
        words.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp"));
        words.add(SandboxTest.IMAGE.classPath().getFirst().toString());
        words.add(Tool.class.getName());
        for (int n = 1; n < executor.path("command").size(); n++) {
            String word = executor.path("command").get(n).asString();
            words.add(word.startsWith("/") ? root + word : word);
        }
        ObjectNode log;
        synchronized (tasks) {
            log = logs.addObject().put("start_time", Instant.now().toString());
        }
        Process process =
                new ProcessBuilder(words).redirectError(work.resolve(id + ".err").toFile()).start();
        processes.put(id, process);
        if (!tasks.get(id).path("state").asString().equals("RUNNING")) {
            kill(id);
        }
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int exitCode = process.waitFor();
        String complained = Files.readString(work.resolve(id + ".err"));
        synchronized (tasks) {
            log.put("stdout", said)
                    .put("stderr", complained)
                    .put("exit_code", exitCode)
                    .put("end_time", Instant.now().toString());
        }
        return exitCode;
    }

    private static void send(HttpExchange exchange, int status, @Nullable JsonNode body)
            throws IOException {
        byte[] bytes =
                body == null ? new byte[0] : body.toString().getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    @Override
    public void close() {
        processes.values().forEach(Process::destroyForcibly);
        server.stop(0);
    }
}
