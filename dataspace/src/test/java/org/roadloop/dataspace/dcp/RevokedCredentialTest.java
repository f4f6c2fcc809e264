package org.roadloop.dataspace.dcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.core.contract.Agreement;
import org.roadloop.core.contract.ContractBook;
import org.roadloop.core.contract.ContractGate;
import org.roadloop.core.contract.Dialogue;
import org.roadloop.core.contract.Message;
import org.roadloop.core.contract.Role;
import org.roadloop.core.contract.UsageFacts;
import org.roadloop.core.contract.UsageGate;
import org.roadloop.core.identity.KeyAlgorithm;
import org.roadloop.core.policy.Constraint;
import org.roadloop.core.policy.Operator;
import org.roadloop.core.policy.Permission;
import org.roadloop.core.policy.Policy;

/**
 * A credential that its issuer revokes ends the use that rests on it within a second, though the
 * provider believes status lists for an hour: issuer, provider and consumer over HTTP.
 */
@Tag("slow")
class RevokedCredentialTest {
    private static final String TYPE = "MembershipCredential";
    @TempDir Path home;

    private static void await(String what, BooleanSupplier condition) throws Exception {
        Instant limit = Instant.now().plusSeconds(60);
        while (!condition.getAsBoolean()) {
            assertThat(Instant.now()).as("waited 60 s for " + what).isBefore(limit);
            Thread.sleep(10);
        }
    }

    private SpaceMember start(String name) throws Exception {
        SpaceMember member = new SpaceMember(home.resolve(name), KeyAlgorithm.ED25519);
        member.keepLists = Duration.ofHours(1);
        return member;
    }

    private static void admit(SpaceMember authority, SpaceMember member) throws Exception {
        authority.members.put(member.did, new Member(member.did, Map.of("memberOf", "park")));
        String request = member.service.request(authority.did, List.of(TYPE));
        await("the credential", () -> "ISSUED".equals(member.service.requests().get(request)));
    }

    private static Agreement contract(ContractBook book, String provider, String consumer) {
        Policy offer =
                Policy.offer(
                                "urn:o",
                                List.of(
                                        new Permission(
                                                "use",
                                                List.of(
                                                        Constraint.Atomic.of(
                                                                "membership", Operator.EQ, "park")),
                                                List.of())))
                        .withTarget("tracks");
        Agreement agreement =
                Agreement.conclude("urn:uuid:a1", provider, consumer, offer, Instant.now())
                        .withProviderSignature("sig-p");
        book.begin(
                new Dialogue(Role.PROVIDER, "P1", "C1", consumer, "http://c", List.of()),
                new Message.ContractRequestMessage("", "C1", offer, "http://c"),
                Role.CONSUMER);
        book.apply(
                "P1", new Message.ContractAgreementMessage("P1", "C1", agreement), Role.PROVIDER);
        book.apply(
                "P1",
                new Message.ContractAgreementVerificationMessage("P1", "C1", "sig-c"),
                Role.CONSUMER);
        book.apply(
                "P1",
                new Message.ContractNegotiationEventMessage(
                        "P1", "C1", Message.EventType.FINALIZED),
                Role.PROVIDER);
        return agreement;
    }

    @Test
    void aRunningUseEndsWithinASecondOfTheRevocation() throws Exception {
        try (SpaceMember authority = start("authority");
                SpaceMember provider = start("provider");
                SpaceMember consumer = start("consumer")) {
            for (SpaceMember member : List.of(provider, consumer)) {
                member.trusted.put(authority.did, Set.of(TYPE));
            }
            authority.start();
            provider.start();
            consumer.start();
            admit(authority, consumer);
            provider.identity.verify(consumer.identity.authorization(provider.did));
            ContractBook book = new ContractBook(provider.ledger, provider.did, provider.clock);
            Agreement agreement = contract(book, provider.did, consumer.did);
            ContractGate gate =
                    new ContractGate(
                            provider.ledger,
                            book,
                            provider.clock,
                            new UsageFacts() {
                                @Override
                                public Map<String, Set<String>> claims(String did) {
                                    return provider.identity.claims(did);
                                }
                            },
                            ContractGate.GRACE);
            UsageGate.Lease lease =
                    (UsageGate.Lease)
                            gate.open(agreement.id(), consumer.did, "use", "x", Instant.now());
            CountDownLatch ended = new CountDownLatch(1);
            lease.onRevoked(ended::countDown);
            int before = authority.answers.size();
            await("looks at the list", () -> authority.answers.size() >= before + 4);
            assertThat(authority.answers.subList(before, before + 4))
                    .as("what is known is not sent again")
                    .containsOnly(304);
            assertThat(ended.getCount()).isEqualTo(1);

            String id = authority.issuer.issued().getFirst().get("id").toString();
            long since = System.nanoTime();
            authority.issuer.revoke(id, "left the park");
            assertThat(ended.await(60, TimeUnit.SECONDS)).as("long before the hour").isTrue();
            long millis = (System.nanoTime() - since) / 1_000_000;
            System.out.println("the use ended " + millis + " ms after the revocation");
            assertThat(lease.endedFor().getFirst().code()).isEqualTo("fact_missing");
        }
    }

    /** Nobody is polled for nothing. */
    @Test
    void aListThatNothingRestsOnIsLeftAlone() throws Exception {
        try (SpaceMember authority = start("authority");
                SpaceMember consumer = start("consumer")) {
            authority.trusted.put(authority.did, Set.of(TYPE));
            consumer.trusted.put(authority.did, Set.of(TYPE));
            authority.start();
            consumer.start();
            admit(authority, consumer);
            authority.identity.verify(consumer.identity.authorization(authority.did));
            assertThat(authority.identity.claims(consumer.did)).isNotEmpty();
            await("the first look", () -> authority.answers.contains(304));
            int seen = -1;
            while (seen != authority.answers.size()) {
                seen = authority.answers.size();
                Thread.sleep(2_000); // that nothing is asked can only be seen over a time
            }
            assertThat(seen).isLessThan(20);
        }
    }
}
