package org.roadloop.compute.serving;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.roadloop.compute.broker.Quote;
import org.roadloop.compute.broker.Wish;
import org.roadloop.compute.broker.WishParameters;
import org.roadloop.compute.site.LocalSite;
import org.roadloop.compute.site.Site;
import org.roadloop.compute.task.TaskRequest;
import org.roadloop.core.booking.BookingRefusedException;
import org.roadloop.core.booking.Claim;
import org.roadloop.core.booking.Hold;
import org.roadloop.core.contract.UsageGate;
import org.roadloop.network.admission.Admission;
import org.roadloop.network.admission.Decision;
import org.roadloop.network.admission.FlowRequest;

/**
 * Where a process of one service runs (服务放置): policy and price by the broker's quotes, a slot
 * without an end in the calendar, and for an edge service a flow whose admitted bound with the
 * service's own time is within the delay that it promises. One thread.
 */
final class Placing {
    /** Prefix of the flows of services: {@code service/NAME/SITE/TERMS}. */
    static final String FLOWS = "service/";

    /** A service has no end; the calendar wants one. */
    private static final Duration LONG = Duration.ofDays(3650);

    private static final Duration HOLD = Duration.ofSeconds(30);
    private static final long MEMORY_BYTES = 512L << 20;

    /**
     * A place that is taken.
     *
     * @param hold of the slot
     * @param flow empty where none was needed
     * @param boundNanos of a call's way and the service's time together, 0 without an edge
     * @param reasons why it is this site, and why each other is not
     */
    record Seat(
            Site site,
            Site.Work work,
            String hold,
            String flow,
            long boundNanos,
            List<String> reasons) {}

    /** No site will do. */
    static final class NowhereException extends Exception {
        private static final long serialVersionUID = 1L;

        NowhereException(List<String> reasons) {
            super("no site: " + String.join("; ", reasons));
        }
    }

    private final ServiceWiring wiring;
    private final String name;

    /** How many processes stand on a flow. */
    private final Map<String, Integer> flows = new HashMap<>();

    Placing(ServiceWiring wiring, String name) {
        this.wiring = wiring;
        this.name = name;
    }

    /**
     * @param lease null for the operator's own
     * @param prefer site that is taken if it will do, empty for the cheapest
     */
    Seat take(
            ServiceSpec spec,
            String agreement,
            UsageGate.@Nullable Lease lease,
            String key,
            String prefer)
            throws NowhereException {
        TaskRequest request = spec.task();
        Wish.Terms terms =
                WishParameters.terms(
                        agreement.isEmpty() ? wiring.did() : agreement,
                        parameter -> request.parameter(parameter, ""));
        if (lease != null) {
            terms = terms.with(terms.policy().under(lease, wiring.broker().sites()));
        }
        Site.Work work = work(request);
        Instant now = wiring.clock().instant();
        Wish wish =
                new Wish(
                        key,
                        work,
                        List.of(),
                        now,
                        Optional.empty(),
                        0,
                        request.parameter(TaskRequest.SITE, ""),
                        Long.MAX_VALUE,
                        terms);
        List<String> reasons = new ArrayList<>();
        List<Quote.Feasible> feasible = new ArrayList<>();
        for (Quote quote : wiring.broker().quotes(wish)) {
            switch (quote) {
                case Quote.Feasible f -> feasible.add(f);
                case Quote.Infeasible no -> reasons.add(no.site() + ": " + no.reason());
            }
        }
        feasible.sort(
                Comparator.<Quote.Feasible, Boolean>comparing(f -> !f.site().equals(prefer))
                        .thenComparing(Quote.Feasible::milliCost));
        for (Quote.Feasible quote : feasible) {
            Site site = wiring.broker().site(quote.site());
            if (!(site instanceof LocalSite)
                    || !site.capabilities().sandbox().equals("bubblewrap")) {
                reasons.add(
                        quote.site()
                                + ": runs no services; a local site does, in bubblewrap, which ends"
                                + " them with the platform");
                continue;
            }
            Optional<Taken> taken = take(spec, site, reasons);
            if (taken.isPresent()) {
                Way way = taken.get().way();
                return new Seat(
                        site,
                        work,
                        taken.get().hold(),
                        way.flow(),
                        way.boundNanos(),
                        reasons(quote, prefer, way, feasible, reasons));
            }
        }
        throw new NowhereException(reasons);
    }

    private static List<String> reasons(
            Quote.Feasible chosen,
            String prefer,
            Way way,
            List<Quote.Feasible> feasible,
            List<String> refused) {
        List<String> all = new ArrayList<>();
        all.add(
                "%s: chosen, %s%s"
                        .formatted(
                                chosen.site(),
                                chosen.site().equals(prefer)
                                        ? "the version before runs there"
                                        : "the cheapest that will do",
                                way.boundNanos() == 0
                                        ? ""
                                        : "; calls bounded by " + way.boundNanos() + " ns"));
        all.addAll(refused);
        feasible.stream()
                .skip(feasible.indexOf(chosen) + 1L)
                .forEach(f -> all.add(f.site() + ": not asked, it costs more"));
        return List.copyOf(all);
    }

