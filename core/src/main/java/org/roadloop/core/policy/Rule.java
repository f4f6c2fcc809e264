package org.roadloop.core.policy;

import java.util.List;

/** One rule of a policy (规则), ODRL 2.2 §2.6. */
public sealed interface Rule permits Permission, Prohibition, Duty {
    /**
     * Bare ODRL term, or {@link Action#COMPUTE_TO_DATA}, or the IRI of a foreign action; {@link
     * Action#ANY} where the rule names none.
     */
    String action();

    /** All must hold. */
    List<Constraint> constraints();

    Scope scope();

    /**
     * What counters, duties and reports know the rule by: its own uid, or else where it stands.
     *
     * @param place {@code /permission/0}
     */
    default String id(String place) {
        String uid = scope().uid();
        return uid == null ? place : uid;
    }
}
