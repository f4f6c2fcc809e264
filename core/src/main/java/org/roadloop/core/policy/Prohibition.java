package org.roadloop.core.policy;

import java.util.List;

/**
 * What must not be done (禁止); wins over every permission.
 *
 * @param constraints it applies only where all hold
 */
public record Prohibition(String action, List<Constraint> constraints) {
    public Prohibition {
        constraints = List.copyOf(constraints);
    }

    public static Prohibition of(String action, Constraint... constraints) {
        return new Prohibition(action, List.of(constraints));
    }
}
