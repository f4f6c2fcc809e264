package org.roadloop.govern.product;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.table.Grade;
import org.roadloop.govern.operator.Operator;

/**
 * The declared making of a data product (产品治理方案): one governed table or some files through a list
 * of operators into a table of its own. Read by {@link ProductPlanReader}, judged by {@link
 * ProductCheck}, tried by {@link DryRun}, run by {@link ProductRun}. The components are the keys of
 * the YAML.
 *
 * @param version of this plan's content, from 1; a change of meaning needs a new number
 * @param sides further inputs that operators ask for by name
 * @param seed of everything drawn at random that is not keyed; 0 if left out
 * @param forbid what must not leave; left out: {@link Forbid#DEFAULT}
 * @param anonymity left out: no group size is computed
 */
public record ProductPlan(
        String plan,
        int version,
        Input input,
        @Nullable Map<String, Input> sides,
        @Nullable Long seed,
        List<Step> steps,
        Output output,
        Purpose purpose,
        @Nullable Forbid forbid,
        @Nullable Anonymity anonymity) {
    public ProductPlan {
        word("plan", plan);
        if (version < 1) {
            throw new IllegalArgumentException("version " + version + " is below 1");
        }
        sides = sides == null ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(sides));
        seed = seed == null ? 0L : seed;
        steps = List.copyOf(steps);
        if (steps.isEmpty()) {
            throw new IllegalArgumentException("a plan has at least one step");
        }
        forbid = forbid == null ? Forbid.DEFAULT : forbid;
    }

    private static void word(String key, String value) {
        if (!value.matches("[a-z][a-z0-9_]{0,62}")) {
            throw new IllegalArgumentException(
                    key + " '" + value + "' is not lower_snake_case of at most 63 characters");
        }
    }

    /**
     * One operator of the list.
     *
     * @param line of the plan, from 1
     */
    public record Step(int line, Operator operator) {}

    /**
     * The table that is made.
     *
     * @param title for people
     */
    public record Output(String table, String title) {
        public Output {
            word("table", table);
        }
    }

    /**
     * What the product is for (处理目的): PIPL article 6 wants no column beyond it.
     *
     * @param use one sentence
     * @param columns that the use needs; another one must not come out
     */
    public record Purpose(String use, List<String> columns) {
        public Purpose {
            columns = List.copyOf(columns);
            if (use.isBlank() || columns.isEmpty()) {
                throw new IllegalArgumentException(
                        "a purpose is a sentence and the columns it needs");
            }
        }
    }

    /** A class of columns, or a combination of them. */
    public enum Kind {
        /** See {@link Track}. */
        TRACK,
        IDENTITY,
        POSITION,
        TIME,
        DRIVING_STATE,
        ENERGY_STATE,
        ALARM,
        ENVIRONMENT,
        LINEAGE
    }

    /**
     * What must not leave (禁出项).
     *
     * @param grade this one and those above it
     */
    public record Forbid(
            @Nullable List<Kind> class_, @Nullable Grade grade, @Nullable List<String> columns) {
        /** No track, and nothing from sensitive personal data upwards. */
        public static final Forbid DEFAULT =
                new Forbid(List.of(Kind.TRACK), Grade.SENSITIVE_PERSONAL, List.of());

        public Forbid {
            class_ = class_ == null ? List.of() : List.copyOf(class_);
            columns = columns == null ? List.of() : List.copyOf(columns);
        }

        boolean forbids(Kind kind) {
            return class_ != null && class_.contains(kind);
        }
    }

    /**
     * The k that the product must reach (k-匿名): at least so many vehicles share every combination
     * of the quasi-identifiers.
     *
     * @param weight column that says how many vehicles a row stands for; left out: distinct
     *     identities where there is an identity column, else rows
     */
    public record Anonymity(List<String> quasiIdentifiers, @Nullable String weight, int minK) {
        public Anonymity {
            quasiIdentifiers = List.copyOf(quasiIdentifiers);
            if (quasiIdentifiers.isEmpty() || minK < 1) {
                throw new IllegalArgumentException(
                        "anonymity needs quasi_identifiers and a min_k from 1");
            }
        }
    }

    /** {@link #sides}, never null. */
    Map<String, Input> sideInputs() {
        return sides == null ? Map.of() : sides;
    }

    Forbid forbidden() {
        return forbid == null ? Forbid.DEFAULT : forbid;
    }

    long seedValue() {
        return seed == null ? 0 : seed;
    }
}
