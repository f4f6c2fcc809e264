package org.roadloop.compute.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.compute.site.Bubblewrap;
import org.roadloop.network.admission.Decision;
import org.roadloop.network.admission.FlowRequest;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** A service with a source and a longest delay stands where the admitted bound allows it. */
@Tag("slow")
class EdgeServiceTest {
    private static final long PROCESSING_NANOS = 2_000_000;

    @TempDir Path home;

    @BeforeEach
    void sandbox() {
        assumeTrue(
                Bubblewrap.find().isPresent(),
                "bubblewrap is missing or may not create namespaces; apt-get install bubblewrap");
    }

    /** The flow that a service would ask for; what the network says to it is the yardstick. */
    private static FlowRequest flow(String id, Duration deadline) {
        return new FlowRequest(id, 1, 10_000_000, 24_608, 12_304, "road", "edge", deadline);
    }

    static ObjectNode edge(ObjectNode spec, long maxDelayNanos) {
        ((ObjectNode) spec.at("/task/resources")).remove("backend_parameters");
        spec.putObject("edge")
                .put("source", "road")
                .put("maxDelayMillis", BigDecimal.valueOf(maxDelayNanos, 6))
                .put("processingMillis", PROCESSING_NANOS / 1e6)
                .put("trafficClass", 1)
                .put("rateBitsPerSecond", 10_000_000)
                .put("burstBits", 24_608)
                .put("maxPacketBits", 12_304);
        return spec;
    }

    @Test
    void theAdmittedBoundDecidesToTheNanosecond() throws Exception {
        try (ServicePlatform platform = new ServicePlatform(home)) {
            Decision measured = platform.admission.admit(flow("probe", Duration.ofSeconds(1)));
            long bound = ((Decision.Admitted) measured).delayBound().toNanos();
            platform.admission.release("probe");
            assertThat(bound).isGreaterThan(100_000); // the line alone takes that long

            platform.apply(edge(ServicePlatform.spec("late", "one"), bound + PROCESSING_NANOS - 1));
            JsonNode failed =
                    platform.await("late", s -> s.required("state").asString().equals("FAILED"));
            assertThat(failed.required("reason").asString())
                    .contains("kerb: ", "bound of " + bound + " ns is above", "centre: ");
            assertThat(platform.admission.list()).isEmpty();
            assertThat(platform.calendar.bookings()).isEmpty();

            platform.apply(edge(ServicePlatform.spec("right", "one"), bound + PROCESSING_NANOS));
            JsonNode serving = platform.awaitServing("right", 1);
            // the dearer of the two sites: only that one is near enough
            assertThat(serving.required("site").asString()).isEqualTo("kerb");
            assertThat(serving.required("delayBoundMicros").asDouble())
                    .isEqualTo((bound + PROCESSING_NANOS) / 1e3);
            assertThat(platform.admission.list()).hasSize(1);
            // what is promised stands against others
            assertThat(
                            platform.admission.admit(
                                    new FlowRequest(
                                            "other",
                                            0,
                                            80_000_000,
                                            1_000_000,
                                            12_304,
                                            "road",
                                            "edge",
                                            Duration.ofSeconds(1))))
                    .isInstanceOf(Decision.Refused.class);

            // a new version stands on the same flow, and the end of both gives it back
            platform.apply(edge(ServicePlatform.spec("right", "two"), bound + PROCESSING_NANOS));
            platform.awaitServing("right", 2);
            platform.await("right", s -> platform.calendar.bookings().size() == 1);
            assertThat(platform.admission.list()).hasSize(1);
            platform.send("DELETE", "/right", "operator", "");
            platform.await("right", s -> platform.admission.list().isEmpty());
        }
    }
}
