package org.roadloop.bench;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.roadloop.app.http.ApiClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * From the act of an operator that takes access away to the last byte that its reader gets (撤销到断流的时间),
 * between two platforms: an agreement is suspended while a file, or a stream of rows, is on its way.
 */
final class RevocationTimes {
    private static final int ROWS = 150_000;
    private static final int ROUNDS = 20;
    private static final int BEFORE = 200_000;
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final ObjectNode NOTHING = JsonMapper.shared().createObjectNode();

    private static final String MAPPING =
            """
            mapping: bench
            tables:
              - table: imu_sample
                identity: {from: id, made_up: BENCH}
                times:
                  at: {from: t, format: epoch_us}
                columns: {recording: $file, sensor: id, sequence: n, acceleration_x_mps2: x}
            """;

    private static final String ASSET =
            """
            {"kind":"dataset","id":"imu","title":{"en":"Accelerations","zh":"加速度"},
             "table":"imu_sample","snapshot":"latest","columns":[],
             "formats":["HttpData-PULL","LiveStream-PULL"],
             "offers":[{"policy":{"@type":"Offer","@id":"urn:roadloop:offer:imu",
               "permission":[{"action":"use"}]},"tariff":{"currency":"CNY","prices":[]}}]}
            """;

    private final Participant provider;
    private final Participant consumer;

    private RevocationTimes(Participant provider, Participant consumer) {
        this.provider = provider;
        this.consumer = consumer;
    }

    static void measure(Path folder, Figures figures) throws IOException, InterruptedException {
        Files.createDirectories(folder);
        try (Participant provider = Participant.startWhole(folder.resolve("provider"));
                Participant consumer = Participant.start(folder.resolve("consumer"))) {
            fill(folder, provider);
            provider.api().post("/api/v1/assets", JsonMapper.shared().readTree(ASSET));
            RevocationTimes times = new RevocationTimes(provider, consumer);
            figures.add("revocation.pull_ms", times.slowest("HttpData-PULL"), "ms");
            figures.add("revocation.stream_ms", times.slowest("LiveStream-PULL"), "ms");
        }
    }

    private static void fill(Path folder, Participant provider)
            throws IOException, InterruptedException {
        StringBuilder rows = new StringBuilder("id,t,n,x\n");
        for (int i = 0; i < ROWS; i++) {
            rows.append(String.format(Locale.ROOT, "imu,%d,%d,%.3f\n", time(i), i, i % 997 / 31.0));
        }
        Path file = Files.writeString(folder.resolve("rows.csv"), rows);
        Path mapping = Files.writeString(folder.resolve("mapping.yaml"), MAPPING);
        try (PlatformProcess verb =
                PlatformProcess.start(
                        folder.resolve("import.log"),
                        List.of(
                                "collect",
                                "import",
                                "--home",
                                folder.resolve("provider").toString(),
                                "--mapping",
                                mapping.toString(),
                                file.toString()))) {
            verb.awaitSuccess(PATIENCE);
        }
        Instant limit = Instant.now().plus(PATIENCE);
        while (stored(provider.api()) < ROWS) {
            if (Instant.now().isAfter(limit)) {
                throw new IOException("the rows are not in the table after " + PATIENCE);
            }
            Thread.sleep(100);
        }
    }

    private static long time(int row) {
        return 1_790_000_000_000_000L + row * 10_000L;
    }

    private static long stored(ApiClient api) throws IOException {
        for (JsonNode table : api.get("/api/v1/tables").required("items")) {
            if (table.path("name").asString("").equals("imu_sample")) {
                return table.path("rows").asLong();
            }
        }
        return 0;
    }

    private double slowest(String format) throws IOException, InterruptedException {
        double slowest = 0;
        for (int round = -2; round < ROUNDS; round++) { // two to warm up
            double millis = once(format);
            slowest = round < 0 ? 0 : Math.max(slowest, millis);
        }
        return slowest;
    }

    private double once(String format) throws IOException, InterruptedException {
        ObjectNode ask = JsonMapper.shared().createObjectNode();
        ask.put("provider", provider.url().toString()).put("dataset", "imu");
        ask.put("offer", "urn:roadloop:offer:imu");
        String agreement =
                consumer.api().post("/api/v1/negotiations", ask).required("id").asString();
        JsonNode transfer =
                consumer.api()
                        .post(
                                "/api/v1/transfers",
                                JsonMapper.shared()
                                        .createObjectNode()
                                        .put("agreement", agreement)
                                        .put("format", format));
        URI endpoint = URI.create(transfer.required("endpoint").asString());
        try (Socket socket = new Socket(endpoint.getHost(), endpoint.getPort())) {
            socket.setSoTimeout((int) PATIENCE.toMillis());
            socket.getOutputStream()
                    .write(
                            ("GET "
                                            + endpoint.getRawPath()
                                            + "?purpose=bench&cursor=-1 HTTP/1.1\r\nHost: localhost\r\n"
                                            + "Connection: close\r\nAccept: "
                                            + (format.equals("HttpData-PULL")
                                                    ? "application/x-ndjson"
                                                    : "text/event-stream")
                                            + "\r\nAuthorization: Bearer "
                                            + transfer.required("token").asString()
                                            + "\r\n\r\n")
                                    .getBytes(StandardCharsets.US_ASCII));
            InputStream in = socket.getInputStream();
            byte[] head = in.readNBytes(BEFORE);
            if (!new String(head, 0, 12, StandardCharsets.US_ASCII).equals("HTTP/1.1 200")) {
                throw new IOException("no rows came: " + new String(head, StandardCharsets.UTF_8));
            }
            long began = System.nanoTime();
            ObjectNode why = NOTHING.deepCopy().put("code", "check").put("reason", "bench");
            Thread act =
                    Thread.ofVirtual()
                            .start(
                                    () -> {
                                        try {
                                            provider.api()
                                                    .post(
                                                            "/api/v1/agreements/"
                                                                    + agreement
                                                                    + "/suspend",
                                                            why);
                                        } catch (IOException e) {
                                            throw new java.io.UncheckedIOException(e);
                                        }
                                    });
            long got = BEFORE + rest(in);
            double millis = (System.nanoTime() - began) / 1e6;
            act.join();
            if (got > ROWS * 60L) {
                throw new IOException("all rows came before the agreement was suspended");
            }
            return millis;
        }
    }

    /** A reader of some 10 MB/s, so that the rows are not at their end before the act. */
    private static long rest(InputStream in) throws InterruptedException {
        byte[] chunk = new byte[16 * 1024];
        long got = 0;
        try {
            for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
                got += n;
                Thread.sleep(1);
            }
        } catch (IOException e) {
            return got; // reset: what was under way is dropped
        }
        return got;
    }
}
