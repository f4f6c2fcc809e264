package org.roadloop.compute.task;

import java.util.List;
import org.roadloop.core.contract.UsageGate;

/** A task that is not taken on, with its reasons. */
public final class TaskRefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Why, as an HTTP status says it. */
    public enum Kind {
        INVALID(400),
        UNAUTHENTICATED(401),
        FORBIDDEN(403),
        CONFLICT(409),
        BUSY(503);

        final int status;

        Kind(int status) {
            this.status = status;
        }
    }

    private final Kind kind;
    private final transient List<UsageGate.Reason> reasons;

    public TaskRefusedException(Kind kind, String message) {
        this(kind, message, List.of());
    }

    TaskRefusedException(Kind kind, String message, List<UsageGate.Reason> reasons) {
        super(message);
        this.kind = kind;
        this.reasons = List.copyOf(reasons);
    }

    public Kind kind() {
        return kind;
    }

    public List<UsageGate.Reason> reasons() {
        return reasons;
    }
}
