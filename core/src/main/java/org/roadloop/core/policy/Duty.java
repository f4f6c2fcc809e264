package org.roadloop.core.policy;

import java.util.List;

/**
 * What must be done (义务): {@code delete}, {@code compensate}, {@code inform}.
 *
 * @param constraints when and how
 */
public record Duty(String action, List<Constraint> constraints) {
    public Duty {
        constraints = List.copyOf(constraints);
    }

    public static Duty of(String action, Constraint... constraints) {
        return new Duty(action, List.of(constraints));
    }
}
