package org.roadloop.app.part;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.app.config.Config;
import org.roadloop.app.home.Home;
import org.roadloop.app.http.ApiClient;
import org.roadloop.app.platform.Part;
import org.roadloop.app.platform.Platform;
import org.roadloop.collect.gb32960.text.Gb32960Text;
import org.roadloop.collect.jt808.Edition;
import org.roadloop.collect.jt808.OutgoingMessage;
import org.roadloop.collect.jt808.Position;
import org.roadloop.collect.jt808.PositionMessage;
import org.roadloop.core.identity.Keystore;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Frames by every door of a whole platform, seen in the live state and, once, in the table. */
@Tag("slow")
class LiveOnPlatformTest {
    private static final String VIN = "LTEST000000000001";
    private static final String OTHER = "LTEST000000000002";
    private static final String PHONE = "13912345678";
    private static final String LIVE = "/api/v1/vehicles/live";
    private static final Instant NOW = Instant.now().truncatedTo(ChronoUnit.SECONDS);

    @TempDir Path folder;

    private interface Run {
        void with(ApiClient api, URI server, String token) throws Exception;
    }

    private void onPlatform(Run run) throws Exception {
        Home home = Home.open(folder);
        String token = home.adminToken();
        CollectPart collect = new CollectPart();
        List<Part> parts = List.of(collect, new SubjectPart(collect), new GovernPart(collect));
        try (Platform platform =
                        Platform.start(
                                home, Config.DEFAULTS.withFreePorts(), parts, Set.of(), "test");
                ApiClient api = new ApiClient(platform.url(), token)) {
            api.post(
                    "/api/v1/vehicles",
                    json("{'vehicles':[{'vin':'%s'},{'vin':'%s'}]}".formatted(VIN, OTHER)));
            run.with(api, platform.url(), token);
        }
    }

    private String id(String vin) throws IOException {
        return new VehicleSubjects(Keystore.open(folder.resolve("keys"))).of(vin);
    }

    @Test
    void aTerminalsReportIsSeenWhileItsSessionLives() throws Exception {
        onPlatform(
                (api, server, token) -> {
                    String path = "/api/v1/vehicles/" + id(VIN) + "/live";
                    assertThat(api.get(path).required("online").asBoolean()).isFalse();
                    assertThatThrownBy(() -> api.get("/api/v1/vehicles/vehicle:00/live"))
                            .hasMessageContaining("no vehicle has this id");
                    int port = api.get("/api/v1/collect").at("/ports/terminal").asInt();
                    try (Socket terminal = new Socket(InetAddress.getLoopbackAddress(), port)) {
                        terminal.setSoTimeout(60_000);
                        terminal.getOutputStream().write(login());
                        new DataInputStream(terminal.getInputStream()).readFully(new byte[31]);
                        terminal.getOutputStream().write(report(VIN, 0, 121.5));
                        await(() -> api.get(path).has("position"));
                        JsonNode state = api.get(path);
                        assertThat(state.at("/position/longitudeDegrees").asDouble())
                                .isEqualTo(121.5);
                        assertThat(state.at("/position/collectedAt").asString())
                                .isEqualTo(NOW.toString());
                        assertThat(state.required("online").asBoolean()).isTrue();
                        assertThat(state.at("/session/link").asString()).isEqualTo("tcp");
                        assertThat(api.get(LIVE + "?online=true").required("items").size())
                                .isEqualTo(1);
                        assertThat(state.toString()).doesNotContain(VIN);
                    }
                    await(() -> !api.get(path).required("online").asBoolean());
                    assertThat(api.get(LIVE + "?online=true").required("items").size()).isZero();
                    assertThat(
                                    api.get(LIVE + "?bbox=121,31,122,32&protocol=gb32960")
                                            .at("/items/0/id")
                                            .asString())
                            .isEqualTo(id(VIN));
                    assertThat(api.get(LIVE + "?bbox=0,0,1,1").required("items").size()).isZero();
                    assertThatThrownBy(() -> api.get(LIVE + "?bbox=here"))
                            .hasMessageContaining("west,south,east,north");
                    api.post(
                            "/api/v1/subjects/" + id(VIN) + "/erase",
                            json("{'reason':'asked','legalBasis':'PIPL 47'}"));
                    assertThat(api.get(LIVE).required("items").size()).isZero();
                });
        assertThat(allOf(folder.resolve("ledger")) + allOf(folder.resolve("live")))
                .doesNotContain(VIN);
    }

