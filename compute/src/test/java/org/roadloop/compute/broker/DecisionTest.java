package org.roadloop.compute.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.roadloop.compute.site.Site;

/** Policy, price, order and bursts. */
class DecisionTest {
    private static final String SITES =
            """
            site  region arch    kind        trust green slots speed milli/s
            ai    east   aarch64 ACCELERATOR 2     0.8   5     1.0   8
            hpc   north  x86_64  HPC         3     0.5   5     1.0   8
            cloud south  x86_64  GENERAL     1     0.2   5     1.0   8
            """;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    sites       | regions    | trust | kinds       | arch    | green | site  | codes
                    hpc         |            | 0     |             |         | 0     | hpc   | allowed_sites allowed_sites
                                | south      | 0     |             |         | 0     | cloud | region region
                                |            | 3     |             |         | 0     | hpc   | trust trust
                                |            | 0     | ACCELERATOR |         | 0     | ai    | kind kind
                                |            | 0     |             | aarch64 | 0     | ai    | architecture architecture
                                |            | 0     |             |         | 0.7   | ai    | green_share green_share
                    hpc cloud   | east south | 0     |             |         | 0     | cloud | allowed_sites region
                    hpc         | east       | 0     |             |         | 0     | -     | allowed_sites region allowed_sites
                    """,
            useHeadersInDisplayName = true)
    void everySiteThatMayNotSaysWhy(
            String sites,
            String regions,
            int trust,
            String kinds,
            String arch,
            double green,
            String site,
            String codes) {
        Market market = new Market(SITES);
        SitePolicy policy =
                new SitePolicy(
                        Map.of(),
                        words(sites),
                        words(regions),
                        trust,
                        words(kinds).stream().map(Site.Kind::valueOf).collect(Collectors.toSet()),
                        words(arch),
                        green);
        Placement placement =
                market.broker.place(Market.wish("t", 10).with(Market.terms("", policy, false, 0)));
        assertThat(Market.site(placement)).isEqualTo(site);
        assertThat(
                        placement.quotes().stream()
                                .filter(Quote.Infeasible.class::isInstance)
                                .map(q -> ((Quote.Infeasible) q).code()))
                .containsExactly(codes.split(" "));
        assertThat(placement.reasons()).hasSize(3);
    }

    private static Set<String> words(String text) {
        return text == null ? Set.of() : Set.of(text.split(" "));
    }

    @ParameterizedTest
    @CsvSource({"1,npu,8,ai", "1,npu,9,-", "1,gpu,1,-", "5,npu,1,-"})
    void cardsAndNodesOfAGangMustBeThere(int nodes, String kind, int cards, String site) {
        Market market =
                new Market(
                        """
                        site region arch    kind        trust green slots speed milli/s
                        ai   east   aarch64 ACCELERATOR 2     0.8   64    1.0   8
                        """);
        Wish wish =
                new Wish(
                        "gang",
                        Market.work(10, false, new Site.Gang(nodes, kind, cards, "", true)),
                        List.of(),
                        Market.NOW,
                        Optional.empty(),
                        1,
                        "",
                        Long.MAX_VALUE);
        assertThat(Market.site(market.broker.place(wish))).isEqualTo(site);
    }

    @Test
    void fifteenTasksAtOnceSpread() throws Exception {
        Market market = new Market(SITES);
        // whoever only asks is sent to one site, however many ask
        Set<String> asked = new java.util.TreeSet<>();
        for (int i = 0; i < 15; i++) {
            Wish wish = Market.wish("asks", 10);
            asked.add(Ranking.ranked(market.broker.quotes(wish), wish).getFirst().site());
        }
        assertThat(asked).hasSize(1);

        List<Callable<String>> burst = new ArrayList<>();
        for (int i = 0; i < 15; i++) {
            Wish wish = Market.wish("burst-" + i, 10);
            burst.add(() -> Market.site(market.broker.place(wish)));
        }
        Map<String, Integer> placed = new TreeMap<>();
        try (var threads = Executors.newFixedThreadPool(15)) {
            for (var future : threads.invokeAll(burst)) {
                placed.merge(future.get(), 1, Integer::sum);
            }
        }
        assertThat(placed).isEqualTo(Map.of("ai", 5, "hpc", 5, "cloud", 5));
        assertThat(market.calendar.bookings())
                .allMatch(b -> b.claims().getLast().from().equals(Market.NOW));
    }

    @Test
    void thePriceGrowsWithWhatIsBookedAndTheLastSlotsGoToWhomTheyAreWorthIt() {
        Market market = new Market(SITES);
        List<Long> prices = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            prices.add(price(market.broker.place(worth("t" + i, Long.MAX_VALUE))));
        }
        Placement frugal = market.broker.place(worth("frugal", 4_000));
        assertThat(frugal.reasons()).contains("hpc: costs 4804, at most 4000 is allowed");
        prices.add(price(market.broker.place(worth("worthy", 5_000))));
        // 800 · (1 + 0.02 · (1000^load − 1)) at loads 0, 1/5 … 4/5, rounded up
        assertThat(prices).containsExactly(800L, 848L, 1038L, 1794L, 4804L);
    }

    private static Wish worth(String task, long milli) {
        return new Wish(
                task, Market.work(100), List.of(), Market.NOW, Optional.empty(), 1, "hpc", milli);
    }

    private static long price(Placement placement) {
        return placement.chosen().orElseThrow().milliCost();
    }

    @Test
    void rankedSitesFillInTheirOrderAndThenOverflow() {
        Market market = new Market(SITES);
        Wish.Terms ranked =
                new Wish.Terms(
                        "",
                        SitePolicy.ANY,
                        false,
                        Optional.empty(),
                        List.of("cloud", "ai"),
                        Duration.ofSeconds(20),
                        "",
                        0);
        StringBuilder order = new StringBuilder();
        for (int i = 0; i < 22; i++) {
            order.append(Market.site(market.broker.place(Market.wish("t" + i, 10).with(ranked))))
                    .append(' ');
        }
        // a slot is booked for 16 s: five at the cloud now and five in 16 s; a third round there
        // would start 32 s late and goes on to ai, until that is no earlier either
        assertThat(order.toString())
                .isEqualTo("cloud ".repeat(10) + "ai ".repeat(5) + "cloud ".repeat(5) + "ai ai ");
    }

    @Test
    void moneyDecidesWhereThingsHaveAPrice() {
        Market market =
                new Market(
                        """
                        site region arch   kind    trust green slots speed milli/s
                        fast north  x86_64 GENERAL 3     0.0   1     2.0   20
                        slow north  x86_64 GENERAL 3     1.0   1     0.5   2
                        """);
        // fast: 50 s for 1000; slow: 200 s for 400
        assertThat(site(market, 300, 0, 0)).as("in time, so the cheap one").isEqualTo("slow");
        assertThat(site(market, 100, 5, 0)).as("500 late at 5 > 600").isEqualTo("slow");
        assertThat(site(market, 100, 7, 0)).as("100 s late at 7 are 700").isEqualTo("fast");
        assertThat(site(market, 100, 7, 3)).as("50 brown seconds at 3 are 150").isEqualTo("slow");
    }

    private static String site(Market market, int due, double late, double brown) {
        Wish.Terms terms =
                new Wish.Terms(
                        "",
                        SitePolicy.ANY,
                        false,
                        Optional.of(new Wish.Worth(Market.NOW.plusSeconds(due), late, 0, brown)),
                        List.of(),
                        Duration.ZERO,
                        "",
                        0);
        Wish wish = Market.wish("t", 100).with(terms);
        return Ranking.ranked(market.broker.quotes(wish), wish).getFirst().site();
    }
}
