package org.roadloop.compute.task;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The tasks of a {@link TaskBook} in memory, in the order of their coming (任务表). Any thread. */
final class TaskTable {
    private final Map<String, Task> tasks = new ConcurrentHashMap<>();

    /** By number; the lock of all that is not a look at one task. */
    private final List<String> order = new ArrayList<>();

    private final TaskIndex index = new TaskIndex();

    /** Null if there is none. */
    @Nullable Task find(String id) {
        return tasks.get(id);
    }

    boolean isEmpty() {
        return tasks.isEmpty();
    }

    /** In no order. */
    Collection<Task> all() {
        return tasks.values();
    }

    Task add(String id, long createdIndex, JsonNode open, Instant at, byte @Nullable [] request) {
        synchronized (order) {
            Task task = Task.queued(id, order.size(), createdIndex, open, at, request);
            if (tasks.putIfAbsent(id, task) == null) {
                order.add(id);
                index.add(task.number(), task.actor(), task.state());
            }
            return task;
        }
    }

    /** What its request says, for queries. */
    void describe(int number, JsonNode request) {
        Map<String, String> tags = new LinkedHashMap<>();
        request.path("tags")
                .propertyStream()
                .forEach(tag -> tags.put(tag.getKey(), tag.getValue().asString("")));
        synchronized (order) {
            index.describe(number, request.path("name").asString(""), tags);
        }
    }

    void remove(Task task) {
        synchronized (order) {
            index.remove(task.number());
            tasks.remove(task.id());
        }
    }

    /** Tasks that have not ended, oldest first. */
    List<Task> unfinished(boolean services) {
        List<Task> open = new ArrayList<>();
        synchronized (order) {
            for (String id : order) {
                Task task = tasks.get(id);
                if (task != null && !task.state().ended() && task.isService() == services) {
                    open.add(task);
                }
            }
        }
        return open;
    }

    TaskBook.Page list(TaskIndex.Query query, int from, int pageSize) {
        List<Task> page = new ArrayList<>();
        synchronized (order) {
            int at = from < 0 ? order.size() - 1 : Math.min(from, order.size() - 1);
            int[] found = index.find(query, at, pageSize + 1);
            for (int i = 0; i < Math.min(pageSize, found.length); i++) {
                Task task = tasks.get(order.get(found[i]));
                if (task != null) {
                    page.add(task);
                }
            }
            return new TaskBook.Page(page, found.length > pageSize ? found[pageSize] : -1);
        }
    }

    void change(String id, UnaryOperator<Task> next) {
        synchronized (order) {
            Task before = get(id);
            Task after = next.apply(before);
            tasks.put(id, after);
            if (after.state() != before.state()) {
                index.move(after.number(), before.state(), after.state());
                order.notifyAll();
            }
        }
    }

    private Task get(String id) {
        Task task = tasks.get(id);
        if (task == null) {
            throw new IllegalArgumentException("no task '" + id + "'");
        }
        return task;
    }

    /** The task when it has ended or the time is over. */
    Task awaitEnd(String id, Duration atMost) {
        long until = System.nanoTime() + atMost.toNanos();
        synchronized (order) {
            while (true) {
                Task task = get(id);
                long millis = (until - System.nanoTime()) / 1_000_000;
                if (task.state().ended() || millis <= 0) {
                    return task;
                }
                try {
                    order.wait(millis);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return task;
                }
            }
        }
    }
}
