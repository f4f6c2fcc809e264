package org.roadloop.compute.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.compute.site.Bubblewrap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Services from their first version to their end, each a real program in its sandbox. */
@Tag("slow")
class ServiceTest {
    @TempDir Path home;
    private ServicePlatform platform;

    @BeforeEach
    void open() throws Exception {
        assumeTrue(
                Bubblewrap.find().isPresent(),
                "bubblewrap is missing or may not create namespaces; apt-get install bubblewrap");
        platform = new ServicePlatform(home);
    }

    @AfterEach
    void close() throws Exception {
        if (platform != null) {
            platform.close();
        }
    }

    private static ObjectNode watched(ObjectNode spec, double seconds) {
        ((ObjectNode) spec.required("rollout")).put("watchSeconds", seconds);
        return spec;
    }

    @Test
    void aNewVersionTakesTheTrafficWithoutAGap() throws Exception {
        platform.apply(ServicePlatform.spec("speed", "one"));
        platform.awaitServing("speed", 1);
        assertThat(platform.call("speed", "/model")).isEqualTo("one");
        platform.apply(watched(ServicePlatform.spec("speed", "two"), 10));
        Set<String> answers = new TreeSet<>();
        for (long end = System.nanoTime() + 60_000_000_000L;
                !answers.contains("two") && System.nanoTime() < end; ) {
            answers.add(platform.call("speed", "/model"));
        }
        assertThat(answers).as("no call was lost").contains("two").isSubsetOf("one", "two");
        platform.awaitServing("speed", 2);
        assertThat(platform.events("speed"))
                .filteredOn(e -> !e.startsWith("metered"))
                .containsExactly("started 1", "switched 1", "started 2", "switched 2");
        // by hand: the former comes back by the same rule
        platform.send("POST", "/speed/rollback", "operator", "");
        platform.awaitServing("speed", 1);
        assertThat(platform.call("speed", "/model")).isEqualTo("one");
        assertThat(platform.send("DELETE", "/speed", "operator", "").statusCode()).isEqualTo(200);
        platform.await("speed", s -> platform.calendar.bookings().isEmpty());
        assertThat(platform.call("speed", "/model")).isEqualTo("status 503");
        assertThat(platform.events("speed")).contains("metered 1", "metered 2", "ended 0");
    }

    @Test
    void aVersionThatIsNotHealthyIsRolledBackByItself() throws Exception {
        platform.apply(ServicePlatform.spec("speed", "one"));
        platform.awaitServing("speed", 1);
        ObjectNode sick = ServicePlatform.spec("speed", "two sick");
        ((ObjectNode) sick.required("rollout")).put("healthySeconds", 10);
        platform.apply(sick);
        JsonNode after = platform.await("speed", s -> rejected(s, 2));
        assertThat(after.at("/versions/1/rejected").asString()).contains("healthy within 10.0 s");
        assertThat(after.at("/versions/1/rejected").asString()).contains("500");
        platform.apply(ServicePlatform.spec("speed", "three dies"));
        after = platform.await("speed", s -> rejected(s, 3));
        assertThat(after.at("/versions/2/rejected").asString()).contains("exit code 7");
        assertThat(platform.call("speed", "/model")).isEqualTo("one");
        assertThat(platform.show("speed").required("serving").asInt()).isEqualTo(1);
    }

    private static boolean rejected(JsonNode s, int version) {
        return !s.at("/versions/" + (version - 1) + "/rejected").asString("").isEmpty();
    }

    @Test
    void aVersionThatTurnsUnhealthyWhileItIsWatchedIsRolledBack() throws Exception {
        platform.apply(ServicePlatform.spec("speed", "one"));
        platform.awaitServing("speed", 1);
        platform.apply(watched(ServicePlatform.spec("speed", "two"), 600));
        platform.await(
                "speed",
                s ->
                        s.required("serving").asInt() == 2
                                && s.required("state").asString().equals("WATCHED"));
        assertThat(platform.call("speed", "/sick")).isEqualTo("sick");
        JsonNode after = platform.await("speed", s -> rejected(s, 2));
        assertThat(after.at("/versions/1/rejected").asString()).contains("turned unhealthy");
        assertThat(platform.call("speed", "/model")).isEqualTo("one");
        assertThat(after.required("starts").asInt()).as("the former had run on").isEqualTo(2);
    }

