package org.roadloop.core.catalog;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.asset.AssetCatalog;
import org.roadloop.core.asset.CatalogChange;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What changed in the catalogue since a subscriber asked last (目录订阅). The cursor is a place in the
 * ledger, kept by the subscriber: who stores it after its own work is told everything at least
 * once, over restarts of both sides. Any thread.
 */
public final class CatalogFeed {
    /** From the first change ever. */
    public static final long START = -1;

    private static final int STEP = 200;

    private final AssetCatalog catalog;

    public CatalogFeed(AssetCatalog catalog) {
        this.catalog = catalog;
    }

    /**
     * @param cursor where to go on from, also where nothing was shown
     */
    public record Page(List<CatalogChange> items, long cursor) {
        public Page {
            items = List.copyOf(items);
        }

        /** {@code {items: [{change, id, kind, version, at, reason?}], cursor}}. */
        public ObjectNode json() {
            ObjectNode json = JsonMapper.shared().createObjectNode();
            ArrayNode list = json.putArray("items");
            items.forEach(item -> list.add(CatalogFeed.json(item)));
            return json.put("cursor", text(cursor));
        }
    }

    public static ObjectNode json(CatalogChange change) {
        ObjectNode json = JsonMapper.shared().createObjectNode();
        json.put("change", change.what().name().toLowerCase(Locale.ROOT));
        json.put("id", change.assetId()).put("kind", change.kind());
        json.put("version", change.version()).put("at", change.at().toString());
        if (!change.reason().isEmpty()) {
            json.put("reason", change.reason());
        }
        return json.put("cursor", text(change.ledgerIndex()));
    }

    /**
     * @param cursor null or empty: {@link #START}
     * @throws IllegalArgumentException for a text that is no cursor
     */
    public static long position(@Nullable String cursor) {
        if (cursor == null || cursor.isEmpty()) {
            return START;
        }
        if (!cursor.matches("e[0-9]{1,18}")) {
            throw new IllegalArgumentException(
                    "cursor is not one that this server gave; take 'cursor' of the answer before");
        }
        return Long.parseLong(cursor.substring(1));
    }

    public static String text(long position) {
        return position < 0 ? "" : "e" + position;
    }

    /**
     * @param atMost how long to wait while there is nothing to tell
     * @param shown which changes the subscriber may see
     */
    public Page page(long after, int limit, Duration atMost, Predicate<CatalogChange> shown)
            throws InterruptedException {
        long until = System.nanoTime() + atMost.toNanos();
        long at = after;
        List<CatalogChange> items = new ArrayList<>();
        while (true) {
            List<CatalogChange> step = catalog.changes(at, STEP);
            for (CatalogChange change : step) {
                if (items.size() == limit) {
                    return new Page(items, at);
                }
                at = change.ledgerIndex();
                if (shown.test(change)) {
                    items.add(change);
                }
            }
            if (step.size() < STEP) {
                Duration left = Duration.ofNanos(until - System.nanoTime());
                if (!items.isEmpty() || !catalog.awaitChange(at, left)) {
                    return new Page(items, at);
                }
            }
        }
    }
}
