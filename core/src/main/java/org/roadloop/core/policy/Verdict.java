package org.roadloop.core.policy;

import java.util.List;

/** What a policy says to a request (裁决). */
public sealed interface Verdict {
    /**
     * @param by the permission that allowed it
     * @param obligations duties of the policy that come with use
     */
    record Permitted(Permission by, List<Duty> obligations) implements Verdict {
        public Permitted {
            obligations = List.copyOf(obligations);
        }
    }

    record Denied(List<Reason> reasons) implements Verdict {
        public Denied {
            if (reasons.isEmpty()) {
                throw new IllegalArgumentException("a denial needs a reason");
            }
            reasons = List.copyOf(reasons);
        }
    }

    /**
     * Why not, for programs and for people.
     *
     * @param code short stable name: {@code purpose_not_allowed}, {@code count_exhausted}, {@code
     *     expired}
     */
    record Reason(String code, String english, String chinese) {}
}
