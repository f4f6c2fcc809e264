package org.roadloop.core.clearing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AuctionTest {
    private static final Instant AT = Instant.parse("2026-11-22T08:00:00Z");

    /** Bids in the order they came: {@code bidder:milli}; reserve 100. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    a:300 b:250 c:90 | a | 250
                    a:300            | a | 100
                    a:100            | a | 100
                    a:99             |   | 0
                                     |   | 0
                    b:200 a:200      | b | 200
                    b:150 a:90       | b | 100
                    """)
    void theHighestWinsAndPaysTheSecondPrice(String bids, String winner, long price) {
        Auction auction = new Auction("a-1", "asset-1", "CNY", 100);
        List<Auction.Bid> sealed = new ArrayList<>();
        for (String bid : bids == null ? new String[0] : bids.split(" ")) {
            String[] parts = bid.split(":");
            sealed.add(
                    new Auction.Bid(
                            parts[0], Long.parseLong(parts[1]), AT.plusSeconds(sealed.size())));
        }
        Auction.Result result = auction.close(sealed);
        assertThat(result.winner().orElse(null)).isEqualTo(winner);
        assertThat(result.priceMilli()).isEqualTo(price);
        assertThat(auction.close(sealed.reversed())).isEqualTo(result);
        if (winner != null) {
            assertThat(result.price("use", "", 1).milli()).isEqualTo(price);
            assertThat(result.event(AT, "did:web:p.example").json().path("priceMilli").asLong())
                    .isEqualTo(price);
        }
    }

    @org.junit.jupiter.api.Test
    void oneBidABidder() {
        Auction.Bid bid = new Auction.Bid("a", 5, AT);
        assertThatThrownBy(
                        () ->
                                new Auction("a-1", "asset-1", "CNY", 0)
                                        .close(Arrays.asList(bid, bid)))
                .hasMessageContaining("bid twice");
    }
}
