package org.roadloop.dataspace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.roadloop.dataspace.Participant.count;
import static org.roadloop.dataspace.Participant.tracks;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.roadloop.core.contract.Decider;
import org.roadloop.core.contract.MessageJson;
import org.roadloop.core.contract.Negotiation;
import org.roadloop.core.contract.TransferProcess;
import org.roadloop.core.identity.Keystore;
import org.roadloop.dataspace.identity.SelfIssuedTokens;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a peer may send to a running connector, on raw sockets where a client would not send it:
 * each is answered with the protocol's error object, counted by its name, and nothing has changed.
 */
@Tag("slow")
class BadMessagesTest {
    private static final String REQUEST = "/dsp/2025-1/negotiations/request";

    @TempDir Path home;
    private Participant provider;
    private Participant consumer;
    private final HttpClient http = HttpClient.newHttpClient();

    @BeforeEach
    void start() throws Exception {
        provider = new Participant(home.resolve("provider"));
        provider.bodyWithin = Duration.ofMinutes(2);
        provider.decider = own -> HOLD;
        consumer = new Participant(home.resolve("consumer"));
        provider.start();
        consumer.start();
        provider.catalog.offer(tracks(provider.did, "use", count(2)));
    }

    @AfterEach
    void stop() {
        provider.close();
        consumer.close();
        http.close();
    }

    private static final Decider HOLD =
            new Decider() {
                @Override
                public Decision decide(Negotiation n) {
                    return new Decision.Hold("by hand");
                }

                @Override
                public Decision decide(TransferProcess t) {
                    return new Decision.Hold("by hand");
                }
            };

    // ---------------------------------------------------------------- raw sockets

    private String token() {
        return consumer.identity.authorization(provider.did);
    }

    /** Headers of a POST with a good token. */
    private String head(String path, String more) {
        return "POST "
                + path
                + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                + "Authorization: "
                + token()
                + "\r\n"
                + more
                + "\r\n";
    }

    private interface Sender {
        void send(OutputStream out) throws Exception;
    }

