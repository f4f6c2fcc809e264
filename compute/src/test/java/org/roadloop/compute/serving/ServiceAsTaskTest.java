package org.roadloop.compute.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.compute.site.Bubblewrap;
import org.roadloop.compute.task.TaskRequest;
import org.roadloop.core.identity.Keystore;
import org.roadloop.core.ledger.FileLedger;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** A service that is made, seen and ended as a task of GA4GH TES 1.1. */
@Tag("slow")
class ServiceAsTaskTest {
    private static final String TASKS = "/ga4gh/tes/v1/tasks";

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

    /** The same request as for the services' own route, as a task. */
    private static ObjectNode task(String model) {
        ObjectNode service = ServicePlatform.spec("speed", model);
        ObjectNode task = (ObjectNode) service.remove("task");
        task.put("name", "model " + model);
        ((ObjectNode) task.required("resources")).put("backend_parameters_strict", true);
        parameters(task).put(TaskRequest.SERVICE, service.toString());
        return task;
    }

    private static ObjectNode parameters(ObjectNode task) {
        return (ObjectNode) task.at("/resources/backend_parameters");
    }

    private static ObjectNode with(ObjectNode task, String group, String member, double value) {
        ObjectNode service =
                (ObjectNode)
                        JsonMapper.shared()
                                .readTree(
                                        parameters(task).required(TaskRequest.SERVICE).asString());
        ((ObjectNode) service.required(group)).put(member, value);
        parameters(task).put(TaskRequest.SERVICE, service.toString());
        return task;
    }

