package org.roadloop.core.clearing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.roadloop.core.ledger.Entry;
import org.roadloop.core.ledger.Event;

class ClearingTest {
    private static final Instant AT = Instant.parse("2026-11-22T08:00:00Z");
    private static final String PROVIDER = "did:web:provider.example";
    private static final String CONSUMER = "did:web:consumer.example";
    private static final Tariff TARIFF =
            new Tariff(
                    "CNY",
                    List.of(
                            new Price.PerUnit("row", 1_000, 25),
                            new Price.PerUnit("call", 1, 100)));

    private static UsageRecord use(String agreement, long quantity, String unit, int second) {
        return new UsageRecord(
                agreement,
                "asset-1",
                CONSUMER,
                "use",
                "research",
                quantity,
                unit,
                "usage-gate",
                1,
                AT.plusSeconds(second),
                AT.plusSeconds(second + 1));
    }

    private static Entry entry(long index, UsageRecord use) {
        return new Entry(
                index,
                Event.of(UsageRecord.EVENT, use.until(), PROVIDER, use.agreement(), use.toJson()));
    }

    @Test
    void aBillFromUses() {
        Clearing clearing = new Clearing();
        clearing.register("a-1", PROVIDER, CONSUMER, TARIFF);
        clearing.apply(entry(0, use("a-1", 600, "row", 0)));
        clearing.apply(entry(1, use("a-1", 600, "row", 1)));
        clearing.apply(entry(2, use("a-1", 3, "call", 2)));
        clearing.apply(entry(3, use("a-1", 5_000, "byte", 3)));
        clearing.apply(entry(4, use("a-1", 3, "call", 2)));
        clearing.apply(entry(5, use("a-1", 4, "call", 2)));
        String head = "a-1,did:web:provider.example,did:web:consumer.example,CNY,";
        assertThat(clearing.bill("a-1").toCsv())
                .isEqualTo(
                        """
                        agreement,provider,consumer,currency,unit,quantity,uses,per,priceMilli,\
                        amountMilli,kind,model,flavour,steps,firstIndex,lastIndex,entries,batches
                        $byte,5000,1,1,0,0,usage,free,,0,3,3,1,0
                        $call,3,1,1,100,300,usage,steps,,3,2,2,1,0
                        $row,1200,2,1000,25,50,usage,steps,,2,0,1,2,0
                        $total,,,,,350,total,,,,,,,
                        """
                                .replace("$", head)
                                .replace("\n", "\r\n"));
        assertThat(clearing.bill("a-1").toJson().path("totalMilli").asLong()).isEqualTo(350);
        assertThat(clearing.balanceMilli(CONSUMER, "CNY")).isEqualTo(-350);
        assertThat(clearing.balanceMilli(PROVIDER, "CNY")).isEqualTo(350);
        assertThat(clearing.duplicates()).isEqualTo(1);
        assertThat(clearing.conflicts()).isEqualTo(1);
        assertThatThrownBy(() -> clearing.bill("a-2")).hasMessageContaining("not registered");
    }

    @Test
    void registeringLateBooksWhatWasUsed() {
        Clearing clearing = new Clearing();
        assertThat(clearing.apply(entry(0, use("a-1", 2, "call", 0)))).isEmpty();
        assertThat(clearing.register("a-1", PROVIDER, CONSUMER, TARIFF))
                .singleElement()
                .satisfies(
                        e ->
                                assertThat(e.postings())
                                        .isEqualTo(
                                                JournalEntry.owed(CONSUMER, PROVIDER, "CNY", 200)));
        assertThat(clearing.register("a-1", PROVIDER, CONSUMER, TARIFF)).isEmpty();
        assertThatThrownBy(() -> clearing.register("a-1", PROVIDER, CONSUMER, Tariff.FREE))
                .hasMessageContaining("other terms");
    }

    @Test
    void everyUseBalancesAndOrderDoesNotMatter() {
        long seed = 11;
        Random random = new Random(seed);
        List<Entry> uses = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            uses.add(
                    entry(
                            i,
                            use(
                                    "a-" + random.nextInt(5),
                                    random.nextInt(10_000),
                                    random.nextBoolean() ? "row" : "call",
                                    i)));
        }
        Clearing forward = new Clearing();
        Clearing backward = new Clearing();
        for (int a = 0; a < 5; a++) {
            forward.register("a-" + a, PROVIDER, CONSUMER, TARIFF);
        }
        for (Entry use : uses) {
            forward.apply(use);
            assertThat(forward.imbalanceMilli("CNY")).isZero();
            forward.apply(use);
        }
        for (Entry use : uses.reversed()) {
            backward.apply(use);
        }
        long total = 0;
        for (int a = 0; a < 5; a++) {
            backward.register("a-" + a, PROVIDER, CONSUMER, TARIFF);
            assertThat(backward.bill("a-" + a).toCsv())
                    .as("seed %d", seed)
                    .isEqualTo(forward.bill("a-" + a).toCsv());
            total += forward.bill("a-" + a).totalMilli();
        }
        assertThat(forward.imbalanceMilli("CNY")).isZero();
        assertThat(forward.balanceMilli(PROVIDER, "CNY")).isEqualTo(total).isPositive();
        assertThat(forward.duplicates()).isEqualTo(20_000);
    }
}
