package org.roadloop.app.catalog;

import org.roadloop.core.asset.AssetCatalog;
import org.roadloop.core.asset.AssetVersion;
import org.roadloop.core.catalog.CatalogEntry;
import org.roadloop.core.catalog.SearchIndex;

/**
 * Keeps own assets in the search index (本地目录入索引). They are put there at the first search, because
 * most starts search nothing, and follow every change from then on. Any thread.
 */
public final class LocalEntries {
    private final AssetCatalog catalog;
    private final SearchIndex index;
    private boolean filled;

    /**
     * @param index which the crawler fills too
     */
    public LocalEntries(AssetCatalog catalog, SearchIndex index) {
        this.catalog = catalog;
        this.index = index;
    }

    public synchronized SearchIndex index() {
        if (!filled) {
            catalog.onChange(this::refresh);
            catalog.listVersions().forEach(v -> index.put(CatalogEntry.of(v)));
            // one that was withdrawn between the two lines above
            catalog.listVersions().forEach(v -> refresh(v.asset().id()));
            filled = true;
        }
        return index;
    }

    private void refresh(String assetId) {
        AssetVersion last = catalog.listVersions(assetId).getLast();
        if (last.state() == AssetVersion.State.CURRENT) {
            index.put(CatalogEntry.of(last));
        } else {
            index.remove(CatalogEntry.of(last).key());
        }
    }
}
