package org.roadloop.bench;

import java.io.IOException;
import java.net.BindException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A control plane of Eclipse EDC as a process of its own (对端连接器), in memory, with the identity
 * mock: the peer of interop tests and of the bench. It is driven through its management API v3. Any
 * thread.
 */
public final class EdcConnector implements AutoCloseable {
    /** What the jars of {@code ./roadloop setup edc} are. */
    public static final String VERSION = "0.15.1";

    public static final String PROTOCOL = "dataspace-protocol-http:2025-1";
    public static final String TERMS = "https://w3id.org/edc/v0.0.1/ns/";
    private static final Duration START_LIMIT = Duration.ofSeconds(120);

    private final String participantId;
    private final List<String> command;
    private volatile Process process;
    private final Path log;
    private final String key;
    private final URI management;
    private final URI protocol;
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private EdcConnector(
            String participantId,
            List<String> command,
            Path log,
            String key,
            int managementPort,
            int protocolPort)
            throws IOException {
        this.participantId = participantId;
        this.command = List.copyOf(command);
        process = launch(command, log);
        this.log = log;
        this.key = key;
        management = URI.create("http://localhost:" + managementPort + "/management/v3");
        protocol = URI.create("http://localhost:" + protocolPort + "/dsp");
    }

    /** A 4xx or 5xx of the management API. */
    public static final class Refused extends IOException {
        private static final long serialVersionUID = 1L;

        Refused(String what) {
            super(what);
        }
    }

    /** Its jars under the checkout, if {@code ./roadloop setup edc} brought them. */
    public static Optional<Path> findJars(Path root) {
        Path jars = root.resolve("target/edc");
        return Files.isDirectory(jars) ? Optional.of(jars) : Optional.empty();
    }

    /**
     * Starts one and waits until it takes messages.
     *
     * @param log what it prints
     * @param settings further ones of EDC, by name
     */
    public static EdcConnector start(
            Path jars, Path log, String participantId, Map<String, String> settings)
            throws IOException, InterruptedException {
        int[] ports = freePorts(5);
        String key = UUID.randomUUID().toString();
        Map<String, String> all = new TreeMap<>();
        String[] contexts = {"", "management.", "protocol.", "control.", "version."};
        String[] paths = {"/api", "/management", "/dsp", "/control", "/version"};
        for (int i = 0; i < contexts.length; i++) {
            all.put("web.http." + contexts[i] + "port", Integer.toString(ports[i]));
            all.put("web.http." + contexts[i] + "path", paths[i]);
        }
        all.put("edc.participant.id", participantId);
        all.put("edc.component.id", participantId);
        all.put("edc.hostname", "localhost");
        all.put("edc.dsp.callback.address", "http://localhost:" + ports[2] + "/dsp");
        all.put("edc.management.context.enabled", "true");
        all.put("web.api.auth.key", key);
        all.putAll(settings);
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-Xmx512m");
        all.forEach((name, value) -> command.add("-D" + name + "=" + value));
        command.addAll(
                List.of(
                        "-cp",
                        jars + "/*",
                        "org.eclipse.edc.boot.system.runtime.BaseRuntime",
                        "--log-level=WARNING"));
        EdcConnector connector =
                new EdcConnector(participantId, command, log, key, ports[1], ports[2]);
        try {
            connector.awaitStart();
            return connector;
        } catch (IOException | InterruptedException | RuntimeException e) {
            connector.close();
            throw e;
        }
    }

    private static Process launch(List<String> command, Path log) throws IOException {
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
    }

    /** As {@code kill -9} and a new start at the same ports: it has forgotten everything. */
    public void restart() throws IOException, InterruptedException {
        process.destroyForcibly().waitFor();
        process = launch(command, log);
        awaitStart();
    }

    /**
     * Below those that systems give to outgoing connections (Linux: from 32768): it binds them many
     * seconds later, and on a busy machine one of the others would be taken by then.
     */
    private static int[] freePorts(int count) throws IOException {
        Set<Integer> ports = new LinkedHashSet<>();
        for (int tries = 0; ports.size() < count; tries++) {
            int port = ThreadLocalRandom.current().nextInt(20_000, 32_000);
            try (ServerSocket free = new ServerSocket(port)) {
                ports.add(free.getLocalPort());
            } catch (BindException e) {
                if (tries > 1000) {
                    throw e;
                }
            }
        }
        return ports.stream().mapToInt(Integer::intValue).toArray();
    }

    /** Its readiness probe says yes before the protocol's paths answer: ask those. */
    private void awaitStart() throws IOException, InterruptedException {
        URI versions = URI.create(protocol + "/.well-known/dspace-version");
        Instant end = Instant.now().plus(START_LIMIT);
        while (!answers(versions) || !answers(URI.create(address() + "/negotiations/none"))) {
            if (!process.isAlive() || Instant.now().isAfter(end)) {
                throw new IOException("EDC did not start:\n" + Files.readString(log));
            }
            Thread.sleep(50);
        }
    }

    /** Whether a path exists, whatever it says to a stranger. */
    private boolean answers(URI url) throws InterruptedException {
        try {
            HttpResponse<String> answer =
                    http.send(
                            HttpRequest.newBuilder(url).timeout(Duration.ofSeconds(5)).build(),
                            HttpResponse.BodyHandlers.ofString());
            return answer.statusCode() == 200 || answer.statusCode() == 401;
        } catch (IOException e) {
            return false; // not yet
        }
    }

