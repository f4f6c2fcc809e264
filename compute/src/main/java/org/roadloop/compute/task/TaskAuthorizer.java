package org.roadloop.compute.task;

import java.util.Optional;

/** Who stands behind a bearer token (鉴权). Any thread. */
@FunctionalInterface
public interface TaskAuthorizer {
    /** The caller, or empty if the token is unknown or no longer valid. */
    Optional<Caller> findCaller(String bearerToken);

    /**
     * @param actor DID
     * @param agreement that the token was made for; empty if it may name any of the actor's own
     * @param operator sees and cancels the tasks of all
     */
    record Caller(String actor, Optional<String> agreement, boolean operator) {}
}
