package org.roadloop.app.part;

import static org.assertj.core.api.Assertions.assertThat;
import static org.roadloop.app.part.ApprovalBetweenTwoTest.await;
import static org.roadloop.app.part.ApprovalBetweenTwoTest.offerFromTemplate;
import static org.roadloop.app.part.ApprovalBetweenTwoTest.only;
import static org.roadloop.app.part.ApprovalBetweenTwoTest.rules;

import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.app.contract.NegotiationsVerb;
import org.roadloop.app.http.Json;
import org.roadloop.app.http.Role;
import org.roadloop.core.contract.ContractBook;
import org.roadloop.core.contract.TransferProcess;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** People on both sides haggle over terms, by the API and by the verb, against running servers. */
@Tag("slow")
class PeopleNegotiateTest {
    private static final String HOLD = "[{\"name\":\"people\",\"decide\":\"hold\"}]";
    private static final String NEGOTIATIONS = "/api/v1/negotiations";

    @TempDir Path folder;
    private TwoPlatforms two;

    @BeforeEach
    void open() throws Exception {
        two = new TwoPlatforms(folder);
        offerFromTemplate(two);
    }

    @AfterEach
    void close() throws Exception {
        two.close();
    }

    private static JsonNode json(String text) {
        return Json.mapper().readTree(text);
    }

    /** The offer {@code few} with another number of uses. */
    private static ObjectNode uses(int most) {
        return json("""
                {"@type":"Offer","@id":"few","target":"tracks","permission":[
                 {"action":"use","constraint":[{"leftOperand":"count",
                  "operator":"lteq","rightOperand":"MOST"}]}],
                 "roadloop:tariff":{"currency":"CNY","prices":[
                  {"unit":"use","per":1,"milli":2500}]}}
                """
                        .replace("MOST", Integer.toString(most)))
                .asObject();
    }

    private HttpResponse<String> ask(JsonNode wait, int uses) throws Exception {
        ObjectNode body = Json.mapper().createObjectNode();
        body.put("provider", two.provider.platform.url().toString()).set("policy", uses(uses));
        body.set("wait", wait);
        return two.consumer.post(NEGOTIATIONS, two.consumer.token(), body);
    }

    /** Our id on a side, of the only negotiation it knows. */
    private static String id(TwoPlatforms.Side side) throws Exception {
        return only(side.api.get(NEGOTIATIONS)).required("id").asString();
    }

    private static String state(TwoPlatforms.Side side, String id) throws Exception {
        return side.api.get(NEGOTIATIONS + "/" + id).required("state").asString();
    }

    private static void awaitHeld(TwoPlatforms.Side side) throws Exception {
        await("held", () -> !side.share.approvals().listHeld().isEmpty());
    }

    @Test
    void whoDoesNotWaitIsToldWhereItGoesOn() throws Exception {
        rules(two.provider, HOLD);
        HttpResponse<String> atOnce = ask(json("false"), 2);
        assertThat(atOnce.statusCode()).as(atOnce.body()).isEqualTo(202);
        String place = atOnce.headers().firstValue("Location").orElseThrow();
        JsonNode view = json(two.consumer.get(place, two.consumer.token()).body());
        assertThat(view.required("id")).isEqualTo(json(atOnce.body()).required("id"));
        assertThat(view.required("state").asString()).isEqualTo("REQUESTED");

        awaitHeld(two.provider);
        HttpResponse<String> oneSecond = ask(json("1"), 2);
        assertThat(oneSecond.statusCode()).as(oneSecond.body()).isEqualTo(202);
        assertThat(json(oneSecond.body()).required("state").asString()).isEqualTo("REQUESTED");
        assertThat(oneSecond.headers().firstValue("Location")).isPresent().isNotEqualTo(place);

        two.provider.verb(new NegotiationsVerb(), heldId(), "--agree");
        two.provider.verb(new NegotiationsVerb(), heldId(), "--agree");
        await("a contract", () -> two.consumer.share.book().listContracts().size() == 2);
        assertThat(json(two.consumer.get(place, two.consumer.token()).body()).toString())
                .contains("\"state\":\"FINALIZED\"");
        for (String wrong : new String[] {"\"no\"", "-1", "46", "1.5", "null", "{}"}) {
            HttpResponse<String> refused = ask(json(wrong), 2);
            assertThat(refused.statusCode()).as(wrong).isEqualTo(400);
            assertThat(refused.body()).contains("invalid_wait");
        }
        assertThat(two.consumer.share.book().listNegotiations()).hasSize(2);
    }

