package org.roadloop.dataspace.dcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.roadloop.core.identity.Jws;
import org.roadloop.core.identity.KeyAlgorithm;
import org.roadloop.core.identity.SecurityProviders;
import org.roadloop.dataspace.identity.CallerIdentity.UnauthorizedException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** A space of an issuer and a member, over HTTP, with nobody else. */
@Tag("slow")
class EmbeddedSpaceTest {
    @TempDir Path home;

    @BeforeAll
    static void provider() {
        SecurityProviders.offer(BouncyCastleProvider::new);
    }

    private SpaceMember authority(KeyAlgorithm algorithm) throws Exception {
        SpaceMember authority = new SpaceMember(home.resolve("authority"), algorithm);
        authority.trusted.put(authority.did, Set.of("MembershipCredential"));
        return authority.start();
    }

    private SpaceMember member(SpaceMember authority, KeyAlgorithm algorithm) throws Exception {
        SpaceMember member = new SpaceMember(home.resolve("member"), algorithm);
        member.trusted.put(authority.did, Set.of());
        return member.start();
    }

    private static void admit(SpaceMember authority, SpaceMember member) {
        authority.members.put(
                member.did,
                new Member(
                        member.did,
                        Map.of(
                                "memberOf", "park",
                                "industry", List.of("logistics", "mapping"),
                                "purpose", "anything")));
    }

    static void await(BooleanSupplier condition) throws InterruptedException {
        Instant limit = Instant.now().plus(Duration.ofSeconds(60));
        while (!condition.getAsBoolean()) {
            assertThat(Instant.now()).as("waited 60 s").isBefore(limit);
            Thread.sleep(20);
        }
    }

    private static void refused(SpaceMember by, String header, String code) {
        assertThatThrownBy(() -> by.identity.verify(header))
                .isInstanceOfSatisfying(
                        UnauthorizedException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    @ParameterizedTest
    @EnumSource(KeyAlgorithm.class)
    void aMemberIsHeardUntilItsCredentialIsRevoked(KeyAlgorithm algorithm) throws Exception {
        try (SpaceMember authority = authority(algorithm);
                SpaceMember member = member(authority, algorithm)) {
            refused(authority, member.identity.authorization(authority.did), "credential_missing");

            String request = member.service.request(authority.did, List.of("MembershipCredential"));
            assertThat(member.service.requests()).containsEntry(request, "WAITING");
            admit(authority, member);
            authority.issuer.reconsider();
            await(() -> "ISSUED".equals(member.service.requests().get(request)));

            int before = member.queries.get();
            String header = member.identity.authorization(authority.did);
            assertThat(authority.identity.verify(header)).isEqualTo(member.did);
            // only what is mapped becomes an operand: 'purpose' is not the issuer's to say
            assertThat(authority.identity.claims(member.did))
                    .isEqualTo(
                            Map.of(
                                    "credential", Set.of("MembershipCredential"),
                                    "membership", Set.of("park"),
                                    "industry", Set.of("logistics", "mapping")));
            refused(authority, header, "token_replayed");
            for (int i = 0; i < 5; i++) {
                authority.identity.verify(member.identity.authorization(authority.did));
            }
            assertThat(member.queries.get() - before).isEqualTo(1);

            String id = authority.issuer.issued().getFirst().get("id").toString();
            authority.issuer.revoke(id, "left the park");
            assertThat(authority.identity.claims(member.did)).isEmpty();
            refused(authority, member.identity.authorization(authority.did), "credential_missing");
        }
    }

    @Test
    void credentialsAndRevocationsOutliveARestart() throws Exception {
        try (SpaceMember authority = authority(KeyAlgorithm.ED25519);
                SpaceMember member = member(authority, KeyAlgorithm.P256)) {
            admit(authority, member);
            String request = member.service.request(authority.did, List.of("MembershipCredential"));
            await(() -> "ISSUED".equals(member.service.requests().get(request)));
            await(() -> authority.issuer.requests().getFirst().get("state").equals("ISSUED"));
            member.restart();
            authority.restart();
            assertThat(member.service.requests()).containsEntry(request, "ISSUED");
            authority.identity.verify(member.identity.authorization(authority.did));

            String id = authority.issuer.issued().getFirst().get("id").toString();
            authority.issuer.revoke(id, "left");
            authority.restart();
            assertThat(authority.issuer.issued().getFirst()).containsEntry("revoked", true);
            refused(authority, member.identity.authorization(authority.did), "credential_missing");
        }
    }

    /** What arrives unasked, or is signed by nobody we trust, is not kept. */
    @Test
    void forgedTokensAndCredentialsAreRefused() throws Exception {
        try (SpaceMember authority = authority(KeyAlgorithm.ED25519);
                SpaceMember member = member(authority, KeyAlgorithm.ED25519);
                SpaceMember stranger = new SpaceMember(home.resolve("s"), KeyAlgorithm.P256)) {
            stranger.start();
            admit(authority, member);
            String request = member.service.request(authority.did, List.of("MembershipCredential"));
            await(() -> "ISSUED".equals(member.service.requests().get(request)));

            // a stranger presents the member's credential as its own
            VerifiableCredential stolen = member.store.list().getFirst();
            stranger.store.ask("p", authority.did, List.of());
            stranger.store.receive("p", List.of(stolen));
            refused(
                    authority,
                    stranger.identity.authorization(authority.did),
                    "credential_subject");

            // and sends one it made itself
            ObjectNode message = Messages.of("CredentialMessage");
            message.put("issuerPid", "i").put("holderPid", request).put("status", "ISSUED");
            assertThatThrownBy(
                            () ->
                                    member.service.receive(
                                            stranger.tokens.authorization(member.did, ""), message))
                    .isInstanceOfSatisfying(
                            UnauthorizedException.class,
                            e -> assertThat(e.code()).isEqualTo("credential_unasked"));

            // a token in another's name
            ObjectNode claims = JsonMapper.shared().createObjectNode();
            long now = Instant.now().getEpochSecond();
            claims.put("iss", member.did).put("sub", member.did).put("aud", authority.did);
            claims.put("iat", now).put("exp", now + 60).put("jti", "1").put("token", "x");
            refused(authority, "Bearer " + Jws.sign(claims, stranger.signer, "JWT"), "token_key");
            // an access token is no ID token, nor is an ID token an access token
            claims.put("aud", member.did);
            refused(authority, member.tokens.authorization(member.did, "x"), "token_audience");
        }
    }

    /** A token for one reader is worth nothing to another. */
    @Test
    void anAccessTokenIsForItsReaderOnly() throws Exception {
        try (SpaceMember authority = authority(KeyAlgorithm.ED25519);
                SpaceMember member = member(authority, KeyAlgorithm.ED25519)) {
            AccessGrants grants =
                    new AccessGrants(member.signer, member.clock, Duration.ofMinutes(1));
            String scope = Scope.TYPE + "MembershipCredential";
            String token = grants.grant(authority.did, List.of(scope, "nonsense"));
            assertThat(grants.check(token, authority.did))
                    .contains(List.of(new Scope.OfType("MembershipCredential")));
            assertThat(grants.check(token, "did:web:other.example")).isEmpty();
            String idToken = member.tokens.authorization(member.did, "").substring(7);
            assertThat(grants.check(idToken, member.did)).isEmpty();
            assertThat(grants.check("a.b.c", member.did)).isEmpty();
        }
    }
}
