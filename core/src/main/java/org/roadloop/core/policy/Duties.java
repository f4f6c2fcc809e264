package org.roadloop.core.policy;

import java.util.ArrayList;
import java.util.List;
import org.roadloop.core.policy.Verdict.Due;
import org.roadloop.core.policy.Verdict.Origin;

/** All duties of a policy as they stand for a request (义务清单), owed, fulfilled or not yet either. */
public final class Duties {
    private Duties() {}

    /**
     * A duty with the rule that it comes with.
     *
     * @param rule {@link Rule#id} of the permission; the duty's own for an obligation
     */
    public record Standing(String rule, Due due) {}

    /** Obligations first, then duties by permission, whichever permission is used. */
    public static List<Standing> list(Policy policy, Request request) {
        List<Standing> list = new ArrayList<>();
        policy.forEachRule(
                (rule, place) -> {
                    switch (rule) {
                        case Duty duty -> {
                            Obligation of = Obligation.of(duty, place, Origin.OBLIGATION, request);
                            list.add(new Standing(of.id(), due(of)));
                        }
                        case Permission permission -> {
                            String id = permission.id(place);
                            Obligation.all(permission.duties(), id + "/duty", Origin.DUTY, request)
                                    .forEach(of -> list.add(new Standing(id, due(of))));
                        }
                        case Prohibition prohibition -> {}
                    }
                });
        return list;
    }

    private static Due due(Obligation of) {
        return new Due(of.id(), of.duty(), of.origin(), of.deontic(), of.deadline());
    }
}
