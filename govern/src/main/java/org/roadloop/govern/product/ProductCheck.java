package org.roadloop.govern.product;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.table.Column;
import org.roadloop.core.table.DataClass;
import org.roadloop.core.table.Grade;
import org.roadloop.core.table.Schema;
import org.roadloop.govern.operator.Operator;
import org.roadloop.govern.operator.Pseudonymising;
import org.roadloop.govern.plan.Plan;
import org.roadloop.govern.plan.PlanCheck.Finding;
import org.roadloop.govern.plan.PlanReader;

/**
 * What can be said of a product's plan before any row is seen (静态检查): the columns of the input go
 * through every step's {@link Operator#output}, and what comes out is held against what must not. A
 * plan with an {@link Finding#error} does not run.
 *
 * @param steps columns behind each step, as far as the steps fit; the last ones leave if all do
 * @param track the track that would leave
 */
public record ProductCheck(
        List<Finding> findings, Schema input, List<Schema> steps, Optional<Track> track) {
    /** Keys of governed rows, the same in every product. */
    private static final Set<String> ROW_KEYS =
            Set.of(Plan.ROW_KEY_HI, Plan.ROW_KEY_LO, Plan.CONTENT_HASH, "segment", "frame_offset");

    public ProductCheck {
        findings = List.copyOf(findings);
        steps = List.copyOf(steps);
    }

    /** How much a cell of an identity column tells. */
    private enum Identity {
        /** Tokens of one product. */
        PRODUCT,
        /** The platform's own tokens, the same in all its tables. */
        PLATFORM,
        PLAIN
    }

    public boolean hasErrors() {
        return findings.stream().anyMatch(Finding::error);
    }

    /**
     * The columns that leave.
     *
     * @throws IllegalStateException if a step does not fit
     */
    public Schema output() {
        if (steps.isEmpty() || findings.stream().anyMatch(f -> f.rule().equals("step_refused"))) {
            throw new IllegalStateException("the steps of this plan do not fit");
        }
        return steps.getLast();
    }

    /**
     * @param schemas the columns of an input; throws {@link IllegalArgumentException} or {@link
     *     java.util.NoSuchElementException} saying why there are none
     */
    public static ProductCheck of(ProductPlan plan, Function<Input, Schema> schemas) {
        return new Checking(plan, schemas).check();
    }

    /** One check. One thread. */
    private static final class Checking {
        private final ProductPlan plan;
        private final Function<Input, Schema> schemas;
        private final List<Finding> findings = new ArrayList<>();
        private final Map<String, Identity> identities = new HashMap<>();

        Checking(ProductPlan plan, Function<Input, Schema> schemas) {
            this.plan = plan;
            this.schemas = schemas;
        }

        ProductCheck check() {
            Schema input;
            try {
                input = schemas.apply(plan.input());
            } catch (IllegalArgumentException | java.util.NoSuchElementException e) {
                error("input_unknown", String.valueOf(e.getMessage()));
                return new ProductCheck(
                        findings, new Schema(List.of()), List.of(), Optional.empty());
            }
            checkSides();
            Identity plain = plan.input().table() == null ? Identity.PLAIN : Identity.PLATFORM;
            note(input, plain);
            List<Schema> behind = new ArrayList<>();
            Schema schema = input;
            for (ProductPlan.Step step : plan.steps()) {
                @Nullable Schema next = through(step, schema);
                if (next == null) {
                    return new ProductCheck(findings, input, behind, Optional.empty());
                }
                schema = next;
                behind.add(schema);
            }
            Optional<Track> track = Track.in(schema);
            checkOutput(schema, track);
            checkAnonymity(schema);
            return new ProductCheck(findings, input, behind, track);
        }

        private void checkSides() {
            List<String> asked =
                    plan.steps().stream().flatMap(s -> s.operator().sides().stream()).toList();
            for (String side : asked) {
                if (!plan.sideInputs().containsKey(side)) {
                    error(
                            "side_missing",
                            "a step reads the side input '" + side + "': name it under sides");
                }
            }
            for (Map.Entry<String, Input> side : plan.sideInputs().entrySet()) {
                if (!asked.contains(side.getKey())) {
                    remark("side_unused", "no step reads the side input '" + side.getKey() + "'");
                }
                try {
                    if (schemas.apply(side.getValue()).size() == 0) {
                        error("input_unknown", "side input '" + side.getKey() + "' has no columns");
                    }
                } catch (IllegalArgumentException | java.util.NoSuchElementException e) {
                    error("input_unknown", "side input '" + side.getKey() + "': " + e.getMessage());
                }
            }
        }

        /** What identity columns that were not there before tell. */
        private void note(Schema schema, Identity fresh) {
            for (Column column : schema.columns()) {
                if (column.dataClass() == DataClass.IDENTITY) {
                    identities.putIfAbsent(column.name(), fresh);
                }
            }
        }

        private @Nullable Schema through(ProductPlan.Step step, Schema schema) {
            Operator operator = step.operator();
            String where = "step " + operator.name() + " (line " + step.line() + ")";
            for (String column : operator.order()) {
                if (!schema.has(column)) {
                    error(
                            "order_missing",
                            where
                                    + " needs its rows sorted by '"
                                    + column
                                    + "', which is not among "
                                    + schema.names());
                    return null;
                }
            }
            Schema next;
            try {
                next = operator.output(schema);
            } catch (IllegalArgumentException e) {
                error("step_refused", where + ": " + e.getMessage());
                return null;
            }
            // A new identity column tells as much as the worst of those it can come from.
            Identity worst =
                    schema.columns().stream()
                            .filter(c -> c.dataClass() == DataClass.IDENTITY)
                            .map(c -> identities.getOrDefault(c.name(), Identity.PLAIN))
                            .max(Identity::compareTo)
                            .orElse(Identity.PLAIN);
            if (operator instanceof Rename rename) {
                rename.columns()
                        .forEach(
                                (from, to) -> {
                                    @Nullable Identity of = identities.remove(from);
                                    if (of != null) {
                                        identities.put(to, of);
                                    }
                                });
            }
            note(next, worst);
            if (operator instanceof Pseudonymising tokens) {
                tokens.tokenColumns().forEach(c -> identities.put(c, Identity.PRODUCT));
            }
            return next;
        }

        private void checkOutput(Schema schema, Optional<Track> track) {
            ProductPlan.Forbid forbid = plan.forbidden();
            track.ifPresent(
                    found -> {
                        String text =
                                "the columns "
                                        + found.text()
                                        + " together are a track: drop one kind of them, or"
                                        + " aggregate";
                        if (forbid.forbids(ProductPlan.Kind.TRACK)) {
                            error("track_leaves", text);
                        } else {
                            remark("track_leaves", text);
                        }
                    });
            for (Column column : schema.columns()) {
                checkIdentity(column);
                checkForbidden(column, forbid);
                if (ROW_KEYS.contains(column.name())) {
                    error(
                            "key_leaves",
                            "column '"
                                    + column.name()
                                    + "' is the same in every product, so two of them could be"
                                    + " joined on it: drop it");
                }
                if (column.grade().compareTo(Grade.IMPORTANT) >= 0) {
                    error(
                            "important_leaves",
                            "column '"
                                    + column.name()
                                    + "' is graded "
                                    + Parameters.word(column.grade())
                                    + ", which this platform does not release");
                }
                if (!plan.purpose().columns().contains(column.name())) {
                    error(
                            "column_beyond_purpose",
                            "column '"
                                    + column.name()
                                    + "' is not among those the purpose needs: drop it, or add it"
                                    + " to purpose.columns");
                }
            }
            for (String wanted : plan.purpose().columns()) {
                if (!schema.has(wanted)) {
                    remark(
                            "purpose_unserved",
                            "the purpose needs '" + wanted + "', which is not" + " made");
                }
            }
            String table = plan.output().table();
            if (table.equals(plan.input().table())) {
                error("output_is_input", "a product has a table of its own: name another");
            }
            if (PlanReader.STANDARD.contains(table)) {
                error(
                        "output_is_ingested",
                        "table '" + table + "' takes rows from the frame log: name another");
            }
        }

        private void checkIdentity(Column column) {
            if (column.dataClass() != DataClass.IDENTITY) {
                return;
            }
            switch (identities.getOrDefault(column.name(), Identity.PLAIN)) {
                case PLAIN ->
                        error(
                                "identity_in_plain",
                                "column '"
                                        + column.name()
                                        + "' holds identities in plain: add a step pseudonym, or"
                                        + " drop it");
                case PLATFORM ->
                        error(
                                "platform_token_leaves",
                                "column '"
                                        + column.name()
                                        + "' holds the platform's own tokens, the same in every"
                                        + " product: add a step pseudonym, or drop it");
                case PRODUCT -> {}
            }
        }

        private void checkForbidden(Column column, ProductPlan.Forbid forbid) {
            ProductPlan.Kind kind = ProductPlan.Kind.valueOf(column.dataClass().name());
            if (forbid.forbids(kind)) {
                error(
                        "forbidden_class",
                        "column '"
                                + column.name()
                                + "' is of class "
                                + Parameters.word(kind)
                                + ", which must not leave");
            }
            Grade grade = forbid.grade();
            if (grade != null && column.grade().compareTo(grade) >= 0) {
                error(
                        "forbidden_grade",
                        "column '"
                                + column.name()
                                + "' is graded "
                                + Parameters.word(column.grade())
                                + "; "
                                + Parameters.word(grade)
                                + " and above must not leave");
            }
            List<String> columns = forbid.columns();
            if (columns != null && columns.contains(column.name())) {
                error("forbidden_column", "column '" + column.name() + "' must not leave");
            }
        }

        private void checkAnonymity(Schema schema) {
            ProductPlan.@Nullable Anonymity anonymity = plan.anonymity();
            if (anonymity == null) {
                remark(
                        "no_anonymity",
                        "the plan names no quasi-identifiers, so no group size is computed");
                return;
            }
            List<String> named = new ArrayList<>(anonymity.quasiIdentifiers());
            if (anonymity.weight() != null) {
                named.add(anonymity.weight());
            }
            for (String column : named) {
                if (!schema.has(column)) {
                    error(
                            "quasi_identifier_missing",
                            "anonymity names '" + column + "', which does not come out");
                }
            }
        }

        private void error(String rule, String message) {
            findings.add(new Finding(rule, true, message));
        }

        private void remark(String rule, String message) {
            findings.add(new Finding(rule, false, message));
        }
    }
}
