package org.roadloop.govern.classify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.Column;
import org.roadloop.core.table.ColumnType;
import org.roadloop.core.table.DataClass;
import org.roadloop.core.table.Grade;
import org.roadloop.core.table.Schema;
import org.roadloop.govern.operator.Keyring;
import org.roadloop.govern.operator.Operator;
import org.roadloop.govern.operator.OperatorReport;
import org.roadloop.govern.operator.Setting;

class ClassifyTest {
    private static final Setting SETTING = Setting.of(new Keyring(new byte[32], 1), 1);
    private static final Schema WEAK =
            Schema.of(
                    Column.of("n", ColumnType.LONG, "", DataClass.LINEAGE, Grade.GENERAL),
                    Column.of("owner", ColumnType.STRING, "", DataClass.LINEAGE, Grade.GENERAL));

    private static Batch rows(int from, int to, int firstPhone) {
        Batch batch = new Batch(WEAK, to - from);
        for (int i = from; i < to; i++) {
            int row = batch.addRow();
            batch.set(0, row, (long) i);
            batch.set(
                    1,
                    row,
                    i < firstPhone
                            ? "depot"
                            : "139" + (10_000_000 + new Random(i).nextInt(89_999_999)));
        }
        return batch;
    }

    private static Operator.Run run(Classify operator, int rows, int cut, int firstPhone) {
        Operator.Run run = operator.start(WEAK, SETTING);
        for (int from = 0; from < rows; from += cut) {
            int before = from;
            run.process(
                    rows(from, Math.min(rows, from + cut), firstPhone),
                    out -> {
                        assertThat(out.longs(0)[0]).isEqualTo(before);
                        assertThat(out.strings(1).get(0)).isNotEmpty();
                        out.close();
                    });
        }
        return run;
    }

    @Test
    void aColumnThatIsDeclaredTooWeakEndsTheRun() {
        Operator.Run run = run(new Classify(), 100, 40, 0);
        assertThat(run.report().figures()).containsEntry("mismatches", 1.0);
        assertThatThrownBy(() -> run.finish(b -> {}))
                .hasMessageContaining("'owner' is declared lineage, general")
                .hasMessageContaining("identity, personal")
                .hasMessageNotContaining("139");
    }

    @Test
    void whatAPersonAcceptedPasses() {
        Classify operator = new Classify(Map.of(), Set.of("owner"));
        Operator.Run run = run(operator, 100, 40, 0);
        run.finish(b -> {});
        assertThat(run.report().figures()).doesNotContainKey("mismatches");
        assertThatThrownBy(() -> new Classify(Map.of(), Set.of("ownr")).output(WEAK))
                .hasMessageContaining("columns are n, owner");
    }

    /** Phones that begin after the head of the table are seen, and the same however it is cut. */
    @Test
    void theSameRowsAreLookedAtHoweverTheInputIsCut() {
        List<OperatorReport> reports = new ArrayList<>();
        for (int cut : new int[] {97, 4096, 20_000, 60_000}) {
            Operator.Run run = run(new Classify(), 60_000, cut, 20_000);
            reports.add(run.report());
            assertThatThrownBy(() -> run.finish(b -> {})).hasMessageContaining("phone");
        }
        assertThat(reports).containsOnly(reports.getFirst());
        // the head, and blocks at 16,384, 32,768 and 49,152
        assertThat(reports.getFirst().figures()).containsEntry("classified_rows", 4096.0 + 3 * 64);
    }
}