    private String heldId() throws Exception {
        return two.provider
                .api
                .get(NEGOTIATIONS + "?state=held")
                .required("items")
                .get(0)
                .required("id")
                .asString();
    }

    /** Nobody decides but who plays that role here, and the operator. */
    @Test
    void onlyTheSideThatIsAskedDecides() throws Exception {
        rules(two.provider, HOLD);
        ask(json("false"), 2);
        awaitHeld(two.provider);
        String path = NEGOTIATIONS + "/" + id(two.provider) + "/decision";
        JsonNode agree = json("{\"agree\":true}");
        for (Role role : Role.values()) {
            if (role == Role.PROVIDER || role == Role.OPERATOR || role == Role.ANYONE) {
                continue;
            }
            HttpResponse<String> answer = two.provider.post(path, token(role), agree);
            assertThat(answer.statusCode()).as(role + " " + answer.body()).isEqualTo(403);
            assertThat(answer.body())
                    .contains(role == Role.CONSUMER ? "wrong_role" : "role_not_allowed");
        }
        assertThat(two.provider.post(path, "no-token", agree).statusCode()).isEqualTo(401);
        assertThat(state(two.provider, id(two.provider))).isEqualTo("REQUESTED");
        HttpResponse<String> decided = two.provider.post(path, token(Role.PROVIDER), agree);
        assertThat(decided.statusCode()).as(decided.body()).isEqualTo(200);
        assertThat(decided.body()).contains("\"by\":\"provider token ");
        await("agreed", () -> state(two.provider, id(two.provider)).equals("FINALIZED"));
    }

    private String token(Role role) throws Exception {
        return two.provider.seen.context.tokens().create(role, "", Duration.ofDays(1)).token();
    }

    @Test
    void peopleOnBothSidesMakeCounterOffers() throws Exception {
        rules(two.provider, HOLD);
        rules(two.consumer, HOLD);
        assertThat(ask(json("false"), 9).statusCode()).isEqualTo(202);
        awaitHeld(two.provider);
        String there = id(two.provider);
        Path file = Files.writeString(folder.resolve("counter.json"), uses(3).toString());
        String said =
                two.provider.verb(new NegotiationsVerb(), there, "--counter", file.toString());
        assertThat(said).contains("ContractRequestMessage", "ContractOfferMessage");

        awaitHeld(two.consumer);
        String here = id(two.consumer);
        String shown = two.consumer.verb(new NegotiationsVerb(), here);
        assertThat(shown)
                .contains("waits for a decision since", "state there: OFFERED")
                .contains("number of uses at most 9", "number of uses at most 3", "使用次数不超过 3");
        ObjectNode counter = Json.mapper().createObjectNode();
        counter.putObject("counter").set("policy", uses(5));
        two.consumer.api.post(NEGOTIATIONS + "/" + here + "/decision", counter);

        await("asked again", () -> state(two.provider, there).equals("REQUESTED"));
        awaitHeld(two.provider);
        assertThat(two.provider.verb(new NegotiationsVerb(), "--state", "held"))
                .contains("HELD", there, "tracks");
        two.provider.verb(new NegotiationsVerb(), there, "--agree");
        await("a contract", () -> !two.consumer.share.book().listContracts().isEmpty());
        assertThat(
                        two.consumer
                                .share
                                .book()
                                .listContracts()
                                .iterator()
                                .next()
                                .agreement()
                                .policy()
                                .sameTerms(policy(5)))
                .isTrue();
        String history = two.consumer.verb(new NegotiationsVerb(), here);
        assertThat(history).contains("9 → ", "3 → ").contains("ContractNegotiationEventMessage");
    }

