package org.roadloop.compute.task;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A task as it stands (任务).
 *
 * @param agreement empty for the owner's own
 * @param placementJson body of {@code task.placed}, absent before; likewise the others
 * @param startedAtIndex of the ledger's entry, −1 before
 * @param retriedJson body of the last {@code task.retried}, absent before
 * @param service of which its program is a version, empty for none
 */
public record Task(
        String id,
        int number,
        long createdIndex,
        String actor,
        String agreement,
        String purpose,
        int priority,
        Instant createdAt,
        TaskState state,
        byte @Nullable [] requestJson,
        byte @Nullable [] placementJson,
        byte @Nullable [] startedJson,
        byte @Nullable [] resultJson,
        long startedAtIndex,
        byte @Nullable [] retriedJson,
        String service) {
    /**
     * One that was taken on.
     *
     * @param open who it belongs to, as {@code task.queued} has it
     */
    static Task queued(
            String id,
            int number,
            long createdIndex,
            JsonNode open,
            Instant at,
            byte @Nullable [] request) {
        return new Task(
                id,
                number,
                createdIndex,
                open.required("actor").asString(),
                open.required("agreement").asString(),
                open.required("purpose").asString(),
                open.path("priority").asInt(0),
                at,
                TaskState.QUEUED,
                request,
                null,
                null,
                null,
                -1,
                null,
                open.path("service").asString(""));
    }

    public boolean isService() {
        return !service.isEmpty();
    }

    /** Who wants its end wants it whatever comes meanwhile. */
    TaskState unlessCanceling(TaskState next) {
        return state == TaskState.CANCELING ? state : next;
    }

    public @Nullable JsonNode placement() {
        return parsed(placementJson);
    }

    public @Nullable JsonNode started() {
        return parsed(startedJson);
    }

    public @Nullable JsonNode result() {
        return parsed(resultJson);
    }

    private static @Nullable JsonNode parsed(byte @Nullable [] json) {
        return json == null ? null : JsonMapper.shared().readTree(json);
    }

    Task with(TaskState next) {
        return with(next, placementJson, startedJson, resultJson, startedAtIndex, retriedJson);
    }

    Task with(
            TaskState next,
            byte @Nullable [] placed,
            byte @Nullable [] began,
            byte @Nullable [] result,
            long beganAt,
            byte @Nullable [] retried) {
        return new Task(
                id,
                number,
                createdIndex,
                actor,
                agreement,
                purpose,
                priority,
                createdAt,
                next,
                next.ended() ? null : requestJson,
                placed,
                began,
                result,
                beganAt,
                retried,
                service);
    }
}
