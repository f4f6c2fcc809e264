package org.roadloop.compute.task;

import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.roadloop.compute.broker.Broker;
import org.roadloop.compute.broker.Placement;
import org.roadloop.compute.broker.Quote;
import org.roadloop.compute.broker.Ranking;
import org.roadloop.compute.broker.Wish;
import org.roadloop.compute.site.Site;
import org.roadloop.core.booking.BookingRefusedException;
import org.roadloop.core.contract.UsageGate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What the sites offer, what they would say, and what was decided (算力市场). Any thread. */
public final class TaskMarket {
    private final TaskService service;
    private final TaskWiring wiring;
    private final TaskBook book;
    private final Clock clock;

    TaskMarket(TaskService service, TaskWiring wiring, TaskBook book, Clock clock) {
        this.service = service;
        this.wiring = wiring;
        this.book = book;
        this.clock = clock;
    }

    /**
     * What every site would say to a task now; books nothing and takes nothing on.
     *
     * @param json a {@code tesTask} of the operator
     */
    public ObjectNode quotes(JsonNode json) {
        String actor = wiring.did();
        TaskRequest request = service.checks().checked(json);
        TaskAuthorizer.Caller operator = new TaskAuthorizer.Caller(actor, Optional.empty(), true);
        String agreement = TaskChecks.agreement(request, operator);
        Optional<UsageGate.Lease> lease =
                service.openLease(agreement, actor, request.parameter(TaskRequest.PURPOSE, ""));
        try {
            OpenTask task = new OpenTask("quote", request, actor, lease.orElse(null));
            Wish wish =
                    TaskWish.wish(wiring, task, TaskInputs.locate(wiring, task), clock.instant());
            List<Quote> quotes = wiring.broker().quotes(wish);
            Optional<Quote.Feasible> best = Ranking.ranked(quotes, wish).stream().findFirst();
            List<String> reasons =
                    quotes.stream()
                            .map(q -> reason(q, best.filter(b -> b == q).isPresent()))
                            .toList();
            return new Placement("quote", clock.instant(), best, "", quotes, reasons).toJson();
        } catch (IllegalArgumentException | UncheckedIOException e) {
            throw new TaskRefusedException(
                    TaskRefusedException.Kind.INVALID, String.valueOf(e.getMessage()));
        } finally {
            lease.ifPresent(UsageGate.Lease::close);
        }
    }

    private static String reason(Quote quote, boolean best) {
        return switch (quote) {
            case Quote.Infeasible no ->
                    "%s: not possible (%s): %s".formatted(no.site(), no.code(), no.reason());
            case Quote.Feasible f ->
                    "%s: %s; would start %s, finish about %s and no later than %s, cost %d%s"
                            .formatted(
                                    f.site(),
                                    best ? "would be chosen" : "possible",
                                    f.start(),
                                    f.expectedFinish(),
                                    f.finish(),
                                    f.milliCost(),
                                    Ranking.moves(f));
        };
    }

    /**
     * One decision, and the position of its task.
     *
     * @param json with the task's id and state
     */
    public record Decision(int number, ObjectNode json) {}

    /**
     * Decisions on tasks, the newest task first; a task that waits for its decision has none.
     *
     * @param before position of the last one seen, −1 for the newest
     */
    public List<Decision> placements(int before, int limit) {
        List<Decision> decisions = new ArrayList<>();
        int from = before - 1;
        while (before != 0 && decisions.size() < limit) {
            TaskBook.Page page = book.list(TaskIndex.Query.ALL, from, limit);
            for (Task task : page.tasks()) {
                JsonNode placement = task.placement();
                if (placement != null && decisions.size() < limit) {
                    ObjectNode json = JsonMapper.shared().createObjectNode();
                    json.put("task", task.id()).put("state", task.state().name());
                    json.setAll((ObjectNode) placement);
                    decisions.add(new Decision(task.number(), json));
                }
            }
            from = page.next();
            if (from < 0) {
                break;
            }
        }
        return decisions;
    }

    public List<Site.Capabilities> offers() {
        return wiring.broker().sites().stream().map(Site::capabilities).toList();
    }

    public Optional<Site> findSite(String id) {
        return wiring.broker().sites().stream()
                .filter(site -> site.capabilities().id().equals(id))
                .findFirst();
    }

    /**
     * Keeps slots of a site for an organisation (算力预留).
     *
     * @param given DID whose tasks may name the reservation; empty for the platform's own
     * @throws IllegalArgumentException names what is wrong
     * @throws BookingRefusedException if so many are not free at that time
     */
    public Broker.Reservation reserve(
            String given, String site, long slots, Instant from, Instant until) {
        String organisation = given.isEmpty() ? wiring.did() : given;
        long most = wiring.broker().site(site).capabilities().slots().capacity();
        if (!organisation.matches("did:[a-z0-9]+:.+")) {
            throw new IllegalArgumentException(
                    "organisation '" + organisation + "' is no DID, such as did:web:lab.example");
        }
        if (slots < 1 || slots > most) {
            throw new IllegalArgumentException(
                    "slots is %d; site %s has 1 to %d".formatted(slots, site, most));
        }
        if (!from.isBefore(until) || !until.isAfter(clock.instant())) {
            throw new IllegalArgumentException(
                    "a reservation from %s until %s: until must be after from and in the future"
                            .formatted(from, until));
        }
        String id = wiring.broker().reserve(organisation, site, slots, from, until).id();
        return new Broker.Reservation(id, organisation, site, slots, from, until);
    }

    /** All reservations that are not over, by id. */
    public List<Broker.Reservation> reservations() {
        return wiring.broker().reservations();
    }

    /**
     * Gives a reservation back; tasks that run in it go on.
     *
     * @return false if there is none with this id
     */
    public boolean cancelReservation(String id) {
        return wiring.broker().cancelReservation(id);
    }
}
