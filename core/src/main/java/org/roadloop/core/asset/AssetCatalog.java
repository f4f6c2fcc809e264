package org.roadloop.core.asset;

import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Stream;
import org.roadloop.core.ledger.Entry;
import org.roadloop.core.ledger.Event;
import org.roadloop.core.ledger.Ledger;
import org.roadloop.core.ledger.Receipt;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a participant offers (资产目录): the fold of {@code asset.offered} and {@code asset.withdrawn}.
 * Any thread.
 */
public final class AssetCatalog {
    public static final String OFFERED = "asset.offered";
    public static final String WITHDRAWN = "asset.withdrawn";

    private final Ledger ledger;
    private final String did;
    private final Clock clock;
    private final Map<String, Asset> assets = new ConcurrentSkipListMap<>();
    private final Map<String, Asset> published = new ConcurrentHashMap<>();

    /** Index of the last entry about an asset that is in here. */
    private final Map<String, Long> foldedTo = new ConcurrentHashMap<>();

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
    public synchronized Receipt offer(Asset asset) {
        Event event = Event.of(OFFERED, clock.instant(), did, asset.id(), AssetJson.write(asset));
        Receipt receipt = ledger.append(event);
        fold(event, receipt.firstIndex());
        return receipt;
    }

    /** Takes an asset out of the catalogue; agreements about it stay. */
    public synchronized Receipt withdraw(String assetId, String reason) {
        Asset asset = get(assetId);
        Event event =
                Event.of(
                        WITHDRAWN,
                        clock.instant(),
                        did,
                        asset.id(),
                        JsonMapper.shared().createObjectNode().put("reason", reason));
        Receipt receipt = ledger.append(event);
        fold(event, receipt.firstIndex());
        return receipt;
    }

    /**
     * Takes over what another node has appended; an entry that is in here already changes nothing.
     */
    public synchronized void follow(Entry entry) {
        fold(entry.event(), entry.index());
    }

    public List<Asset> list() {
        return List.copyOf(assets.values());
    }

    public Optional<Asset> find(String assetId) {
        return Optional.ofNullable(assets.get(assetId));
    }

    public Asset get(String assetId) {
        return find(assetId)
                .orElseThrow(
                        () ->
                                new NoSuchElementException(
                                        "no asset '"
                                                + assetId
                                                + "' is offered; offered are "
                                                + assets.keySet()));
    }

    /** The last version of an asset that is or was offered: contracts outlive the offer. */
    public Asset getPublished(String assetId) {
        Asset asset = published.get(assetId);
        if (asset == null) {
            throw new NoSuchElementException("no asset '" + assetId + "' was ever offered here");
        }
        return asset;
    }

    private void fold(Event event, long index) {
        boolean ours = event.type().equals(OFFERED) || event.type().equals(WITHDRAWN);
        if (!ours || index <= foldedTo.getOrDefault(event.subject(), -1L)) {
            return;
        }
        foldedTo.put(event.subject(), index);
        switch (event.type()) {
            case OFFERED -> {
                if (event.body() instanceof Event.Inline inline) {
                    Asset asset = AssetJson.read(inline.json());
                    assets.put(event.subject(), asset);
                    published.put(event.subject(), asset);
                }
            }
            case WITHDRAWN -> assets.remove(event.subject());
            default -> {}
        }
    }
}