    @Test
    void whatDiesIsStartedAgainUntilItsBudgetIsSpent() throws Exception {
        ObjectNode spec = ServicePlatform.spec("speed", "one");
        // so that a process that ends slowly is not taken for a sick one
        ((ObjectNode) spec.required("health")).put("failures", 100);
        platform.apply(spec);
        for (int starts = 1; starts <= 5; starts++) {
            int now = starts;
            platform.await(
                    "speed",
                    s ->
                            s.required("starts").asInt() == now
                                    && s.required("state").asString().equals("SERVING"));
            assertThat(platform.call("speed", "/die")).isEqualTo("status 502");
        }
        JsonNode failed =
                platform.await("speed", s -> s.required("state").asString().equals("FAILED"));
        assertThat(failed.required("reason").asString()).contains("exit code 9", "5 times");
        for (long end = System.nanoTime() + 60_000_000_000L;
                !platform.calendar.bookings().isEmpty() && System.nanoTime() < end; ) {
            Thread.sleep(5); // the state is recorded first, then the slot is given back
        }
        assertThat(platform.calendar.bookings()).isEmpty();
        platform.apply(ServicePlatform.spec("speed", "two"));
        platform.awaitServing("speed", 2);
    }

    @Test
    void aFirstVersionThatNeverListensFailsWithItsReason() throws Exception {
        ObjectNode spec = ServicePlatform.spec("speed", "one");
        ObjectNode executor = (ObjectNode) spec.at("/task/executors/0");
        executor.put("image", "alpine")
                .putArray("command")
                .add("sh")
                .add("-c")
                .add("echo the model is missing >&2; sleep 600");
        ((ObjectNode) spec.required("rollout")).put("healthySeconds", 5);
        platform.apply(spec);
        JsonNode failed =
                platform.await("speed", s -> s.required("state").asString().equals("FAILED"));
        assertThat(failed.required("reason").asString()).contains("does not listen");
        assertThat(failed.required("log").asString()).contains("the model is missing");
        assertThat(platform.send("POST", "/speed/call/model", "operator", "x").statusCode())
                .isEqualTo(503);
    }

    @Test
    void healthMayBeACommand() throws Exception {
        ObjectNode spec = ServicePlatform.spec("speed", "one");
        ObjectNode health = spec.putObject("health").put("intervalSeconds", 0.1);
        health.put("timeoutSeconds", 30);
        health.putArray("command").add("roadloop").add("healthy");
        platform.apply(spec);
        platform.awaitServing("speed", 1);
        assertThat(platform.call("speed", "/model")).isEqualTo("one");
    }

    @Test
    void theEndpointForwardsAndRefuses() throws Exception {
        ObjectNode spec = ServicePlatform.spec("speed", "one");
        ((ObjectNode) spec.required("calls")).put("timeoutSeconds", 10);
        platform.apply(spec);
        platform.awaitServing("speed", 1);
        String path = "/speed/call";
        var echo = platform.send("POST", path + "/echo?a=%20b", "operator", "körper");
        assertThat(echo.statusCode()).isEqualTo(200);
        assertThat(echo.body()).isEqualTo("a=%20bkörper");
        assertThat(echo.headers().firstValue("Content-Security-Policy")).contains("sandbox");
        assertThat(platform.send("POST", path + "/echo", "operator", "x".repeat(1000)).body())
                .hasSize(1000);
        List<Integer> refused = new ArrayList<>();
        refused.add(
                platform.send("POST", path + "/echo", "operator", "x".repeat(1001)).statusCode());
        refused.add(platform.send("GET", path + "/big?1001", "operator", "").statusCode());
        refused.add(platform.send("GET", path + "/slow", "operator", "").statusCode());
        refused.add(platform.send("GET", path + "/nothing", "operator", "").statusCode());
        refused.add(platform.send("GET", path + "/model", "nobody", "").statusCode());
        refused.add(platform.send("GET", path + "/model", "stranger", "").statusCode());
        refused.add(platform.send("GET", "/none/call/model", "operator", "").statusCode());
        refused.add(platform.send("DELETE", "/speed", "stranger", "").statusCode());
        refused.add(
                platform.send("POST", "", "stranger", ServicePlatform.spec("x", "y").toString())
                        .statusCode());
        assertThat(refused).containsExactly(413, 502, 504, 404, 401, 404, 404, 404, 403);
        assertThat(platform.call("speed", "/big?1000")).hasSize(1000);
    }

