package org.roadloop.app.demo;

import java.util.Iterator;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Which reports were acknowledged, or sent: vehicle and collection time (报文清单). Any thread. */
final class Reports {
    private record Key(String vin, long collectedAtMicros) {}

    private final Set<Key> keys = ConcurrentHashMap.newKeySet();

    void add(String vin, long collectedAtMicros) {
        // The wire carries whole seconds.
        keys.add(new Key(vin, Math.floorDiv(collectedAtMicros, 1_000_000) * 1_000_000));
    }

    int size() {
        return keys.size();
    }

    /** How many of these the platform has not stored, and what it holds twice. */
    Outcome reconcile(Api provider) throws Exception {
        long missing = 0;
        long twice = 0;
        Iterator<Key> rest = keys.iterator();
        do {
            ObjectNode body = JsonMapper.shared().createObjectNode();
            ArrayNode reports = body.put("table", "vehicle_report").putArray("reports");
            for (int i = 0; i < 100_000 && rest.hasNext(); i++) {
                Key key = rest.next();
                reports.addArray().add(key.vin()).add(key.collectedAtMicros());
            }
            JsonNode answer = provider.post("/api/v1/ingest/reconcile", body);
            missing += answer.required("missing").asLong();
            twice = answer.required("storedTwice").asLong();
        } while (rest.hasNext());
        return new Outcome(keys.size(), missing, twice);
    }

    record Outcome(long asked, long missing, long storedTwice) {}
}
