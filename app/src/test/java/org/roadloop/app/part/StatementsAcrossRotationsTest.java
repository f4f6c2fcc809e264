package org.roadloop.app.part;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.app.http.Json;
import org.roadloop.app.platform.LedgerKeys;
import org.roadloop.core.identity.Keystore;
import tools.jackson.databind.node.ObjectNode;

/** A statement outlives the keys it was signed with, unless they are revoked. */
@Tag("slow")
class StatementsAcrossRotationsTest {
    private static final ZoneId ZONE = ZoneId.of("Asia/Shanghai");
    private static final LocalDate TODAY = LocalDate.now(ZONE);

    @TempDir Path folder;
    private final HttpClient http = HttpClient.newHttpClient();
    private TwoPlatforms two;
    private String agreement;

    @BeforeEach
    void open() throws Exception {
        two = new TwoPlatforms(folder);
        agreement = two.agree();
        two.pull(agreement);
    }

    @AfterEach
    void close() throws Exception {
        two.close();
        http.close();
    }

    private static String did(TwoPlatforms.Side side) {
        return side.seen.context.participant().did();
    }

    private HttpRequest.Builder to(TwoPlatforms.Side to, TwoPlatforms.Side from, String path) {
        return HttpRequest.newBuilder(URI.create(to.platform.url() + "/clearing" + path))
                .header("Authorization", from.share.identity().authorization(did(to)));
    }

    /** What one side states to the other of today. */
    private String statement(TwoPlatforms.Side of, TwoPlatforms.Side asker) throws Exception {
        Instant from = TODAY.atStartOfDay(ZONE).toInstant();
        Instant until = TODAY.plusDays(1).atStartOfDay(ZONE).toInstant();
        String path =
                "/agreements/"
                        + URLEncoder.encode(agreement, StandardCharsets.UTF_8)
                        + ("/statement?from=" + from + "&to=" + until);
        HttpResponse<String> answer =
                http.send(to(of, asker, path).build(), HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return answer.body();
    }

    /** The consumer tells the provider of two statements; status and body. */
    private String tell(String consumers, String providers) throws Exception {
        ObjectNode body = Json.mapper().createObjectNode();
        body.put("agreement", agreement).put("day", TODAY.toString());
        body.put("statement", consumers).put("yours", providers);
        HttpResponse<String> answer =
                http.send(
                        to(two.provider, two.consumer, "/disputes")
                                .header("Content-Type", "application/json")
                                .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        return answer.statusCode() + " " + answer.body();
    }

    private static void rotateBoth(Keystore keys) {
        keys.rotate(LedgerKeys.KEY);
        keys.rotate("participant");
    }

    @Test
    void whatWasSignedBeforeARotationIsBelievedAndWhatARevokedKeySignedIsNot() throws Exception {
        String providers = statement(two.provider, two.consumer);
        String consumers = statement(two.consumer, two.provider);
        assertThat(tell(consumers, providers)).startsWith("200 ");

        two.provider = two.provider.again(StatementsAcrossRotationsTest::rotateBoth);
        assertThat(tell(consumers, providers)).as("our keys are newer").startsWith("200 ");
        assertThat(tell(consumers, statement(two.provider, two.consumer))).startsWith("200 ");

        two.consumer = two.consumer.again(StatementsAcrossRotationsTest::rotateBoth);
        String rotated = statement(two.consumer, two.provider);
        assertThat(tell(rotated, providers)).as("its keys are new to us").startsWith("200 ");
        assertThat(tell(consumers, providers)).as("its keys are newer").startsWith("200 ");

        // Our own log's first key signs nothing beyond its first entry any more.
        two.provider.api.post(
                "/api/v1/keys/ledger/revoke",
                Json.mapper().createObjectNode().put("epoch", 1).put("fromSize", 1));
        assertThat(tell(rotated, providers))
                .startsWith("400 ")
                .contains("its checkpoint: the key of epoch 1 signs trees of 0 to 1 entries");
        String later = statement(two.provider, two.consumer);
        assertThat(tell(rotated, later)).startsWith("200 ");

        // A participant's key that others have speaks for nobody, whenever it signed.
        two.consumer =
                two.consumer.again(
                        keys -> keys.revoke("participant", 1, Instant.now().minusSeconds(1)));
        two.provider = two.provider.again(keys -> {}); // reads the DID document anew
        assertThat(tell(consumers, later))
                .startsWith("400 ")
                .contains("it is not signed by " + did(two.consumer));
        assertThat(tell(rotated, later)).startsWith("200 ");

        // Nor does a key of its log.
        two.consumer.api.post(
                "/api/v1/keys/ledger/revoke", Json.mapper().createObjectNode().put("epoch", 1));
        String resigned = statement(two.consumer, two.provider);
        assertThat(tell(resigned, later)).startsWith("200 ");
    }
}
