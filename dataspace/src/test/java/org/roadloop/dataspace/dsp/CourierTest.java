package org.roadloop.dataspace.dsp;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.roadloop.core.contract.Agreement;
import org.roadloop.core.contract.Decider;
import org.roadloop.core.contract.Message.ContractAgreementMessage;
import org.roadloop.core.contract.Negotiation;
import org.roadloop.core.contract.Role;
import tools.jackson.databind.json.JsonMapper;

/**
 * Our words on their way to a peer that misbehaves: a small server that answers what a test says.
 */
@Tag("slow")
class CourierTest extends OnePeer {
    @Test
    void aPageABrokenLineAndAServerErrorAreNoConsent() throws Exception {
        peer =
                (exchange, body, nth) -> {
                    switch (nth) {
                        case 0 -> answer(exchange, 200, "<html>log in</html>");
                        case 1 -> answer(exchange, 500, "");
                        case 2 -> {} // closes without an answer
                        case 3 -> answer(exchange, 200, "{}");
                        case 4 -> answer(exchange, 429, "{\"code\":\"slowly\"}");
                        default -> created(exchange, body);
                    }
                };
        connector.negotiate("peer", address(), OFFER);
        await("the peer's pid", () -> known(1));
        assertThat(requests.get()).isEqualTo(6);
        assertThat(only()).isInstanceOf(Negotiation.Requested.class);
    }

    @Test
    void aFirstRequestThatIsRefusedEndsWithTheReason() throws Exception {
        peer = (exchange, body, nth) -> answer(exchange, 400, "{\"code\":\"no_such_offer\"}");
        connector.negotiate("peer", address(), OFFER);
        await("the end", () -> only() instanceof Negotiation.Terminated);
        Negotiation.Terminated end = (Negotiation.Terminated) only();
        assertThat(end.code()).isEqualTo("peer_refused");
        assertThat(end.reason().getFirst())
                .contains("no_such_offer", "state here REQUESTED, state there none");
    }

    /** It refuses our signature, says that it has ended, and never tells why: both states stand. */
    @Test
    void aForeignPeerThatEndedFatallyIsReportedWithBothStates() throws Exception {
        peer =
                (exchange, body, nth) -> {
                    String path = exchange.getRequestURI().getPath();
                    if (path.endsWith("/request")) {
                        created(exchange, body);
                    } else if (exchange.getRequestMethod().equals("GET")) {
                        answer(exchange, 200, "{\"state\":\"TERMINATED\"}");
                    } else {
                        answer(exchange, 409, "{\"code\":\"wrong_state\"}");
                    }
                };
        connector.negotiate("peer", address(), OFFER);
        await("the peer's pid", () -> known(1));
        String pid = only().dialogue().pid();
        String peerPid = only().dialogue().peerPid();
        Agreement agreement =
                Agreement.conclude("a1", "peer", "did:web:us", OFFER, Clock.systemUTC().instant());
        book.apply(pid, new ContractAgreementMessage(peerPid, pid, agreement), Role.PROVIDER);
        connector.decide(pid, new Decider.Decision.Agree());
        await("the end", () -> only() instanceof Negotiation.Terminated);
        Negotiation.Terminated end = (Negotiation.Terminated) only();
        assertThat(end.code()).isEqualTo("peer_ended");
        assertThat(end.reason().getFirst())
                .contains("wrong_state", "state here VERIFIED, state there TERMINATED");
        assertThat(book.listContracts()).isEmpty();
    }

