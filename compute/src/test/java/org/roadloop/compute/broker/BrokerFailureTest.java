package org.roadloop.compute.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.compute.replay.ReplayClock;
import org.roadloop.core.booking.Calendar;
import org.roadloop.core.identity.Keystore;
import org.roadloop.core.ledger.Checkpoint;
import org.roadloop.core.ledger.ConsistencyProof;
import org.roadloop.core.ledger.Entry;
import org.roadloop.core.ledger.Event;
import org.roadloop.core.ledger.FileLedger;
import org.roadloop.core.ledger.InclusionProof;
import org.roadloop.core.ledger.Ledger;
import org.roadloop.core.ledger.Receipt;

/** What is left booked when something dies: nothing. */
class BrokerFailureTest {
    private static final String SITES =
            """
            site region arch   kind    trust green slots speed milli/s
            one  north  x86_64 GENERAL 3     0.5   2     1.0   10
            two  north  x86_64 GENERAL 3     0.5   2     1.0   20
            """;
    private static final Wish.Data DATA = new Wish.Data(List.of("two"), 1_000_000, "");

    @TempDir Path home;

    /** Writes to a real ledger until it is to die at an event of a type: before or after it. */
    private static final class DyingLedger implements Ledger {
        private final Ledger real;
        private final String type;
        private final boolean after;
        private boolean dead;

        DyingLedger(Ledger real, String type, boolean after) {
            this.real = real;
            this.type = type;
            this.after = after;
        }

        @Override
        public Receipt append(List<Event> events, Map<String, Long> expectedVersions) {
            boolean dies = dead || events.stream().anyMatch(e -> e.type().equals(type));
            if (dies && !(after && !dead)) {
                dead = true;
                throw new UncheckedIOException(new IOException("the process is gone"));
            }
            Receipt receipt = real.append(events, expectedVersions);
            if (dies) {
                dead = true;
                throw new UncheckedIOException(new IOException("the process is gone"));
            }
            return receipt;
        }

        @Override
        public long version(String subject) {
            return real.version(subject);
        }

        @Override
        public Stream<Entry> read(long fromIndex) {
            return real.read(fromIndex);
        }

        @Override
        public long size() {
            return real.size();
        }

        @Override
        public Checkpoint checkpoint() {
            return real.checkpoint();
        }

        @Override
        public InclusionProof inclusion(long index) {
            return real.inclusion(index);
        }

        @Override
        public ConsistencyProof consistency(long oldSize, long newSize) {
            return real.consistency(oldSize, newSize);
        }

        @Override
        public void erase(long index) {
            real.erase(index);
        }

        @Override
        public void close() throws IOException {
            real.close();
        }
    }

    private FileLedger open() throws Exception {
        return FileLedger.open(
                home.resolve("ledger"),
                "test.example/log",
                Keystore.open(home.resolve("keys")).signer("log", Market.ACTOR));
    }

    @Test
    void killedBeforeOrAfterTheHold() throws Exception {
        assertThat(bookedAfterDeathAt(Calendar.HELD, false, 0)).isEmpty();
    }

    @Test
    void killedBetweenHoldAndCommitTheHoldEndsByItself() throws Exception {
        assertThat(bookedAfterDeathAt(Calendar.COMMITTED, false, 0)).isEmpty();
    }

    @Test
    void killedAfterTheCommitTheBookingIsAnOrphanAndGivenBack() throws Exception {
        assertThat(bookedAfterDeathAt(Calendar.COMMITTED, true, 1)).isEmpty();
    }

    /** Places, dies there, starts again from the ledger; what is not free a minute later. */
    private List<String> bookedAfterDeathAt(String type, boolean after, int orphans)
            throws Exception {
        try (FileLedger ledger = open()) {
            Market dying =
                    new Market(
                            SITES,
                            new DyingLedger(ledger, type, after),
                            new ReplayClock(Market.NOW));
            assertThatThrownBy(() -> dying.broker.place(Market.wish("t", 1000, DATA)))
                    .hasRootCauseMessage("the process is gone");
            assertThat(dying.calendar.bookings()).as("the living see nothing booked").isEmpty();
        }
        try (FileLedger ledger = open()) {
            Market again = new Market(SITES, ledger, new ReplayClock(Market.NOW.plusSeconds(60)));
            assertThat(again.broker.releaseOrphans(Set.of())).hasSize(orphans);
            return again.calendar.list().stream()
                    .filter(
                            r ->
                                    again.calendar.free(
                                                    r.id(),
                                                    Market.NOW,
                                                    Market.NOW.plus(Duration.ofDays(1)))
                                            < r.capacity())
                    .map(r -> r.id())
                    .toList();
        }
    }

    @Test
    void whatATaskStillKnowsIsNoOrphan() throws Exception {
        String known;
        try (FileLedger ledger = open()) {
            Market market = new Market(SITES, ledger, new ReplayClock(Market.NOW));
            known = market.broker.place(Market.wish("known", 1000)).hold();
            market.broker.place(Market.wish("forgotten", 1000));
        }
        try (FileLedger ledger = open()) {
            Market again = new Market(SITES, ledger, new ReplayClock(Market.NOW));
            assertThat(again.broker.releaseOrphans(Set.of(known))).hasSize(1);
            assertThat(again.calendar.bookings()).extracting("id").containsExactly(known);
        }
    }

    @Test
    void aLostSiteGivesItsBookingsBackAndIsAskedNoMoreUntilItReturns() {
        Market market = new Market(SITES);
        Placement lost = market.broker.place(Market.wish("t", 10, DATA).onlyAt("one"));
        Placement stays = market.broker.place(Market.wish("u", 10).onlyAt("two"));
        assertThat(market.broker.lose("one", "no heartbeat for 60 s")).containsExactly(lost.hold());
        assertThat(market.calendar.bookings()).extracting("id").containsExactly(stays.hold());
        Placement again = market.broker.place(Market.wish("t", 10, DATA));
        assertThat(Market.site(again)).isEqualTo("two");
        assertThat(again.reasons()).contains("one: is lost: no heartbeat for 60 s");
        market.broker.recover("one");
        assertThat(market.broker.quotes(Market.wish("v", 10)))
                .allMatch(Quote.Feasible.class::isInstance);
    }
}
