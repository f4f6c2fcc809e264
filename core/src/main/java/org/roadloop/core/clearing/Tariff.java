package org.roadloop.core.clearing;

import java.time.ZoneId;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What use costs, agreed with the contract (价目). Money is integer: thousandths of the currency's
 * main unit (厘 for CNY); taxes are left to the invoice. JSON: {@link TariffJson}.
 *
 * @param currency ISO 4217
 * @param zone days and months of subscriptions are counted in it
 * @param shares who gets a part of the provider's income; what is not given away stays with it
 */
public record Tariff(
        String currency, ZoneId zone, List<Price> prices, List<Share> shares, Credits credits) {
    public static final ZoneId ZONE = ZoneId.of("Asia/Shanghai");
    public static final int WHOLE = 10_000;
    public static final Tariff FREE = new Tariff("CNY", List.of());

    public Tariff {
        if (!currency.matches("[A-Z]{3}")) {
            throw new IllegalArgumentException(
                    "currency '" + currency + "' is not an ISO 4217 code");
        }
        prices = List.copyOf(prices);
        shares = List.copyOf(shares);
        checkPrices(prices);
        checkShares(shares);
    }

    public Tariff(String currency, List<? extends Price> prices) {
        this(currency, ZONE, List.copyOf(prices), List.of(), Credits.NONE);
    }

    private static void checkPrices(List<Price> prices) {
        Set<List<String>> seen = new HashSet<>();
        for (Price price : prices) {
            List<String> key =
                    switch (price) {
                        case Price.Metered metered -> List.of(metered.unit(), metered.flavour());
                        case Price.Subscription subscription -> List.of(subscription.model());
                        case Price.MonthlyBounds bounds -> List.of(bounds.model());
                    };
            if (!seen.add(key)) {
                throw new IllegalArgumentException(
                        "two prices for " + String.join(" ", key).strip() + "; give one");
            }
        }
    }

    private static void checkShares(List<Share> shares) {
        long sum = shares.stream().mapToLong(Share::basisPoints).sum();
        if (sum > WHOLE) {
            throw new IllegalArgumentException(
                    "shares of " + sum + " basis points are more than the whole, " + WHOLE);
        }
        if (shares.stream().map(Share::beneficiary).distinct().count() != shares.size()) {
            throw new IllegalArgumentException("a beneficiary has two shares; give one");
        }
    }

    /** The price of what was used: its flavour's own, else that of the unit; empty: free. */
    public Optional<Price.Metered> findPrice(String unit, String flavour) {
        Price.Metered general = null;
        for (Price price : prices) {
            if (price instanceof Price.Metered metered && metered.unit().equals(unit)) {
                if (metered.flavour().equals(flavour)) {
                    return Optional.of(metered);
                }
                if (metered.flavour().isEmpty()) {
                    general = metered;
                }
            }
        }
        return Optional.ofNullable(general);
    }

    /**
     * A part of the provider's income (分成).
     *
     * @param beneficiary DID
     */
    public record Share(String beneficiary, int basisPoints) {
        public Share {
            if (basisPoints < 1 || basisPoints > WHOLE) {
                throw new IllegalArgumentException(
                        "share of " + basisPoints + " basis points: 1 to " + WHOLE);
            }
        }
    }

    /**
     * What the consumer gets back for a missed service level (服务等级违约返还): basis points of the day's
     * charge, after corrections and the monthly cap, for each objective missed that day, rounded
     * half up.
     *
     * @param capBasisPoints of a day, over all objectives
     */
    public record Credits(List<Objective> objectives, int capBasisPoints) {
        public static final Credits NONE = new Credits(List.of(), 0);

        public Credits {
            objectives = List.copyOf(objectives);
            if (capBasisPoints < 0 || capBasisPoints > WHOLE) {
                throw new IllegalArgumentException(
                        "cap of " + capBasisPoints + " basis points: 0 to " + WHOLE);
            }
            if (objectives.stream().map(Objective::objective).distinct().count()
                    != objectives.size()) {
                throw new IllegalArgumentException("an objective has two credits; give one");
            }
        }

        /** Basis points for an objective; 0 if the tariff does not name it. */
        public int basisPoints(String objective) {
            for (Objective o : objectives) {
                if (o.objective().equals(objective)) {
                    return o.basisPoints();
                }
            }
            return 0;
        }
    }

    /**
     * @param objective name of a service level, as in {@code sla.missed}: {@code availability}
     */
    public record Objective(String objective, int basisPoints) {
        public Objective {
            if (objective.isEmpty() || basisPoints < 1 || basisPoints > WHOLE) {
                throw new IllegalArgumentException(
                        "credit of "
                                + basisPoints
                                + " basis points for '"
                                + objective
                                + "': a name, and 1 to "
                                + WHOLE);
            }
        }
    }
}
