package org.roadloop.core.policy;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a rule says of its own about id, parties, asset and manner (规则范围); what it doesn't say it
 * takes from its policy (ODRL 2.2 §2.7.1, compact policy).
 *
 * @param actionRefinements narrow the action: all must hold of the act
 */
public record Scope(
        @Nullable String uid,
        @Nullable Reference assigner,
        @Nullable Reference assignee,
        @Nullable Reference target,
        List<Constraint> actionRefinements) {
    /** Says nothing of its own. */
    public static final Scope OF_POLICY = new Scope(null, null, null, null, List.of());

    public Scope {
        actionRefinements = List.copyOf(actionRefinements);
    }
}
