package org.roadloop.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ClassifierFiguresTest {
    /** One of the seeds whose misses shaped the rules: it guards them, and proves nothing new. */
    private static final long SEED = 44464;

    @Test
    void kindsAreFoundAndNothingSensitiveIsMissed() {
        List<LabelledColumns.Table> tables = LabelledColumns.tables(SEED, 600);
        ClassifierFigures.Score score =
                ClassifierFigures.score(tables, ClassifierFigures::classified);
        assertThat(score.f1()).as("seed %d: %s", SEED, score.errors()).isGreaterThanOrEqualTo(0.98);
        assertThat(score.missed()).as("seed %d: %s", SEED, score.errors()).isZero();
        // the columns are hard enough that their names do not tell
        ClassifierFigures.Score names = ClassifierFigures.score(tables, ClassifierFigures::named);
        assertThat(names.f1()).isLessThan(0.8);
        assertThat(names.missed()).isPositive();
    }
}
