package org.roadloop.compute.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.roadloop.compute.site.Site;
import org.roadloop.core.booking.Booking;

/** Who goes first, who keeps slots, and who has to go. */
class SharesTest {
    private static final String ONE =
            """
            site region arch   kind    trust green slots speed milli/s
            one  north  x86_64 GENERAL 3     0.5   2     1.0   10
            """;
    private static final String TWO =
            """
            site region arch   kind    trust green slots speed milli/s
            one  north  x86_64 GENERAL 3     0.5   2     1.0   10
            two  north  x86_64 GENERAL 3     0.5   2     1.0   10
            """;

    @Test
    void usageHalvesAndTheFactorIsThatOfSlurm() {
        FairShare shares = new FairShare(Duration.ofHours(10), Map.of("a", 3.0));
        Instant t = Market.NOW;
        shares.charge("a", 1000, t);
        shares.charge("b", 500, t);
        Instant later = t.plus(Duration.ofHours(10));
        assertThat(shares.usage("a", later)).isCloseTo(500, within(1e-9));
        shares.charge("c", 100, later);
        shares.charge("c", 1000, t);
        assertThat(shares.usage("c", later)).as("told late").isCloseTo(600, within(1e-9));
        Set<String> both = Set.of("a", "b");
        // a used 2/3 of all with 3/4 of the shares, b 1/3 with 1/4
        assertThat(shares.factor("a", both, later)).isCloseTo(Math.pow(2, -8.0 / 9), within(1e-12));
        assertThat(shares.factor("b", both, later)).isCloseTo(Math.pow(2, -4.0 / 3), within(1e-12));
    }

