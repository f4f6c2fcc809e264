package org.roadloop.compute.task;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.roadloop.compute.broker.FairShare;

/** Whose turn it is. */
class WaitingTasksTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final Clock CLOCK = Clock.fixed(NOW, ZoneOffset.UTC);

    /** Takes tasks; each costs its organisation 10, as a placement would. */
    private static List<String> take(WaitingTasks waiting, FairShare shares, int n)
            throws InterruptedException {
        List<String> taken = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            String id = waiting.take(WaitingTasks.Lane.ORDINARY);
            taken.add(id);
            shares.charge(id.substring(0, id.indexOf('-')), 10, NOW);
        }
        return taken;
    }

    private static void add(WaitingTasks waiting, String organisation, int n) {
        for (int i = 0; i < n; i++) {
            waiting.add(organisation + "-" + i, organisation, 0);
        }
    }

    private static FairShare shares(Map<String, Double> shares) {
        return new FairShare(Duration.ofDays(7), shares);
    }

    @Test
    void aFloodDoesNotHoldUpAnotherOrganisation() throws Exception {
        FairShare shares = shares(Map.of());
        WaitingTasks waiting = new WaitingTasks(shares, CLOCK);
        add(waiting, "flood", 100_000);
        take(waiting, shares, 10);
        add(waiting, "small", 3);
        assertThat(take(waiting, shares, 4))
                .as("small had nothing yet")
                .containsExactly("small-0", "small-1", "small-2", "flood-10");
        assertThat(waiting.size()).isEqualTo(100_000 - 11);
        assertThat(take(waiting, shares, waiting.size())).startsWith("flood-11").hasSize(99_989);
    }

    @Test
    void turnsAreInProportionToTheShares() throws Exception {
        FairShare shares = shares(Map.of("a", 3.0));
        WaitingTasks waiting = new WaitingTasks(shares, CLOCK);
        add(waiting, "a", 100);
        add(waiting, "b", 100);
        assertThat(take(waiting, shares, 80)).filteredOn(id -> id.startsWith("a-")).hasSize(60);
    }

    @Test
    void nobodyStarvesBesideWorkThatCostsNothing() throws Exception {
        FairShare shares = shares(Map.of());
        shares.charge("paid", 1_000_000, NOW);
        WaitingTasks waiting = new WaitingTasks(shares, CLOCK);
        add(waiting, "paid", 1);
        add(waiting, "free", 5_000);
        List<String> taken = new ArrayList<>();
        while (!taken.contains("paid-0")) {
            taken.add(waiting.take(WaitingTasks.Lane.ORDINARY));
        }
        assertThat(taken).hasSize(WaitingTasks.PATIENCE + 1);
    }

    @Test
    void equalOrganisationsTakeTurnsAndTheSameQueueGivesTheSameOrder() throws Exception {
        long seed = new Random().nextLong();
        System.out.println("seed " + seed);
        List<List<String>> orders = new ArrayList<>();
        for (int run = 0; run < 2; run++) {
            Random random = new Random(seed);
            FairShare shares = shares(Map.of("o1", 2.0));
            WaitingTasks waiting = new WaitingTasks(shares, CLOCK);
            for (int i = 0; i < 500; i++) {
                String organisation = "o" + random.nextInt(4);
                waiting.add(organisation + "-" + i, organisation, 0);
            }
            for (int i = 0; i < 500; i += 7) {
                for (int o = 0; o < 4; o++) {
                    waiting.remove("o" + o + "-" + i);
                }
            }
            orders.add(take(waiting, shares, waiting.size()));
        }
        assertThat(orders.get(0)).isEqualTo(orders.get(1)).doesNotHaveDuplicates();
        WaitingTasks equal = new WaitingTasks(shares(Map.of()), CLOCK);
        add(equal, "a", 2);
        add(equal, "b", 2);
        List<String> taken = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            taken.add(equal.take(WaitingTasks.Lane.ORDINARY));
        }
        assertThat(taken).containsExactly("a-0", "b-0", "a-1", "b-1");
    }

    @Test
    void urgentTasksHaveTheirOwnLane() throws Exception {
        WaitingTasks waiting = new WaitingTasks(shares(Map.of()), CLOCK);
        waiting.add("low", "a", 1);
        waiting.add("plain", "a", 0);
        waiting.add("high", "b", 9);
        waiting.add("gone", "b", 9);
        waiting.add("later", "a", 9);
        assertThat(waiting.remove("gone")).isTrue();
        assertThat(waiting.remove("gone")).isFalse();
        assertThat(waiting.size()).isEqualTo(4);
        assertThat(waiting.take(WaitingTasks.Lane.URGENT)).isEqualTo("high");
        assertThat(waiting.take(WaitingTasks.Lane.URGENT)).isEqualTo("later");
        assertThat(waiting.take(WaitingTasks.Lane.URGENT)).isEqualTo("low");
        assertThat(waiting.take(WaitingTasks.Lane.ORDINARY)).isEqualTo("plain");
    }
}