    /** It took our request, ended by itself, and tells so only when it is asked. */
    @Test
    void aSilentPeerIsAskedForItsState() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        peer =
                (exchange, body, nth) -> {
                    if (exchange.getRequestMethod().equals("GET")) {
                        boolean over = asked.incrementAndGet() > 2;
                        answer(
                                exchange,
                                200,
                                "{\"state\":\"" + (over ? "TERMINATED" : "REQUESTED") + "\"}");
                    } else if (exchange.getRequestURI().getPath().endsWith("/request")) {
                        created(exchange, body);
                    } else {
                        answer(exchange, 409, "{}");
                    }
                };
        connector.negotiate("peer", address(), OFFER);
        await("the end", () -> only() instanceof Negotiation.Terminated);
        Negotiation.Terminated end = (Negotiation.Terminated) only();
        assertThat(end.code()).isEqualTo("peer_ended");
        assertThat(end.reason().getFirst())
                .isEqualTo("state here REQUESTED, state there TERMINATED");
        assertThat(asked.get()).isGreaterThanOrEqualTo(4);
    }

    /** It took our verification, wrote its record of before over it, and waits like us. */
    @Test
    void aPeerThatLostOurWordHearsItAgain() throws Exception {
        AtomicInteger heard = new AtomicInteger();
        Set<String> ids = ConcurrentHashMap.newKeySet();
        peer =
                (exchange, body, nth) -> {
                    if (exchange.getRequestURI().getPath().endsWith("/request")) {
                        created(exchange, body);
                    } else if (exchange.getRequestMethod().equals("GET")) {
                        boolean kept = heard.get() > 1;
                        answer(
                                exchange,
                                200,
                                "{\"state\":\"" + (kept ? "VERIFIED" : "AGREED") + "\"}");
                    } else {
                        heard.incrementAndGet();
                        ids.add(JsonMapper.shared().readTree(body).path("@id").asString(""));
                        answer(exchange, 200, "{}");
                    }
                };
        connector.negotiate("peer", address(), OFFER);
        await("the peer's pid", () -> known(1));
        String pid = only().dialogue().pid();
        String peerPid = only().dialogue().peerPid();
        Agreement agreement =
                Agreement.conclude("a1", "peer", "did:web:us", OFFER, Clock.systemUTC().instant());
        book.apply(pid, new ContractAgreementMessage(peerPid, pid, agreement), Role.PROVIDER);
        connector.decide(pid, new Decider.Decision.Agree());
        await("our verification again", () -> heard.get() > 1);
        assertThat(ids).as("one message, said twice").hasSize(1);
        assertThat(only()).isInstanceOf(Negotiation.Verified.class);
        int turns = only().dialogue().turns().size();
        Thread.sleep(1000);
        assertThat(heard).as("not to a peer that has it").hasValue(2);
        assertThat(only().dialogue().turns()).hasSize(turns);
    }

    /** It took our end, and wrote its record of before over that. */
    @Test
    void aPeerThatLostOurEndHearsItAgain() throws Exception {
        AtomicInteger heard = new AtomicInteger();
        peer =
                (exchange, body, nth) -> {
                    if (exchange.getRequestURI().getPath().endsWith("/termination")) {
                        heard.incrementAndGet();
                        answer(exchange, 200, "{}");
                    } else {
                        created(exchange, body);
                    }
                };
        connector.negotiate("peer", address(), OFFER);
        await("the peer's pid", () -> known(1));
        connector.decide(
                only().dialogue().pid(),
                new Decider.Decision.Terminate("changed", List.of("no longer")));
        await("our termination again", () -> heard.get() > 1);
        assertThat(((Negotiation.Terminated) only()).code()).isEqualTo("changed");
    }

    /** A page in front of it that says 404 proves nothing; its own word does, said again later. */
    @Test
    void aPeerThatForgotIsReportedWithBothStates() throws Exception {
        AtomicInteger pages = new AtomicInteger();
        AtomicInteger denials = new AtomicInteger();
        peer =
                (exchange, body, nth) -> {
                    if (exchange.getRequestMethod().equals("GET") && pages.getAndIncrement() < 2) {
                        answer(exchange, 404, "<html>nothing here</html>");
                    } else if (exchange.getRequestURI().getPath().endsWith("/request")) {
                        created(exchange, body);
                    } else {
                        denials.incrementAndGet();
                        answer(exchange, 404, "{\"@type\":\"ContractNegotiationError\"}");
                    }
                };
        connector.negotiate("peer", address(), OFFER);
        await("the end", () -> only() instanceof Negotiation.Terminated);
        Negotiation.Terminated end = (Negotiation.Terminated) only();
        assertThat(end.code()).isEqualTo("peer_forgot");
        assertThat(end.reason().getFirst()).isEqualTo("state here REQUESTED, state there none");
        assertThat(pages.get()).isGreaterThan(2);
        assertThat(denials.get()).isGreaterThanOrEqualTo(2);
        assertThat(book.listContracts()).isEmpty();
    }

    @Test
    void aSlowPeerGetsAFewAtATime() throws Exception {
        Semaphore gate = new Semaphore(0);
        AtomicInteger now = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        peer =
                (exchange, body, nth) -> {
                    if (exchange.getRequestMethod().equals("GET")) {
                        created(exchange, body);
                        return;
                    }
                    most.accumulateAndGet(now.incrementAndGet(), Math::max);
                    gate.acquire();
                    now.decrementAndGet();
                    created(exchange, body);
                };
        for (int i = 0; i < 60; i++) {
            connector.negotiate("peer", address(), OFFER);
        }
        await("as many as may be", () -> now.get() == Courier.PER_PEER);
        gate.release(60);
        await("all of them", () -> known(60));
        assertThat(most.get()).isEqualTo(Courier.PER_PEER);
    }

    /** A peer that is away is asked by one at a time, and gets everything when it is back. */
    @Test
    void aPeerThatIsAwayIsNotFlooded() throws Exception {
        AtomicInteger refused = new AtomicInteger();
        peer =
                (exchange, body, nth) -> {
                    refused.incrementAndGet();
                    answer(exchange, 503, "");
                };
        for (int i = 0; i < 100; i++) {
            connector.negotiate("peer", address(), OFFER);
        }
        await("it counts as down", () -> refused.get() >= 3);
        Thread.sleep(1000); // the time in which nothing much may happen
        // the first wave, and one every 50, 100, 200, 400 ms
        assertThat(refused.get()).isLessThan(3 * Courier.PER_PEER);
        peer = (exchange, body, nth) -> created(exchange, body);
        connector.heard("peer");
        await("all of them", () -> known(100));
    }
}
