package org.roadloop.dataspace.federation;

import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.catalog.CatalogEntry;
import org.roadloop.core.catalog.SearchIndex;
import org.roadloop.core.policy.MemberException;
import org.roadloop.dataspace.dsp.CatalogGroup;
import org.roadloop.dataspace.dsp.CatalogReader;
import org.roadloop.dataspace.dsp.CatalogReader.ReadException;
import org.roadloop.dataspace.dsp.CatalogReader.Reading;
import org.roadloop.dataspace.dsp.NestedCatalog;
import org.roadloop.dataspace.identity.CallerIdentity;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/**
 * Reads other connectors' catalogues at an interval into a search index (目录爬取), and those that they
 * point to. Nothing a peer sends or fails to send touches another's entries. One thread of its own
 * reads; the rest is for any thread.
 *
 * <p>Entries belong to the participant that was asked, whatever they claim: a catalogue that names
 * another participant is refused.
 */
public final class Crawler implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Crawler.class);

    private final CrawlPlan plan;
    private final CatalogReader reader;
    private final CallerIdentity identity;
    private final Consumer<URI> strangers;
    private final SearchIndex index;
    private final Clock clock;
    private final Map<String, Target> targets = new LinkedHashMap<>();
    private final Map<String, LongAdder> counts = new ConcurrentHashMap<>();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final NestedCatalog own;
    private @Nullable Thread thread;

    /** One connector; guarded by {@link #targets}. */
    private static final class Target {
        final URI address;
        final int depth;
        String did = "";
        List<CatalogReader.Page> pages = List.of();
        Set<String> keys = Set.of();
        Set<String> pointsTo = Set.of();
        @Nullable Instant seenAt;
        Instant firstAt;
        Instant nextAt;
        int failures;
        String fault = "";

        Target(URI address, int depth, Instant now) {
            this.address = address;
            this.depth = depth;
            firstAt = now;
            nextAt = now;
        }

        PeerState state() {
            return new PeerState(
                    address.toString(), did, depth, keys.size(), seenAt, failures, fault);
        }
    }

    /**
     * @param own our own catalogue, which is never crawled
     * @param peers of the plan, as addresses with the protocol's path
     * @param strangers throws {@link MemberException} for an address that a peer named and that we
     *     must not call
     */
    public Crawler(
            CrawlPlan plan,
            NestedCatalog own,
            List<URI> peers,
            CatalogReader reader,
            CallerIdentity identity,
            Consumer<URI> strangers,
            SearchIndex index,
            Clock clock) {
        this.plan = plan;
        this.own = own;
        this.reader = reader;
        this.identity = identity;
        this.strangers = strangers;
        this.index = index;
        this.clock = clock;
        for (URI peer : peers) {
            targets.putIfAbsent(peer.toString(), new Target(peer, 0, clock.instant()));
        }
    }

    /** Begins to read; without peers there is nothing to begin. */
    public synchronized void start() {
        if (thread == null && !plan.peers().isEmpty()) {
            thread = Thread.ofVirtual().name("catalog-crawler").start(this::run);
        }
    }

    private void run() {
        try {
            do {
                crawlDue();
            } while (!closing.await(untilNext().toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Duration untilNext() {
        synchronized (targets) {
            Instant now = clock.instant();
            return targets.values().stream()
                    .map(t -> Duration.between(now, t.nextAt))
                    .min(Comparator.naturalOrder())
                    .map(d -> d.compareTo(Duration.ofMillis(100)) < 0 ? Duration.ofMillis(100) : d)
                    .orElse(plan.every());
        }
    }

    /** Reads whatever is due now, also what is found on the way; returns when that is done. */
    public void crawlDue() throws InterruptedException {
        Optional<Target> due = due();
        while (due.isPresent() && closing.getCount() > 0) {
            crawl(due.get());
            due = due();
        }
        forget();
    }

    private Optional<Target> due() {
        synchronized (targets) {
            Instant now = clock.instant();
            return targets.values().stream().filter(t -> !t.nextAt.isAfter(now)).findFirst();
        }
    }

    private void crawl(Target target) throws InterruptedException {
        String address = target.address.toString();
        try {
            String did = identity.didOf(target.address);
            if (did.equals(own.participantId())) {
                failed(target, "crawl_own_catalog", "it is our own under another name");
                return;
            }
            Reading reading = reader.read(address, did, target.pages);
            String claimed = reading.pages().getFirst().body().path("participantId").asString("");
            if (!claimed.isEmpty() && !claimed.equals(did)) {
                failed(target, "crawl_participant_differs", "it calls itself another participant");
                return;
            }
            if (!reading.cut().isEmpty()) {
                count(reading.cut());
            }
            succeeded(target, did, reading);
        } catch (ReadException e) {
            failed(target, e.code(), String.valueOf(e.getMessage()));
        } catch (CallerIdentity.UnauthorizedException | IllegalArgumentException e) {
            failed(target, "crawl_identity_unknown", String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            LOG.error("the catalogue of {} can't be taken in", address, e);
            failed(target, "crawl_internal", e.getClass().getSimpleName());
        }
    }

    private void succeeded(Target target, String did, Reading reading) {
        if (!reading.unchanged() || target.keys.isEmpty()) {
            Set<String> keys = index(target, did, reading);
            target.keys.stream().filter(k -> !keys.contains(k)).forEach(index::remove);
            Set<String> found = nested(target, did, reading);
            synchronized (targets) {
                target.keys = keys;
                target.pages = reading.pages();
                target.pointsTo = found;
            }
        }
        synchronized (targets) {
            if (target.failures > 0) {
                LOG.info("{} answers again, {} entries", target.address, target.keys.size());
            }
            target.did = did;
            target.failures = 0;
            target.fault = "";
            target.seenAt = clock.instant();
            target.nextAt = target.seenAt.plus(plan.every());
        }
        count("crawl_catalogs_read");
    }

    private Set<String> index(Target target, String did, Reading reading) {
        Set<String> keys = new TreeSet<>();
        int room = plan.entries() - held() + target.keys.size();
        String address = target.address.toString();
        for (CatalogReader.Page page : reading.pages()) {
            for (CatalogGroup group : CatalogGroup.of(page.body(), did, address)) {
                for (JsonNode dataset : group.datasets()) {
                    Optional<CatalogEntry> entry = DcatEntry.read(dataset, did, address);
                    if (entry.isEmpty()) {
                        count("crawl_dataset_invalid");
                    } else if (keys.size() >= room) {
                        count("crawl_index_full");
                    } else {
                        index.put(entry.get());
                        keys.add(entry.get().key());
                    }
                }
            }
        }
        return keys;
    }

    private int held() {
        synchronized (targets) {
            return targets.values().stream().mapToInt(t -> t.keys.size()).sum();
        }
    }

    /** Takes up the catalogues that a page points to; their addresses. */
    private Set<String> nested(Target target, String did, Reading reading) {
        Set<String> found = new TreeSet<>();
        for (CatalogReader.Page page : reading.pages()) {
            String from = target.address.toString();
            for (CatalogGroup group : CatalogGroup.of(page.body(), did, from)) {
                for (String address : group.pointsTo(plan.catalogs())) {
                    if (found.size() < plan.catalogs()
                            && !address.equals(from)
                            && !address.equals(own.address().toString())) {
                        found.add(address);
                    }
                }
            }
        }
        found.removeIf(url -> !take(url, target.depth + 1));
        return found;
    }

    private boolean take(String url, int depth) {
        synchronized (targets) {
            if (targets.containsKey(url)) {
                return true;
            }
            if (depth > plan.depth()) {
                count("crawl_too_deep");
                return false;
            }
            if (targets.size() >= plan.catalogs()) {
                count("crawl_too_many_catalogs");
                return false;
            }
            try {
                URI address = URI.create(url);
                strangers.accept(address);
                targets.put(url, new Target(address, depth, clock.instant()));
                return true;
            } catch (IllegalArgumentException e) {
                count("crawl_address_refused");
                return false;
            }
        }
    }

    private void failed(Target target, String code, String why) {
        count(code);
        synchronized (targets) {
            if (target.failures == 0) {
                LOG.warn("the catalogue of {} can't be read: {} ({})", target.address, why, code);
            }
            target.failures++;
            target.fault = code;
            int pauses = Math.min(CrawlPlan.LONGEST_PAUSES, 1 << Math.min(10, target.failures));
            target.nextAt = clock.instant().plus(plan.every().multipliedBy(pauses));
        }
    }

    /** Drops entries of who has been silent too long, and connectors nobody points to any more. */
    private void forget() {
        synchronized (targets) {
            Instant limit = clock.instant().minus(plan.dropAfter());
            for (Target target : List.copyOf(targets.values())) {
                Instant since = target.seenAt == null ? target.firstAt : target.seenAt;
                if (target.failures > 0 && since.isBefore(limit)) {
                    if (!target.keys.isEmpty()) {
                        LOG.warn(
                                "{} entries of {} are dropped: it has not answered since {}",
                                target.keys.size(),
                                target.address,
                                since);
                    }
                    drop(target);
                    if (target.depth > 0) {
                        targets.remove(target.address.toString());
                    }
                }
            }
            Set<String> pointedTo = new TreeSet<>();
            targets.values().forEach(t -> pointedTo.addAll(t.pointsTo));
            for (Target target : List.copyOf(targets.values())) {
                String address = target.address.toString();
                if (target.depth > 0 && !pointedTo.contains(address)) {
                    drop(target);
                    targets.remove(address);
                }
            }
        }
    }

    private void drop(Target target) {
        target.keys.forEach(index::remove);
        target.keys = Set.of();
        target.pages = List.of();
        target.pointsTo = Set.of();
    }

    private void count(String name) {
        counts.computeIfAbsent(name, n -> new LongAdder()).increment();
    }

    /** How often what happened, by short stable name. */
    public Map<String, Long> counts() {
        Map<String, Long> sums = new TreeMap<>();
        counts.forEach((name, count) -> sums.put(name, count.sum()));
        return sums;
    }

    /** In the order in which they were met. */
    public List<PeerState> list() {
        synchronized (targets) {
            return targets.values().stream().map(Target::state).toList();
        }
    }

    /** How it stands with the connector at an address. */
    public Optional<PeerState> find(String address) {
        synchronized (targets) {
            return Optional.ofNullable(targets.get(address)).map(Target::state);
        }
    }

    /**
     * The configured connectors whose catalogues could be read last time, for our own catalogue.
     */
    public List<NestedCatalog> nested() {
        List<NestedCatalog> nested = new ArrayList<>();
        synchronized (targets) {
            for (Target target : targets.values()) {
                if (target.depth == 0 && target.seenAt != null && target.failures == 0) {
                    nested.add(new NestedCatalog(target.did, target.address));
                }
            }
        }
        return nested;
    }

    @Override
    public void close() {
        closing.countDown();
        Thread reading = thread;
        if (reading != null) {
            reading.interrupt();
        }
    }
}
