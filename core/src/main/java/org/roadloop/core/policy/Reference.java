package org.roadloop.core.policy;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The party or asset that a rule is about (主体/客体引用): itself, or a member of it where it is a
 * collection, narrowed by refinements (ODRL 2.2 §2.2, §2.3).
 *
 * @param id of the party, the asset or the collection
 * @param source of a collection: another id that membership may be stated with
 * @param refinements all must hold of the member: of the actor's claims, or of the asset's facts
 */
public record Reference(String id, @Nullable String source, List<Constraint> refinements) {
    public Reference {
        refinements = List.copyOf(refinements);
    }

    public static Reference to(String id) {
        return new Reference(id, null, List.of());
    }
}
