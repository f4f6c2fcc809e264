package org.roadloop.network.calendar;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.booking.Calendar;
import org.roadloop.core.booking.Claim;
import org.roadloop.core.booking.Resource;
import org.roadloop.network.admission.Admission;
import org.roadloop.network.admission.Routes;
import org.roadloop.network.admission.Topology;

/**
 * The lines as bookable capacity for bulk data (链路预约). Any thread.
 *
 * <p>An estimate looks at the k cheapest paths and at a few rates on each, from all that the
 * narrowest line may give down to a 64th of it, and takes the one that finishes first: a slow
 * transfer that starts now may beat a fast one that has to wait.
 */
public final class BulkNetwork {
    private static final int PATHS = 4;
    private static final int HALVINGS = 6;

    /** Payload in a full Ethernet frame with IPv4 and TCP: 1,460 of 1,538 bytes, less a little. */
    private static final double PAYLOAD_SHARE = 0.94;

    private static final double RESERVE = 1.05;
    private static final Duration START_UP = Duration.ofMillis(100);
    private static final Duration EVER = Duration.ofDays(3650);
    private static final long GIGABYTE = 1_000_000_000L;

    private final Admission admission;
    private final Calendar calendar;
    private final Clock clock;
    private final double share;
    private final long milliPerGigabyteHop;
    private final Map<Ends, List<List<Topology.Port>>> paths = new ConcurrentHashMap<>();

    private record Ends(String source, String site) {}

    /**
     * @param share of what admitted flows leave, above 0 and at most 1
     * @param milliPerGigabyteHop price of a started gigabyte over one line
     */
    public BulkNetwork(
            Admission admission,
            Calendar calendar,
            Clock clock,
            double share,
            long milliPerGigabyteHop) {
        if (!(share > 0 && share <= 1) || milliPerGigabyteHop < 0) {
            throw new IllegalArgumentException(
                    "share %s and price %d: share above 0 to 1, price ≥ 0"
                            .formatted(share, milliPerGigabyteHop));
        }
        this.admission = admission;
        this.calendar = calendar;
        this.clock = clock;
        this.share = share;
        this.milliPerGigabyteHop = milliPerGigabyteHop;
        // Defines every line, and again whenever a flow is admitted or released.
        admission.respect(
                new Admission.OtherPromises() {
                    @Override
                    public boolean allow(Topology.Port port, long rateBitsPerSecond) {
                        return booked(port) <= resource(port, rateBitsPerSecond, share).capacity();
                    }

                    @Override
                    public void changed(Topology.Port port, long rateBitsPerSecond) {
                        calendar.define(resource(port, rateBitsPerSecond, share));
                    }
                });
    }

    /** Most that is booked on a line at any moment from now on, bit/s. */
    private long booked(Topology.Port port) {
        Instant now = clock.instant();
        long capacity = resource(port, admission.admittedRate(port.id()), share).capacity();
        return capacity - calendar.free(resourceId(port.id()), now, now.plus(EVER));
    }

    /** Id of a port in the calendar. */
    public static String resourceId(String portId) {
        return "link:" + portId;
    }

    private static Resource resource(Topology.Port port, long admittedRate, double share) {
        return new Resource(
                resourceId(port.id()),
                (long) (share * Math.max(0, port.rateBitsPerSecond() - admittedRate)),
                "bit/s");
    }

    /**
     * The earliest finish over all paths, booked by nobody yet.
     *
     * @param source node where the data is
     * @param site node where it is wanted
     * @return empty if no path exists or none is ever free
     */
    public Optional<Estimate> estimate(long bytes, String source, String site, Instant at) {
        if (source.equals(site) || bytes == 0) {
            return Optional.of(
                    new Estimate(source, site, bytes, at, at, 0, 0, List.of(), List.of()));
        }
        @Nullable Estimate best = null;
        for (List<Topology.Port> path :
                paths.computeIfAbsent(new Ends(source, site), this::paths)) {
            for (int halving = 0; halving <= HALVINGS; halving++) {
                Estimate estimate = estimate(bytes, source, site, at, path, halving);
                if (estimate != null
                        && (best == null || estimate.finish().isBefore(best.finish()))) {
                    best = estimate;
                }
                if (estimate != null && estimate.start().equals(at)) {
                    break; // a lower rate starts no earlier and takes longer
                }
            }
        }
        return Optional.ofNullable(best);
    }

    /** The lines and their rates never change while this runs, so neither do the paths. */
    private List<List<Topology.Port>> paths(Ends ends) {
        Topology topology = admission.topology();
        if (!topology.nodes().contains(ends.source()) || !topology.nodes().contains(ends.site())) {
            return List.of();
        }
        return new Routes(topology, port -> 1 + 1e9 / port.rateBitsPerSecond() / 1e3)
                .cheapest(ends.source(), ends.site(), PATHS);
    }

    private @Nullable Estimate estimate(
            long bytes,
            String source,
            String site,
            Instant at,
            List<Topology.Port> path,
            int halving) {
        long capacity = Long.MAX_VALUE;
        for (Topology.Port port : path) {
            capacity =
                    Math.min(
                            capacity,
                            resource(port, admission.admittedRate(port.id()), share).capacity());
        }
        long lineRate = capacity >> halving;
        long payloadRate = (long) (lineRate * PAYLOAD_SHARE);
        if (payloadRate < 1) {
            return null;
        }
        Duration length =
                Duration.ofNanos((long) (bytes * 8e9 / payloadRate * RESERVE)).plus(START_UP);
        Instant start = start(path, lineRate, length, at);
        if (start == null) {
            return null;
        }
        Instant finish = start.plus(length);
        List<Claim> claims = new ArrayList<>();
        for (Topology.Port port : path) {
            claims.add(new Claim(resourceId(port.id()), lineRate, start, finish));
        }
        long gigabytes = (bytes + GIGABYTE - 1) / GIGABYTE;
        return new Estimate(
                source,
                site,
                bytes,
                start,
                finish,
                gigabytes * path.size() * milliPerGigabyteHop,
                payloadRate,
                path.stream().map(Topology.Port::id).toList(),
                claims);
    }

    /** First moment from which every line of the path is free for so long. */
    private @Nullable Instant start(
            List<Topology.Port> path, long rateBitsPerSecond, Duration length, Instant at) {
        Instant start = at;
        for (int still = 0; still < path.size(); ) {
            for (Topology.Port port : path) {
                Optional<Instant> free =
                        calendar.earliest(resourceId(port.id()), rateBitsPerSecond, length, start);
                if (free.isEmpty()) {
                    return null;
                }
                if (free.get().isAfter(start)) {
                    start = free.get();
                    still = 0;
                } else {
                    still++;
                }
            }
        }
        return start;
    }
}
