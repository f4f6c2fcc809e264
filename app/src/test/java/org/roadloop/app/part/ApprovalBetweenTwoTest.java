package org.roadloop.app.part;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.app.http.ApiClient;
import org.roadloop.app.http.Json;
import org.roadloop.core.contract.ContractBook;
import org.roadloop.core.contract.ContractText;
import org.roadloop.core.contract.TransferProcess;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * People decide, contracts are changed, suspended and ended: between two platforms, with restarts.
 */
@Tag("slow")
class ApprovalBetweenTwoTest {
    @TempDir Path folder;

    private static JsonNode json(String text) {
        return Json.mapper().readTree(text);
    }

    static void await(String what, Callable<Boolean> condition) throws Exception {
        long end = System.nanoTime() + 60_000_000_000L;
        while (!condition.call()) {
            assertThat(System.nanoTime()).as("waiting for " + what).isLessThan(end);
            Thread.sleep(10);
        }
    }

    /** The two sides need roles of their own only where a rule of the operator is declared. */
    static void rules(TwoPlatforms.Side side, String rules) {
        side.share
                .approvals()
                .declare(
                        json(rules)
                                .valueStream()
                                .map(org.roadloop.core.approval.ApprovalRule::read)
                                .toList(),
                        "operator");
    }

    static void offerFromTemplate(TwoPlatforms two) throws Exception {
        two.provider.api.post(
                "/api/v1/assets",
                json(
                        """
                        {"kind":"dataset","id":"tracks","title":{"en":"Tracks","zh":"轨迹"},
                         "table":"track_point","formats":["HttpData-PULL"],"offers":[
                         {"template":"count-limited","version":1,"id":"few",
                          "values":{"uses":2,"milliPerUse":2500}},
                         {"template":"count-limited","version":1,"id":"more",
                          "values":{"uses":3,"milliPerUse":2400}}]}
                        """));
    }

    private static JsonNode negotiate(TwoPlatforms two, String offer) throws Exception {
        return two.consumer.api.post(
                "/api/v1/negotiations",
                Json.mapper()
                        .createObjectNode()
                        .put("provider", two.provider.platform.url().toString())
                        .put("dataset", TwoPlatforms.ASSET)
                        .put("offer", offer));
    }

    static JsonNode only(JsonNode page) {
        assertThat(page.required("items")).as(page.toString()).hasSize(1);
        return page.required("items").get(0);
    }

    @Test
    void aPersonDecidesOverARestartAndAReadableDifference() throws Exception {
        try (TwoPlatforms two = new TwoPlatforms(folder);
                var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            offerFromTemplate(two);
            rules(two.provider, "[{\"name\":\"people\",\"decide\":\"hold\"}]");
            ObjectNode policy =
                    (ObjectNode)
                            json(
                                    """
                                    {"@type":"Offer","@id":"few","target":"tracks","permission":[
                                     {"action":"use","constraint":[{"leftOperand":"count",
                                      "operator":"lteq","rightOperand":"9"}]}],
                                     "roadloop:tariff":{"currency":"CNY","prices":[
                                      {"unit":"use","per":1,"milli":2500}]}}
                                    """);
            ObjectNode ask = Json.mapper().createObjectNode();
            ask.put("provider", two.provider.platform.url().toString()).set("policy", policy);
            CompletableFuture<JsonNode> asked =
                    CompletableFuture.supplyAsync(
                            () -> {
                                try {
                                    return two.consumer.api.post("/api/v1/negotiations", ask);
                                } catch (java.io.IOException e) {
                                    throw new java.io.UncheckedIOException(e);
                                }
                            },
                            executor);
            await("held", () -> !two.provider.share.approvals().listHeld().isEmpty());
            two.provider = two.provider.again(keys -> {});
            await("held again", () -> !two.provider.share.approvals().listHeld().isEmpty());

            String held = "/api/v1/negotiations?state=held";
            String id = only(two.provider.api.get(held)).required("id").asString();
            String path = "/api/v1/negotiations/" + id;
            JsonNode view = two.provider.api.get(path + "?peer=ask");
            assertThat(view.required("stateThere").asString()).isEqualTo("REQUESTED");
            assertThat(view.required("held").toString())
                    .contains("ours: number of uses at most 2; theirs: number of uses at most 9")
                    .contains("我方：使用次数不超过 2；对方：使用次数不超过 9");
            JsonNode agree = json("{\"agree\":true}");
            JsonNode decided = two.provider.api.post(path + "/decision", agree);
            assertThat(decided.required("decisions").get(0).required("by").asString())
                    .startsWith("operator token ");
            assertThatThrownBy(() -> two.provider.api.post(path + "/decision", agree))
                    .isInstanceOf(ApiClient.Refused.class)
                    .extracting("status")
                    .isEqualTo(409);
            assertThat(asked.get().required("inForce").asBoolean()).isTrue();
            assertThat(
                            only(two.provider.api.get("/api/v1/negotiations"))
                                    .required("state")
                                    .asString())
                    .isEqualTo("FINALIZED");
        }
    }

    @Test
    void whatNobodyDecidesEndsInTimeAndSaysWhy() throws Exception {
        try (TwoPlatforms two = new TwoPlatforms(folder)) {
            rules(
                    two.provider,
                    "[{\"name\":\"soon\",\"decide\":\"hold\",\"holdAtMost\":\"PT0.2S\"}]");
            assertThatThrownBy(() -> negotiate(two, "offer-1"))
                    .hasMessageContaining("nobody here decided in time");
            for (TwoPlatforms.Side side : new TwoPlatforms.Side[] {two.provider, two.consumer}) {
                JsonNode line = only(side.api.get("/api/v1/negotiations?state=terminated"));
                JsonNode end =
                        side.api
                                .get("/api/v1/negotiations/" + line.required("id").asString())
                                .required("end");
                assertThat(end.required("code").asString()).isEqualTo("approval_timeout");
                assertThat(end.required("side").asString()).isEqualTo("provider");
                assertThat(end.required("reason")).isNotEmpty();
                assertThat(end.required("advice").required("zh").asString()).isNotBlank();
            }
        }
    }

