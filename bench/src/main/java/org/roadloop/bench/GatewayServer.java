package org.roadloop.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.roadloop.app.http.ApiClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A platform that collects, started as its user does, on ports that stay the same through a kill
 * (被测平台). One thread.
 */
final class GatewayServer implements AutoCloseable {
    private static final int VEHICLES_A_REQUEST = 20_000;

    private final Path home;
    private final List<String> parts;
    private final int platformPort = freePort();
    private final int terminalPort = freePort();
    private PlatformProcess process;
    private ApiClient api;

    /**
     * @param home does not exist yet
     * @param parts which parts alone; empty = the whole platform
     */
    GatewayServer(Path home, List<String> parts) throws IOException, InterruptedException {
        this.home = home;
        this.parts = parts.isEmpty() ? parts : List.of("--only", String.join(",", parts));
        Path secrets = Files.createDirectories(home.resolve("secrets"));
        Path password =
                Files.createFile(
                        secrets.resolve("platform-bench"),
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rw-------")));
        Files.writeString(password, LoadGenerator.PASSWORD);
        Files.writeString(
                home.resolve("roadloop.yaml"),
                """
                http: {port: 0}
                collect:
                  platformPort: %d
                  terminalPort: %d
                  jt808Port: 0
                  udpPort: 0
                  platforms: [{user: %s, passwordSecret: platform-bench}]
                """
                        .formatted(platformPort, terminalPort, PlatformLoad.USER));
        launch();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private void launch() throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(List.of("up", "--home", home.toString()));
        words.addAll(parts);
        process = PlatformProcess.start(home.resolveSibling(home.getFileName() + ".log"), words);
        try {
            api = PlatformProcess.operator(process.awaitServer(home), home);
        } catch (IOException | InterruptedException e) {
            process.close();
            throw e;
        }
    }

    int platformPort() {
        return platformPort;
    }

    int terminalPort() {
        return terminalPort;
    }

    ApiClient api() {
        return api;
    }

    ProcessHandle handle() {
        return process.handle();
    }

    /** {@code kill -9}, and a start on what it left. */
    void killAndRestart() throws IOException, InterruptedException {
        api.close();
        process.kill();
        launch();
    }

    /** Registers the vehicles 0 to {@code count}, in bulk. */
    void register(int count) throws IOException {
        for (int first = 0; first < count; first += VEHICLES_A_REQUEST) {
            ObjectNode body = JsonMapper.shared().createObjectNode();
            ArrayNode vehicles = body.putArray("vehicles");
            for (int v = first; v < Math.min(count, first + VEHICLES_A_REQUEST); v++) {
                vehicles.addObject().put("vin", FleetFrames.vin(v)).put("lineage", "simulated");
            }
            api.post("/api/v1/vehicles", body);
        }
    }

    long counter(String name) throws IOException {
        return api.get("/api/v1/collect").required("counters").path(name).asLong(0);
    }

    JsonNode ingest(String table) throws IOException {
        return api.get("/api/v1/ingest").required("tables").required(table);
    }

    boolean hasCaughtUp() throws IOException {
        return api.get("/api/v1/ingest").required("caughtUp").asBoolean();
    }

    @Override
    public void close() {
        api.close();
        process.close();
    }
}