    /** A service that lays a link to another socket of this machine is not followed there. */
    @Test
    void aLinkInPlaceOfTheSocketIsRefused() throws Exception {
        Path outside = home.resolve("outside.sock");
        try (SocketServer server =
                new SocketServer(outside, asked -> SocketServer.Reply.json(200, "{}"))) {
            Thread.ofVirtual()
                    .start(
                            () -> {
                                try {
                                    server.run();
                                } catch (java.io.IOException e) {
                                    throw new java.io.UncheckedIOException(e);
                                }
                            });
            ObjectNode spec = ServicePlatform.spec("speed", "link " + outside);
            ((ObjectNode) spec.required("rollout")).put("healthySeconds", 10);
            platform.apply(spec);
            JsonNode failed =
                    platform.await("speed", s -> s.required("state").asString().equals("FAILED"));
            assertThat(failed.required("reason").asString()).contains("is no socket");
        }
    }

    @Test
    void whatIsNotUnderstoodIsNamed() throws Exception {
        for (String[] wrong :
                new String[][] {
                    {"health", "{\"paths\": \"/x\"}", "health.paths is not a key"},
                    {"rollout", "{\"watchSeconds\": -1}", "rollout.watchSeconds = -1"},
                    {"calls", "{\"requestBytes\": 1.5}", "calls.requestBytes = 1.5"},
                    {"edge", "{\"source\": \"road\"}", "edge.maxDelayMillis is missing"},
                    {"name", "\"A b\"", "lower-case letters"},
                }) {
            ObjectNode spec = ServicePlatform.spec("speed", "one");
            spec.set(wrong[0], tools.jackson.databind.json.JsonMapper.shared().readTree(wrong[1]));
            var answer = platform.send("POST", "", "operator", spec.toString());
            assertThat(answer.statusCode()).isEqualTo(400);
            assertThat(answer.body()).contains(wrong[2]);
        }
    }

    /** Under a contract each call is debited, and with the contract the service ends. */
    @Test
    void aRevokedAgreementEndsTheService() throws Exception {
        ObjectNode spec = ServicePlatform.spec("speed", "one");
        platform.apply(spec, "consumer");
        platform.awaitServing("speed", 1);
        assertThat(platform.send("GET", "/speed/call/model", "consumer", "").body())
                .isEqualTo("one");
        assertThat(platform.send("GET", "/speed/call/die", "consumer", "").statusCode())
                .isEqualTo(502);
        assertThat(platform.gate.used("use")).isEqualTo(1);
        assertThat(platform.gate.used("call")).isEqualTo(2);
        assertThat(platform.gate.used("reversed")).as("nothing was sent").isEqualTo(1);
        platform.await("speed", s -> s.required("starts").asInt() == 2);
        platform.awaitServing("speed", 1);
        platform.await("speed", s -> platform.gate.used("compute-second") > 0);
        platform.gate.revoke();
        JsonNode ended =
                platform.await("speed", s -> s.required("state").asString().equals("ENDED"));
        assertThat(ended.required("reason").asString()).contains("access was revoked");
        platform.await("speed", s -> platform.calendar.bookings().isEmpty());
        assertThat(platform.send("GET", "/speed/call/model", "consumer", "").statusCode())
                .isEqualTo(503);
    }
}
