package org.roadloop.compute.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.roadloop.core.booking.Booking;
import org.roadloop.core.booking.Claim;

/** 1 GB takes 8 Gbit / (80 Mbit/s · 0.94) · 1.05 + 0.1 s = 111.8 s over the lines of the market. */
class DataGravityTest {
    private static final String CONTENT = "ab".repeat(32);
    private static final long GB = 1_000_000_000L;

    private final Market market =
            new Market(
                    """
                    site  region arch   kind    trust green slots speed milli/s
                    a     north  x86_64 GENERAL 3     0.5   4     1.0   1
                    b     north  x86_64 GENERAL 3     0.5   4     1.0   1
                    c     north  x86_64 GENERAL 3     0.5   4     1.0   1
                    """);

    @Test
    void theTaskGoesToOneOfTheReplicasAndWhatHasNoneThereComesFromTheNearest() {
        Placement both =
                market.broker.place(
                        Market.wish(
                                "t",
                                10,
                                new Wish.Data(List.of("a", "c"), GB, ""),
                                new Wish.Data(List.of("b", "c"), GB, "")));
        assertThat(Market.site(both)).isEqualTo("c");
        assertThat(both.chosen().orElseThrow().movedBytes()).isZero();
    }

    @Test
    void whatTheSiteHasInItsCacheMovesNoMore() {
        Wish wish = Market.wish("t", 10, new Wish.Data(List.of("a"), GB, CONTENT)).onlyAt("b");
        Quote.Feasible cold = (Quote.Feasible) market.broker.quotes(wish).get(1);
        assertThat(cold.movedBytes()).isEqualTo(GB);
        assertThat(Duration.between(Market.NOW, cold.start()).toMillis())
                .isBetween(111_000L, 112_500L);
        market.site("b").arrive(CONTENT, GB);
        Quote.Feasible warm = (Quote.Feasible) market.broker.quotes(wish).get(1);
        assertThat(warm.movedBytes()).isZero();
        assertThat(warm.start()).isEqualTo(Market.NOW);
        assertThat(cold.milliCost() - warm.milliCost()).isEqualTo(2 * 50); // two lines
    }

    @Test
    void contentOnItsWayIsWaitedForAndBookedOnce() {
        Wish.Data data = new Wish.Data(List.of("a"), GB, CONTENT);
        Placement first = market.broker.place(Market.wish("1", 10, data, data).onlyAt("b"));
        Placement second = market.broker.place(Market.wish("2", 10, data).onlyAt("b"));
        Quote.Feasible payer = first.chosen().orElseThrow();
        Quote.Feasible waiter = second.chosen().orElseThrow();
        assertThat(payer.movedBytes()).as("the same content twice").isEqualTo(GB);
        assertThat(waiter.movedBytes()).isZero();
        assertThat(waiter.start()).isEqualTo(payer.start());
        assertThat(waiter.claims()).hasSize(1);

        // who pays ends early: the lines stay booked for who waits, until the data is there
        market.broker.release(first.hold());
        assertThat(market.calendar.find(first.hold())).isPresent();
        market.clock.advanceTo(payer.start());
        market.broker.quotes(Market.wish("3", 10));
        assertThat(market.calendar.find(first.hold())).isEmpty();
        market.broker.release(second.hold());
        assertThat(market.calendar.bookings()).isEmpty();
    }

    @Test
    void whoPaysAndIsAloneTakesItsTransferWithIt() {
        Wish.Data data = new Wish.Data(List.of("a"), GB, CONTENT);
        Placement first = market.broker.place(Market.wish("1", 10, data).onlyAt("b"));
        market.broker.release(first.hold());
        assertThat(market.calendar.bookings()).isEmpty();
        Placement second = market.broker.place(Market.wish("2", 10, data).onlyAt("b"));
        assertThat(second.chosen().orElseThrow().movedBytes()).isEqualTo(GB);
    }

    @Test
    void inputsFromTwoPlacesMeetOnTheLastLineAndFollowEachOther() {
        Wish wish =
                Market.wish(
                                "t",
                                10,
                                new Wish.Data(List.of("a"), GB, ""),
                                new Wish.Data(List.of("b"), GB, ""))
                        .onlyAt("c")
                        .with(Market.terms("", SitePolicy.ANY, true, 0));
        Placement placement = market.broker.place(wish);
        Quote.Feasible quote = placement.chosen().orElseThrow();
        assertThat(quote.transfers().get(1).start()).isEqualTo(quote.transfers().get(0).finish());
        Booking booking = market.calendar.find(placement.hold()).orElseThrow();
        assertThat(booking.claims())
                .extracting(Claim::resource)
                .containsExactly(
                        "link:a>switch",
                        "link:switch>c",
                        "link:b>switch",
                        "link:switch>c",
                        "slot:c/cpu");
    }

    @Test
    void inputsThatLeaveByDifferentLinesMoveTogetherIfTheTaskCanTakeThem() {
        // the line of a is half taken: 40 Mbit/s from a and 40 from b fit into c's 80
        market.calendar.commit(
                market.calendar
                        .hold(
                                "did:web:other.example",
                                List.of(half("link:a>switch"), half("link:b>switch")),
                                Market.NOW.plusSeconds(30))
                        .id());
        Wish.Data[] data = {
            new Wish.Data(List.of("a"), GB, ""), new Wish.Data(List.of("b"), GB, "")
        };
        Wish parallel =
                Market.wish("t", 10, data)
                        .onlyAt("c")
                        .with(Market.terms("", SitePolicy.ANY, true, 0));
        Quote.Feasible together = (Quote.Feasible) market.broker.quotes(parallel).get(2);
        assertThat(together.transfers().get(1).start()).isEqualTo(Market.NOW);
        Quote.Feasible inTurn =
                (Quote.Feasible)
                        market.broker.quotes(Market.wish("t", 10, data).onlyAt("c")).get(2);
        assertThat(inTurn.start()).isAfter(together.start().plusSeconds(200));
        assertThat(Market.site(market.broker.place(parallel))).as("can be held").isEqualTo("c");
    }

    private static Claim half(String line) {
        return new Claim(line, 40_000_000, Market.NOW, Market.NOW.plusSeconds(100_000));
    }
}
