package org.roadloop.app.part;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.roadloop.app.clearing.Auctions;
import org.roadloop.app.clearing.BucketMeter;
import org.roadloop.app.clearing.ClearingRoutes;
import org.roadloop.app.clearing.DeletionRoutes;
import org.roadloop.app.clearing.Deletions;
import org.roadloop.app.clearing.DisputeRoutes;
import org.roadloop.app.clearing.OpenBooks;
import org.roadloop.app.clearing.OwnMeter;
import org.roadloop.app.clearing.PeerLogKeys;
import org.roadloop.app.clearing.Peers;
import org.roadloop.app.clearing.ReceivedData;
import org.roadloop.app.clearing.Reconciler;
import org.roadloop.app.clearing.ServiceMisses;
import org.roadloop.app.clearing.SubjectDeletionRoute;
import org.roadloop.app.clearing.SubjectDeletions;
import org.roadloop.app.clearing.UsageBatches;
import org.roadloop.app.http.Problem;
import org.roadloop.app.http.Role;
import org.roadloop.app.http.Route;
import org.roadloop.app.platform.LedgerKeys;
import org.roadloop.app.platform.Part;
import org.roadloop.app.platform.PlatformContext;
import org.roadloop.core.clearing.AssetRevenue;
import org.roadloop.core.clearing.Clearing;
import org.roadloop.core.clearing.DayClose;
import org.roadloop.core.contract.ContractBook;
import org.roadloop.core.ledger.ConflictException;
import org.roadloop.dataspace.access.BucketObject;
import org.roadloop.dataspace.access.ReceivingRoute;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What was used becomes money (清算): bills, accounts, the daily close, both parties' meters. Runs
 * with the dataspace.
 */
public final class ClearingPart implements Part {
    private static final Logger LOG = LoggerFactory.getLogger(ClearingPart.class);
    private static final Duration LOOK_EVERY = Duration.ofMinutes(1);

    private final SharePart share;
    private final PeerLogKeys peerLogKeys;
    private @Nullable Running running;

    /** What exists between start and close. */
    private record Running(
            PlatformContext context,
            Clearing clearing,
            ContractBook book,
            DisputeRoutes disputes,
            Auctions auctions,
            ReceivedData received,
            Deletions deletions,
            DeletionRoutes deletionRoutes,
            SubjectDeletions subjectDeletions,
            SubjectDeletionRoute subjectDeletionRoute,
            List<Route> routes,
            ScheduledExecutorService closer) {}

    /**
     * @param peerLogKeys of the other parties of contracts
     */
    public ClearingPart(SharePart share, PeerLogKeys peerLogKeys) {
        this.share = share;
        this.peerLogKeys = peerLogKeys;
    }

    @Override
    public String name() {
        return "clearing";
    }

    @Override
    public Set<String> needs() {
        return Set.of("dataspace");
    }

    @Override
    public void start(PlatformContext context) {
        Clock clock = context.clock();
        ZoneId zone = context.config().clearing().timeZone();
        ContractBook book = share.book();
        Clearing clearing = new Clearing(zone);
        Peers peers = new Peers(book, share.identity(), share.http());
        LedgerKeys logKeys = LedgerKeys.of(context.keystore());
        Reconciler reconciler =
                new Reconciler(
                        context.ledger(),
                        logKeys.verifiers().getLast(),
                        logKeys.participants(),
                        book,
                        context.participant(),
                        share.identity(),
                        peers,
                        peerLogKeys,
                        zone,
                        clock);
        DisputeRoutes disputes =
                new DisputeRoutes(
                        reconciler, peers, book, share.identity(), context.ledger(), zone, clock);
        OwnMeter meter = new OwnMeter(context.ledger(), book.did(), clock);
        book.listen(
                new BucketMeter(
                        book,
                        meter,
                        share.buckets(),
                        new BucketObject(SharePart.destinations(context))::fetch,
                        context.home().tmp().resolve("received"),
                        clock));
        ReceivedData received =
                new ReceivedData(
                        share.connector(),
                        book,
                        meter,
                        share.http(),
                        share.identity(),
                        context.home().tmp().resolve("received"),
                        context.home().root().resolve("received"),
                        clock);
        Auctions auctions =
                new Auctions(
                        context.ledger(),
                        book.did(),
                        share.identity(),
                        peers,
                        share.catalog(),
                        clock);
        OpenBooks books = new OpenBooks(context.ledger(), book, this::current, clock);
        Deletions deletions =
                new Deletions(
                        context.ledger(),
                        book,
                        share.gate(),
                        context.participant(),
                        peers,
                        share.copies(),
                        clock);
        share.copies().add(received);
        DeletionRoutes deletionRoutes =
                new DeletionRoutes(
                        disputes, book, share.gate(), context.ledger(), share.identity(), clock);
        SubjectDeletions subjectDeletions =
                new SubjectDeletions(
                        context.ledger(),
                        book,
                        share.agreedAssets(),
                        share.identity(),
                        peers,
                        clock);
        share.tellPartnersBy(subjectDeletions);
        SubjectDeletionRoute subjectDeletionRoute =
                new SubjectDeletionRoute(
                        disputes,
                        book,
                        context.ledger(),
                        context.participant(),
                        share.copies(),
                        clock);
        List<Route> routes = new ArrayList<>(deletionRoutes.routes());
        routes.add(subjectDeletionRoute.route());
        routes.addAll(new ClearingRoutes(books).routes());
        routes.addAll(new UsageBatches(books).routes());
        routes.addAll(received.routes());
        routes.addAll(disputes.routes());
        routes.add(new ServiceMisses(books).route());
        routes.addAll(auctions.routes());
        routes.add(
                Route.post(
                        "/api/v1/clearing/close",
                        Role.OPERATOR,
                        "Close a day that is over, and all before it: ?day=",
                        this::closeDay));
        ScheduledExecutorService closer =
                Executors.newSingleThreadScheduledExecutor(
                        Thread.ofVirtual().name("clearing").factory());
        running =
                new Running(
                        context,
                        clearing,
                        book,
                        disputes,
                        auctions,
                        received,
                        deletions,
                        deletionRoutes,
                        subjectDeletions,
                        subjectDeletionRoute,
                        routes,
                        closer);
    }

