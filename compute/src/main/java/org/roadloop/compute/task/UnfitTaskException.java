package org.roadloop.compute.task;

/** A task asks for what can't be had (任务不可行): its owner's to mend, not the platform's. */
public final class UnfitTaskException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    public UnfitTaskException(String message) {
        super(message);
    }
}
