package org.roadloop.compute.broker;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.roadloop.compute.replay.ReplayClock;
import org.roadloop.compute.replay.ReplayLedger;
import org.roadloop.compute.replay.ReplaySite;
import org.roadloop.compute.site.Site;
import org.roadloop.core.booking.Calendar;
import org.roadloop.core.booking.Resource;
import org.roadloop.core.ledger.Ledger;
import org.roadloop.network.admission.Admission;
import org.roadloop.network.admission.Topology;
import org.roadloop.network.calendar.BulkNetwork;

/**
 * Replay sites around one switch, all lines 100 Mbit/s (80 Mbit/s bookable), from a table:
 *
 * <pre>
 * site  region    arch    kind     trust  green  slots  speed  milli/s
 * </pre>
 */
final class Market {
    static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    static final String ACTOR = "did:web:broker.example";

    final ReplayClock clock;
    final Calendar calendar;
    final Broker broker;
    final List<ReplaySite> sites = new ArrayList<>();

    Market(String table) {
        this(table, new ReplayLedger(), new ReplayClock(NOW));
    }

    Market(String table, Ledger ledger, ReplayClock clock) {
        this.clock = clock;
        calendar = new Calendar(ledger, clock);
        calendar.replay(ledger);
        List<Topology.Port> ports = new ArrayList<>();
        table.strip()
                .lines()
                .skip(1)
                .forEach(
                        line -> {
                            String[] cell = line.strip().split("\\s+");
                            sites.add(site(cell));
                            ports.addAll(
                                    Topology.line(cell[0], "switch", 100_000_000, 5_000, 50_000));
                        });
        BulkNetwork network =
                new BulkNetwork(
                        new Admission(Topology.of(ports), ledger, clock, ACTOR),
                        calendar,
                        clock,
                        0.8,
                        50);
        broker = new Broker(List.copyOf(sites), network, calendar, clock, ACTOR);
    }

    private ReplaySite site(String[] cell) {
        return new ReplaySite(
                new ReplaySite.Settings(
                        new Site.Capabilities(
                                cell[0],
                                cell[0],
                                cell[1],
                                cell[2],
                                new Resource(
                                        "slot:" + cell[0] + "/cpu",
                                        Long.parseLong(cell[6]),
                                        "slot"),
                                Double.parseDouble(cell[7]),
                                1L << 40,
                                Long.parseLong(cell[8]),
                                "replay",
                                List.of(),
                                new Site.Profile(
                                        cell[0],
                                        Site.Kind.valueOf(cell[3]),
                                        "owner",
                                        4,
                                        Map.of("npu", 8),
                                        0,
                                        0,
                                        Double.parseDouble(cell[5]),
                                        Integer.parseInt(cell[4]))),
                        1,
                        1L << 40),
                clock,
                key -> new ReplaySite.Recorded(work(10), 1),
                List.of());
    }

    ReplaySite site(String id) {
        return sites.stream()
                .filter(s -> s.capabilities().id().equals(id))
                .findFirst()
                .orElseThrow();
    }

    static Site.Work work(double seconds) {
        return work(seconds, false, Site.Gang.ONE);
    }

    static Site.Work work(double seconds, boolean preemptible, Site.Gang gang) {
        return new Site.Work(
                "image", seconds, 1, 64L << 20, 0, Duration.ofDays(2), preemptible, gang);
    }

    static Wish wish(String task, double seconds, Wish.Data... data) {
        return new Wish(
                task, work(seconds), List.of(data), NOW, Optional.empty(), 1.0, "", Long.MAX_VALUE);
    }

    static Wish.Terms terms(
            String organisation, SitePolicy policy, boolean parallel, int priority) {
        return new Wish.Terms(
                organisation,
                policy,
                parallel,
                Optional.empty(),
                List.of(),
                Duration.ZERO,
                "",
                priority);
    }

    static SitePolicy regions(String... regions) {
        return new SitePolicy(Map.of(), Set.of(), Set.of(regions), 0, Set.of(), Set.of(), 0);
    }

    static String site(Placement placement) {
        return placement.chosen().map(Quote.Feasible::site).orElse("-");
    }
}
