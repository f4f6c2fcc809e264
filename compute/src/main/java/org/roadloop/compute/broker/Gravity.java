package org.roadloop.compute.broker;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.roadloop.compute.site.Site;
import org.roadloop.core.booking.Calendar;
import org.roadloop.core.booking.Claim;
import org.roadloop.network.calendar.BulkNetwork;
import org.roadloop.network.calendar.Estimate;

/**
 * How the inputs of a task would reach a site (数据引力): what the site's cache has does not move, what
 * another task is bringing is waited for, and the rest comes from the replica that is best. Any
 * thread.
 */
final class Gravity {
    /** Which of several replicas is best. */
    enum Best {
        EARLIEST,
        CHEAPEST
    }

    /**
     * @param transfers one of each input, in their order; those without claims move nothing
     * @param ready when the last byte is there
     * @param payers holds of the placements whose transfers are waited for
     */
    record Plan(
            List<Estimate> transfers,
            List<Claim> claims,
            Instant ready,
            long milliCost,
            long movedBytes,
            Set<String> payers) {}

    private final BulkNetwork network;
    private final Calendar calendar;
    private final Arrivals arrivals;

    Gravity(BulkNetwork network, Calendar calendar, Arrivals arrivals) {
        this.network = network;
        this.calendar = calendar;
        this.arrivals = arrivals;
    }

    /** Empty if an input has no path to the site. */
    Optional<Plan> plan(Wish wish, Site site, Best best) {
        Site.Capabilities at = site.capabilities();
        List<Estimate> transfers = new ArrayList<>();
        List<Claim> claims = new ArrayList<>();
        Map<String, Estimate> planned = new HashMap<>();
        Set<String> payers = new HashSet<>();
        Instant ready = wish.at();
        Instant last = wish.at();
        long milliCost = 0;
        long movedBytes = 0;
        for (Wish.Data data : wish.data()) {
            Instant from = wish.terms().parallelInputs() ? wish.at() : last;
            Estimate transfer = known(data, site, planned, payers, from);
            if (transfer == null) {
                transfer = fetch(data, at.node(), from, claims, best);
                if (transfer == null) {
                    return Optional.empty();
                }
                if (!data.content().isEmpty()) {
                    planned.put(data.content(), transfer);
                }
                claims.addAll(transfer.claims());
                milliCost += transfer.milliCost();
                movedBytes += transfer.path().isEmpty() ? 0 : data.dataBytes();
            }
            transfers.add(transfer);
            last = transfer.finish();
            ready = ready.isAfter(last) ? ready : last;
        }
        return Optional.of(new Plan(transfers, claims, ready, milliCost, movedBytes, payers));
    }

    /** A transfer that books nothing, because the content is at the site or on its way there. */
    private @Nullable Estimate known(
            Wish.Data data,
            Site site,
            Map<String, Estimate> planned,
            Set<String> payers,
            Instant from) {
        String content = data.content();
        if (content.isEmpty()) {
            return null;
        }
        Site.Capabilities at = site.capabilities();
        if (site.holds(content)) {
            return new Estimate(
                    at.node(), at.node(), data.dataBytes(), from, from, 0, 0, List.of(), List.of());
        }
        Estimate own = planned.get(content);
        if (own != null) {
            return waitFor(own, from);
        }
        Optional<Arrivals.Arrival> coming = arrivals.find(at.id(), content);
        if (coming.isEmpty()) {
            return null;
        }
        payers.add(coming.get().hold());
        return waitFor(coming.get().transfer(), from);
    }

    /**
     * The rate of the booking stays: should its task end early, the bytes go over the same lines.
     */
    private static Estimate waitFor(Estimate booked, Instant from) {
        Instant there = booked.finish().isAfter(from) ? booked.finish() : from;
        Instant start = booked.start().isAfter(from) ? booked.start() : from;
        return new Estimate(
                booked.source(),
                booked.site(),
                booked.dataBytes(),
                start,
                there,
                0,
                booked.rateBitsPerSecond(),
                List.of(),
                List.of());
    }

    private @Nullable Estimate fetch(
            Wish.Data data, String node, Instant from, List<Claim> claims, Best best) {
        Estimate chosen = null;
        for (String source : data.nodes()) {
            Estimate found = beside(data.dataBytes(), source, node, from, claims);
            if (found != null && (chosen == null || better(found, chosen, best))) {
                chosen = found;
            }
        }
        return chosen;
    }

    private static boolean better(Estimate a, Estimate b, Best best) {
        int earlier = a.finish().compareTo(b.finish());
        int cheaper = Long.compare(a.milliCost(), b.milliCost());
        int order =
                best == Best.EARLIEST
                        ? (earlier != 0 ? earlier : cheaper)
                        : (cheaper != 0 ? cheaper : earlier);
        return order < 0;
    }

    /**
     * An estimate that fits beside the claims of the inputs before it, which are in no calendar
     * yet: if they meet on a line that can't carry both, it begins when the other is done.
     */
    private @Nullable Estimate beside(
            long bytes, String source, String node, Instant notBefore, List<Claim> claims) {
        Instant from = notBefore;
        while (true) {
            Optional<Estimate> found = network.estimate(bytes, source, node, from);
            if (found.isEmpty()) {
                return null;
            }
            Instant free = conflict(found.get().claims(), claims);
            if (free == null) {
                return found.get();
            }
            from = free;
        }
    }

    /** When the first of the other claims ends that is in the way; null if none is. */
    private @Nullable Instant conflict(List<Claim> wanted, List<Claim> others) {
        for (Claim want : wanted) {
            long taken = 0;
            Instant end = null;
            for (Claim other : others) {
                if (other.resource().equals(want.resource())
                        && other.from().isBefore(want.until())
                        && want.from().isBefore(other.until())) {
                    taken += other.amount();
                    end = end == null || other.until().isBefore(end) ? other.until() : end;
                }
            }
            if (end != null
                    && calendar.free(want.resource(), want.from(), want.until())
                            < want.amount() + taken) {
                return end;
            }
        }
        return null;
    }
}
