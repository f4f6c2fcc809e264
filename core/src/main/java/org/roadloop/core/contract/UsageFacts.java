package org.roadloop.core.contract;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.roadloop.core.policy.Place;
import org.roadloop.core.policy.Usage;

/**
 * What the platform knows of a use beyond its own books (使用事实), asked at each use and again while a
 * lease is open: what is withdrawn meanwhile ends it. Any thread; may take as long as a look-up.
 */
public interface UsageFacts {
    /** Nothing is known: policies that ask for place, industry or event deny. */
    UsageFacts NONE = new UsageFacts() {};

    /**
     * Where uses of a kind under an agreement happen; empty if nobody knows. The one source of
     * {@code spatial}.
     */
    default Optional<Place> place(Agreement agreement, String action) {
        return Optional.empty();
    }

    /**
     * Systems at which uses of a kind under an agreement may happen; empty: nowhere but at its
     * {@link #place}. As long as it is open which of them it is, a use is allowed if it would be at
     * one of them.
     */
    default List<UsageSystem> systems(Agreement agreement, String action) {
        return List.of();
    }

    /** Left operands with what else holds of uses under an agreement. */
    default Map<String, Set<String>> facts(Agreement agreement) {
        return Map.of();
    }

    /** Left operands with what is verified now of a participant: {@code membership}. */
    default Map<String, Set<String>> claims(String did) {
        return Map.of();
    }

    /**
     * Why data may not leave under an agreement whatever its policy says, asked with the other
     * facts; empty if it may.
     */
    default List<UsageGate.Reason> barred(Agreement agreement, String action) {
        return List.of();
    }

    /**
     * Told once the policy has allowed a use, before its evidence and before the first byte: what
     * is counted of releases is counted here.
     *
     * @return why it may not leave after all; empty if it was counted
     */
    default List<UsageGate.Reason> leave(Agreement agreement, String action, String purpose) {
        return List.of();
    }

    /** Named events with their times. */
    default Map<String, Usage.Happening> events() {
        return Map.of();
    }

    /** Whether this platform deals with a participant at all. */
    default boolean trusted(String did) {
        return true;
    }
}
