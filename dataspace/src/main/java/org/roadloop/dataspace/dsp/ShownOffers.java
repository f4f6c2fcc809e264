package org.roadloop.dataspace.dsp;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.roadloop.core.policy.Policy;

/**
 * The offers that providers have shown us lately (已见要约). Some connectors, Eclipse EDC among them,
 * give an offer a new id each time they show it and take all of these: the id that was chosen need
 * not be in the next answer. Any thread.
 */
final class ShownOffers {
    private static final int MOST = 4_096;

    private final Map<Key, Policy> offers =
            new LinkedHashMap<>() {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<Key, Policy> eldest) {
                    return size() > MOST;
                }
            };

    private record Key(String address, String datasetId, String offerId) {}

    synchronized void note(String address, Catalog.Dataset dataset) {
        for (Policy offer : dataset.offers()) {
            Key key = new Key(address, dataset.id(), offer.uid());
            offers.remove(key); // what was shown last goes last
            offers.put(key, offer);
        }
    }

    /** With its target. */
    synchronized Optional<Policy> find(String address, String datasetId, String offerId) {
        return Optional.ofNullable(offers.get(new Key(address, datasetId, offerId)));
    }
}