    /** A template's contract, its text, its change with carried counters, over restarts. */
    @Test
    void aChangedContractTakesThePlaceOfTheOldOneOnBothSides() throws Exception {
        try (TwoPlatforms two = new TwoPlatforms(folder)) {
            offerFromTemplate(two);
            String old = negotiate(two, "few").required("id").asString();
            String page =
                    new String(
                            two.consumer.api.stream("/api/v1/agreements/" + old + "/text")
                                    .readAllBytes(),
                            StandardCharsets.UTF_8);
            assertThat(page).contains("count-limited v1", "使用次数不超过 2");
            for (TwoPlatforms.Side side : new TwoPlatforms.Side[] {two.provider, two.consumer}) {
                assertThat(textHash(side, old))
                        .isEqualTo(
                                ContractText.sha256(
                                        side.share.book().getContract(old).agreement()));
            }
            assertThat(two.pull(old)).isNotEmpty();
            assertThat(two.pull(old)).isNotEmpty();
            assertThatThrownBy(() -> two.pull(old)).hasMessageContaining("403");

            JsonNode change =
                    two.consumer.api.post(
                            "/api/v1/agreements/" + old + "/change", json("{\"offer\":\"more\"}"));
            String now = change.required("id").asString();
            assertThat(change.required("supersedes").asString()).isEqualTo(old);
            await("ended", () -> !two.consumer.share.book().getContract(old).inForce());
            two.provider = two.provider.again(keys -> {});
            two.consumer = two.consumer.again(keys -> {});
            for (TwoPlatforms.Side side : new TwoPlatforms.Side[] {two.provider, two.consumer}) {
                ContractBook.Ended ended = side.share.book().getContract(old).ended().orElseThrow();
                assertThat(ended.code()).isEqualTo("superseded");
                assertThat(ended.reason().getFirst()).contains(now);
            }
            assertThat(two.pull(now)).as("the third of three").isNotEmpty();
            assertThatThrownBy(() -> two.pull(now)).hasMessageContaining("403");
        }
    }

    private static String textHash(TwoPlatforms.Side side, String agreement) {
        try (var entries = side.seen.context.ledger().read(0)) {
            return entries.map(e -> e.event())
                    .filter(e -> e.type().equals("contract.agreed"))
                    .filter(e -> e.subject().equals(agreement))
                    .map(e -> e.json().required("textSha256").asString())
                    .findFirst()
                    .orElseThrow();
        }
    }

    @Test
    void aSuspensionHoldsOnBothSidesUntilWhoMadeItLiftsIt() throws Exception {
        try (TwoPlatforms two = new TwoPlatforms(folder)) {
            String id = two.agree();
            String transfer = two.transfer(id, "HttpData-PULL").required("id").asString();
            JsonNode why = json("{\"code\":\"audit\",\"reason\":\"yearly audit\"}");
            String at = "/api/v1/agreements/" + id;
            two.consumer.api.post(at + "/suspend", why);
            await("told", () -> two.provider.share.book().suspensions(id).size() == 1);
            await(
                    "stopped there",
                    () ->
                            two.provider.share.book().listTransfers().stream()
                                    .allMatch(TransferProcess.Suspended.class::isInstance));
            two.provider = two.provider.again(keys -> {});
            assertThat(two.provider.api.get(at).required("suspensions").toString())
                    .contains("\"by\":\"consumer\"", "audit", "yearly audit");
            assertThatThrownBy(() -> two.transfer(id, "HttpData-PULL"))
                    .hasMessageContaining("suspended");
            two.provider.api.post(at + "/resume", json("{}"));
            assertThat(two.provider.share.book().suspensions(id)).as("not theirs").hasSize(1);

            two.consumer.api.post(at + "/resume", json("{}"));
            await("lifted", () -> two.provider.share.book().suspensions(id).isEmpty());
            await(
                    "started again",
                    () ->
                            two.provider.share.book().listTransfers().stream()
                                    .anyMatch(TransferProcess.Started.class::isInstance));
            assertThat(two.pull(id)).isNotEmpty();
            assertThat(transfer).isNotEmpty();
        }
    }

    @Test
    void anEndIsKnownOnBothSidesAlsoWithoutATransfer() throws Exception {
        try (TwoPlatforms two = new TwoPlatforms(folder)) {
            String id = two.agree();
            two.consumer.api.post(
                    "/api/v1/agreements/" + id + "/terminate",
                    json("{\"code\":\"moved_on\",\"reason\":\"not needed any more\"}"));
            await("told", () -> !two.provider.share.book().getContract(id).inForce());
            String consumer = two.consumer.seen.context.participant().did();
            for (TwoPlatforms.Side side : new TwoPlatforms.Side[] {two.provider, two.consumer}) {
                JsonNode end = side.api.get("/api/v1/agreements/" + id).required("end");
                assertThat(end.required("by").asString()).isEqualTo(consumer);
                assertThat(end.required("code").asString()).isEqualTo("moved_on");
                assertThat(end.required("reason").get(0).asString())
                        .isEqualTo("not needed any more");
            }
        }
    }
}