    @Test
    void organisationsThatWaitTogetherTakeTurns() {
        Market market = new Market(ONE);
        List<Wish> wishes = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            wishes.add(of("big", "big-" + i));
        }
        wishes.add(of("small", "small-0"));
        wishes.add(of("small", "small-1"));
        List<Placement> placements = market.broker.placeAll(wishes);
        assertThat(placements).extracting(Placement::task).startsWith("big-0", "big-1");
        // two slots: one of each organisation starts at once, then one of each again
        assertThat(starts(placements.subList(6, 8))).containsExactly(0L, 16L);
    }

    @Test
    void whatIsGivenBackUnusedCountsForNobody() {
        Market market = new Market(ONE);
        Placement hoarded = market.broker.place(of("hoarder", "h"));
        market.broker.release(hoarded.hold());
        Placement used = market.broker.place(of("user", "u"));
        List<Placement> next =
                market.broker.placeAll(
                        List.of(of("user", "u2"), of("hoarder", "h2"), of("hoarder", "h3")));
        assertThat(starts(List.of(used))).containsExactly(0L);
        assertThat(starts(next)).as("hoarder, then the rest").containsExactly(16L, 0L, 16L);
    }

    private static List<Long> starts(List<Placement> placements) {
        return placements.stream()
                .map(p -> p.chosen().orElseThrow().start())
                .map(start -> Duration.between(Market.NOW, start).toSeconds())
                .toList();
    }

    private static Wish of(String organisation, String task) {
        return Market.wish(task, 10).with(Market.terms(organisation, SitePolicy.ANY, false, 0));
    }

    @Test
    void aReservationKeepsItsSlotsForItsOwner() {
        Market market = new Market(ONE);
        Instant end = Market.NOW.plusSeconds(100);
        Booking kept = market.broker.reserve("did:web:a.example", "one", 2, Market.NOW, end);
        Quote.Feasible other = market.broker.place(Market.wish("other", 10)).chosen().orElseThrow();
        assertThat(other.start()).isEqualTo(end);
        assertThat(Market.site(inside(market, kept.id(), "did:web:a.example", 10)))
                .isEqualTo("one");
        assertThat(Market.site(inside(market, kept.id(), "did:web:a.example", 10)))
                .isEqualTo("one");
        Placement third = inside(market, kept.id(), "did:web:a.example", 60);
        assertThat(third.reasons().getFirst()).contains("after the reservation's end");
        assertThat(inside(market, kept.id(), "did:web:b.example", 10).reasons().getFirst())
                .endsWith("is another organisation's");
        assertThat(inside(market, "booking-x", "did:web:a.example", 10).reasons().getFirst())
                .contains("there is no reservation");
        assertThat(market.broker.releaseOrphans(Set.of())).hasSize(3);
        assertThat(market.calendar.bookings()).as("a reservation is no orphan").hasSize(1);
    }

    private static Placement inside(Market market, String id, String owner, double seconds) {
        return market.broker.place(
                Market.wish("in", seconds)
                        .with(
                                new Wish.Terms(
                                        owner,
                                        SitePolicy.ANY,
                                        false,
                                        Optional.empty(),
                                        List.of(),
                                        Duration.ZERO,
                                        id,
                                        0)));
    }

    /** Running tasks in a list; who is interrupted leaves it. */
    private static final class Tasks implements RunningTasks {
        final List<Candidate> running = new ArrayList<>();
        final List<String> interrupted = new ArrayList<>();
        final Market market;

        Tasks(Market market) {
            this.market = market;
        }

        void run(String task, String site, int priority, int lostSeconds, int preemptions) {
            Wish wish =
                    new Wish(
                                    task,
                                    Market.work(1000, true, Site.Gang.ONE),
                                    List.of(),
                                    Market.NOW,
                                    Optional.empty(),
                                    1,
                                    site,
                                    Long.MAX_VALUE)
                            .with(Market.terms("", SitePolicy.ANY, false, priority));
            Placement placement = market.broker.place(wish);
            running.add(
                    new Candidate(
                            task,
                            placement.hold(),
                            priority,
                            Duration.ofSeconds(lostSeconds),
                            preemptions));
        }

        @Override
        public List<Candidate> preemptible(String site) {
            String slots = market.site(site).capabilities().slots().id();
            return running.stream()
                    .filter(
                            c ->
                                    market.calendar.find(c.hold()).stream()
                                            .flatMap(b -> b.claims().stream())
                                            .anyMatch(claim -> claim.resource().equals(slots)))
                    .toList();
        }

        @Override
        public void preempt(Candidate victim, String reason) {
            running.remove(victim);
            interrupted.add(victim.task());
        }
    }

    private static Wish urgent(int priority) {
        return new Wish(
                        "urgent",
                        Market.work(10),
                        List.of(),
                        Market.NOW,
                        Optional.of(Market.NOW.plusSeconds(60)),
                        1,
                        "",
                        Long.MAX_VALUE)
                .with(Market.terms("", SitePolicy.ANY, false, priority));
    }

    @Test
    void anUrgentTaskInterruptsTheOneWithTheLeastToLose() {
        Market market = new Market(TWO);
        Tasks tasks = new Tasks(market);
        market.broker.allow(new Preemption(tasks, Preemption.Limits.USUAL));
        tasks.run("worn", "one", 1, 5, 3);
        tasks.run("long", "one", 1, 900, 0);
        tasks.run("important", "two", 5, 1, 0);
        tasks.run("short", "one", 1, 1, 0); // later, in nobody's way
        tasks.run("equal", "two", 5, 1, 0);
        Placement placement = market.broker.place(urgent(5));
        assertThat(Market.site(placement)).isEqualTo("one");
        assertThat(tasks.interrupted).containsExactly("long");
        assertThat(placement.reasons()).contains("one: task long was interrupted for this one");
        assertThat(placement.chosen().orElseThrow().start()).isEqualTo(Market.NOW);
        // native retry: what was interrupted is placed again like any other
        assertThat(Market.site(market.broker.place(Market.wish("long", 1000)))).isNotEqualTo("-");
    }

    @Test
    void whoHasNoPriorityOrIsItselfPreemptibleInterruptsNobody() {
        Market market = new Market(ONE);
        Tasks tasks = new Tasks(market);
        market.broker.allow(new Preemption(tasks, Preemption.Limits.USUAL));
        tasks.run("a", "one", 0, 1, 0);
        tasks.run("b", "one", 0, 1, 0);
        assertThat(Market.site(market.broker.place(urgent(0)))).isEqualTo("-");
        Wish frugal =
                new Wish(
                                "frugal",
                                Market.work(10),
                                List.of(),
                                Market.NOW,
                                urgent(1).deadline(),
                                1,
                                "",
                                99)
                        .with(Market.terms("", SitePolicy.ANY, false, 9));
        assertThat(Market.site(market.broker.place(frugal))).as("could not pay").isEqualTo("-");
        assertThat(tasks.interrupted).isEmpty();
        assertThat(Market.site(market.broker.place(urgent(1)))).isEqualTo("one");
    }

    @Test
    void whoBringsDataThatOthersWaitForStays() {
        Market market =
                new Market(
                        """
                        site region arch   kind    trust green slots speed milli/s
                        one  north  x86_64 GENERAL 3     0.5   1     1.0   10
                        far  south  x86_64 GENERAL 3     0.5   1     1.0   10
                        """);
        Tasks tasks = new Tasks(market);
        market.broker.allow(new Preemption(tasks, Preemption.Limits.USUAL));
        Wish.Data data = new Wish.Data(List.of("far"), 1_000_000_000L, "cd".repeat(32));
        Placement payer = market.broker.place(Market.wish("payer", 1000, data).onlyAt("one"));
        tasks.running.add(new RunningTasks.Candidate("payer", payer.hold(), 0, Duration.ZERO, 0));
        Wish late =
                new Wish(
                                "urgent",
                                Market.work(10),
                                List.of(),
                                Market.NOW.plusSeconds(200),
                                Optional.of(Market.NOW.plusSeconds(260)),
                                1,
                                "one",
                                Long.MAX_VALUE)
                        .with(Market.terms("", SitePolicy.ANY, false, 9));
        Placement waiter = market.broker.place(Market.wish("waiter", 10, data).onlyAt("one"));
        assertThat(Market.site(market.broker.place(late))).isEqualTo("-");
        assertThat(tasks.interrupted).isEmpty();
        market.broker.release(waiter.hold());
        assertThat(Market.site(market.broker.place(late))).isEqualTo("one");
        assertThat(tasks.interrupted).containsExactly("payer");
    }

    @Test
    void aStormOfUrgentTasksIsLimited() {
        Market market = new Market(ONE);
        Tasks tasks = new Tasks(market);
        market.broker.allow(
                new Preemption(tasks, new Preemption.Limits(1, Duration.ofMinutes(10), 3)));
        tasks.run("a", "one", 0, 1, 0);
        tasks.run("b", "one", 0, 1, 0);
        assertThat(Market.site(market.broker.place(urgent(1)))).isEqualTo("one");
        Wish second =
                new Wish(
                                "second",
                                Market.work(30),
                                List.of(),
                                Market.NOW,
                                urgent(1).deadline(),
                                1,
                                "",
                                Long.MAX_VALUE)
                        .with(Market.terms("", SitePolicy.ANY, false, 1));
        assertThat(Market.site(market.broker.place(second))).isEqualTo("-");
        assertThat(tasks.interrupted).hasSize(1);
    }
}
