package org.roadloop.compute.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.compute.site.Bubblewrap;
import org.roadloop.compute.site.Sandbox;
import org.roadloop.compute.site.Site;
import org.roadloop.compute.site.agent.AgentDoor;
import org.roadloop.compute.site.agent.AgentProcess;
import tools.jackson.databind.JsonNode;

/** Tasks by HTTP on a site elsewhere whose agent is killed and comes back. */
@Tag("slow")
@Timeout(value = 180, unit = TimeUnit.SECONDS)
class AgentTaskTest {
    /** Counts on from its checkpoint; the file is there whole or not at all. */
    private static final String COUNTER =
            """
            {"resources": {"backend_parameters": {"roadloop.site": "away",
              "roadloop.checkpoint": "/out/state", "roadloop.checkpointSeconds": "0.2"}},
             "inputs": [{"path": "/in/step.txt", "content": "1"}],
             "outputs": [{"path": "/out/result.txt"}],
             "executors": [{"image": "alpine", "command": ["sh", "-c",
              "n=$(cat /out/state/n 2>/dev/null || echo 0); echo from $n; while [ $n -lt LAST ]; do n=$((n+$(cat /in/step.txt))); echo $n > /out/state/.n; mv /out/state/.n /out/state/n; sleep 0.1; done; echo $n >> /out/result.txt"]}]}""";

    @TempDir Path home;
    private AgentDoor door;
    private AgentProcess agent;
    private TaskPlatform platform;

    @BeforeEach
    void open() throws Exception {
        assumeTrue(
                Bubblewrap.find().isPresent(),
                "bubblewrap is missing or may not create namespaces; apt-get install bubblewrap");
        door = new AgentDoor(home.resolve("tasks/site-away"), 0, Duration.ofMinutes(2));
        agent = agent();
        for (long end = System.nanoTime() + 60_000_000_000L; System.nanoTime() < end; ) {
            if (door.site.offer(work()) instanceof Site.Offer.Possible) {
                break;
            }
            Thread.sleep(20);
        }
        platform =
                new TaskPlatform(
                        home,
                        new Gate(),
                        at ->
                                List.<Site>of(
                                        door.site,
                                        TaskPlatform.site(at, "local", Sandbox.strongest())));
    }

    @AfterEach
    void close() throws Exception {
        if (platform != null) {
            agent.close();
            door.close();
            platform.close();
        }
    }

    private AgentProcess agent() throws Exception {
        return new AgentProcess(door.url(), "away", home.resolve("agent"), AgentProcess.TOKEN, 2);
    }

    /** The task waits for the agent, is killed with it, and goes on from its checkpoint. */
    @Test
    void aTaskSurvivesItsAgent() throws Exception {
        String id = platform.create(COUNTER.replace("LAST", "150"));
        Path kept = home.resolve("tasks/" + id + "/checkpoint/kept/n");
        int before = 0;
        for (long end = System.nanoTime() + 60_000_000_000L;
                before < 5 && System.nanoTime() < end; ) {
            Thread.sleep(20);
            try {
                before = Integer.parseInt(Files.readString(kept).strip());
            } catch (NoSuchFileException e) {
                // not yet, or the next one takes its place
            }
        }
        assertThat(before).isGreaterThanOrEqualTo(5);
        agent.kill();
        agent = agent();
        JsonNode task = platform.await(id);
        assertThat(task.required("state").asString())
                .as(task.toPrettyString())
                .isEqualTo("COMPLETE");
        assertThat(task.at("/logs/0/metadata/roadloop.site").asString("away")).isEqualTo("away");
        assertThat(task.toString())
                .contains("killed while the run was on", "goes on from the checkpoint");
        String said = task.at("/logs/0/logs/0/stdout").asString();
        int from = Integer.parseInt(said.replace("from ", "").strip());
        assertThat(from)
                .as("work done before the kill is not done again")
                .isGreaterThanOrEqualTo(before);
        assertThat(
                        platform.send(
                                        "GET",
                                        "/api/v1/tasks/" + id + "/outputs/result.txt",
                                        "operator",
                                        "")
                                .body())
                .as("once")
                .isEqualTo("150\n");
    }

    /**
     * Of a contract or a wish that asks for more trust than the agent's site has, nothing goes
     * there.
     */
    @Test
    void policyKeepsATaskAwayAndSaysWhy() throws Exception {
        String id =
                platform.create(
                        COUNTER.replace("LAST", "1")
                                .replace(
                                        "\"roadloop.site\": \"away\"",
                                        "\"roadloop.trust\": \"3\""));
        JsonNode task = platform.await(id);
        assertThat(task.required("state").asString())
                .as(task.toPrettyString())
                .isEqualTo("COMPLETE");
        JsonNode placement = platform.get("/api/v1/tasks/" + id + "/placement");
        assertThat(placement.required("site").asString()).isEqualTo("local");
        assertThat(placement.toString()).contains("has trust level 1, at least 3 is asked");
        try (var files = Files.list(home.resolve("agent/runs"))) {
            assertThat(files).isEmpty();
        }
    }

    @Test
    void whileTheAgentIsAwayATaskGoesElsewhere() throws Exception {
        agent.kill();
        for (long end = System.nanoTime() + 60_000_000_000L; System.nanoTime() < end; ) {
            if (!(door.site.offer(work()) instanceof Site.Offer.Possible)) {
                break;
            }
        }
        String id =
                platform.create(
                        COUNTER.replace("LAST", "1").replace("\"roadloop.site\": \"away\",", ""));
        platform.await(id);
        JsonNode placement = platform.get("/api/v1/tasks/" + id + "/placement");
        assertThat(placement.required("site").asString()).isEqualTo("local");
        assertThat(placement.toString()).contains("site_away");
    }

    private static Site.Work work() {
        return new Site.Work(
                "alpine", 1, 1, 64 << 20, 0, Duration.ofSeconds(60), false, Site.Gang.ONE);
    }
}
