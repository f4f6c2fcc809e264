package org.roadloop.core.watermark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.roadloop.core.table.Batch;

/** What becomes of a leaked table before it is found, and who may be named then. */
@Tag("slow")
class TracingLawTest {
    private static final List<String> ALL =
            List.of(
                    "vehicle",
                    "at",
                    "speed_kmh",
                    "longitude_degrees",
                    "latitude_degrees",
                    "temperature_c");
    private static final int ROWS = 100_000;
    private static final int AGREEMENTS = 200;
    private static final Significance USUAL = new Significance(2L * AGREEMENTS, Significance.USUAL);

    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);
    private final SecretKey key = key(random);

    TracingLawTest() {
        System.out.println("seed " + seed);
    }

    private static SecretKey key(Random random) {
        byte[] bytes = new byte[32];
        random.nextBytes(bytes);
        return new SecretKeySpec(bytes, "HmacSHA256");
    }

    private ContractMarks marks(String agreement) {
        return new ContractMarks(Tracks.TERMS, key, agreement);
    }

    private List<Batch> released(int rows, String agreement) {
        List<Batch> batches = Tracks.rows(rows, seed);
        ContractMarks marks = marks(agreement);
        batches.forEach(marks::mark);
        return batches;
    }

    private MarkCounter counted(String agreement, Batch... leaked) {
        MarkCounter counter = new MarkCounter();
        ContractMarks marks = marks(agreement);
        for (Batch batch : leaked) {
            marks.count(batch, counter);
        }
        return counter;
    }

    private static boolean accuses(MarkCounter counter) {
        return USUAL.accuses(counter.byValue()) || USUAL.accuses(counter.byRow());
    }

    private int[] some(int count, int of) {
        return random.ints(0, of).distinct().limit(count).toArray();
    }

    private static void change(Batch batch, String column, Consumer<double[]> change) {
        if (batch.schema().has(column)) {
            change.accept(batch.doubles(batch.schema().indexOf(column)));
        }
    }

    /** One row in a hundred, in any order, with what is left of it. */
    @ParameterizedTest
    @CsvSource({
        "vehicle at speed_kmh longitude_degrees latitude_degrees temperature_c, nothing",
        "vehicle at speed_kmh, nothing",
        "longitude_degrees, nothing",
        "latitude_degrees temperature_c, nothing",
        "vehicle at speed_kmh longitude_degrees latitude_degrees, rounded",
        "vehicle at speed_kmh longitude_degrees latitude_degrees, added",
        "vehicle at longitude_degrees latitude_degrees, renamed",
    })
    void oneRowInAHundredNamesTheContract(String columns, String attack) {
        List<Batch> table = released(ROWS, "agreement-7");
        List<String> left = Arrays.asList(columns.split(" "));
        Batch leaked = Tracks.pick(table, some(ROWS / 100, ROWS), left);
        Batch more = new Batch(leaked.schema(), 1);
        switch (attack) {
            case "rounded" -> {
                // half of the speeds to whole km/h, half of the positions to 10 m
                change(leaked, "speed_kmh", v -> round(v, 1));
                change(leaked, "longitude_degrees", v -> round(v, 1e4));
                change(leaked, "latitude_degrees", v -> round(v, 1e4));
            }
            case "added" -> more = Tracks.pick(Tracks.rows(500, seed + 1), some(500, 500), left);
            case "renamed" -> leaked = renamed(leaked);
            default -> {}
        }
        MarkCounter counter = counted("agreement-7", leaked, more);
        assertThat(accuses(counter))
                .as("%s %s, seed %d", counter.byValue(), counter.byRow(), seed)
                .isTrue();
        int accused = 0;
        for (int a = 0; a < AGREEMENTS; a++) {
            if (a != 7 && accuses(counted("agreement-" + a, leaked, more))) {
                accused++;
            }
        }
        assertThat(accused).as("seed %d", seed).isZero();
    }

    /** Under pseudonyms of the leaker's own. */
    private static Batch renamed(Batch leaked) {
        Batch renamed = new Batch(leaked.schema(), leaked.rows());
        for (int from = 0; from < leaked.rows(); from++) {
            int row = renamed.addRow();
            renamed.set(0, row, "car " + leaked.strings(0).get(from).hashCode());
            for (int c = 1; c < leaked.schema().size(); c++) {
                renamed.copyCell(leaked, c, from, c, row);
            }
        }
        return renamed;
    }

    private void round(double[] values, double scale) {
        for (int i = 0; i < values.length; i++) {
            if (random.nextBoolean()) {
                values[i] = Math.rint(values[i] * scale) / scale;
            }
        }
    }

    /** By the law of the coins: as often as the binomial tail says, not more. */
    @Test
    void dataWithoutAMarkAccusesNobody() {
        Batch clean = Tracks.pick(Tracks.rows(1_500, seed), some(1_500, 1_500), ALL);
        int tried = 1_500;
        int accused = 0;
        int unlikely = 0;
        for (int a = 0; a < tried; a++) {
            MarkCounter counter = counted("agreement-" + a, clean);
            for (MarkCount count : List.of(counter.byValue(), counter.byRow())) {
                unlikely += count.log10ByChance() <= -2 ? 1 : 0;
            }
            accused += accuses(counter) ? 1 : 0;
        }
        assertThat(accused).as("seed %d", seed).isZero();
        // at most one in a hundred of 3,000: 30 and eight standard deviations
        assertThat(unlikely).as("seed %d", seed).isBetween(1, 30 + 44);
    }

    /** Rows of two contracts mixed, or the mean of both: both are named, no third is. */
    @ParameterizedTest
    @CsvSource({"mixed", "mean"})
    void twoWhoPutTheirTablesTogetherAreBothNamed(String how) {
        List<Batch> one = released(20_000, "agreement-1");
        List<Batch> two = released(20_000, "agreement-2");
        int[] rows = some(4_000, 20_000);
        Batch leaked = Tracks.pick(one, rows, ALL);
        Batch other = Tracks.pick(two, rows, ALL);
        for (int c = 2; c <= 4; c++) {
            for (int row = 0; row < leaked.rows(); row++) {
                double a = leaked.doubles(c)[row];
                double b = other.doubles(c)[row];
                leaked.doubles(c)[row] =
                        how.equals("mean") ? (a + b) / 2 : random.nextBoolean() ? a : b;
            }
        }
        assertThat(accuses(counted("agreement-1", leaked))).as("seed %d", seed).isTrue();
        assertThat(accuses(counted("agreement-2", leaked))).as("seed %d", seed).isTrue();
        for (int a = 3; a < AGREEMENTS; a++) {
            assertThat(accuses(counted("agreement-" + a, leaked))).as("seed %d", seed).isFalse();
        }
    }

    @Test
    void theSameRowIsMarkedAlikeWhereverItStands() {
        List<Batch> whole = released(5_000, "agreement-1");
        int[] order = some(5_000, 5_000);
        Batch shuffled =
                Tracks.pick(
                        Tracks.rows(5_000, seed),
                        order,
                        Tracks.SCHEMA.columns().stream().map(c -> c.name()).toList());
        marks("agreement-1").mark(shuffled);
        Batch expected =
                Tracks.pick(
                        whole,
                        order,
                        shuffled.schema().columns().stream().map(c -> c.name()).toList());
        Batch clean =
                Tracks.pick(
                        Tracks.rows(5_000, seed),
                        order,
                        shuffled.schema().columns().stream().map(c -> c.name()).toList());
        int changed = 0;
        for (int c = 2; c <= 4; c++) {
            assertThat(Arrays.copyOf(shuffled.doubles(c), 5_000))
                    .as("seed %d", seed)
                    .isEqualTo(Arrays.copyOf(expected.doubles(c), 5_000));
            for (int row = 0; row < 5_000; row++) {
                changed += shuffled.doubles(c)[row] != clean.doubles(c)[row] ? 1 : 0;
            }
        }
        // (1/8 + 7/8 * 1/8) / 2 of the cells
        assertThat(changed / 15_000.0).as("seed %d", seed).isCloseTo(0.117, within(0.03));
        assertThat(shuffled.longs(1)).isEqualTo(clean.longs(1));
        assertThat(shuffled.ints(6)).isEqualTo(clean.ints(6));
        assertThat(Arrays.copyOf(shuffled.doubles(8), 5_000))
                .isEqualTo(Arrays.copyOf(clean.doubles(8), 5_000));
    }

    @Test
    void theBoundIsDividedAmongTheTests() {
        assertThat(new Significance(1, 1e-6).cellsNeeded()).isEqualTo(20); // 2^-20 < 1e-6
        assertThat(new Significance(1_000, 1e-6).cellsNeeded()).isEqualTo(30); // 2^-30 < 1e-9
        Significance many = new Significance(1_000, 1e-6);
        long least = many.matchesNeeded(1_000);
        assertThat(many.accuses(new MarkCount(1_000, least))).isTrue();
        assertThat(many.accuses(new MarkCount(1_000, least - 1))).isFalse();
        assertThat(many.matchesNeeded(29)).isEqualTo(30);
    }
}