    @Test
    void bodiesOfFramesAreDurableOnceAndStreamed() throws Exception {
        onPlatform(
                (api, server, token) -> {
                    try (EventReader events =
                            new EventReader(
                                    server, token, LIVE + "/stream?bbox=120,30,125,35", "")) {
                        assertThat(events.next().name).isEqualTo("mark");
                        byte[] right = report(VIN, 0, 121.5);
                        byte[] unknown = report("LNOBODY0000000001", 0, 121.5);
                        byte[] torn = right.clone();
                        torn[right.length - 1] ^= 1;
                        byte[] body = join(right, unknown, torn, report(OTHER, 0, 122.5), right);
                        JsonNode answer = post(api, "gb32960", "application/octet-stream", body);
                        assertThat(answer.toString())
                                .isEqualTo(
                                        """
                                        {"accepted":3,"refused":2,"refusals":[{"offset":%d,"reason":"gb32960_vin_unknown"},{"offset":%d,"reason":"gb32960_bcc"}]}"""
                                                .formatted(right.length, 2 * right.length));
                        Event first = events.state();
                        Event second = events.state();
                        assertThat(Set.of(first.id(), second.id()))
                                .isEqualTo(Set.of(id(VIN), id(OTHER)));
                        String mark = events.next().mark;

                        String lines =
                                "# again, and later\n"
                                        + HexFormat.of().formatHex(right)
                                        + "\nxyz\n"
                                        + HexFormat.of().formatHex(report(VIN, 1, 10));
                        answer =
                                post(
                                        api,
                                        "gb32960",
                                        "text/plain",
                                        lines.getBytes(StandardCharsets.US_ASCII));
                        assertThat(answer.required("accepted").asInt()).isEqualTo(2);
                        assertThat(answer.at("/refusals/0/line").asInt()).isEqualTo(3);
                        assertThat(answer.at("/refusals/0/reason").asString())
                                .isEqualTo("hex_digit");
                        Event gone = events.next();
                        assertThat(gone.name).as("it left the box").isEqualTo("gone");
                        assertThat(gone.id()).isEqualTo(id(VIN));

                        String text =
                                text(OTHER, 2, 123.5)
                                        + "\n{'message':'Nonsense'}\n".replace('\'', '"');
                        answer =
                                post(
                                        api,
                                        "gb32960",
                                        "application/x-ndjson",
                                        text.getBytes(StandardCharsets.UTF_8));
                        assertThat(answer.required("accepted").asInt()).isEqualTo(1);
                        assertThat(answer.at("/refusals/0/reason").asString())
                                .isEqualTo("json_message");
                        assertThat(events.state().data.at("/position/longitudeDegrees").asDouble())
                                .isEqualTo(123.5);

                        try (EventReader again =
                                new EventReader(
                                        server, token, LIVE + "/stream?bbox=120,30,125,35", mark)) {
                            Event one = again.next();
                            Event two = again.next();
                            assertThat(List.of(one.name, two.name))
                                    .containsExactlyInAnyOrder("gone", "state");
                            assertThat(again.next().name).isEqualTo("mark");
                        }
                    }
                    await(() -> rows(api, "vehicle_report") == 4);
                    assertThatThrownBy(() -> post(api, "gb32960", "image/png", new byte[1]))
                            .hasMessageContaining("application/x-ndjson");
                    assertThatThrownBy(() -> post(api, "mqtt", "text/plain", new byte[1]))
                            .hasMessageContaining("protocol=jt808");
                });
    }

    @Test
    void messagesOfAWebSocketAreAcknowledgedInOrder() throws Exception {
        onPlatform(
                (api, server, token) -> {
                    api.post(
                            "/api/v1/terminals",
                            json("{'terminals':[{'terminal':'" + PHONE + "'}]}"));
                    Acknowledgements told = new Acknowledgements();
                    assertThatThrownBy(() -> connect(server, "none", told))
                            .hasRootCauseMessage("Unexpected HTTP response status code 401");
                    WebSocket socket = connect(server, token, told);
                    byte[] frame = jt808(PHONE, NOW);
                    socket.sendBinary(ByteBuffer.wrap(frame), true).join();
                    socket.sendBinary(ByteBuffer.wrap(jt808("99", NOW)), true).join();
                    socket.sendBinary(ByteBuffer.wrap(new byte[0]), true).join();
                    socket.sendBinary(ByteBuffer.wrap(frame), true).join();
                    StringBuilder refused = new StringBuilder();
                    long last = 0;
                    while (last < 4) {
                        JsonNode text = json(told.next());
                        long number = text.required("acknowledged").asLong();
                        assertThat(number).isGreaterThan(last);
                        last = number;
                        for (JsonNode each : text.path("refused").values()) {
                            refused.append(each.required("message").asInt())
                                    .append(' ')
                                    .append(each.required("reason").asString())
                                    .append('\n');
                        }
                    }
                    assertThat(refused.toString())
                            .isEqualTo("2 jt808_terminal_unknown\n3 frame_missing\n");
                    socket.sendClose(WebSocket.NORMAL_CLOSURE, "").join();
                    String id =
                            new VehicleSubjects(Keystore.open(folder.resolve("keys")))
                                    .ofPhone(PHONE);
                    await(() -> api.get(LIVE).required("items").size() == 1);
                    JsonNode state = api.get("/api/v1/vehicles/" + id + "/live");
                    assertThat(state.at("/vehicle/speedKmh").asDouble()).isEqualTo(36);
                    assertThat(state.required("online").asBoolean())
                            .as("over a platform, just now")
                            .isTrue();
                    await(() -> rows(api, "positions") == 1);
                });
    }

