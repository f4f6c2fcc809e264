package org.roadloop.govern.plan;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.Column;
import org.roadloop.core.table.ColumnType;
import org.roadloop.core.table.DataClass;
import org.roadloop.core.table.Grade;
import org.roadloop.core.table.Schema;
import org.roadloop.govern.classify.Classifier;

/**
 * What can be said of a plan before any row is seen (静态检查). A plan with an {@link Finding#error}
 * must not run.
 */
public final class PlanCheck {
    private PlanCheck() {}

    /**
     * @param rule short stable name: {@code identity_released}
     */
    public record Finding(String rule, boolean error, String message) {}

    /** All findings, errors and remarks, in a fixed order. */
    public static List<Finding> check(Plan plan) {
        List<Finding> findings = new ArrayList<>();
        Schema raw = plan.rawSchema();
        Schema governed = plan.governedSchema();
        checkIdentity(plan, raw, findings);
        checkKeys(plan, raw, findings);
        checkReleased(plan, governed, findings);
        checkMasked(plan, raw, findings);
        checkPhysics(plan, raw, findings);
        return findings;
    }

    /**
     * The findings of {@link #check(Plan)}, and a remark for every column of a raw sample whose
     * values contradict the class or grade that the plan declares.
     */
    public static List<Finding> check(Plan plan, Batch sample) {
        List<Finding> findings = new ArrayList<>(check(plan));
        Batch declared = new Batch(plan.rawSchema(), Math.max(1, sample.rows()));
        declared.rows(sample.rows());
        for (int c = 0; c < declared.schema().size(); c++) {
            int from = sample.schema().indexOf(declared.schema().column(c).name());
            for (int row = 0; row < sample.rows(); row++) {
                declared.copyCell(sample, from, row, c, row);
            }
        }
        for (String mismatch : Classifier.mismatches(declared)) {
            remark(findings, "class_looks_wrong", mismatch);
        }
        return findings;
    }

    /** Throws with every error of the plan; remarks pass. */
    public static void require(Plan plan) {
        List<String> errors =
                check(plan).stream()
                        .filter(Finding::error)
                        .map(f -> f.rule() + ": " + f.message())
                        .toList();
        if (!errors.isEmpty()) {
            throw new IllegalArgumentException(
                    "plan '" + plan.name() + "' must not run: " + String.join("; ", errors));
        }
    }

    private static void checkIdentity(Plan plan, Schema raw, List<Finding> findings) {
        Column identity = raw.column(raw.indexOf(plan.identity()));
        if (identity.type() != ColumnType.STRING) {
            error(
                    findings,
                    "identity_type",
                    "identity column '" + identity.name() + "' must be text");
        }
        for (Column column : raw.columns()) {
            boolean other = !column.name().equals(plan.identity());
            if (other && column.dataClass() == DataClass.IDENTITY) {
                error(
                        findings,
                        "identity_unhandled",
                        "column '"
                                + column.name()
                                + "' is of class identity but only '"
                                + plan.identity()
                                + "' is turned into a pseudonym");
            }
            if (!other && column.dataClass() != DataClass.IDENTITY) {
                error(
                        findings,
                        "identity_class",
                        "identity column '" + column.name() + "' must be of class identity");
            }
            if (other && column.name().equals(plan.pseudonym())) {
                error(
                        findings,
                        "pseudonym_taken",
                        "a raw column is already named '" + plan.pseudonym() + "'");
            }
        }
        if (plan.released().contains(plan.identity())
                && !plan.identity().equals(plan.pseudonym())) {
            error(
                    findings,
                    "identity_released",
                    "identity column '" + plan.identity() + "' must never be released in plain");
        }
    }

    private static void checkKeys(Plan plan, Schema raw, List<Finding> findings) {
        if (raw.column(raw.indexOf(plan.time())).type() != ColumnType.TIMESTAMP_MICROS_UTC) {
            error(findings, "time_type", "time column '" + plan.time() + "' must be a timestamp");
        }
        if (!plan.rowKey().columns().contains(plan.identity())
                || !plan.rowKey().columns().contains(plan.time())) {
            error(
                    findings,
                    "row_key_incomplete",
                    "the row key needs the identity '"
                            + plan.identity()
                            + "' and the time '"
                            + plan.time()
                            + "'");
        }
        plan.rowKey()
                .same()
                .forEach(
                        (column, groups) -> {
                            if (raw.column(raw.indexOf(column)).type() != ColumnType.INT
                                    || !plan.rowKey().columns().contains(column)) {
                                error(
                                        findings,
                                        "row_key_same",
                                        "'" + column + "' must be an int column of the row key");
                            }
                        });
        if (plan.log() == null) {
            remark(
                    findings,
                    "no_log_position",
                    "rows carry no log position: after a restart the same chunks must come again");
        }
    }

