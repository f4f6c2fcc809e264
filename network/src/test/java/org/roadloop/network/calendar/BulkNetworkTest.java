package org.roadloop.network.calendar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.roadloop.core.booking.BookingRefusedException;
import org.roadloop.core.booking.Calendar;
import org.roadloop.network.MemoryLedger;
import org.roadloop.network.admission.Admission;
import org.roadloop.network.admission.Decision;
import org.roadloop.network.admission.FlowRequest;
import org.roadloop.network.admission.Topology;

/** lake and centre: one direct line of 1 Gbit/s, and a way over far with 400 Mbit/s. */
class BulkNetworkTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final String OWNER = "did:web:broker.example";
    private final Clock clock = Clock.fixed(NOW, ZoneOffset.UTC);
    private final MemoryLedger ledger = new MemoryLedger();
    private final Admission admission = new Admission(topology(), ledger, clock, OWNER);
    private final Calendar calendar = new Calendar(ledger, clock);
    private final BulkNetwork network = new BulkNetwork(admission, calendar, clock, 0.8, 50);

    @Test
    void anIdleLineGivesItsShareAndTheBoundHoldsTheReserve() {
        Estimate estimate = network.estimate(1_000_000_000, "lake", "centre", NOW).orElseThrow();
        assertThat(estimate.path()).containsExactly("lake>centre");
        assertThat(estimate.claims()).singleElement().extracting("amount").isEqualTo(800_000_000L);
        assertThat(estimate.rateBitsPerSecond()).isEqualTo(752_000_000);
        // 8 Gbit at 752 Mbit/s are 10.638 s; 5 % and 0.1 s in reserve.
        assertThat(Duration.between(NOW, estimate.finish()).toMillis()).isEqualTo(11_270);
        assertThat(estimate.milliCost()).isEqualTo(50);
    }

    @Test
    void theNextTransferTakesTheOtherWayOrWaitsWhicheverIsFirst() {
        Estimate first = network.estimate(1_000_000_000, "lake", "centre", NOW).orElseThrow();
        book(first);
        assertThatThrownBy(() -> book(first)).isInstanceOf(BookingRefusedException.class);
        // 23 s over the long way against 11 + 11 s in turn.
        Estimate second = network.estimate(1_000_000_000, "lake", "centre", NOW).orElseThrow();
        assertThat(second.start()).isEqualTo(first.finish());
        book(second);
        Estimate third = network.estimate(1_000_000_000, "lake", "centre", NOW).orElseThrow();
        assertThat(third.path()).containsExactly("lake>far", "far>centre");
        assertThat(third.start()).isEqualTo(NOW);
        book(third);
    }

    @Test
    void guaranteesAndBookingsNeverShareCapacity() {
        assertThat(admit("one", 500)).isInstanceOf(Decision.Admitted.class);
        Estimate estimate = network.estimate(1_000_000_000, "lake", "centre", NOW).orElseThrow();
        assertThat(estimate.path()).containsExactly("lake>centre");
        assertThat(estimate.claims().getFirst().amount()).isEqualTo(400_000_000);
        book(estimate);
        Decision.Refused two = (Decision.Refused) admit("two", 450);
        assertThat(two.reasons().getFirst().code()).isEqualTo("capacity_booked");
        admission.release("one");
        // 800 less the booked 400 are left.
        assertThat(calendar.free("link:lake>centre", NOW, estimate.finish()))
                .isEqualTo(400_000_000);
    }

    @Test
    void nothingIsBookedWhereNothingMovesAndNowhereWithoutAPath() {
        assertThat(network.estimate(5, "lake", "lake", NOW).orElseThrow().claims()).isEmpty();
        assertThat(network.estimate(5, "lake", "moon", NOW)).isEmpty();
    }

    private Decision admit(String id, long megabits) {
        return admission.admit(
                new FlowRequest(
                        id,
                        0,
                        megabits * 1_000_000,
                        12_000,
                        12_000,
                        "lake",
                        "centre",
                        Duration.ofMillis(5)));
    }

    private void book(Estimate estimate) {
        calendar.commit(calendar.hold(OWNER, estimate.claims(), NOW.plusSeconds(5)).id());
    }

    private static Topology topology() {
        List<Topology.Port> ports = new ArrayList<>();
        ports.addAll(Topology.line("lake", "centre", 1_000_000_000, 5_000, 10_000));
        ports.addAll(Topology.line("lake", "far", 400_000_000, 5_000, 10_000));
        ports.addAll(Topology.line("far", "centre", 400_000_000, 5_000, 10_000));
        return Topology.of(ports);
    }
}