    private record Taken(String hold, Way way) {}

    private Optional<Taken> take(ServiceSpec spec, Site site, List<String> reasons) {
        Site.Capabilities at = site.capabilities();
        Way way = new Way("", 0);
        if (spec.edge().isPresent()) {
            Optional<Way> admitted = admit(spec.edge().get(), at, reasons);
            if (admitted.isEmpty()) {
                return Optional.empty();
            }
            way = admitted.get();
        }
        boolean taken = false;
        try {
            Instant now = wiring.clock().instant();
            Hold hold =
                    wiring.calendar()
                            .hold(
                                    wiring.did(),
                                    List.of(new Claim(at.slots().id(), 1, now, now.plus(LONG))),
                                    now.plus(HOLD));
            wiring.calendar().commit(hold.id());
            taken = true;
            return Optional.of(new Taken(hold.id(), way));
        } catch (BookingRefusedException e) {
            reasons.add(
                    "%s: all %d slots are booked; a service needs one without an end"
                            .formatted(at.id(), at.slots().capacity()));
            return Optional.empty();
        } finally {
            if (!taken) {
                leave(way.flow());
            }
        }
    }

    private record Way(String flow, long boundNanos) {}

    /** The admitted way of the calls; empty with the reason if it takes too long. */
    private Optional<Way> admit(ServiceSpec.Edge edge, Site.Capabilities at, List<String> reasons) {
        long deadline = edge.maxDelayNanos() - edge.processingNanos();
        if (at.node().equals(edge.source()) && deadline >= 0) {
            return Optional.of(new Way("", edge.processingNanos()));
        }
        if (deadline <= 0) {
            reasons.add(
                    "%s: the service's own %d ns leave no time of %d ns for the way of a call"
                            .formatted(at.id(), edge.processingNanos(), edge.maxDelayNanos()));
            return Optional.empty();
        }
        Admission admission = wiring.admission();
        String flow = "%s%s/%s/%s".formatted(FLOWS, name, at.id(), edge.terms());
        if (admission.list().contains(flow)) {
            Optional<Duration> bound = admission.findBound(flow);
            if (bound.isPresent() && bound.get().toNanos() <= deadline) {
                flows.merge(flow, 1, Integer::sum);
                return Optional.of(new Way(flow, bound.get().toNanos() + edge.processingNanos()));
            }
            admission.release(flow); // the network was changed: it is asked anew
        }
        try {
            FlowRequest request =
                    new FlowRequest(
                            flow,
                            edge.trafficClass(),
                            edge.rateBitsPerSecond(),
                            edge.burstBits(),
                            edge.maxPacketBits(),
                            edge.source(),
                            at.node(),
                            Duration.ofNanos(deadline));
            switch (admission.admit(request)) {
                case Decision.Admitted yes -> {
                    flows.merge(flow, 1, Integer::sum);
                    return Optional.of(
                            new Way(flow, yes.delayBound().toNanos() + edge.processingNanos()));
                }
                case Decision.Refused no ->
                        reasons.add(
                                "%s: calls from %s can't be bounded by %d ns less %d ns of the"
                                                .formatted(
                                                        at.id(),
                                                        edge.source(),
                                                        edge.maxDelayNanos(),
                                                        edge.processingNanos())
                                        + " service: "
                                        + String.join(
                                                ", ",
                                                no.reasons().stream()
                                                        .map(Decision.Reason::text)
                                                        .toList()));
            }
        } catch (IllegalArgumentException e) {
            reasons.add(at.id() + ": " + e.getMessage());
        }
        return Optional.empty();
    }

    /** Gives back what a process stood on. */
    void leave(Seat seat) {
        wiring.calendar().release(seat.hold());
        leave(seat.flow());
    }

    private void leave(String flow) {
        if (flow.isEmpty()) {
            return;
        }
        int left = flows.merge(flow, -1, Integer::sum);
        if (left <= 0) {
            flows.remove(flow);
            release(wiring.admission(), flow);
        }
    }

    static void release(Admission admission, String flow) {
        if (admission.list().contains(flow)) {
            admission.release(flow);
        }
    }

    private static Site.Work work(TaskRequest request) {
        TaskRequest.Resources r = request.resources();
        return new Site.Work(
                request.executors().getFirst().image(),
                1,
                r.cpuCores(),
                r.ramGb() > 0 ? (long) (r.ramGb() * (1L << 30)) : MEMORY_BYTES,
                (long) (r.diskGb() * (1L << 30)),
                LONG,
                false,
                request.gang());
    }
}
