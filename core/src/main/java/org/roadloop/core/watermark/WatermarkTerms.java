package org.roadloop.core.watermark;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.roadloop.core.policy.Policy;
import org.roadloop.core.table.Column;
import org.roadloop.core.table.Schema;
import tools.jackson.databind.JsonNode;

/**
 * What a contract says of its watermark (水印条款), in the policy under {@value #MEMBER}, one text so
 * that it comes whole through any peer's JSON-LD: {@code "speed_kmh=0.1 longitude_degrees=0.000001
 * by vehicle collected_at"}. Columns that are marked, each with the most by which a value may be
 * changed, in the column's unit; after {@code by} the columns that name a row, left as they are.
 *
 * @param tolerances by column, in the order written
 * @param row empty: marks hang on the values alone
 */
public record WatermarkTerms(Map<String, Step> tolerances, List<String> row) {
    /** The member of an offer's and an agreement's policy. */
    public static final String MEMBER = "roadloop:watermark";

    private static final String FORM =
            "; the form is \"speed_kmh=0.1 x_m=0.01 by vehicle collected_at\"";

    public WatermarkTerms {
        tolerances = Collections.unmodifiableMap(new LinkedHashMap<>(tolerances));
        row = List.copyOf(row);
        if (tolerances.isEmpty()) {
            throw new IllegalArgumentException(MEMBER + " names no column" + FORM);
        }
        for (String column : row) {
            if (tolerances.containsKey(column)) {
                throw new IllegalArgumentException(
                        MEMBER + ": column '" + column + "' can't name the row and be changed");
            }
        }
    }

    /**
     * The terms of a policy, if it has any.
     *
     * @throws IllegalArgumentException if they can't be read
     */
    public static Optional<WatermarkTerms> find(Policy policy) {
        JsonNode member = policy.extensions().get(MEMBER);
        if (member == null) {
            return Optional.empty();
        }
        if (!member.isString()) {
            throw new IllegalArgumentException(MEMBER + " is no text" + FORM);
        }
        return Optional.of(parse(member.asString()));
    }

    /**
     * Reads what {@link #toString} writes.
     *
     * @throws IllegalArgumentException naming what can't be read
     */
    public static WatermarkTerms parse(String text) {
        Map<String, Step> tolerances = new LinkedHashMap<>();
        List<String> row = new ArrayList<>();
        boolean by = false;
        for (String word : text.strip().split("\\s+")) {
            if (by) {
                row.add(word);
            } else if (word.equals("by")) {
                by = true;
            } else {
                String[] parts = word.split("=", -1);
                if (parts.length != 2 || tolerances.put(parts[0], Step.of(parts[1])) != null) {
                    throw new IllegalArgumentException(
                            MEMBER + ": '" + word + "' is no column=tolerance" + FORM);
                }
            }
        }
        return new WatermarkTerms(tolerances, row);
    }

    /**
     * @param released the columns that leave
     * @throws IllegalArgumentException naming a column that must not be changed, or is not there
     */
    public void check(Schema released) {
        for (String name : tolerances.keySet()) {
            Column column = released.column(released.indexOf(name));
            if (!tolerant(column)) {
                throw new IllegalArgumentException(
                        MEMBER
                                + ": column '"
                                + name
                                + "' can't be marked; only measured numbers with decimals and a"
                                + " unit can");
            }
        }
        for (String name : row) {
            switch (released.column(released.indexOf(name)).type()) {
                case STRING, LONG, TIMESTAMP_MICROS_UTC -> {}
                case BOOL, INT, FLOAT, DOUBLE ->
                        throw new IllegalArgumentException(
                                MEMBER
                                        + ": column '"
                                        + name
                                        + "' can't name a row; identities, times and keys can");
            }
        }
    }

    /** Keys, codes, flags and times mean something else when changed by one; measurements don't. */
    private static boolean tolerant(Column column) {
        boolean decimal =
                switch (column.type()) {
                    case FLOAT, DOUBLE -> true;
                    case BOOL, INT, LONG, TIMESTAMP_MICROS_UTC, STRING -> false;
                };
        boolean measured =
                switch (column.dataClass()) {
                    case POSITION, DRIVING_STATE, ENERGY_STATE, ENVIRONMENT -> true;
                    case IDENTITY, TIME, ALARM, LINEAGE -> false;
                };
        return decimal && measured && !column.unit().isEmpty();
    }

    @Override
    public String toString() {
        String columns =
                tolerances.entrySet().stream()
                        .map(e -> e.getKey() + "=" + e.getValue())
                        .collect(Collectors.joining(" "));
        return row.isEmpty() ? columns : columns + " by " + String.join(" ", row);
    }
}
