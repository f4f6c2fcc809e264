package org.roadloop.core.clearing;

import java.util.List;

/**
 * What a use costs, agreed with the contract (价目). Money is integer: thousandths of the currency's
 * main unit (厘 for CNY).
 *
 * @param currency ISO 4217
 */
public record Tariff(String currency, List<Price> prices) {
    public static final Tariff FREE = new Tariff("CNY", List.of());

    public Tariff {
        if (!currency.matches("[A-Z]{3}")) {
            throw new IllegalArgumentException(
                    "currency '" + currency + "' is not an ISO 4217 code");
        }
        prices = List.copyOf(prices);
    }

    /**
     * {@code milli} thousandths for every started {@code per} units.
     *
     * @param unit the unit of {@link UsageRecord}
     */
    public record Price(String unit, long per, long milli) {
        public Price {
            if (per < 1 || milli < 0) {
                throw new IllegalArgumentException(
                        "price of "
                                + milli
                                + " per "
                                + per
                                + " "
                                + unit
                                + ": per ≥ 1 and milli ≥ 0");
            }
        }
    }
}