    private static WebSocket connect(URI server, String token, WebSocket.Listener listener)
            throws InterruptedException, ExecutionException {
        return HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .header("Authorization", "Bearer " + token)
                .buildAsync(
                        URI.create(
                                server.toString().replaceFirst("^http", "ws")
                                        + "/api/v1/frames/stream?protocol=jt808"),
                        listener)
                .get();
    }

    private static final class Acknowledgements implements WebSocket.Listener {
        private final BlockingQueue<String> texts = new LinkedBlockingQueue<>();

        @Override
        public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
            texts.add(data.toString());
            socket.request(1);
            return CompletableFuture.completedStage(null);
        }

        String next() throws InterruptedException {
            String text = texts.poll(60, TimeUnit.SECONDS);
            assertThat(text).as("an acknowledgement").isNotNull();
            return text;
        }
    }

    private record Event(String name, String mark, JsonNode data) {
        String id() {
            return data.required("id").asString();
        }
    }

    /** Events of a stream; heartbeats are passed over. */
    private static final class EventReader implements AutoCloseable {
        private final BufferedReader lines;
        private final Socket socket;

        EventReader(URI server, String token, String path, String lastEventId) throws IOException {
            socket = new Socket(server.getHost(), server.getPort());
            socket.setSoTimeout(60_000);
            String request =
                    "GET %s HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\n%s\r\n"
                            .formatted(
                                    path,
                                    token,
                                    lastEventId.isEmpty()
                                            ? ""
                                            : "Last-Event-ID: " + lastEventId + "\r\n");
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            lines =
                    new BufferedReader(
                            new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            assertThat(lines.readLine()).contains("200");
        }

        Event next() throws IOException {
            String name = "";
            String id = "";
            for (String line = lines.readLine(); ; line = lines.readLine()) {
                assertThat(line).as("the stream ended").isNotNull();
                if (line.startsWith("event: ")) {
                    name = line.substring(7);
                } else if (line.startsWith("id: ")) {
                    id = line.substring(4);
                } else if (line.startsWith("data: ")) {
                    return new Event(name, id, json(line.substring(6)));
                }
            }
        }

        /** The next event that is a state. */
        Event state() throws IOException {
            Event event = next();
            while (!event.name.equals("state")) {
                event = next();
            }
            return event;
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    private static JsonNode post(ApiClient api, String protocol, String type, byte[] body)
            throws IOException {
        return api.post("/api/v1/frames?protocol=" + protocol, type, body);
    }

    private static String text(String vin, int seconds, double longitude) {
        return "{'message':'RealTimeReport','edition':2016,'id':'%s','collectedAt':'%s','units':[{'unit':'Position','positionValid':true,'longitudeDegrees':%s,'latitudeDegrees':31.2}]}"
                .formatted(vin, NOW.plusSeconds(seconds), longitude)
                .replace('\'', '"');
    }

    private static byte[] report(String vin, int seconds, double longitude) {
        return new Gb32960Text().encode((ObjectNode) json(text(vin, seconds, longitude)));
    }

    private static byte[] login() {
        return new Gb32960Text()
                .encode(
                        (ObjectNode)
                                json(
                                        "{'message':'VehicleLogin','edition':2016,'id':'%s','collectedAt':'%s','serial':1,'iccid':'89860000000000000001','subsystems':0,'codeBytes':0}"
                                                .formatted(VIN, NOW)));
    }

    private static byte[] jt808(String phone, Instant at) {
        Position position =
                new Position(0, 3, 31.24, 121.51, 12, 36, 90, at.toString(), List.of(), null);
        return OutgoingMessage.of(
                        new PositionMessage.PositionReport(position), Edition.JT2013, phone, 1)
                .frames()
                .getFirst();
    }

    private static byte[] join(byte[]... frames) {
        java.io.ByteArrayOutputStream all = new java.io.ByteArrayOutputStream();
        Stream.of(frames).forEach(all::writeBytes);
        return all.toByteArray();
    }

    private static long rows(ApiClient api, String table) throws Exception {
        for (JsonNode each : api.get("/api/v1/tables").path("items").values()) {
            if (each.path("name").asString("").equals(table)) {
                return each.path("rows").asLong();
            }
        }
        return 0;
    }

    private interface Condition {
        boolean holds() throws Exception;
    }

    private static void await(Condition condition) throws Exception {
        Instant end = Instant.now().plus(Duration.ofMinutes(2));
        while (!condition.holds()) {
            assertThat(Instant.now()).as("time is up").isBefore(end);
            Thread.sleep(50);
        }
    }

    private static JsonNode json(String text) {
        return JsonMapper.shared().readTree(text.replace('\'', '"'));
    }

    private static String allOf(Path directory) throws IOException {
        StringBuilder all = new StringBuilder();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                all.append(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
            }
        }
        return all.toString();
    }
}
