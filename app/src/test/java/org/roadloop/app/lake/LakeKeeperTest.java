package org.roadloop.app.lake;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.app.config.LakeKeeping;
import org.roadloop.app.config.LakeRetention;
import org.roadloop.core.identity.Keystore;
import org.roadloop.core.ledger.FileLedger;
import org.roadloop.core.ledger.Ledger;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.Column;
import org.roadloop.core.table.ColumnType;
import org.roadloop.core.table.DataClass;
import org.roadloop.core.table.Grade;
import org.roadloop.core.table.LogPosition;
import org.roadloop.core.table.Schema;
import org.roadloop.govern.lake.Lake;
import org.roadloop.govern.lake.LakeSettings;
import org.roadloop.govern.operator.Keyring;
import org.roadloop.govern.privacy.ReleaseRule;

/** Rows go when their days are over, by a clock of the test. */
@Tag("slow") // starts DuckDB and Iceberg
class LakeKeeperTest {
    private static final Instant START = Instant.parse("2026-03-01T12:00:00Z");
    private static final Schema SCHEMA =
            Schema.of(
                    Column.of("car", ColumnType.STRING, "", DataClass.IDENTITY, Grade.PERSONAL),
                    Column.of(
                            "at",
                            ColumnType.TIMESTAMP_MICROS_UTC,
                            "",
                            DataClass.TIME,
                            Grade.GENERAL));
    private static final ReleaseRule RULE =
            new ReleaseRule(
                    "car",
                    "at",
                    null,
                    null,
                    null,
                    null,
                    List.of(),
                    List.of("car", "at"),
                    0,
                    0,
                    null);

    @TempDir Path folder;

    /** Set by hand. */
    private static final class Hand extends Clock {
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
            throw new UnsupportedOperationException("one zone");
        }
    }

    private static void commit(Lake lake, int days) {
        try (Batch batch = new Batch(SCHEMA, days)) {
            for (int day = 0; day < days; day++) {
                int row = batch.addRow();
                batch.set(0, row, "car-" + day);
                Instant at = START.plus(Duration.ofDays(day));
                batch.set(1, row, at.toEpochMilli() * 1_000);
            }
            lake.commit(
                    "t", List.of(lake.write("t", List.of(batch))), new LogPosition(0, 1), Map.of());
        }
    }

    @Test
    void aRowGoesTheDayAfterItsDaysAreOver() throws Exception {
        Hand clock = new Hand();
        try (Ledger ledger =
                        FileLedger.open(
                                folder.resolve("ledger"),
                                "localhost/test",
                                Keystore.open(folder.resolve("keys"))
                                        .signer("ledger", "did:web:a.example"));
                Lake lake =
                        new Lake(
                                folder.resolve("lake"),
                                LakeSettings.DEFAULT,
                                new Keyring(new byte[32], 1));
                LakeKeeper keeper =
                        new LakeKeeper(
                                lake,
                                LakeKeeping.DEFAULTS,
                                new LakeRetention(0, 10, 0),
                                table -> Optional.of("at"),
                                ledger,
                                "did:web:a.example",
                                clock)) {
            lake.create("t", SCHEMA, RULE);
            commit(lake, 5);
            clock.now = START.plus(Duration.ofHours(246)); // ten days and six hours, the same day
            assertThat(keeper.round().get("agedRows")).isZero();
            clock.now =
                    START.plus(Duration.ofDays(11)).truncatedTo(java.time.temporal.ChronoUnit.DAYS);
            assertThat(keeper.round().get("agedRows")).isEqualTo(1);
            assertThat(lake.rowCounts().get("t")).isEqualTo(4);
            clock.now = START.plus(Duration.ofDays(13));
            assertThat(keeper.round().get("agedRows")).isEqualTo(2);
            assertThat(keeper.round().get("agedRows")).as("once").isZero();
            clock.now = START.plus(Duration.ofDays(40));
            assertThat(keeper.round().get("agedRows")).isEqualTo(2);
            assertThat(lake.rowCounts().getOrDefault("t", 0L)).isZero();
            try (Stream<?> removals = ledger.read(0, Set.of("lake.rows-removed"))) {
                assertThat(removals).hasSize(3);
            }
        }
    }
}
