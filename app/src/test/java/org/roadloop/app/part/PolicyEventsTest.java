package org.roadloop.app.part;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.app.http.Json;
import org.roadloop.core.contract.UsageGate;
import org.roadloop.dataspace.access.DataRoute;
import tools.jackson.databind.JsonNode;

/** A policy that names an event, and one that names a place, between two platforms over HTTP. */
@Tag("slow")
class PolicyEventsTest {
    private static final String EVENT = "urn:town:event:testing-campaign";
    @TempDir Path folder;

    private static JsonNode note(TwoPlatforms.Side side, String step, String evidence)
            throws Exception {
        return side.api.post(
                "/api/v1/policy-events",
                Json.mapper()
                        .createObjectNode()
                        .put("event", EVENT)
                        .put("step", step)
                        .put("evidence", evidence));
    }

    private static String ask(TwoPlatforms two, String transfer) throws Exception {
        return two.consumer
                .get("/api/v1/transfers/" + transfer + "/data?purpose=x", two.consumer.token())
                .body();
    }

    @Test
    void rowsLeaveWhileTheEventGoesOn() throws Exception {
        try (TwoPlatforms two = new TwoPlatforms(folder)) {
            String agreement =
                    two.agree(
                            "campaign",
                            "'permission':[{'action':'use','constraint':[{'leftOperand':'event',"
                                    + "'operator':'eq','rightOperand':'"
                                    + EVENT
                                    + "'}]}]");
            String id = two.transfer(agreement, DataRoute.FORMAT).required("id").asString();
            assertThat(ask(two, id)).contains("fact_missing");
            assertThatThrownBy(() -> note(two.provider, "begin", ""))
                    .hasMessageContaining("evidence");
            note(two.provider, "begin", "notice 7 of the transport bureau, 2026-11-22");
            assertThat(ask(two, id)).startsWith("PAR1");
            assertThatThrownBy(() -> note(two.provider, "begin", "again"))
                    .hasMessageContaining("running already");

            two.provider = two.provider.again(keys -> {});
            assertThat(ask(two, id)).as("the event outlives a restart").startsWith("PAR1");
            note(two.provider, "end", "protocol of the last day");
            assertThat(ask(two, id)).contains("event_not_met");
            JsonNode item = two.provider.api.get("/api/v1/policy-events").required("items").get(0);
            assertThat(item.required("state").asString()).isEqualTo("ended");
            assertThat(item.required("steps").get(1).required("evidence").asString())
                    .isEqualTo("protocol of the last day");
        }
    }

    /** Code runs at the provider, whose site is in Shanghai; where the consumer is nobody knows. */
    @Test
    void aPlaceIsThatOfTheUse() throws Exception {
        try (TwoPlatforms two = new TwoPlatforms(folder)) {
            String agreement =
                    two.agree(
                            "placed",
                            "'permission':[{'action':'use','constraint':[{'leftOperand':'spatial',"
                                    + "'operator':'isPartOf','rightOperand':'CN-SH'}]},"
                                    + "{'action':'roadloop:computeToData','constraint':["
                                    + "{'leftOperand':'spatial','operator':'isPartOf',"
                                    + "'rightOperand':'CN-SH'}]}]");
            String id = two.transfer(agreement, DataRoute.FORMAT).required("id").asString();
            assertThat(ask(two, id)).contains("fact_missing");
            UsageGate.Access task =
                    two.provider
                            .share
                            .gate()
                            .open(
                                    agreement,
                                    two.consumer.seen.context.participant().did(),
                                    "computeToData",
                                    "x",
                                    Instant.now());
            assertThat(task).isInstanceOf(UsageGate.Lease.class);
        }
    }
}