    @Override
    public void opened() {
        running()
                .closer()
                .scheduleWithFixedDelay(
                        this::closeWhatIsOver, 0, LOOK_EVERY.toSeconds(), TimeUnit.SECONDS);
        running().closer().scheduleWithFixedDelay(this::trimReceived, 0, 1, TimeUnit.HOURS);
        running().closer().scheduleWithFixedDelay(this::keepDuties, 1, 1, TimeUnit.SECONDS);
    }

    private void keepDuties() {
        try {
            running().deletions().look();
            running().subjectDeletions().look();
        } catch (RuntimeException e) {
            LOG.error("duties can't be looked after now; it is tried again in a second", e);
        }
    }

    private Running running() {
        if (running == null) {
            throw new IllegalStateException("the part 'clearing' is not started");
        }
        return running;
    }

    /** What this participant earned with an asset; nothing where the part does not run. */
    public List<AssetRevenue.Amount> revenue(String asset, Instant from, Instant until) {
        return running == null
                ? List.of()
                : current().revenue(running().book().did(), asset, from, until);
    }

    /** The books with everything that is in the ledger now. */
    private Clearing current() {
        Running on = running();
        on.clearing().catchUp(on.context().ledger());
        return on.clearing();
    }

    // ---------------------------------------------------------------- the daily close

    private void trimReceived() {
        PlatformContext context = running().context();
        running()
                .received()
                .trim(
                        context.clock()
                                .instant()
                                .minus(
                                        Duration.ofDays(
                                                context.config()
                                                        .dataspace()
                                                        .usageControl()
                                                        .receivedDays())));
    }

    /** Every minute; a day is over once it and the time for late evidence are. */
    private void closeWhatIsOver() {
        Running on = running();
        Instant grace =
                on.context()
                        .clock()
                        .instant()
                        .minus(Duration.ofMinutes(on.context().config().clearing().graceMinutes()));
        try {
            Clearing clearing = current();
            LocalDate over = clearing.day(grace).minusDays(1);
            boolean done =
                    clearing.closedThrough().filter(last -> !last.isBefore(over)).isPresent();
            if (!done && hasContracts(clearing, over)) {
                List<DayClose> closed = end(over);
                LOG.info("{} closed through {}", closed.size() == 1 ? "day" : "days", over);
            }
        } catch (ConflictException e) {
            LOG.info("another node closes the day");
        } catch (RuntimeException e) {
            LOG.error("the day can't be closed now; it is tried again in a minute", e);
        }
    }

    private boolean hasContracts(Clearing clearing, LocalDate through) {
        return running().book().listContracts().stream()
                .anyMatch(c -> !clearing.day(c.agreement().agreedAt()).isAfter(through));
    }

    private List<DayClose> end(LocalDate day) {
        Running on = running();
        return on.clearing()
                .endDay(
                        on.context().ledger(),
                        day,
                        on.context().clock().instant(),
                        on.context().participant().did());
    }

    private void closeDay(Context c) {
        LocalDate day =
                ClearingRoutes.day(Objects.requireNonNullElse(c.queryParam("day"), ""), "day");
        Clearing clearing = current();
        if (!day.isBefore(clearing.day(running().context().clock().instant()))) {
            throw new Problem(409, "day_not_over", day + " is not over; a use may still come");
        }
        if (!hasContracts(clearing, day.plusDays(1))) {
            // every day after a closed one is closed: a slip in the year would close thousands
            throw new Problem(409, "day_before_contracts", day + " is before the first contract");
        }
        if (clearing.closedThrough().filter(last -> !last.isBefore(day)).isEmpty()) {
            end(day);
        }
        c.json(
                Map.of(
                        "closedThrough",
                        clearing.closedThrough().map(LocalDate::toString).orElse("")));
    }

    // ---------------------------------------------------------------- the part

    @Override
    public List<Route> routes() {
        return running().routes();
    }

    @Override
    public void mount(RoutesConfig routes) {
        running().disputes().mount(routes);
        running().deletionRoutes().mount(routes);
        running().subjectDeletionRoute().mount(routes);
        new ReceivingRoute(
                        share.receiveTokens(),
                        running().book(),
                        running().received(),
                        running().context().home().root().resolve("received"))
                .mount(routes);
        running().auctions().mount(routes);
    }

    @Override
    public Map<String, LongSupplier> metrics() {
        Map<String, LongSupplier> metrics = new TreeMap<>();
        if (running != null) {
            metrics.put(
                    "deletion_receipts_refused_total",
                    () ->
                            running().deletionRoutes().refusals().counts().values().stream()
                                    .mapToLong(Long::longValue)
                                    .sum());
            metrics.put("deletion_requests_open", () -> running().subjectDeletions().open());
            metrics.put(
                    "clearing_not_booked_total",
                    () ->
                            running().clearing().counts().values().stream()
                                    .mapToLong(Long::longValue)
                                    .sum());
        }
        return metrics;
    }

    @Override
    public void closing() {
        if (running != null) {
            running.received().closing();
        }
    }

    @Override
    public void close() throws InterruptedException {
        if (running != null) {
            running.closer().shutdown();
            if (!running.closer().awaitTermination(10, TimeUnit.SECONDS)) {
                running.closer().shutdownNow();
            }
            running = null;
        }
    }
}
