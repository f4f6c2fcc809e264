package org.roadloop.app.config;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.roadloop.core.policy.Place;

/**
 * What uses are judged by beyond contracts and credentials (使用控制设置).
 *
 * @param place where this site is; tasks run here
 * @param partners where others are by what they told this operator, by DID; a credential that says
 *     it goes before
 * @param deletionGrace so long after its deadline a receipt of a deletion may still come
 * @param receivedDays a file that was pushed here is kept so long, unless its contract says sooner
 * @param gates what a contract passes before it is signed
 */
public record UsageControl(
        Optional<Place> place,
        Map<String, Place> partners,
        Duration deletionGrace,
        int receivedDays,
        GateRules gates) {
    public static final UsageControl DEFAULTS =
            new UsageControl(Optional.empty(), Map.of(), Duration.ofMinutes(10), 30);

    public UsageControl {
        partners = Map.copyOf(partners);
    }

    /** Without gates. */
    public UsageControl(
            Optional<Place> place,
            Map<String, Place> partners,
            Duration deletionGrace,
            int receivedDays) {
        this(place, partners, deletionGrace, receivedDays, GateRules.OFF);
    }

    static UsageControl read(Section s) {
        Map<String, Place> partners = new HashMap<>();
        s.groups(
                        "partners",
                        p ->
                                Map.entry(
                                        p.required("did", "did:web:partner.example"),
                                        place(p, Place.Basis.DECLARED)))
                .forEach(
                        e ->
                                partners.put(
                                        e.getKey(),
                                        e.getValue()
                                                .orElseThrow(
                                                        () ->
                                                                new IllegalArgumentException(
                                                                        "a partner has a region or"
                                                                                + " a point"))));
        return new UsageControl(
                place(s, Place.Basis.OWN),
                partners,
                Duration.ofSeconds(
                        s.whole(
                                "deletionGraceSeconds",
                                DEFAULTS.deletionGrace().toSeconds(),
                                0,
                                2_592_000)),
                (int) s.whole("receivedDays", DEFAULTS.receivedDays(), 1, 36_500),
                s.group("gates", GateRules::read, GateRules.OFF));
    }

    private static Optional<Place> place(Section s, Place.Basis basis) {
        String region = s.text("region", "");
        String point = s.text("point", "");
        if (region.isEmpty() && point.isEmpty()) {
            return Optional.empty();
        }
        if (point.isEmpty()) {
            return Optional.of(new Place(region, null, basis));
        }
        String[] pair = point.strip().split("[ ,]+");
        if (pair.length != 2) {
            throw new IllegalArgumentException(
                    "point '" + point + "' is no longitude and latitude like \"121.47 31.23\"");
        }
        try {
            return Optional.of(
                    new Place(
                            region,
                            new Place.Point(
                                    Double.parseDouble(pair[0]), Double.parseDouble(pair[1])),
                            basis));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("point '" + point + "' is no pair of numbers", e);
        }
    }
}
