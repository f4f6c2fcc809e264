package org.roadloop.core.asset;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.roadloop.core.ledger.Entry;
import org.roadloop.core.ledger.Event;
import org.roadloop.core.ledger.Ledger;
import org.roadloop.core.ledger.Receipt;
import org.roadloop.core.policy.Policy;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a participant offers (资产目录), with every version it ever offered: the fold of {@code
 * asset.offered} and {@code asset.withdrawn}. Any thread.
 */
public final class AssetCatalog {
    public static final String OFFERED = "asset.offered";
    public static final String WITHDRAWN = "asset.withdrawn";

    private final Ledger ledger;
    private final String did;
    private final Clock clock;
    private final NavigableMap<String, AssetVersion> offered = new ConcurrentSkipListMap<>();
    private final NavigableMap<Long, String> changed = new TreeMap<>();
    private final Map<String, History> histories = new HashMap<>();
    private final List<Consumer<String>> listeners = new CopyOnWriteArrayList<>();

    /** Guards the maps above, and one publication after the other. */
    private final ReentrantLock lock = new ReentrantLock();

    private final Condition change = lock.newCondition();
    private boolean ending;

    /** Replays the ledger. */
    public AssetCatalog(Ledger ledger, String did, Clock clock) {
        this.ledger = ledger;
        this.did = did;
        this.clock = clock;
        try (Stream<Entry> entries = ledger.read(0, Set.of(OFFERED, WITHDRAWN))) {
            entries.forEach(this::follow);
        }
    }

    /** Publishes an asset, or its next version under the same id. */
    public Receipt offer(Asset asset) {
        return append(Event.of(OFFERED, clock.instant(), did, asset.id(), AssetJson.write(asset)));
    }

    /** Takes an asset out of the catalogue; agreements about it stay. */
    public Receipt withdraw(String assetId, String reason) {
        Asset asset = get(assetId);
        return append(
                Event.of(
                        WITHDRAWN,
                        clock.instant(),
                        did,
                        asset.id(),
                        JsonMapper.shared().createObjectNode().put("reason", reason)));
    }

    private Receipt append(Event event) {
        lock.lock();
        try {
            Receipt receipt = ledger.append(event);
            fold(event, receipt.firstIndex());
            return receipt;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Takes over what another node has appended; an entry that is in here already changes nothing.
     */
    public void follow(Entry entry) {
        String type = entry.event().type();
        if (!type.equals(OFFERED) && !type.equals(WITHDRAWN)) {
            return;
        }
        lock.lock();
        try {
            fold(entry.event(), entry.index());
        } finally {
            lock.unlock();
        }
    }

    /** What is offered, by id. */
    public List<Asset> list() {
        return offered.values().stream().map(AssetVersion::asset).toList();
    }

    /** What is offered with numbers and dates, by id. */
    public List<AssetVersion> listVersions() {
        return List.copyOf(offered.values());
    }

    /**
     * What is offered, from an id on, without it; weakly consistent while assets come and go.
     *
     * @param from empty: from the start
     * @param forward by growing ids; else by falling ones
     */
    public Iterator<AssetVersion> iterate(String from, boolean forward) {
        return (forward
                        ? offered.tailMap(from, false)
                        : offered.headMap(from, false).descendingMap())
                .values()
                .iterator();
    }

    public Optional<Asset> find(String assetId) {
        return findVersion(assetId).map(AssetVersion::asset);
    }

    /** The version that is offered now. */
    public Optional<AssetVersion> findVersion(String assetId) {
        return Optional.ofNullable(offered.get(assetId));
    }

    public Asset get(String assetId) {
        return find(assetId)
                .orElseThrow(
                        () ->
                                new NoSuchElementException(
                                        "no asset '"
                                                + assetId
                                                + "' is offered; offered are "
                                                + offered.keySet().stream().limit(20).toList()));
    }

    /** The last version of an asset that is or was offered: contracts outlive the offer. */
    public Asset getPublished(String assetId) {
        return listVersions(assetId).getLast().asset();
    }

    /**
     * All versions of an asset, oldest first.
     *
     * @throws NoSuchElementException if it was never offered
     */
    public List<AssetVersion> listVersions(String assetId) {
        lock.lock();
        try {
            History history = histories.get(assetId);
            List<AssetVersion> versions = history == null ? List.of() : history.versions();
            if (versions.isEmpty()) {
                throw new NoSuchElementException(
                        "no asset '" + assetId + "' was ever offered here");
            }
            return versions;
        } finally {
            lock.unlock();
        }
    }

    /**
     * The version a contract was signed for: the last one before it that has its terms. Both the
     * signed time and the ledger say what came before, so that a version that was published between
     * the signature and its entry is not taken for it.
     *
     * @param terms of the agreement
     * @param agreedAt as both signed it
     * @param agreedIndex entry of the contract
     */
    public AssetVersion getAgreed(
            String assetId, Policy terms, Instant agreedAt, long agreedIndex) {
        List<AssetVersion> before =
                listVersions(assetId).stream()
                        .filter(v -> v.ledgerIndex() < agreedIndex)
                        .filter(v -> !v.publishedAt().isAfter(agreedAt))
                        .toList();
        if (before.isEmpty()) {
            return listVersions(assetId).getFirst();
        }
        for (AssetVersion version : before.reversed()) {
            if (version.asset().offers().stream().anyMatch(o -> o.terms().sameTerms(terms))) {
                return version;
            }
        }
        return before.getLast(); // terms of a counter-offer
    }

    /**
     * Changes in the order of the ledger.
     *
     * @param after index of the last change that is known; -1: from the start
     */
    public List<CatalogChange> changes(long after, int limit) {
        lock.lock();
        try {
            List<CatalogChange> changes = new ArrayList<>();
            for (var entry : changed.tailMap(after, false).entrySet()) {
                if (changes.size() == limit) {
                    break;
                }
                History history = histories.get(entry.getValue());
                if (history != null) {
                    changes.add(history.change(entry.getValue(), entry.getKey()));
                }
            }
            return changes;
        } finally {
            lock.unlock();
        }
    }

    /** Waits until there is a change after {@code after}; false if the time is over first. */
    public boolean awaitChange(long after, Duration atMost) throws InterruptedException {
        long left = atMost.toNanos();
        lock.lock();
        try {
            while (changed.isEmpty() || changed.lastKey() <= after) {
                if (left <= 0 || ending) {
                    return false;
                }
                left = change.awaitNanos(left);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Lets everybody go who waits for a change, now and from now on: the platform closes. */
    public void endWaiting() {
        lock.lock();
        try {
            ending = true;
            change.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Told the id of each asset that changed; must be quick. */
    public void onChange(Consumer<String> listener) {
        listeners.add(listener);
    }

    private void fold(Event event, long index) {
        String id = event.subject();
        if (!(event.body() instanceof Event.Inline inline)) {
            return;
        }
        History history = histories.computeIfAbsent(id, key -> new History());
        Instant at = event.at().truncatedTo(ChronoUnit.MILLIS); // as it is read back
        boolean news =
                event.type().equals(OFFERED)
                        ? history.offered(index, AssetJson.read(inline.json()), at)
                        : history.withdrawn(index, inline.json().path("reason").asString(""), at);
        if (!news) {
            return;
        }
        changed.put(index, id);
        if (history.offeredNow() == null) {
            offered.remove(id);
        } else {
            offered.put(id, history.versions().getLast());
        }
        change.signalAll();
        listeners.forEach(listener -> listener.accept(id));
    }
}
