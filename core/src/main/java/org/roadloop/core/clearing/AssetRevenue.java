package org.roadloop.core.clearing;

import java.time.Instant;
import java.util.List;

/** What an asset earned (资产收入), as clearing booked it. Any thread. */
public interface AssetRevenue {
    /** Of a platform that clears nothing. */
    AssetRevenue NONE = (asset, from, until) -> List.of();

    /**
     * @param milli thousandths of the currency, before tax
     * @param entries ledger entries that it was booked for
     */
    record Amount(String currency, long milli, List<Long> entries) {
        public Amount {
            entries = List.copyOf(entries);
        }
    }

    /** Booked to the provider on the days of {@code [from, until)}, an amount a currency. */
    List<Amount> of(String asset, Instant from, Instant until);
}
