package org.roadloop.core.clearing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.roadloop.core.identity.Keystore;
import org.roadloop.core.ledger.Entry;
import org.roadloop.core.ledger.Event;
import org.roadloop.core.ledger.FileLedger;

/** What is read by hand is what the parser reads. */
class UsageAmountTest {
    private static final long SEED = 17;
    private static final List<String> TEXTS =
            List.of(
                    "use",
                    "compute-second",
                    "\",\"quantity\":7,\"unit\":\"use\",\"until\":\"2026-01-01T00:00:00Z\"}",
                    "quote \"",
                    "back \\",
                    "次",
                    "");

    @TempDir Path temp;

    @Test
    void anAmountIsThatOfTheRecord() throws Exception {
        Random random = new Random(SEED);
        List<Event> events =
                Stream.generate(() -> use(random))
                        .limit(1200)
                        .map(
                                use ->
                                        Event.of(
                                                UsageRecord.EVENT,
                                                use.until(),
                                                "did:web:a.example",
                                                use.agreement(),
                                                use.toJson()))
                        .toList();
        try (FileLedger ledger =
                FileLedger.open(
                        temp.resolve("ledger"),
                        "localhost/test",
                        Keystore.open(temp.resolve("keys")).signer("ledger", "did:web:a"))) {
            ledger.append(events);
            try (Stream<Entry> entries = ledger.read(0)) {
                entries.forEach(
                        entry -> {
                            Event.Inline body = (Event.Inline) entry.event().body();
                            UsageAmount amount = UsageAmount.of(body);
                            UsageRecord record = UsageRecord.fromJson(body.json());
                            assertThat(amount)
                                    .as("entry %d, seed %d", entry.index(), SEED)
                                    .isEqualTo(UsageAmount.of(record));
                            assertThat(UsageAmount.of(body)).as("parsed").isEqualTo(amount);
                        });
            }
        }
    }

    private static UsageRecord use(Random random) {
        Instant until =
                Instant.ofEpochSecond(
                        1_700_000_000 + random.nextInt(200_000_000),
                        random.nextInt(3) * (random.nextBoolean() ? 1_000_000L : 1));
        return new UsageRecord(
                "urn:uuid:" + random.nextInt(9),
                TEXTS.get(random.nextInt(TEXTS.size())),
                "did:web:b.example",
                "use",
                TEXTS.get(random.nextInt(TEXTS.size())),
                random.nextInt(5) == 0 ? random.nextLong(1L << 53) : random.nextInt(3000),
                TEXTS.get(random.nextInt(TEXTS.size())),
                "usage-gate",
                1,
                until.minusNanos(random.nextInt(1000)),
                until,
                random.nextBoolean() ? "" : TEXTS.get(random.nextInt(TEXTS.size())));
    }

    @Test
    void everyInstantIsReadAsTheParserReadsIt() {
        Random random = new Random(SEED);
        for (int i = 0; i < 20_000; i++) {
            long second = random.nextLong(-70_000_000_000L, 260_000_000_000L);
            long nanos =
                    switch (random.nextInt(4)) {
                        case 0 -> 0;
                        case 1 -> random.nextInt(1000) * 1_000_000L;
                        case 2 -> random.nextInt(1_000_000) * 1_000L;
                        default -> random.nextInt(1_000_000_000);
                    };
            Instant instant = Instant.ofEpochSecond(second, nanos);
            assertThat(InstantText.parse(instant.toString()))
                    .as("%s, seed %d", instant, SEED)
                    .isEqualTo(instant);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2024-02-29T00:00:00Z",
                "2023-02-29T00:00:00Z",
                "2026-13-01T00:00:00Z",
                "2026-00-01T00:00:00Z",
                "2026-01-31T24:00:00Z",
                "2026-01-01T00:60:00Z",
                "2016-12-31T23:59:60Z",
                "2026-01-01T00:00:00.Z",
                "2026-01-01T00:00:00.1234567890Z",
                "2026-01-01T00:00:00.12x456789Z",
                "2026-01-01T00:00:00+08:00",
                "2026-01-01t00:00:00z",
                "2026-01-01T00:00Z",
                "+10000-01-01T00:00:00Z",
                "-0001-01-01T00:00:00Z",
                "2026-01-01 00:00:00Z",
                "٢٠٢٦-01-01T00:00:00Z",
                "0",
                ""
            })
    void whatIsNoPlainInstantIsReadOrRefusedByTheParser(String text) {
        Instant expected;
        try {
            expected = Instant.parse(text);
        } catch (DateTimeException refused) {
            assertThatThrownBy(() -> InstantText.parse(text)).isInstanceOf(DateTimeException.class);
            return;
        }
        assertThat(InstantText.parse(text)).isEqualTo(expected);
    }
}