    private static org.roadloop.core.policy.Policy policy(int uses) {
        return org.roadloop.core.policy.Policy.fromJson(uses(uses));
    }

    /** What the consumer's platform takes by itself is what its operator has declared. */
    @Test
    void theConsumersRulesDecideOnCounterOffers() throws Exception {
        rules(two.provider, HOLD);
        rules(
                two.consumer,
                """
                [{"name":"enough","role":"consumer","decide":"automatic","otherwise":"refuse",
                  "limits":[{"term":"count","atLeast":"4"}]}]
                """);
        for (int uses : new int[] {4, 3}) {
            assertThat(ask(json("false"), 9).statusCode()).isEqualTo(202);
            awaitHeld(two.provider);
            String there = heldId();
            ObjectNode counter = Json.mapper().createObjectNode();
            counter.putObject("counter").set("policy", uses(uses));
            two.provider.api.post(NEGOTIATIONS + "/" + there + "/decision", counter);
            if (uses == 4) {
                // within what the consumer takes: accepted, and the provider concludes
                await("agreed", () -> state(two.provider, there).equals("FINALIZED"));
            } else {
                await("ended", () -> state(two.provider, there).equals("TERMINATED"));
                JsonNode end = two.provider.api.get(NEGOTIATIONS + "/" + there).required("end");
                assertThat(end.required("side").asString()).isEqualTo("consumer");
                assertThat(end.required("code").asString()).isEqualTo("refused_by_rule");
            }
        }
        assertThat(two.consumer.share.book().listContracts()).hasSize(1);
    }

    /** The provider changes a contract; the consumer's person takes it, and the old one is over. */
    @Test
    void aChangeThatTheProviderBeginsWaitsForTheConsumer() throws Exception {
        ObjectNode ask = Json.mapper().createObjectNode();
        ask.put("provider", two.provider.platform.url().toString());
        ask.put("dataset", TwoPlatforms.ASSET).put("offer", "few").put("wait", 45);
        HttpResponse<String> agreed = two.consumer.post(NEGOTIATIONS, two.consumer.token(), ask);
        assertThat(agreed.statusCode()).as(agreed.body()).isEqualTo(201);
        String old = json(agreed.body()).required("id").asString();
        two.transfer(old, "HttpData-PULL");
        ObjectNode change = Json.mapper().createObjectNode();
        change.set("policy", uses(1));
        change.put("wait", false);
        HttpResponse<String> begun =
                two.provider.post(
                        "/api/v1/agreements/" + old + "/change", two.provider.token(), change);
        assertThat(begun.statusCode()).as(begun.body()).isEqualTo(202);
        awaitHeld(two.consumer);
        assertThat(two.consumer.share.book().getContract(old).inForce()).isTrue();
        String held =
                two.consumer
                        .api
                        .get(NEGOTIATIONS + "?state=held")
                        .required("items")
                        .get(0)
                        .required("id")
                        .asString();
        assertThat(two.consumer.verb(new NegotiationsVerb(), held))
                .contains("number of uses at most 2", "number of uses at most 1");
        two.consumer.verb(new NegotiationsVerb(), held, "--agree");
        for (TwoPlatforms.Side side : new TwoPlatforms.Side[] {two.provider, two.consumer}) {
            ContractBook book = side.share.book();
            await("superseded", () -> !book.getContract(old).inForce());
            await(
                    "its transfers are over",
                    () -> book.listTransfers().stream().allMatch(TransferProcess::ended));
            assertThat(book.listContracts().stream().filter(ContractBook.Contract::inForce))
                    .hasSize(1)
                    .allMatch(
                            c ->
                                    c.agreement()
                                            .policy()
                                            .extensions()
                                            .containsKey("roadloop:supersedes"));
        }
    }
}
