package org.roadloop.app.part;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Slots kept over HTTP, also over a restart. */
@Tag("slow")
class ReservationOnPlatformTest {
    private static final String PATH = "/api/v1/reservations";

    @TempDir Path folder;

    private static ObjectNode asked(long slots) {
        return JsonMapper.shared()
                .createObjectNode()
                .put("site", "local")
                .put("slots", slots)
                .put("from", Instant.now().toString())
                .put("until", Instant.now().plusSeconds(3600).toString());
    }

    private static int delete(TwoPlatforms.Side at, String id) throws Exception {
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(
                            HttpRequest.newBuilder(URI.create(at.platform.url() + PATH + "/" + id))
                                    .header("Authorization", "Bearer " + at.token())
                                    .DELETE()
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .statusCode();
        }
    }

    @Test
    void slotsAreKeptListedAndGivenBack() throws Exception {
        Set<String> only = Set.of("compute");
        String id;
        try (TwoPlatforms.Side us = new TwoPlatforms.Side(folder, 0, only)) {
            HttpResponse<String> made = us.post(PATH, us.token(), asked(2));
            assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
            JsonNode json = JsonMapper.shared().readTree(made.body());
            id = json.required("id").asString();
            assertThat(json.required("organisation").asString())
                    .isEqualTo(us.seen.context.participant().did());
            HttpResponse<String> full = us.post(PATH, us.token(), asked(1));
            assertThat(full.statusCode()).isEqualTo(409);
            assertThat(full.body()).contains("slots_not_free").contains("it would fit from");
            assertThat(us.post(PATH, us.token(), asked(3)).body())
                    .contains("site local has 1 to 2");
            assertThat(us.post(PATH, us.token(), asked(1).put("from", "today")).body())
                    .contains("from = 'today' is not like");
            assertThat(us.post(PATH, us.token(), asked(1).put("site", "moon")).body())
                    .contains("no site 'moon'; sites are local");
            assertThat(us.get(PATH, "no-token").statusCode()).isEqualTo(401);
        }
        try (TwoPlatforms.Side us = new TwoPlatforms.Side(folder, 0, only)) {
            assertThat(us.get(PATH, us.token()).body()).contains(id);
            assertThat(delete(us, id)).isEqualTo(200);
            assertThat(delete(us, id)).isEqualTo(404);
            assertThat(us.get(PATH, us.token()).body()).doesNotContain(id);
            assertThat(us.post(PATH, us.token(), asked(2)).statusCode()).isEqualTo(201);
        }
    }
}
