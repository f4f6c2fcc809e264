package org.roadloop.core.policy;

import java.util.List;

/**
 * What must be done (义务): {@code delete}, {@code compensate}, {@code inform}; ODRL 2.2 §2.6.4–5.
 *
 * @param constraints an upper bound on {@code dateTime} or {@code elapsedTime} is its deadline;
 *     {@code event} and lower bounds say from when it is owed; others say how it is done
 * @param consequences duties that are owed as well once this one was not fulfilled (违约后果)
 */
public record Duty(
        String action, List<Constraint> constraints, List<Duty> consequences, Scope scope)
        implements Rule {
    public Duty {
        constraints = List.copyOf(constraints);
        consequences = List.copyOf(consequences);
    }

    public Duty(String action, List<Constraint> constraints) {
        this(action, constraints, List.of(), Scope.OF_POLICY);
    }

    public static Duty of(String action, Constraint... constraints) {
        return new Duty(action, List.of(constraints));
    }
}
