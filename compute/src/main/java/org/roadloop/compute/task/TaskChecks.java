package org.roadloop.compute.task;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import org.roadloop.compute.broker.WishParameters;
import org.roadloop.compute.site.Image;
import org.roadloop.compute.site.ToolImage;
import tools.jackson.databind.JsonNode;

/** What is asked of a task before it is taken on (任务检查). Any thread. */
final class TaskChecks {
    private final TaskWiring wiring;

    TaskChecks(TaskWiring wiring) {
        this.wiring = wiring;
    }

    /** A request that could be run here, or the reason why not. */
    TaskRequest checked(JsonNode json) {
        TaskRequest request;
        try {
            request = TaskRequest.parse(json);
            RunPlan.checkMounts(request);
            checkNumbers(request);
        } catch (IllegalArgumentException e) {
            throw new TaskRefusedException(
                    TaskRefusedException.Kind.INVALID, String.valueOf(e.getMessage()));
        }
        checkImages(request);
        return request;
    }

    /** Empty for the owner's own task: an operator's, without an agreement and contract data. */
    static String agreement(TaskRequest request, TaskAuthorizer.Caller caller) {
        String agreement = request.parameter(TaskRequest.AGREEMENT, caller.agreement().orElse(""));
        boolean data = request.inputs().stream().anyMatch(i -> i.url().startsWith("asset:"));
        if (agreement.isEmpty() && (!caller.operator() || data)) {
            throw new TaskRefusedException(
                    TaskRefusedException.Kind.INVALID,
                    "resources.backend_parameters."
                            + TaskRequest.AGREEMENT
                            + " is missing: a task "
                            + (data ? "on asset:ID" : "of others than the operator")
                            + " runs under a contract");
        }
        if (caller.agreement().isPresent() && !caller.agreement().get().equals(agreement)) {
            throw new TaskRefusedException(
                    TaskRefusedException.Kind.FORBIDDEN,
                    "the token is not for agreement " + agreement);
        }
        return agreement;
    }

    /** Who may interrupt others is the operator's to say. */
    static void checkPriority(TaskRequest request, TaskAuthorizer.Caller caller) {
        if (request.priority() > 0 && !caller.operator()) {
            throw new TaskRefusedException(
                    TaskRefusedException.Kind.FORBIDDEN,
                    "backend_parameters.%s = %d: only the operator gives a task a priority; leave it out"
                            .formatted(WishParameters.PRIORITY, request.priority()));
        }
    }

    private static void checkNumbers(TaskRequest request) {
        request.number(TaskRequest.CPU_SECONDS, 1);
        request.number(TaskRequest.TIME_LIMIT_SECONDS, 1);
        request.number(TaskRequest.MAX_MILLI_COST, 1);
        request.number(TaskRequest.CHECKPOINT_SECONDS, 1);
        request.gang();
        if (request.number(TaskRequest.FINISH_WEIGHT, 0) > 1) {
            throw new IllegalArgumentException(
                    "backend_parameters." + TaskRequest.FINISH_WEIGHT + " is above 1");
        }
        WishParameters.terms("", key -> request.parameter(key, ""));
        String deadline = request.parameter(TaskRequest.DEADLINE, "");
        try {
            if (!deadline.isEmpty()) {
                Instant.parse(deadline);
            }
        } catch (DateTimeParseException e) {
            throw new IllegalArgumentException(
                    "backend_parameters.%s = '%s' is not like 2026-01-31T08:00:00Z"
                            .formatted(TaskRequest.DEADLINE, deadline),
                    e);
        }
    }

    private void checkImages(TaskRequest request) {
        for (TaskRequest.Executor executor : request.executors()) {
            Image image =
                    wiring.images()
                            .find(executor.image())
                            .orElseThrow(
                                    () ->
                                            new TaskRefusedException(
                                                    TaskRefusedException.Kind.INVALID,
                                                    "image '%s' is not available; this platform runs %s"
                                                            .formatted(
                                                                    executor.image(),
                                                                    String.join(
                                                                            ", ",
                                                                            wiring.images()
                                                                                    .names()))));
            if (image instanceof ToolImage && !executor.command().getFirst().equals("roadloop")) {
                throw new TaskRefusedException(
                        TaskRefusedException.Kind.INVALID,
                        "image %s runs commands that start with 'roadloop', not '%s'"
                                .formatted(ToolImage.NAME, executor.command().getFirst()));
            }
        }
    }
}
