package org.roadloop.core.booking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.roadloop.core.identity.Keystore;
import org.roadloop.core.ledger.Entry;
import org.roadloop.core.ledger.FileLedger;

class CalendarTest {
    private static final Instant START = Instant.parse("2026-11-22T08:00:00Z");
    private static final String LINK = "link:edge>centre";
    private static final String SLOT = "slot:centre/cpu4";
    private static final String OWNER = "did:web:consumer.example";

    /** A clock that the test sets. */
    private static final class SetClock extends Clock {
        private Instant now = START;

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }

    @TempDir Path temp;
    private final SetClock clock = new SetClock();
    private FileLedger ledger;
    private Calendar calendar;

    @BeforeEach
    void open() {
        ledger =
                FileLedger.open(
                        temp.resolve("ledger"),
                        "test",
                        Keystore.open(temp.resolve("keys")).signer("ledger", "did:web:a.example"));
        calendar = calendar();
    }

    @AfterEach
    void close() throws IOException {
        ledger.close();
    }

    private Calendar calendar() {
        Calendar made = new Calendar(ledger, clock);
        made.define(new Resource(LINK, 1_000, "Mbit/s"));
        made.define(new Resource(SLOT, 2, "slots"));
        return made;
    }

    private static Instant at(int minute) {
        return START.plus(Duration.ofMinutes(minute));
    }

    private static Claim claim(String resource, long amount, int from, int until) {
        return new Claim(resource, amount, at(from), at(until));
    }

    @Test
    void holdCommitExtendReleaseAreEvidencedAndReplayed() {
        Hold hold =
                calendar.hold(
                        OWNER, List.of(claim(LINK, 800, 0, 10), claim(SLOT, 1, 10, 60)), at(5));
        assertThat(calendar.free(LINK, at(0), at(10))).isEqualTo(200);
        Booking booking = calendar.commit(hold.id());
        assertThat(booking.until()).isEqualTo(at(60));
        Booking longer = calendar.extend(booking.id(), at(90));
        assertThat(longer.claims())
                .containsExactly(claim(LINK, 800, 0, 10), claim(SLOT, 1, 10, 90));
        clock.now = at(7);
        assertThat(calendar.free(SLOT, at(60), at(90))).isEqualTo(1);

        Calendar restored = calendar();
        restored.replay(ledger);
        assertThat(restored.bookings()).containsExactly(longer);
        assertThat(restored.free(SLOT, at(60), at(90))).isEqualTo(1);

        assertThat(restored.release(booking.id())).isTrue();
        assertThat(restored.release(booking.id())).isFalse();
        assertThat(restored.free(SLOT, at(0), at(200))).isEqualTo(2);
        try (Stream<Entry> entries = ledger.read(0)) {
            assertThat(entries.map(e -> e.event().type()))
                    .containsExactly(
                            "booking.held",
                            "booking.committed",
                            "booking.extended",
                            "booking.released");
        }
        Calendar again = calendar();
        again.replay(ledger);
        assertThat(again.bookings()).isEmpty();
        assertThat(again.free(LINK, at(0), at(10))).isEqualTo(1_000);
    }

    @Test
    void allClaimsOrNone() {
        calendar.commit(calendar.hold(OWNER, List.of(claim(SLOT, 2, 20, 40)), at(5)).id());
        long before = ledger.size();
        assertThatThrownBy(
                        () ->
                                calendar.hold(
                                        OWNER,
                                        List.of(claim(LINK, 500, 0, 30), claim(SLOT, 1, 10, 30)),
                                        at(5)))
                .isInstanceOfSatisfying(
                        BookingRefusedException.class,
                        e -> assertThat(e.earliest()).contains(at(40)))
                .hasMessage(
                        "resource slot:centre/cpu4 has 0 slots free from 2026-11-22T08:10:00Z to"
                                + " 2026-11-22T08:30:00Z, not 1; it would fit from"
                                + " 2026-11-22T08:40:00Z");
        assertThat(calendar.free(LINK, at(0), at(30))).isEqualTo(1_000);
        assertThat(ledger.size()).isEqualTo(before);
        assertThat(calendar.earliest(SLOT, 1, Duration.ofMinutes(20), at(0))).contains(at(0));
        assertThat(calendar.earliest(SLOT, 3, Duration.ofMinutes(1), at(0))).isEmpty();
    }

    @Test
    void aHoldExpiresByItselfAndCannotBeCommitted() {
        Hold hold = calendar.hold(OWNER, List.of(claim(SLOT, 2, 0, 60)), at(1));
        clock.now = at(1);
        assertThat(calendar.free(SLOT, at(0), at(60))).isEqualTo(2);
        assertThatThrownBy(() -> calendar.commit(hold.id()))
                .isInstanceOf(NoSuchElementException.class)
                .hasMessageContaining("expired");
        Calendar restored = calendar();
        restored.replay(ledger);
        assertThat(restored.free(SLOT, at(0), at(60))).isEqualTo(2);
    }

