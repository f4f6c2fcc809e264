package org.roadloop.core.policy;

import java.util.List;

/**
 * What may be done (许可).
 *
 * @param action compact ODRL term, or {@link Action#COMPUTE_TO_DATA}
 * @param constraints all must hold
 * @param duties must have been fulfilled before
 */
public record Permission(String action, List<Constraint> constraints, List<Duty> duties) {
    public Permission {
        constraints = List.copyOf(constraints);
        duties = List.copyOf(duties);
    }

    public static Permission of(String action, Constraint... constraints) {
        return new Permission(action, List.of(constraints), List.of());
    }
}
