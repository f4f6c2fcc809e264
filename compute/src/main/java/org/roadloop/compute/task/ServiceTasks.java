package org.roadloop.compute.task;

import tools.jackson.databind.node.ObjectNode;

/** Takes on the tasks that are services (服务任务). Any thread. */
public interface ServiceTasks {
    /**
     * Begins a service, or rolls out the next version of one.
     *
     * @param task a {@code tesTask} with {@link TaskRequest#SERVICE}
     * @return the task's id
     * @throws TaskRefusedException and nothing is begun
     */
    String begin(ObjectNode task, TaskAuthorizer.Caller caller);
}
