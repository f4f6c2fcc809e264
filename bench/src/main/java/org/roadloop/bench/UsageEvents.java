package org.roadloop.bench;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import org.roadloop.core.ledger.Event;
import tools.jackson.databind.json.JsonMapper;

/**
 * Metered uses as a park sees them in a day (计量事件): some hundred agreements, each entry about 400
 * bytes of JCS. Seeded, so that every run appends the same bytes. One thread.
 */
final class UsageEvents {
    private static final int AGREEMENTS = 400;
    private static final Instant START = Instant.parse("2026-06-01T00:00:00Z");
    private static final String PROVIDER = "did:web:cloud.park.example";
    private static final String[] METERS = {"pull", "push", "stream", "task"};
    private static final String[] UNITS = {"byte", "row", "call", "compute-millisecond"};

    private final SplittableRandom random;
    private final String[] agreements = new String[AGREEMENTS];
    private long made;
    private long quantity;

    UsageEvents(long seed) {
        random = new SplittableRandom(seed);
        for (int i = 0; i < AGREEMENTS; i++) {
            agreements[i] = "urn:uuid:" + uuid();
        }
    }

    private String uuid() {
        String hex = HexFormat.of().toHexDigits(random.nextLong());
        return hex.substring(0, 8)
                + "-"
                + hex.substring(8, 12)
                + "-4"
                + hex.substring(13)
                + "-8"
                + HexFormat.of().toHexDigits(random.nextLong()).substring(0, 3)
                + "-"
                + HexFormat.of().toHexDigits(random.nextLong()).substring(0, 12);
    }

    Event next() {
        int kind = random.nextInt(METERS.length);
        int amount = 1 + random.nextInt(5_000_000);
        Instant at = START.plusMillis(made * 8);
        byte[] evidence = new byte[32];
        random.nextBytes(evidence);
        quantity += amount;
        made++;
        return Event.of(
                "usage.metered",
                at,
                PROVIDER,
                agreements[random.nextInt(AGREEMENTS)],
                JsonMapper.shared()
                        .createObjectNode()
                        .put("actor", "did:web:oem-" + random.nextInt(40) + ".example")
                        .put("asset", "urn:asset:track-points-junction-" + random.nextInt(90))
                        .put("evidence", HexFormat.of().formatHex(evidence))
                        .put("from", at.minusSeconds(60).toString())
                        .put("meter", METERS[kind])
                        .put("quantity", amount)
                        .put("unit", UNITS[kind])
                        .put("until", at.toString()));
    }

    List<Event> next(int count) {
        List<Event> events = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            events.add(next());
        }
        return events;
    }

    /** Sum over all made. */
    long quantity() {
        return quantity;
    }
}
