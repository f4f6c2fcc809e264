package org.roadloop.compute.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.compute.site.LocalSite;
import org.roadloop.compute.site.PlainProcess;
import org.roadloop.compute.site.SandboxTest;
import org.roadloop.compute.site.Site;
import org.roadloop.core.booking.Calendar;
import org.roadloop.core.booking.Claim;
import org.roadloop.core.identity.Keystore;
import org.roadloop.core.ledger.FileLedger;
import org.roadloop.network.admission.Admission;
import org.roadloop.network.admission.Topology;
import org.roadloop.network.calendar.BulkNetwork;

/**
 * Two sites on a 100 Mbit/s line.
 *
 * <pre>
 * edge    half speed, price 1 a second, one slot, beside the data
 * centre  full speed, price 10 a second, one slot, at the other end
 * </pre>
 */
class BrokerTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final String ACTOR = "did:web:broker.example";

    @TempDir Path home;
    private final Clock clock = Clock.fixed(NOW, ZoneOffset.UTC);
    private FileLedger ledger;
    private Calendar calendar;
    private Broker broker;

    @BeforeEach
    void open() throws Exception {
        ledger =
                FileLedger.open(
                        home.resolve("ledger"),
                        "test.example/log",
                        Keystore.open(home.resolve("keys")).signer("log", ACTOR));
        Topology topology =
                Topology.of(Topology.line("edge", "centre", 100_000_000, 5_000, 50_000));
        calendar = new Calendar(ledger, clock);
        BulkNetwork network =
                new BulkNetwork(
                        new Admission(topology, ledger, clock, ACTOR), calendar, clock, 0.8, 50);
        List<Site> sites = List.of(site("edge", 0.5, 1), site("centre", 1.0, 10));
        broker = new Broker(sites, network, calendar, clock, ACTOR);
    }

    @AfterEach
    void close() throws Exception {
        ledger.close();
    }

    @Test
    void muchDataStaysWhereItIsAndLittleGoesToTheFastSite() {
        assertThat(chosen(place(wish(1_000, 1.0)))).isEqualTo("centre");
        release();
        Placement heavy = place(wish(2_000_000_000L, 1.0));
        assertThat(chosen(heavy)).isEqualTo("edge");
        assertThat(heavy.chosen().orElseThrow().transfers().getFirst().path()).isEmpty();
    }

    @Test
    void slotAndTransferStandInOneBooking() {
        Placement placement = place(wish(10_000_000, 1.0));
        assertThat(calendar.find(placement.hold()).orElseThrow().claims())
                .extracting(Claim::resource)
                .containsExactly("link:edge>centre", "slot:centre/cpu");
        Quote.Feasible quote = placement.chosen().orElseThrow();
        assertThat(quote.start()).isEqualTo(quote.transfers().getFirst().finish());
        broker.release(placement.hold());
        assertThat(calendar.bookings()).isEmpty();
    }

    @Test
    void whatIsTakenSendsTheNextTaskElsewhere() {
        assertThat(chosen(place(wish(1_000, 1.0)))).isEqualTo("centre");
        Placement second = place(wish(1_000, 1.0));
        assertThat(chosen(second)).isEqualTo("edge");
        assertThat(second.reasons().getFirst()).startsWith("edge: chosen");
        Placement third =
                broker.place(
                        new Wish(
                                "third",
                                work(10),
                                List.of(new Wish.Data("edge", 1_000)),
                                NOW,
                                Optional.of(NOW.plusSeconds(20)),
                                1.0,
                                "",
                                Long.MAX_VALUE));
        assertThat(third.chosen()).isEmpty();
        assertThat(third.reasons()).hasSize(2).allMatch(r -> r.contains("after the deadline"));
        assertThat(third.hold()).isEmpty();
    }

    @Test
    void aLimitOfTheCostExcludesTheDearSite() {
        Wish frugal = new Wish("frugal", work(10), List.of(), NOW, Optional.empty(), 1.0, "", 50);
        Placement placement = broker.place(frugal);
        assertThat(chosen(placement)).isEqualTo("edge");
        assertThat(placement.reasons()).contains("centre: costs 100, at most 50 is allowed");
    }

    private final List<Placement> placed = new ArrayList<>();

    private Placement place(Wish wish) {
        Placement placement = broker.place(wish);
        placed.add(placement);
        return placement;
    }

    private void release() {
        placed.forEach(p -> broker.release(p.hold()));
        placed.clear();
    }

    private static String chosen(Placement placement) {
        return placement.chosen().orElseThrow().site();
    }

    private static Wish wish(long dataBytes, double finishWeight) {
        return new Wish(
                "task",
                work(10),
                List.of(new Wish.Data("edge", dataBytes)),
                NOW,
                Optional.empty(),
                finishWeight,
                "",
                Long.MAX_VALUE);
    }

    private static Site.Work work(double cpuSeconds) {
        return new Site.Work(
                "roadloop/tools",
                cpuSeconds,
                1,
                64L << 20,
                0,
                Duration.ofMinutes(5),
                false,
                Site.Gang.ONE);
    }

    private LocalSite site(String id, double speed, long price) throws Exception {
        return new LocalSite(
                new LocalSite.Settings(
                        id, id, "cn-north", home.resolve(id), speed, 1, 256L << 20, price),
                new PlainProcess(),
                SandboxTest.IMAGE);
    }
}