    private static void checkReleased(Plan plan, Schema governed, List<Finding> findings) {
        Set<String> masked = new HashSet<>(plan.masked());
        boolean hides = plan.tripEnd() != null || !plan.areas().isEmpty();
        for (String name : plan.released()) {
            Column column = governed.column(governed.indexOf(name));
            boolean linkable =
                    List.of(Plan.ROW_KEY_HI, Plan.ROW_KEY_LO, Plan.CONTENT_HASH).contains(name)
                            || (plan.log() != null
                                    && List.of(plan.log().segment(), plan.log().offset())
                                            .contains(name));
            if (linkable) {
                error(
                        findings,
                        "key_released",
                        "column '"
                                + name
                                + "' is the same for every contract, so two of them could be"
                                + " joined on it");
            }
            if (column.dataClass() == DataClass.POSITION
                    && column.grade().compareTo(Grade.SENSITIVE_PERSONAL) >= 0
                    && !(masked.contains(name) && hides)) {
                error(
                        findings,
                        "position_unmasked",
                        "column '"
                                + name
                                + "' is a sensitive personal position: release it only masked,"
                                + " with a trip end cut or sensitive areas, or not at all");
            }
            if (column.grade().compareTo(Grade.IMPORTANT) >= 0) {
                error(
                        findings,
                        "important_released",
                        "column '"
                                + name
                                + "' is graded "
                                + column.grade()
                                + ", which this platform does not release");
            }
        }
    }

    private static void checkMasked(Plan plan, Schema raw, List<Finding> findings) {
        for (String name : plan.masked()) {
            if (!raw.has(name) || raw.column(raw.indexOf(name)).type() == ColumnType.STRING) {
                error(findings, "masked_type", "column '" + name + "' is no column to mask");
            }
        }
        if (!plan.areas().isEmpty() && !plan.position().hasDegrees()) {
            error(
                    findings,
                    "areas_without_degrees",
                    "sensitive areas are in degrees and the plan names no longitude and latitude");
        }
        if (!plan.areas().isEmpty() && plan.masked().isEmpty()) {
            error(findings, "areas_mask_nothing", "there are sensitive areas but no masked column");
        }
        for (Column column : raw.columns()) {
            if (column.dataClass() == DataClass.POSITION
                    && column.grade().compareTo(Grade.SENSITIVE_PERSONAL) >= 0
                    && !plan.masked().contains(column.name())) {
                remark(
                        findings,
                        "position_stored",
                        "column '" + column.name() + "' is stored unmasked; it is not released");
            }
        }
    }

    private static void checkPhysics(Plan plan, Schema raw, List<Finding> findings) {
        Plan.Position position = plan.position();
        for (String name :
                java.util.stream.Stream.of(
                                position.longitude(),
                                position.latitude(),
                                position.x(),
                                position.y(),
                                plan.physics() == null ? null : plan.physics().speed(),
                                plan.physics() == null ? null : plan.physics().heading())
                        .filter(java.util.Objects::nonNull)
                        .toList()) {
            if (raw.column(raw.indexOf(name)).type() != ColumnType.DOUBLE) {
                error(findings, "position_type", "column '" + name + "' must be a double");
            }
        }
        checkSensors(plan, raw, findings);
        if ((position.longitude() == null) != (position.latitude() == null)
                || (position.x() == null) != (position.y() == null)) {
            error(findings, "position_half", "a position needs both of its columns");
        }
    }

    private static void checkSensors(Plan plan, Schema raw, List<Finding> findings) {
        Plan.Physics physics = plan.physics();
        if (physics != null) {
            for (String name : physics.sensors().keySet()) {
                switch (raw.column(raw.indexOf(name)).type()) {
                    case INT, LONG, FLOAT, DOUBLE -> {}
                    case BOOL, STRING, TIMESTAMP_MICROS_UTC ->
                            error(
                                    findings,
                                    "sensor_type",
                                    "sensor '" + name + "' must be a numeric column");
                }
            }
        }
        for (Plan.Field field : plan.fields()) {
            Plan.Applies applies = field.applies();
            if (applies != null
                    && (!raw.has(applies.column())
                            || raw.column(raw.indexOf(applies.column())).type()
                                    != ColumnType.INT)) {
                error(
                        findings,
                        "applies_column",
                        "column '"
                                + field.column().name()
                                + "' applies by '"
                                + applies.column()
                                + "', which is no int column of the plan");
            }
        }
    }

    private static void error(List<Finding> findings, String rule, String message) {
        findings.add(new Finding(rule, true, message));
    }

    private static void remark(List<Finding> findings, String rule, String message) {
        findings.add(new Finding(rule, false, message));
    }
}
