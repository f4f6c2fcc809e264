package org.roadloop.govern.operator;

import java.util.List;
import java.util.function.Consumer;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.Schema;

/**
 * One step of a plan (治理算子): batches in, batches and a report out. An operator is a {@code record};
 * its components are its parameters, under the same names in snake_case in the YAML of a plan, and
 * its compact constructor checks them and sets what a plan may leave out. It holds no state: the
 * same operator, input, keys and seed give the same bytes, however the input was cut into batches.
 */
public interface Operator {
    /** Name and version, as plans and passports have it: {@code resample/1}. */
    String name();

    /**
     * The columns that come out, with class, grade and coordinate system: what a static check
     * reads.
     *
     * @throws IllegalArgumentException if a column is missing or of the wrong type; says which, and
     *     what would fit
     */
    Schema output(Schema input);

    /** Columns the input must be sorted by, the first one first; empty if any order will do. */
    default List<String> order() {
        return List.of();
    }

    /** Tables or files, by their name in the plan, that are read beside the input. */
    default List<String> sides() {
        return List.of();
    }

    /** Columns one of {@link #sides} must be sorted by; left out, as the input. */
    default List<String> order(String side) {
        return order();
    }

    /** Starts a run over input of these columns. */
    Run start(Schema input, Setting setting);

    /** One run. One thread. */
    interface Run {
        /**
         * Takes one batch, which stays the caller's, and gives none, one or several to {@code out},
         * which are the taker's to close.
         */
        void process(Batch in, Consumer<Batch> out);

        /** After the last batch: what was held back. */
        default void finish(Consumer<Batch> out) {}

        /** What happened so far. */
        OperatorReport report();
    }
}
