package org.roadloop.core.policy;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a policy says to a request (裁决). {@link PolicyReport} says it rule by rule. */
public sealed interface Verdict {
    /**
     * The first instant after the request's {@code now} at which the same request may be judged
     * otherwise, all else unchanged: a lease that is given out ends here. Null for never.
     */
    @Nullable Instant changesAt();

    /** Duties that are owed and not yet fulfilled, also where the request is denied. */
    List<Due> due();

    /**
     * @param by the permission that allowed it
     * @param ruleId its {@link Rule#id}, for counters of its own
     * @param obligations duties of the policy that come with use
     * @param remaining how much each counter of {@link Usage} may still grow after this act, all
     *     else unchanged, with the act still permitted; a counter without an entry is not limited
     */
    record Permitted(
            Permission by,
            String ruleId,
            List<Duty> obligations,
            Map<String, Long> remaining,
            @Nullable Instant changesAt,
            List<Due> due)
            implements Verdict {
        public Permitted {
            obligations = List.copyOf(obligations);
            remaining = Map.copyOf(remaining);
            due = List.copyOf(due);
        }
    }

    record Denied(List<Reason> reasons, @Nullable Instant changesAt, List<Due> due)
            implements Verdict {
        public Denied {
            if (reasons.isEmpty()) {
                throw new IllegalArgumentException("a denial needs a reason");
            }
            reasons = List.copyOf(reasons);
            due = List.copyOf(due);
        }
    }

    /** Why a duty is owed. */
    enum Origin {
        /** Of the policy. */
        OBLIGATION,
        /** Of the permission that is used. */
        DUTY,
        /** Another duty was not fulfilled. */
        CONSEQUENCE,
        /** A prohibition was infringed. */
        REMEDY
    }

    /** How a duty stands (义务状态). */
    enum Deontic {
        /** Neither done nor too late. */
        NON_SET,
        FULFILLED,
        VIOLATED
    }

    /**
     * A duty that is owed (待履行义务).
     *
     * @param id its {@link Rule#id}
     * @param deadline last instant at which it is done in time; null if it has none, or none yet
     */
    record Due(String id, Duty duty, Origin origin, Deontic deontic, @Nullable Instant deadline) {}

    /**
     * Why, for programs and for people.
     *
     * @param code short stable name: {@code purpose_not_allowed}, {@code count_exhausted}, {@code
     *     expired}
     */
    record Reason(String code, String english, String chinese) {}
}
