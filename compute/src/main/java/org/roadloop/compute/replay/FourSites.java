package org.roadloop.compute.replay;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.roadloop.compute.broker.Broker;
import org.roadloop.compute.site.Site;
import org.roadloop.core.booking.Calendar;
import org.roadloop.core.booking.Resource;
import org.roadloop.network.admission.Admission;
import org.roadloop.network.admission.Topology;
import org.roadloop.network.calendar.BulkNetwork;

/**
 * The four sites of the month (智算、超算、通用、边缘), around one switch.
 *
 * <pre>
 * site   kind         slots  core speed  card speed  milli/s  green  cache  line
 * ai     ACCELERATOR     24        0.5        1.0        8     0.8   1 TB   10 Gbit/s
 * hpc    HPC            128        1.25        -         3     0.5   2 TB   10 Gbit/s
 * cloud  GENERAL         96        1.0        0.6        5     0.3   1 TB   10 Gbit/s
 * edge   EDGE            16        0.4        0.2        1     0.1   0.2 TB  1 Gbit/s
 * </pre>
 *
 * The AI centre is lost for six hours on day 9, the cloud for two on day 20. A started gigabyte
 * costs 50 milli on each line.
 */
final class FourSites {
    static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final String ACTOR = "did:web:replay.example";
    private static final long TB = 1_000_000_000_000L;

    final ReplayClock clock = new ReplayClock(START);
    final Calendar calendar = new Calendar(new ReplayLedger(), clock);
    final List<ReplaySite> sites;
    final Broker broker;

    FourSites(Function<String, ReplaySite.Recorded> trace) {
        sites =
                List.of(
                        site("ai", Site.Kind.ACCELERATOR, 24, 0.5, 1.0, 8, 0.8, TB, trace, 9, 6),
                        site("hpc", Site.Kind.HPC, 128, 1.25, 0, 3, 0.5, 2 * TB, trace, 0, 0),
                        site("cloud", Site.Kind.GENERAL, 96, 1.0, 0.6, 5, 0.3, TB, trace, 20, 2),
                        site("edge", Site.Kind.EDGE, 16, 0.4, 0.2, 1, 0.1, TB / 5, trace, 0, 0));
        List<Topology.Port> ports = new ArrayList<>();
        for (ReplaySite site : sites) {
            String node = site.capabilities().node();
            long rate = node.equals("edge") ? 1_000_000_000L : 10_000_000_000L;
            for (Topology.Port port : Topology.line(node, "switch", rate, 5_000, 50_000)) {
                ports.add(port);
            }
        }
        BulkNetwork network =
                new BulkNetwork(
                        new Admission(Topology.of(ports), new ReplayLedger(), clock, ACTOR),
                        calendar,
                        clock,
                        0.8,
                        50);
        broker = new Broker(List.copyOf(sites), network, calendar, clock, ACTOR);
    }

    private ReplaySite site(
            String id,
            Site.Kind kind,
            int slots,
            double speed,
            double cardSpeed,
            long milliPerSecond,
            double greenShare,
            long cacheBytes,
            Function<String, ReplaySite.Recorded> trace,
            int lostDay,
            int lostHours) {
        Site.Profile profile =
                new Site.Profile(
                        "replay/" + id,
                        kind,
                        "replay",
                        1,
                        cardSpeed > 0 ? Map.of("gpu", 8) : Map.of(),
                        0,
                        0,
                        greenShare,
                        2);
        Site.Capabilities capabilities =
                new Site.Capabilities(
                        id,
                        id,
                        "replay",
                        "x86_64",
                        new Resource("slot:" + id + "/cpu", slots, "slot"),
                        speed,
                        1L << 40,
                        milliPerSecond,
                        "replay",
                        List.of(),
                        profile);
        Instant lost = START.plus(Duration.ofDays(lostDay));
        return new ReplaySite(
                new ReplaySite.Settings(capabilities, cardSpeed, cacheBytes),
                clock,
                trace,
                lostHours == 0
                        ? List.of()
                        : List.of(
                                new ReplaySite.Outage(
                                        lost, lost.plus(Duration.ofHours(lostHours)))));
    }
}
