package org.roadloop.core.policy;

import java.util.List;

/**
 * What must not be done (禁止), ODRL 2.2 §2.6.6; whether it wins over a permission is the policy's
 * {@link Policy.Conflict} strategy.
 *
 * @param constraints it applies only where all hold
 * @param remedies duties that come up once it was infringed (补救)
 */
public record Prohibition(
        String action, List<Constraint> constraints, List<Duty> remedies, Scope scope)
        implements Rule {
    public Prohibition {
        constraints = List.copyOf(constraints);
        remedies = List.copyOf(remedies);
    }

    public Prohibition(String action, List<Constraint> constraints) {
        this(action, constraints, List.of(), Scope.OF_POLICY);
    }

    public static Prohibition of(String action, Constraint... constraints) {
        return new Prohibition(action, List.of(constraints));
    }
}
