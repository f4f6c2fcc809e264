package org.roadloop.core.policy;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What is known of the doing of a duty (履行情况).
 *
 * @param at when it was done; null if that is not known, it then counts as in time
 */
public record Performance(State state, @Nullable Instant at) {
    public enum State {
        UNKNOWN,
        PERFORMED,
        /** Established that it was not done: the duty is violated, whatever its deadline. */
        UNPERFORMED
    }

    public static final Performance UNKNOWN = new Performance(State.UNKNOWN, null);
    public static final Performance UNPERFORMED = new Performance(State.UNPERFORMED, null);

    /** Done, in time. */
    public static final Performance PERFORMED = new Performance(State.PERFORMED, null);

    public static Performance performedAt(Instant at) {
        return new Performance(State.PERFORMED, at);
    }
}
