package org.roadloop.app.part;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.app.config.Config;
import org.roadloop.app.http.ApiClient;
import org.roadloop.app.http.Json;

/** What the operator of an issuer does by the API: invite, and say no. */
@Tag("slow")
class IssuerBetweenTwoTest {
    private static final String MEMBERSHIP = "\"types\":[\"MembershipCredential\"]";

    @TempDir Path folder;

    private TwoPlatforms.Side side(String name, int port, String dcp) throws Exception {
        Path home = Files.createDirectories(folder.resolve(name));
        Path file =
                Files.writeString(
                        home.resolve("roadloop.yaml"),
                        "http: {port: %d}\ndataspace: {identity: {kind: dcp, dcp: {%s}}}\n"
                                .formatted(port, dcp));
        return new TwoPlatforms.Side(home, Config.load(file), Set.of("dataspace"));
    }

    @Test
    void aRequestIsRejectedAndAMemberInvited() throws Exception {
        int first = BadInputOnPlatformTest.freePort();
        int second = BadInputOnPlatformTest.freePort();
        String issuer = "did:web:localhost%3A" + first;
        String holder = "did:web:localhost%3A" + second;
        try (TwoPlatforms.Side authority =
                        side("authority", first, "issuer: {members: [{did: \"" + issuer + "\"}]}");
                TwoPlatforms.Side member =
                        side("member", second, "trustedIssuers: [{did: \"" + issuer + "\"}]")) {
            authority.api.post(
                    "/api/v1/issuer/offers",
                    Json.mapper()
                            .readTree("{\"holder\":\"" + holder + "\",\"reason\":\"welcome\"}"));
            assertThat(member.api.get("/api/v1/credentials").required("offers").toString())
                    .contains("MembershipCredential", issuer);

            String asked =
                    member.api
                            .post(
                                    "/api/v1/credentials/request",
                                    Json.mapper()
                                            .readTree(
                                                    "{\"issuer\":\""
                                                            + issuer
                                                            + "\","
                                                            + MEMBERSHIP
                                                            + "}"))
                            .required("id")
                            .asString();
            String request =
                    authority
                            .api
                            .get("/api/v1/issuer/credentials")
                            .required("requests")
                            .get(0)
                            .required("id")
                            .asString();
            String reject = "/api/v1/issuer/requests/" + request + "/reject";
            authority.api.post(reject, Json.mapper().readTree("{\"reason\":\"not of this park\"}"));
            ApprovalBetweenTwoTest.await(
                    "the refusal",
                    () ->
                            member.api
                                    .get("/api/v1/credentials")
                                    .required("requests")
                                    .path(asked)
                                    .asString("")
                                    .equals("REJECTED: not of this park"));
            assertThatThrownBy(() -> authority.api.post(reject, Json.mapper().readTree("{}")))
                    .isInstanceOf(ApiClient.Refused.class)
                    .hasMessageContaining("request_not_found");
            assertThatThrownBy(
                            () ->
                                    authority.api.post(
                                            "/api/v1/issuer/offers",
                                            Json.mapper()
                                                    .readTree(
                                                            "{\"holder\":\"did:web:localhost%3A1\"}")))
                    .isInstanceOf(ApiClient.Refused.class)
                    .hasMessageContaining("holder_refused");
        }
    }
}
