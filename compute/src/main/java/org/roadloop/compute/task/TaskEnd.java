package org.roadloop.compute.task;

import java.io.UncheckedIOException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Ends of tasks without a run to conclude (任务终结). Any thread. */
final class TaskEnd {
    private static final Logger LOG = LoggerFactory.getLogger(TaskEnd.class);
    private static final Duration RETRY = Duration.ofSeconds(1);

    private TaskEnd() {}

    /** The end of a task that never ran. */
    static void end(TaskBook book, String id, TaskState state, String reason) {
        ObjectNode body = JsonMapper.shared().createObjectNode();
        body.put("state", state.name()).putArray("systemLogs").add(reason);
        book.finish(id, body);
    }

    /** While the end can't be recorded it is tried again: a task must not seem to run for ever. */
    static void endAfterFailure(TaskBook book, String id, String reason) {
        boolean waited = false;
        while (true) {
            try {
                end(book, id, TaskState.SYSTEM_ERROR, reason);
                if (waited) {
                    LOG.info("the end of task {} is recorded", id);
                }
                return;
            } catch (UncheckedIOException e) {
                if (!waited) {
                    LOG.error("the end of task {} waits for the ledger: {}", id, e.toString());
                    waited = true;
                }
            } catch (RuntimeException e) {
                LOG.error("the end of task {} can't be recorded: {}", id, e.toString());
                return;
            }
            try {
                Thread.sleep(RETRY);
            } catch (InterruptedException e) {
                // The platform stops: the next one goes on with the task.
                Thread.currentThread().interrupt();
                return;
            }
        }
    }
}