    public String participantId() {
        return participantId;
    }

    /** Where it takes messages of Dataspace Protocol 2025-1. */
    public URI address() {
        return URI.create(protocol + "/2025-1");
    }

    /** What it printed so far. */
    public String printed() throws IOException {
        return Files.readString(log);
    }

    /** A body for the management API, with the context in which EDC's terms need no prefix. */
    public static ObjectNode body(String type) {
        ObjectNode json = JsonMapper.shared().createObjectNode();
        json.putObject("@context").put("@vocab", TERMS).put("odrl", "http://www.w3.org/ns/odrl/2/");
        return json.put("@type", type);
    }

    public JsonNode post(String path, JsonNode body) throws IOException, InterruptedException {
        return send(
                request(path).POST(HttpRequest.BodyPublishers.ofString(body.toString())).build());
    }

    public JsonNode get(String path) throws IOException, InterruptedException {
        return send(request(path).GET().build());
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(management + path))
                .header("x-api-key", key)
                .header("Content-Type", "application/json")
                .timeout(Duration.ofSeconds(60));
    }

    private JsonNode send(HttpRequest request) throws IOException, InterruptedException {
        HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() >= 400) {
            throw new Refused(
                    request.method()
                            + " "
                            + request.uri().getPath()
                            + " answered "
                            + answer.statusCode()
                            + ": "
                            + answer.body());
        }
        return JsonMapper.shared().readTree(answer.body().isEmpty() ? "{}" : answer.body());
    }

    /** Offers an asset under a policy to everyone. */
    public void offer(String asset, JsonNode policy) throws IOException, InterruptedException {
        ObjectNode what = body("Asset").put("@id", asset);
        what.putObject("properties").put("name", asset);
        what.putObject("dataAddress")
                .put("type", "HttpData")
                .put("baseUrl", "http://localhost/nothing");
        post("/assets", what);
        post(
                "/policydefinitions",
                body("PolicyDefinition").put("@id", "policy-" + asset).set("policy", policy));
        ObjectNode definition =
                body("ContractDefinition")
                        .put("@id", "definition-" + asset)
                        .put("accessPolicyId", "policy-" + asset)
                        .put("contractPolicyId", "policy-" + asset);
        definition
                .putArray("assetsSelector")
                .addObject()
                .put("@type", "Criterion")
                .put("operandLeft", TERMS + "id")
                .put("operator", "=")
                .put("operandRight", asset);
        post("/contractdefinitions", definition);
    }

    /** A policy of one permission, to use, without conditions. */
    public static ObjectNode use(String type) {
        ObjectNode policy =
                JsonMapper.shared()
                        .createObjectNode()
                        .put("@context", "http://www.w3.org/ns/odrl.jsonld")
                        .put("@type", type);
        policy.putArray("permission").addObject().put("action", "use");
        return policy;
    }

    /** Another connector's dataset as this one reads it. */
    public JsonNode requestDataset(URI provider, String providerId, String asset)
            throws IOException, InterruptedException {
        return post(
                "/catalog/dataset/request",
                body("DatasetRequest")
                        .put("@id", asset)
                        .put("counterPartyId", providerId)
                        .put("counterPartyAddress", provider.toString())
                        .put("protocol", PROTOCOL));
    }

    /**
     * Begins a negotiation as consumer.
     *
     * @param offer with id, assigner and target
     * @return its id here
     */
    public String negotiate(URI provider, JsonNode offer) throws IOException, InterruptedException {
        return post(
                        "/contractnegotiations",
                        body("ContractRequest")
                                .put("counterPartyAddress", provider.toString())
                                .put("protocol", PROTOCOL)
                                .set("policy", offer))
                .required("@id")
                .asString();
    }

    /**
     * Begins a transfer as consumer.
     *
     * @return its id here
     */
    public String transfer(URI provider, String agreementId, String format)
            throws IOException, InterruptedException {
        return post(
                        "/transferprocesses",
                        body("TransferRequest")
                                .put("counterPartyAddress", provider.toString())
                                .put("protocol", PROTOCOL)
                                .put("contractId", agreementId)
                                .put("transferType", format))
                .required("@id")
                .asString();
    }

    public JsonNode negotiation(String id) throws IOException, InterruptedException {
        return get("/contractnegotiations/" + id);
    }

    public JsonNode transfer(String id) throws IOException, InterruptedException {
        return get("/transferprocesses/" + id);
    }

    /** What it spent so far, in user and system mode; 0 where there is no {@code /proc}. */
    public long cpuMillis() {
        return process.info().totalCpuDuration().map(Duration::toMillis).orElse(0L);
    }

    /** Memory it holds; 0 where there is no {@code /proc}. */
    public long residentBytes() throws IOException {
        Path status = Path.of("/proc/" + process.pid() + "/status");
        if (!Files.exists(status)) {
            return 0;
        }
        return Files.readAllLines(status, StandardCharsets.UTF_8).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                .findFirst()
                .orElse(0);
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        http.shutdownNow();
    }
}
