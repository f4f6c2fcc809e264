package org.roadloop.compute.replay;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.roadloop.compute.site.Site;
import org.roadloop.core.booking.Resource;

/** Two slots at twice the speed, 10 milli a second; lost from 300 s to 400 s. */
class ReplaySiteTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final ReplayClock clock = new ReplayClock(START);
    private final Map<String, ReplaySite.Recorded> trace =
            Map.of(
                    "short", new ReplaySite.Recorded(work(100, 60), 0.5),
                    "endless", new ReplaySite.Recorded(work(100, 60), 9),
                    "late", new ReplaySite.Recorded(work(400, 900), 1));
    private final ReplaySite site =
            new ReplaySite(
                    new ReplaySite.Settings(
                            new Site.Capabilities(
                                    "replay",
                                    "replay",
                                    "north",
                                    "x86_64",
                                    new Resource("slot:replay/cpu", 2, "slot"),
                                    2.0,
                                    1L << 40,
                                    10,
                                    "replay",
                                    List.of(),
                                    Site.Profile.plain("replay", Site.Kind.HPC, "x")),
                            0,
                            1_000),
                    clock,
                    key -> trace.get(key),
                    List.of(new ReplaySite.Outage(START.plusSeconds(300), START.plusSeconds(400))));

    private static Site.Work work(double seconds, int limitSeconds) {
        return new Site.Work(
                "x",
                seconds,
                1,
                1L << 20,
                0,
                Duration.ofSeconds(limitSeconds),
                false,
                Site.Gang.ONE);
    }

    @Test
    void aRunTakesTheTraceTimeAtTheSiteSpeedUpToItsLimit() {
        assertThat(site.offer(work(100, 60)))
                .isEqualTo(
                        new Site.Offer.Possible(
                                Duration.ofSeconds(50), Duration.ofSeconds(60), 500, 1));
        site.start("short");
        site.start("endless");
        assertThat(site.await("short").failure()).isEmpty();
        assertThat(clock.instant()).isEqualTo(START.plusSeconds(25));
        site.await("endless");
        assertThat(clock.instant()).isEqualTo(START.plusSeconds(60));
    }

    @Test
    void aKeyRunsOnceHoweverOftenItIsSubmitted() {
        int[] ends = {0};
        site.onEnd("short", ended -> ends[0]++);
        site.start("short");
        clock.advanceTo(START.plusSeconds(20));
        site.start("short");
        clock.advanceTo(START.plusSeconds(100));
        assertThat(ends[0]).isEqualTo(1);
        assertThat(site.find("short").orElseThrow()).isInstanceOf(Site.Observation.Ended.class);
        assertThat(site.find("never")).isEmpty();
    }

    @Test
    void whatRunsWhenTheSiteIsLostFailsAndItOffersAgainLater() {
        clock.advanceTo(START.plusSeconds(200));
        site.start("late");
        clock.advanceTo(START.plusSeconds(300));
        assertThat(site.await("late").failure()).isEqualTo("site replay is lost");
        assertThat(site.offer(work(1, 60)))
                .isInstanceOfSatisfying(
                        Site.Offer.Impossible.class,
                        no -> assertThat(no.code()).isEqualTo("site_lost"));
        clock.advanceTo(START.plusSeconds(400));
        assertThat(site.offer(work(1, 60))).isInstanceOf(Site.Offer.Possible.class);
    }

    @Test
    void theCacheForgetsWhatWasLongestUnused() {
        site.arrive("a", 400);
        site.arrive("b", 400);
        site.arrive("a", 400); // used again
        site.arrive("c", 400);
        assertThat(site.holds("a")).isTrue();
        assertThat(site.holds("b")).isFalse();
        assertThat(site.holds("c")).isTrue();
        site.arrive("huge", 2_000);
        assertThat(site.holds("huge")).isFalse();
    }
}
