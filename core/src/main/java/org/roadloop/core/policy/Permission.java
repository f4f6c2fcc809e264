package org.roadloop.core.policy;

import java.util.List;

/**
 * What may be done (许可), ODRL 2.2 §2.6.3.
 *
 * @param duties bind whoever uses the permission: without a deadline, before the use
 */
public record Permission(
        String action, List<Constraint> constraints, List<Duty> duties, Scope scope)
        implements Rule {
    public Permission {
        constraints = List.copyOf(constraints);
        duties = List.copyOf(duties);
    }

    public Permission(String action, List<Constraint> constraints, List<Duty> duties) {
        this(action, constraints, duties, Scope.OF_POLICY);
    }

    public static Permission of(String action, Constraint... constraints) {
        return new Permission(action, List.of(constraints), List.of());
    }
}
