package org.roadloop.collect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.CellState;
import org.roadloop.core.table.Column;
import org.roadloop.core.table.ColumnType;
import org.roadloop.core.table.DataClass;
import org.roadloop.core.table.Grade;
import org.roadloop.core.table.Schema;

class FreshRowsTest {
    private static final int CAPACITY = 3000;

    private final Batch batch =
            new Batch(Schema.of(column("there"), column("there_too"), column("rare")), CAPACITY);
    private final FreshRows fresh = new FreshRows(batch, 2);

    @Test
    void everyNewRowHasItsUsualStates() {
        int rows = 0;
        for (int count = 1; rows + count <= CAPACITY; count = count * 7 % 311) {
            assertThat(fresh.add(count)).isEqualTo(rows);
            assertUsual(rows, rows + count);
            rows += count;
            assertThat(batch.rows()).isEqualTo(rows);
            spoil();
        }
        assertThat(rows).isGreaterThan(CAPACITY / 2);
    }

    @Test
    void clearedAndTruncatedRowsAreFreshAgain() {
        fresh.add(40);
        spoil();
        batch.truncate(7);
        assertThat(fresh.add(20)).isEqualTo(7);
        assertUsual(7, 27);
        spoil();
        batch.clear();
        assertThat(fresh.add(1)).isZero();
        assertThat(fresh.add(26)).isEqualTo(1);
        assertUsual(0, 27);
    }

    @Test
    void aFullBatchTakesNoMore() {
        fresh.add(CAPACITY);
        assertThatThrownBy(() -> fresh.add(1)).isInstanceOf(IllegalArgumentException.class);
        assertThat(batch.rows()).isEqualTo(CAPACITY);
    }

    /** As decoders and masks do. */
    private void spoil() {
        for (int column = 0; column < 3; column++) {
            Arrays.fill(batch.states(column), 0, batch.rows(), CellState.MASKED);
        }
    }

    private void assertUsual(int from, int to) {
        for (int row = from; row < to; row++) {
            assertThat(batch.state(0, row)).isEqualTo(CellState.OK);
            assertThat(batch.state(1, row)).isEqualTo(CellState.OK);
            assertThat(batch.state(2, row)).isEqualTo(CellState.ABSENT);
        }
    }

    private static Column column(String name) {
        return Column.of(name, ColumnType.INT, "", DataClass.ENVIRONMENT, Grade.GENERAL);
    }
}