    /** What is answered, while the sender still holds the line open. */
    private String raw(Sender sender) throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), provider.serverPort())) {
            socket.setSoTimeout(120_000);
            Thread sending =
                    Thread.ofVirtual()
                            .start(
                                    () -> {
                                        try {
                                            sender.send(socket.getOutputStream());
                                        } catch (Exception e) {
                                            // it was cut off, which is what is tested
                                        }
                                    });
            ByteArrayOutputStream answer = new ByteArrayOutputStream();
            byte[] chunk = new byte[4096];
            try {
                for (int n = socket.getInputStream().read(chunk);
                        n >= 0;
                        n = socket.getInputStream().read(chunk)) {
                    answer.write(chunk, 0, n);
                    if (answer.toString(StandardCharsets.UTF_8).contains("}")) {
                        break;
                    }
                }
            } catch (SocketTimeoutException e) {
                answer.writeBytes("no answer in 30 s".getBytes(StandardCharsets.UTF_8));
            } catch (IOException e) {
                answer.writeBytes(("broken: " + e).getBytes(StandardCharsets.UTF_8));
            } finally {
                sending.interrupt();
            }
            return answer.toString(StandardCharsets.UTF_8);
        }
    }

    private static void chunk(OutputStream out, byte[] bytes) throws IOException {
        out.write((Integer.toHexString(bytes.length) + "\r\n").getBytes(StandardCharsets.UTF_8));
        out.write(bytes);
        out.write("\r\n".getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    private static void write(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    private long refused(String name) {
        return provider.connector.badInput().counts().getOrDefault(name, 0L);
    }

    private static void isError(String answer, int status, String type, String code) {
        assertThat(answer).startsWith("HTTP/1.1 " + status + " ");
        JsonNode json = JsonMapper.shared().readTree(answer.substring(answer.indexOf('{')));
        assertThat(json.path("@type").asString()).isEqualTo(type);
        assertThat(json.path("code").asString()).isEqualTo(code);
        assertThat(json.path("@context").get(0).asString()).isEqualTo(MessageJson.CONTEXT);
        assertThat(json.path("reason").size()).isPositive();
    }

    @Test
    void aBodyThatDripsIsGivenUp() throws Exception {
        provider.close();
        provider = new Participant(home.resolve("impatient"));
        provider.bodyWithin = Duration.ofMillis(500);
        provider.start();
        String chunked = head(REQUEST, "Transfer-Encoding: chunked\r\n");
        String answer =
                raw(
                        out -> {
                            write(out, chunked);
                            while (!Thread.interrupted()) {
                                chunk(out, new byte[] {' '});
                                Thread.sleep(20);
                            }
                        });
        isError(answer, 408, "ContractNegotiationError", "body_slow");
        assertThat(refused("body_slow")).isEqualTo(1);
        assertThat(provider.book.listNegotiations()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "length told, too_large, 413",
        "chunks without length, too_large, 413",
        "chunks without end, too_large, 413",
        "length too long and closed, '', 0",
        "deep, no_json, 400",
        "deep in chunks, no_json, 400",
    })
    void aBodyThatIsNoMessage(String how, String code, int status) throws Exception {
        long before = provider.ledger.size();
        byte[] spaces = " ".repeat(1024).getBytes(StandardCharsets.UTF_8);
        byte[] deep = "{\"a\":".repeat(3000).getBytes(StandardCharsets.UTF_8);
        String chunked = head(REQUEST, "Transfer-Encoding: chunked\r\n");
        if (status == 0) {
            try (Socket socket =
                    new Socket(InetAddress.getLoopbackAddress(), provider.serverPort())) {
                write(socket.getOutputStream(), head(REQUEST, "Content-Length: 500\r\n") + "{");
            }
            TwoConnectorsTest.await("counted", () -> refused("body_incomplete") == 1);
        } else {
            String answer =
                    raw(
                            out -> {
                                switch (how) {
                                    case "length told" -> // and not a byte of it comes
                                            write(
                                                    out,
                                                    head(REQUEST, "Content-Length: 900000000\r\n"));
                                    case "chunks without length" -> {
                                        write(out, chunked);
                                        for (int i = 0; i < 33; i++) {
                                            chunk(out, spaces);
                                        }
                                    }
                                    case "chunks without end" -> {
                                        write(out, chunked);
                                        while (!Thread.interrupted()) {
                                            chunk(out, spaces);
                                        }
                                    }
                                    case "deep" -> {
                                        String length = "Content-Length: " + deep.length + "\r\n";
                                        write(out, head(REQUEST, length));
                                        out.write(deep);
                                    }
                                    default -> {
                                        write(out, chunked);
                                        chunk(out, deep);
                                        write(out, "0\r\n\r\n");
                                    }
                                }
                            });
            isError(answer, status, "ContractNegotiationError", code);
            assertThat(refused(code)).isEqualTo(1);
        }
        assertThat(provider.ledger.size()).isEqualTo(before);
        assertThat(provider.book.listNegotiations()).isEmpty();
    }

    /** Of a body without end no more goes into the connector than its bound and the buffers. */
    @Test
    void manyBodiesWithoutEndCostLittle() throws Exception {
        byte[] chunk = new byte[16 * 1024];
        String chunked = head(REQUEST, "Transfer-Encoding: chunked\r\n");
        List<Long> sent = new ArrayList<>();
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        long before = runtime.totalMemory() - runtime.freeMemory();
        for (int i = 0; i < 50; i++) {
            long[] bytes = {0};
            String answer =
                    raw(
                            out -> {
                                write(out, chunked);
                                while (!Thread.interrupted()) {
                                    chunk(out, chunk);
                                    bytes[0] += chunk.length;
                                }
                            });
            assertThat(answer).startsWith("HTTP/1.1 413 ");
            sent.add(bytes[0]);
        }
        System.gc();
        long grown = runtime.totalMemory() - runtime.freeMemory() - before;
        long most = sent.stream().mapToLong(Long::longValue).max().orElseThrow();
        System.out.printf(
                "of 50 bodies without end at most %d KiB went into the line; heap %+d KiB%n",
                most / 1024, grown / 1024);
        assertThat(most).isLessThan(16L << 20);
        assertThat(grown).isLessThan(16L << 20);
        assertThat(refused("too_large")).isEqualTo(50);
    }

    // ---------------------------------------------------------------- tokens

    private HttpResponse<String> post(String path, String authorization, String body)
            throws Exception {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(provider.origin() + path))
                        .POST(HttpRequest.BodyPublishers.ofString(body));
        if (!authorization.isEmpty()) {
            request.header("Authorization", authorization);
        }
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private String tokenOf(Participant who, String audience, Clock clock) {
        return new SelfIssuedTokens(who.signer, null, clock).authorization(audience);
    }

    @ParameterizedTest
    @CsvSource({
        "none, token_missing",
        "garbage, token_forged",
        "signature of another key, token_forged",
        "payload changed, token_forged",
        "no algorithm, token_key",
        "for another audience, token_audience",
        "expired, token_expired",
        "from the future, token_early",
        "enormous, token_too_long",
        "of a DID that leads nowhere, token_key",
    })
    void aTokenThatProvesNothing(String how, String code) throws Exception {
        Instant now = Instant.now();
        String good = token();
        String[] parts = good.substring("Bearer ".length()).split("\\.");
        String shown =
                switch (how) {
                    case "none" -> "";
                    case "garbage" -> "Bearer a.b.c";
                    case "signature of another key" ->
                            "Bearer "
                                    + org.roadloop.core.identity.Jws.sign(
                                            org.roadloop.core.identity.Jws.unverifiedPayload(
                                                            good.substring("Bearer ".length()))
                                                    .asObject(),
                                            Keystore.open(home.resolve("forger"))
                                                    .signer("connector", consumer.did),
                                            "JWT");
                    case "payload changed" ->
                            "Bearer "
                                    + parts[0]
                                    + "."
                                    + base64(
                                            new String(
                                                            java.util.Base64.getUrlDecoder()
                                                                    .decode(parts[1]),
                                                            StandardCharsets.UTF_8)
                                                    .replaceAll("\"jti\":\"....", "\"jti\":\"0000"))
                                    + "."
                                    + parts[2];
                    case "no algorithm" ->
                            "Bearer " + base64("{\"alg\":\"none\"}") + "." + parts[1] + ".";
                    case "for another audience" -> consumer.identity.authorization(consumer.did);
                    case "expired" ->
                            tokenOf(
                                    consumer,
                                    provider.did,
                                    Clock.fixed(now.minusSeconds(120), ZoneOffset.UTC));
                    case "from the future" ->
                            tokenOf(
                                    consumer,
                                    provider.did,
                                    Clock.fixed(now.plusSeconds(120), ZoneOffset.UTC));
                    case "enormous" -> "Bearer " + "a".repeat(5000);
                    default ->
                            new SelfIssuedTokens(
                                            Keystore.open(home.resolve("nobody"))
                                                    .signer("connector", "did:web:localhost%3A1"),
                                            null,
                                            Clock.systemUTC())
                                    .authorization(provider.did);
                };
        long before = provider.ledger.size();
        HttpResponse<String> answer = post(REQUEST, shown, request("urn:c:1").toString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(401);
        JsonNode json = JsonMapper.shared().readTree(answer.body());
        assertThat(json.path("@type").asString()).isEqualTo("ContractNegotiationError");
        assertThat(json.path("code").asString()).isEqualTo(code);
        assertThat(refused(code)).isEqualTo(1);
        assertThat(provider.ledger.size()).isEqualTo(before);
        if (!shown.isEmpty()) {
            assertThat(answer.body()).doesNotContain(parts[2]);
        }
    }

    private static String base64(String text) {
        return java.util.Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Who reads along and says a message again with its token does nothing by it. */
    @Test
    void aMessageReplayedWithItsTokenChangesNothing() throws Exception {
        String body = request("urn:c:2").put("@id", "urn:m:1").toString();
        String token = token();
        HttpResponse<String> first = post(REQUEST, token, body);
        assertThat(first.statusCode()).isEqualTo(201);
        long before = provider.ledger.size();
        HttpResponse<String> again = post(REQUEST, token, body);
        assertThat(again.body()).isEqualTo(first.body());
        assertThat(provider.ledger.size()).isEqualTo(before);
        assertThat(provider.book.listNegotiations()).hasSize(1);
    }

    // ---------------------------------------------------------------- members and states

    private ObjectNode request(String consumerPid) {
        ObjectNode json = MessageJson.envelope("ContractRequestMessage");
        json.put("consumerPid", consumerPid);
        json.put("callbackAddress", consumer.origin() + "/dsp/2025-1");
        json.set(
                "offer",
                tracks(provider.did, "use", count(2))
                        .offers()
                        .getFirst()
                        .terms()
                        .withTarget("urn:roadloop:dataset:tracks")
                        .toJson());
        return json;
    }

    private static ObjectNode message(String type, String providerPid, String consumerPid) {
        ObjectNode json = MessageJson.envelope(type);
        return json.put("providerPid", providerPid).put("consumerPid", consumerPid);
    }

    /** Every message at a negotiation that waits for us: none is its turn. */
    @Test
    void aMessageOutOfTurnIsRefusedAndTheStateStays() throws Exception {
        HttpResponse<String> begun = post(REQUEST, token(), request("urn:c:3").toString());
        String pid = JsonMapper.shared().readTree(begun.body()).path("providerPid").asString();
        String at = "/dsp/2025-1/negotiations/" + pid;
        Map<String, ObjectNode> out = new TreeMap<>();
        ObjectNode event = message("ContractNegotiationEventMessage", pid, "urn:c:3");
        out.put("/events", event.deepCopy().put("eventType", "FINALIZED"));
        out.put("/events?", event.deepCopy().put("eventType", "ACCEPTED"));
        out.put(
                "/agreement/verification",
                message("ContractAgreementVerificationMessage", pid, "urn:c:3"));
        ObjectNode counter = request("urn:c:3");
        counter.remove("callbackAddress");
        out.put("/request", counter.put("providerPid", pid));
        long before = provider.ledger.size();
        for (Map.Entry<String, ObjectNode> one : out.entrySet()) {
            HttpResponse<String> answer =
                    post(at + one.getKey(), token(), one.getValue().toString());
            assertThat(answer.statusCode()).as(one + " " + answer.body()).isEqualTo(409);
            assertThat(answer.body()).contains("illegal_transition", "REQUESTED");
        }
        // the right message in another's name, and with the ids of another negotiation
        ObjectNode end = message("ContractNegotiationTerminationMessage", pid, "urn:c:other");
        assertThat(post(at + "/termination", token(), end.toString()).statusCode())
                .as("another consumerPid")
                .isBetween(400, 409);
        String stranger = provider.identity.authorization(provider.did);
        end.put("consumerPid", "urn:c:3");
        assertThat(post(at + "/termination", stranger, end.toString()).statusCode()).isEqualTo(404);
        assertThat(provider.book.getNegotiation(pid).state()).isEqualTo("REQUESTED");
        assertThat(provider.ledger.size()).isEqualTo(before);
        assertThat(refused("illegal_transition")).isGreaterThanOrEqualTo(4);
    }

    /** Each member of each message, one at a time, as each kind of thing that it is not. */
    @Test
    void noMemberOfAWrongTypeIsAnErrorOfOurs() throws Exception {
        Map<String, ObjectNode> good = new TreeMap<>();
        String n = "/dsp/2025-1/negotiations/";
        String t = "/dsp/2025-1/transfers/";
        good.put(REQUEST, request("urn:c"));
        ObjectNode offer = message("ContractOfferMessage", "urn:p", "urn:c");
        offer.set("offer", request("urn:c").get("offer"));
        good.put(n + "urn:p/offers", offer);
        good.put(
                n + "urn:p/events",
                message("ContractNegotiationEventMessage", "urn:p", "urn:c")
                        .put("eventType", "ACCEPTED"));
        ObjectNode end = message("ContractNegotiationTerminationMessage", "urn:p", "urn:c");
        end.put("code", "c").putArray("reason").add("because");
        good.put(n + "urn:p/termination", end);
        ObjectNode agreed = message("ContractAgreementMessage", "urn:p", "urn:c");
        ObjectNode agreement = request("urn:c").get("offer").deepCopy().asObject();
        agreement.put("@type", "Agreement").put("@id", "urn:a").put("assigner", provider.did);
        agreement.put("assignee", consumer.did).put("timestamp", "2026-01-01T00:00:00Z");
        agreed.set("agreement", agreement);
        good.put(n + "urn:p/agreement", agreed);
        ObjectNode transfer = MessageJson.envelope("TransferRequestMessage");
        transfer.put("consumerPid", "urn:c").put("agreementId", "urn:a").put("format", "f");
        transfer.put("callbackAddress", consumer.origin() + "/dsp/2025-1");
        ObjectNode address = transfer.putObject("dataAddress").put("@type", "DataAddress");
        address.put("endpointType", "https://w3id.org/idsa/v4.1/HTTP").put("endpoint", "http://x");
        address.putArray("endpointProperties")
                .addObject()
                .put("@type", "EndpointProperty")
                .put("name", "a")
                .put("value", "b");
        good.put(t + "request", transfer);
        ObjectNode start = message("TransferStartMessage", "urn:p", "urn:c");
        start.set("dataAddress", transfer.get("dataAddress"));
        good.put(t + "urn:p/start", start);

        int sent = 0;
        List<String> faults = new ArrayList<>();
        long before = provider.ledger.size();
        for (Map.Entry<String, ObjectNode> one : good.entrySet()) {
            for (JsonNode wrong : mutations(one.getValue())) {
                if (wrong.isObject() && wrong.has("consumerPid")) {
                    String pid = wrong.path("consumerPid").asString("");
                    if (pid.equals("urn:c") && one.getKey().equals(REQUEST)) {
                        wrong.asObject().put("consumerPid", "urn:c:" + UUID.randomUUID());
                    }
                }
                int begun = provider.book.listNegotiations().size();
                HttpResponse<String> answer = post(one.getKey(), token(), wrong.toString());
                sent++;
                if (answer.statusCode() == 201) {
                    // what was changed is of no meaning to us: an ordinary negotiation
                    assertThat(provider.book.listNegotiations()).hasSize(begun + 1);
                    before = provider.ledger.size();
                    continue;
                }
                JsonNode json = JsonMapper.shared().readTree(answer.body());
                if (answer.statusCode() / 100 != 4
                        || !json.path("@type").asString("").endsWith("Error")
                        || json.path("code").asString("").isEmpty()
                        || provider.ledger.size() != before) {
                    faults.add(one.getKey() + " " + wrong + " " + answer.body());
                }
            }
        }
        System.out.println(sent + " wrong messages: " + provider.connector.badInput().counts());
        assertThat(faults).isEmpty();
        assertThat(refused("internal")).isZero();
        assertThat(refused("member_invalid")).isGreaterThan(sent / 2);
    }

    /** Copies of a value, each with one thing in it replaced. */
    private static List<JsonNode> mutations(JsonNode value) {
        List<JsonNode> all = new ArrayList<>();
        if (value.isObject()) {
            for (Map.Entry<String, JsonNode> member : value.properties()) {
                for (JsonNode other : mutations(member.getValue())) {
                    all.add(value.deepCopy().asObject().set(member.getKey(), other));
                }
                ObjectNode without = value.deepCopy().asObject();
                without.remove(member.getKey());
                all.add(without);
            }
        } else if (value.isArray()) {
            for (int i = 0; i < value.size(); i++) {
                for (JsonNode other : mutations(value.get(i))) {
                    ArrayNode copy = value.deepCopy().asArray();
                    copy.set(i, other);
                    all.add(copy);
                }
            }
        }
        String nested = "[".repeat(400) + "]".repeat(400);
        for (String other :
                new String[] {
                    "null", "7", "true", "\"\"", "[]", "{}", "[7]", "{\"a\":7}", nested
                }) {
            all.add(JsonMapper.shared().readTree(other));
        }
        all.add(JsonMapper.shared().getNodeFactory().stringNode("x".repeat(600)));
        return all;
    }
}
