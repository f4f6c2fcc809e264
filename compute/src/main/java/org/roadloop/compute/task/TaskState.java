package org.roadloop.compute.task;

/** GA4GH TES 1.1 {@code tesState} (任务状态); the names are the wire's. */
public enum TaskState {
    UNKNOWN,
    QUEUED,
    INITIALIZING,
    RUNNING,
    PAUSED,
    COMPLETE,
    EXECUTOR_ERROR,
    SYSTEM_ERROR,
    CANCELED,
    PREEMPTED,
    CANCELING;

    public boolean ended() {
        return switch (this) {
            case COMPLETE, EXECUTOR_ERROR, SYSTEM_ERROR, CANCELED, PREEMPTED -> true;
            case UNKNOWN, QUEUED, INITIALIZING, RUNNING, PAUSED, CANCELING -> false;
        };
    }
}
