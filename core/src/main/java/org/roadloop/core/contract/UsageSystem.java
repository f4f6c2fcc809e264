package org.roadloop.core.contract;

import org.jspecify.annotations.Nullable;
import org.roadloop.core.policy.Place;
import org.roadloop.core.policy.Policy;

/**
 * A computing system where a use may happen (使用系统), such as a site of tasks: policies ask for it
 * with the left operands {@code systemDevice} and {@code spatial} (ODRL 2.2 vocabulary §3.6).
 *
 * @param name value of {@code systemDevice}
 * @param place value of {@code spatial}; null if nobody knows where it is
 */
public record UsageSystem(String name, @Nullable Place place) {
    static final String OPERAND = "systemDevice";

    /** Whether it matters to a policy at which system a use happens. */
    static boolean matters(Policy policy) {
        return !policy.rightOperands(OPERAND).isEmpty()
                || !policy.rightOperands(Place.OPERAND).isEmpty();
    }
}
