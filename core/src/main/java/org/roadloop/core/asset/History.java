package org.roadloop.core.asset;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * All that was ever said about one asset id (资产沿革), by ledger index. Entries may come in any order
 * and more than once: another node's may arrive after a later one of ours. Guarded by the
 * catalogue.
 */
final class History {
    private sealed interface Act {
        Instant at();
    }

    private record Offered(Asset asset, Instant at) implements Act {}

    private record Withdrawn(String reason, Instant at) implements Act {}

    private final NavigableMap<Long, Act> acts = new TreeMap<>();

    /** False if the entry was known. */
    boolean offered(long index, Asset asset, Instant at) {
        return acts.putIfAbsent(index, new Offered(asset, at)) == null;
    }

    boolean withdrawn(long index, String reason, Instant at) {
        return acts.putIfAbsent(index, new Withdrawn(reason, at)) == null;
    }

    /** The asset as it is offered now, or null. */
    @Nullable Asset offeredNow() {
        return !acts.isEmpty() && acts.lastEntry().getValue() instanceof Offered last
                ? last.asset()
                : null;
    }

    /** Oldest first. */
    List<AssetVersion> versions() {
        List<AssetVersion> versions = new ArrayList<>();
        Instant issued = null;
        boolean offered = offeredNow() != null;
        long last = lastOffered();
        for (Map.Entry<Long, Act> act : acts.entrySet()) {
            if (act.getValue() instanceof Offered o) {
                issued = issued == null ? o.at() : issued;
                AssetVersion.State state =
                        act.getKey() < last
                                ? AssetVersion.State.SUPERSEDED
                                : offered
                                        ? AssetVersion.State.CURRENT
                                        : AssetVersion.State.WITHDRAWN;
                versions.add(
                        new AssetVersion(
                                o.asset(),
                                versions.size() + 1,
                                act.getKey(),
                                issued,
                                o.at(),
                                state));
            }
        }
        return versions;
    }

    private long lastOffered() {
        return acts.descendingMap().entrySet().stream()
                .filter(act -> act.getValue() instanceof Offered)
                .mapToLong(Map.Entry::getKey)
                .findFirst()
                .orElse(-1);
    }

    /** What an entry meant when it came, with the number of the version it is about. */
    CatalogChange change(String assetId, long index) {
        int version = 0;
        String kind = "";
        boolean before = false;
        for (Map.Entry<Long, Act> act : acts.headMap(index, true).entrySet()) {
            if (act.getValue() instanceof Offered o) {
                before = act.getKey() < index || before;
                version++;
                kind = o.asset().kind();
            }
        }
        Act act = acts.get(index);
        return switch (java.util.Objects.requireNonNull(act)) {
            case Offered o ->
                    new CatalogChange(
                            index,
                            o.at(),
                            before && !afterWithdrawal(index)
                                    ? CatalogChange.What.REPLACED
                                    : CatalogChange.What.PUBLISHED,
                            assetId,
                            kind,
                            version,
                            "");
            case Withdrawn w ->
                    new CatalogChange(
                            index,
                            w.at(),
                            CatalogChange.What.WITHDRAWN,
                            assetId,
                            kind,
                            version,
                            w.reason());
        };
    }

    private boolean afterWithdrawal(long index) {
        Map.Entry<Long, Act> before = acts.lowerEntry(index);
        return before != null && before.getValue() instanceof Withdrawn;
    }
}