    private String create(ObjectNode task) throws Exception {
        HttpResponse<String> answer = platform.ask("POST", TASKS, "operator", task.toString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return JsonMapper.shared().readTree(answer.body()).required("id").asString();
    }

    private JsonNode get(String path) throws Exception {
        return JsonMapper.shared()
                .readTree(platform.ask("GET", TASKS + path, "operator", "").body());
    }

    private String state(String id) throws Exception {
        return get("/" + id).required("state").asString();
    }

    private void await(String id, String state) throws Exception {
        for (long end = System.nanoTime() + 90_000_000_000L; !state(id).equals(state); ) {
            assertThat(System.nanoTime())
                    .as(get("/" + id + "?view=FULL").toString())
                    .isLessThan(end);
            Thread.sleep(20);
        }
    }

    private String lastLog(String id) throws Exception {
        JsonNode lines = get("/" + id + "?view=FULL").at("/logs/0/system_logs");
        return lines.get(lines.size() - 1).asString();
    }

    private List<String> running() throws Exception {
        List<String> names = new ArrayList<>();
        get("?view=BASIC&state=RUNNING&name_prefix=model")
                .required("tasks")
                .forEach(t -> names.add(t.required("name").asString()));
        return names;
    }

    private int cancel(String id) throws Exception {
        return platform.ask("POST", TASKS + "/" + id + ":cancel", "operator", "").statusCode();
    }

    @Test
    void eachVersionIsATaskFromItsRollOutToItsEnd() throws Exception {
        String one = create(task("one"));
        await(one, "RUNNING");
        JsonNode metadata = get("/" + one + "?view=BASIC").at("/logs/0/metadata");
        assertThat(metadata.required("roadloop.service").asString()).isEqualTo("speed");
        assertThat(metadata.required("roadloop.version").asString()).isEqualTo("1");
        assertThat(metadata.required("roadloop.site").asString()).isEqualTo("centre");
        assertThat(metadata.required("roadloop.sandbox").asString()).isEqualTo("bubblewrap");
        assertThat(get("/" + one + "?view=FULL").at("/logs/0/system_logs").toString())
                .contains(
                        "centre: chosen, the cheapest that will do",
                        "kerb: the task asks for site centre");
        String endpoint = metadata.required("roadloop.endpoint").asString();
        assertThat(platform.ask("GET", endpoint + "model", "operator", "").body()).isEqualTo("one");

        String two = create(task("two"));
        await(two, "RUNNING");
        await(one, "PAUSED"); // it may be gone back to
        assertThat(running()).containsExactly("model two");
        assertThat(platform.show("speed").at("/versions/1/task").asString()).isEqualTo(two);

        String three = create(with(task("three"), "rollout", "watchSeconds", 600));
        await(three, "RUNNING");
        await(one, "COMPLETE");
        assertThat(running()).as("two is watched").containsExactly("model three", "model two");
        platform.send("POST", "/speed/rollback", "operator", "");
        platform.awaitServing("speed", 2);
        assertThat(running()).contains("model two");
        await(three, "PAUSED");

        assertThat(cancel(three)).isEqualTo(200);
        await(three, "CANCELED"); // nobody goes back to it
        assertThat(platform.send("POST", "/speed/rollback", "operator", "").statusCode())
                .isEqualTo(409);
        assertThat(cancel(two)).isEqualTo(200);
        await(two, "CANCELED"); // with it the service ends
        assertThat(platform.show("speed").required("state").asString()).isEqualTo("ENDED");
        assertThat(List.of(state(one), lastLog(two)))
                .containsExactly("COMPLETE", "its task was cancelled");
        platform.await("speed", s -> platform.calendar.bookings().isEmpty());
    }

    @Test
    void aVersionThatIsNotTakenEndsWithItsCause() throws Exception {
        String one = create(task("one"));
        await(one, "RUNNING");
        String dies = create(task("two dies"));
        await(dies, "EXECUTOR_ERROR");
        assertThat(lastLog(dies)).contains("exit code 7");
        ObjectNode nowhere = task("three");
        parameters(nowhere).put(TaskRequest.SITE, "the-moon");
        String three = create(nowhere);
        await(three, "SYSTEM_ERROR");
        assertThat(lastLog(three)).contains("no site");
        String four = create(with(task("four sick"), "rollout", "healthySeconds", 600));
        await(four, "INITIALIZING");
        assertThat(cancel(four)).isEqualTo(200);
        await(four, "CANCELED");
        String five = create(with(task("five sick"), "rollout", "healthySeconds", 600));
        String six = create(task("six"));
        await(six, "RUNNING");
        await(five, "CANCELED");
        assertThat(lastLog(five)).contains("before it served");
        assertThat(state(one)).isIn("RUNNING", "PAUSED");
    }

    @Test
    void aFormerVersionThatWasCancelledRunsNoMoreAndIsNotGoneBackTo() throws Exception {
        String one = create(task("one"));
        await(one, "RUNNING");
        String two = create(with(task("two"), "rollout", "watchSeconds", 600));
        await(two, "RUNNING");
        assertThat(state(one)).as("it runs on while two is watched").isEqualTo("RUNNING");
        cancel(one);
        await(one, "CANCELED");
        assertThat(lastLog(one)).isEqualTo("its task was cancelled");
        platform.await("speed", s -> platform.calendar.bookings().size() == 1);
        assertThat(platform.call("speed", "/die")).isEqualTo("status 502");
        platform.await(
                "speed",
                s ->
                        s.required("starts").asInt() == 3
                                && s.required("state").asString().equals("WATCHED"));
        assertThat(platform.call("speed", "/model")).isEqualTo("two");
        assertThat(state(two)).isEqualTo("RUNNING");
    }

    @Test
    void aVersionThatCameBackIsNotWhatItWasRejectedFor() throws Exception {
        String one = create(task("one"));
        await(one, "RUNNING");
        String two = create(task("two"));
        await(two, "RUNNING");
        for (int version : new int[] {1, 2}) {
            platform.send("POST", "/speed/rollback", "operator", "");
            platform.awaitServing("speed", version);
        }
        await(two, "RUNNING");
        for (String next : List.of("three", "four")) {
            await(create(task(next)), "RUNNING");
        }
        await(two, "COMPLETE");
        assertThat(state(one)).isIn("COMPLETE", "CANCELED");
    }

    @Test
    void whatIsNoServiceIsRefusedAndLeavesNoTask() throws Exception {
        ObjectNode noName = task("one");
        parameters(noName).put(TaskRequest.SERVICE, "{\"calls\": {}}");
        ObjectNode noJson = task("one");
        parameters(noJson).put(TaskRequest.SERVICE, "{\"name\": ");
        ObjectNode output = task("one");
        output.putArray("outputs").addObject().put("path", "/out/a").put("type", "FILE");
        ObjectNode checkpoint = task("one");
        parameters(checkpoint).put(TaskRequest.CHECKPOINT, "/checkpoint");
        ObjectNode empty = task("one");
        parameters(empty).put(TaskRequest.SERVICE, "");
        for (ObjectNode bad : List.of(noName, noJson, output, checkpoint, empty)) {
            HttpResponse<String> answer = platform.ask("POST", TASKS, "operator", bad.toString());
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
            assertThat(answer.body()).contains("roadloop.service");
        }
        assertThat(platform.ask("POST", TASKS, "stranger", task("one").toString()).statusCode())
                .isEqualTo(403);
        ObjectNode bare = task("one");
        parameters(bare).put(TaskRequest.SERVICE, "speed");
        await(create(bare), "RUNNING");
        assertThat(platform.ask("POST", TASKS, "consumer", task("x").toString()).statusCode())
                .as("the name is another's")
                .isEqualTo(409);
        assertThat(get("").required("tasks")).hasSize(1);
    }

    @Test
    void underAContractItIsMeteredOnceAndEndsWithIt() throws Exception {
        HttpResponse<String> answer =
                platform.ask("POST", TASKS, "consumer", task("one").toString());
        String id = JsonMapper.shared().readTree(answer.body()).required("id").asString();
        await(id, "RUNNING");
        assertThat(platform.gate.used("use")).isEqualTo(1);
        assertThat(platform.ask("GET", TASKS + "/" + id, "stranger", "").statusCode())
                .isEqualTo(404);
        platform.gate.revoke();
        await(id, "SYSTEM_ERROR");
        assertThat(lastLog(id)).contains("access was revoked");
    }

    @Test
    void itIsTheSameTaskAfterARestartAndToldWhatWasUntold() throws Exception {
        String one = create(task("one"));
        await(one, "RUNNING");
        platform.close();
        platform = new ServicePlatform(home);
        assertThat(state(one)).isEqualTo("RUNNING");
        platform.awaitServing("speed", 1);
        String two = create(task("two"));
        await(one, "PAUSED");
        platform.close();
        // as if it had been killed between the end of the service and that of its tasks
        try (FileLedger ledger =
                FileLedger.open(
                        home.resolve("ledger"),
                        "test.example/log",
                        Keystore.open(home.resolve("keys")).signer("log", ServicePlatform.DID))) {
            new ServiceBook(ledger, Clock.systemUTC(), ServicePlatform.DID)
                    .append(
                            "speed",
                            ServiceBook.ENDED,
                            ServiceBook.ended("by hand", "x", ServiceBook.BY_HAND));
        }
        platform = new ServicePlatform(home);
        assertThat(List.of(state(one), state(two))).containsExactly("COMPLETE", "CANCELED");
        assertThat(running()).isEmpty();
    }
}