    @Test
    void withoutEvidenceNothingIsTaken() throws IOException {
        Hold hold = calendar.hold(OWNER, List.of(claim(SLOT, 1, 0, 60)), at(30));
        ledger.close();
        assertThatThrownBy(() -> calendar.hold(OWNER, List.of(claim(SLOT, 1, 0, 60)), at(1)))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> calendar.commit(hold.id()))
                .isInstanceOf(IllegalStateException.class);
        assertThat(calendar.free(SLOT, at(0), at(60))).isEqualTo(1);
        assertThat(calendar.find(hold.id())).isEmpty();
        clock.now = at(30);
        assertThat(calendar.free(SLOT, at(0), at(60))).isEqualTo(2);
    }

    /** Minute by minute in an array: what the calendar must agree with. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void agreesWithAnArrayOfMinutes(long seed) {
        Random random = new Random(seed);
        int minutes = 120;
        Map<String, long[]> used = Map.of(LINK, new long[minutes], SLOT, new long[minutes]);
        Map<String, Long> capacity = Map.of(LINK, 1_000L, SLOT, 2L);
        Map<String, List<Claim>> live = new HashMap<>();
        for (int step = 0; step < 250; step++) {
            String what = "seed " + seed + ", step " + step;
            if (random.nextInt(3) > 0 || live.isEmpty()) {
                List<Claim> claims = new ArrayList<>();
                for (int i = 1 + random.nextInt(3); i > 0; i--) {
                    int from = random.nextInt(minutes - 1);
                    int until = from + 1 + random.nextInt(Math.min(30, minutes - from - 1));
                    boolean link = random.nextBoolean();
                    claims.add(
                            claim(
                                    link ? LINK : SLOT,
                                    1 + random.nextInt(link ? 600 : 2),
                                    from,
                                    until));
                }
                claims.forEach(c -> add(used, c, 1));
                boolean fits =
                        used.entrySet().stream()
                                .allMatch(
                                        e -> {
                                            for (long u : e.getValue()) {
                                                if (u > capacity.get(e.getKey())) {
                                                    return false;
                                                }
                                            }
                                            return true;
                                        });
                try {
                    Hold hold = calendar.hold(OWNER, claims, at(10_000));
                    assertThat(fits).as(what).isTrue();
                    live.put(hold.id(), claims);
                } catch (BookingRefusedException e) {
                    assertThat(fits).as(what).isFalse();
                    claims.forEach(c -> add(used, c, -1));
                }
            } else {
                String id = List.copyOf(live.keySet()).get(random.nextInt(live.size()));
                calendar.release(id);
                live.remove(id).forEach(c -> add(used, c, -1));
            }
            String resource = random.nextBoolean() ? LINK : SLOT;
            int from = random.nextInt(minutes - 1);
            int until = from + 1 + random.nextInt(minutes - from - 1);
            assertThat(calendar.free(resource, at(from), at(until)))
                    .as(what)
                    .isEqualTo(free(used, capacity, resource, from, until));
            long amount = 1 + random.nextLong(capacity.get(resource));
            int length = 1 + random.nextInt(20);
            int earliest = from;
            while (free(used, capacity, resource, earliest, earliest + length) < amount) {
                earliest++;
            }
            assertThat(calendar.earliest(resource, amount, Duration.ofMinutes(length), at(from)))
                    .as(what)
                    .contains(at(earliest));
        }
        Calendar restored = calendar();
        restored.replay(ledger);
        for (int m = 0; m < minutes; m++) {
            assertThat(restored.free(LINK, at(m), at(m + 1)))
                    .isEqualTo(free(used, capacity, LINK, m, m + 1));
        }
    }

    private static void add(Map<String, long[]> used, Claim claim, int sign) {
        long[] minutes = used.get(claim.resource());
        int from = (int) Duration.between(START, claim.from()).toMinutes();
        int until = (int) Duration.between(START, claim.until()).toMinutes();
        for (int m = from; m < until; m++) {
            minutes[m] += sign * claim.amount();
        }
    }

    private static long free(
            Map<String, long[]> used,
            Map<String, Long> capacity,
            String resource,
            int from,
            int until) {
        long most = 0;
        for (int m = from; m < until && m < used.get(resource).length; m++) {
            most = Math.max(most, used.get(resource)[m]);
        }
        return capacity.get(resource) - most;
    }
}
