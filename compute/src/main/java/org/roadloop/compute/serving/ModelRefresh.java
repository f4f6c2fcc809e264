package org.roadloop.compute.serving;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.roadloop.compute.task.Task;
import org.roadloop.compute.task.TaskAuthorizer;
import org.roadloop.compute.task.TaskRefusedException;
import org.roadloop.compute.task.TaskState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Makes the model of a service anew (模型刷新): when its table has come far enough a training task
 * begins, and what it released becomes a new version, rolled out like any other. One thread.
 */
final class ModelRefresh {
    private static final Logger LOG = LoggerFactory.getLogger(ModelRefresh.class);

    /** A training that could not begin is not tried again sooner. */
    private static final Duration REFUSED = Duration.ofSeconds(60);

    private final ServiceWiring wiring;
    private final ServiceBook book;
    private final VersionFiles files;
    private Instant next = Instant.MIN;
    private volatile String trouble = "";

    ModelRefresh(ServiceWiring wiring, ServiceBook book, VersionFiles files) {
        this.wiring = wiring;
        this.book = book;
        this.files = files;
    }

    /** Why the last training led to nothing, empty if it did. Any thread. */
    String trouble() {
        return trouble;
    }

    /**
     * @param s that serves and rolls nothing out
     * @param spec of what serves
     */
    void look(Service s, ServiceSpec spec) throws IOException {
        Instant now = wiring.clock().instant();
        Service.Training training = s.training();
        if (training != null) {
            conclude(s, spec, training);
        } else if (spec.refresh().isPresent() && !now.isBefore(next)) {
            next = now.plus(wiring.pace().tick());
            begin(s, spec.refresh().get(), now);
        }
    }

    private void begin(Service s, ServiceSpec.Refresh refresh, Instant now) {
        try {
            TrainingTable.Reading at = wiring.tables().read(refresh.asset(), s.agreement());
            Service.Training before = s.trained();
            boolean grown =
                    at.snapshot() >= 0 && (before == null || at.snapshot() != before.snapshot());
            Instant last = before == null ? s.createdAt() : before.at();
            long rows = at.rows() - (before == null ? 0 : before.rows());
            boolean due =
                    (!refresh.every().isZero() && !now.isBefore(last.plus(refresh.every())))
                            || (refresh.newRows() > 0 && rows >= refresh.newRows());
            if (!grown || !due) {
                return;
            }
            // before the task reads: what comes meanwhile makes the model younger than it is said
            Optional<Instant> newest =
                    wiring.tables()
                            .newest(
                                    refresh.asset(),
                                    s.agreement(),
                                    at.snapshot(),
                                    refresh.eventTime());
            boolean own = s.agreement().isEmpty();
            String task =
                    wiring.tasks()
                            .create(
                                    refresh.task(),
                                    new TaskAuthorizer.Caller(
                                            s.actor(),
                                            own ? Optional.empty() : Optional.of(s.agreement()),
                                            own));
            ObjectNode body = ServiceBook.body().put("task", task);
            body.put("snapshot", Long.toString(at.snapshot())).put("rows", at.rows());
            body.put("newest", newest.map(Instant::toString).orElse(""));
            book.append(s.name(), ServiceBook.TRAINING, body);
            trouble = "";
            LOG.info("service {}: its model is trained anew by task {}", s.name(), task);
        } catch (TaskRefusedException | IllegalArgumentException | NoSuchElementException e) {
            trouble = "no training: " + e.getMessage();
            LOG.warn("service {}: {}", s.name(), trouble);
            next = now.plus(REFUSED);
        }
    }

    private void conclude(Service s, ServiceSpec spec, Service.Training training)
            throws IOException {
        Optional<Task> task = wiring.tasks().book().find(training.task());
        if (task.isPresent() && !task.get().state().ended()) {
            return;
        }
        String reason = "the task is not there any more";
        TaskState state = task.map(Task::state).orElse(TaskState.UNKNOWN);
        if (state == TaskState.COMPLETE && spec.refresh().isPresent()) {
            ServiceSpec.Refresh refresh = spec.refresh().get();
            ObjectNode json =
                    spec.withModel(
                            refresh.model(), "task:" + training.task() + "/" + refresh.output());
            ServiceBook.Owner owner = new ServiceBook.Owner(s.actor(), s.agreement(), s.purpose());
            try {
                files.keep(ServiceSpec.parse(json), s.nextVersion(), owner);
                String as = s.find(s.serving()).map(Service.Version::task).orElse("");
                book.apply(s.name(), owner, ServiceBook.REFRESH, json, training.newest(), as);
                return;
            } catch (ServiceRefusedException e) {
                reason = String.valueOf(e.getMessage());
            }
        } else if (task.isPresent()) {
            reason = "the training ended as " + state;
        }
        trouble = "its model stays as it is: " + reason;
        LOG.warn("service {}: {}", s.name(), trouble);
        book.append(
                s.name(),
                ServiceBook.TRAINED,
                ServiceBook.body()
                        .put("task", training.task())
                        .put("state", state.name())
                        .put("reason", reason));
    }
}
