package org.roadloop.app.witness;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.roadloop.core.ledger.witness.Answer;
import org.roadloop.core.ledger.witness.Submission;
import org.roadloop.core.ledger.witness.Witness;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A witness over HTTP (见证接口), C2SP tlog-witness: submission and monitoring prefix are one. Callers
 * need no token: the log's signature is their proof. Any thread.
 */
final class WitnessRoutes {
    private static final Logger LOG = LoggerFactory.getLogger(WitnessRoutes.class);
    private static final String TEXT = "text/plain; charset=utf-8";

    private final Witness witness;
    private final Map<String, LongAdder> answers = new ConcurrentHashMap<>();

    WitnessRoutes(Witness witness) {
        this.witness = witness;
    }

    /**
     * @param prefix without a slash at the end; empty for the root
     */
    void mount(RoutesConfig routes, String prefix) {
        routes.post(prefix + "/add-checkpoint", this::addCheckpoint);
        routes.get(prefix + "/{originHash}/checkpoint", this::checkpoint);
        routes.post(prefix + "/{originHash}/handover", this::addHandover);
        routes.get(prefix + "/{originHash}/handover/{epoch}", this::handover);
    }

    private void addCheckpoint(Context c) throws IOException {
        answer(c, witness::addCheckpoint);
    }

    /** Not of C2SP: a log leaves the proof of each change of its key here. */
    private void addHandover(Context c) throws IOException {
        String log = c.pathParam("originHash");
        answer(c, body -> witness.addHandover(log, new String(body, UTF_8)));
    }

    private void answer(Context c, Function<byte[], Answer> asked) throws IOException {
        Answer answer;
        byte[] body;
        try (InputStream in = c.bodyInputStream()) {
            body = in.readNBytes(Submission.MAX_BYTES + 1);
        }
        if (body.length > Submission.MAX_BYTES) {
            answer = new Answer.Refused(413, "too_large", "the body is too large");
        } else {
            try {
                answer = asked.apply(body);
            } catch (UncheckedIOException e) {
                LOG.error("witness: nothing was cosigned", e);
                answer = new Answer.Refused(503, "storage", "the witness can't write its state");
            }
        }
        answers.computeIfAbsent(answer.name(), n -> new LongAdder()).increment();
        c.status(answer.status())
                .contentType(answer instanceof Answer.Conflict ? Answer.SIZE_TYPE : TEXT)
                .result(answer.body());
    }

    private void checkpoint(Context c) {
        witness.findLatestByHash(c.pathParam("originHash"))
                .ifPresentOrElse(
                        latest -> c.contentType(TEXT).result(latest.note()),
                        () -> c.status(404).contentType(TEXT).result("never cosigned here\n"));
    }

    private void handover(Context c) {
        String epoch = c.pathParam("epoch");
        Optional<String> proof =
                epoch.matches("[1-9][0-9]?")
                        ? witness.findHandover(c.pathParam("originHash"), Integer.parseInt(epoch))
                        : Optional.empty();
        proof.ifPresentOrElse(
                text -> c.contentType(TEXT).result(text),
                () -> c.status(404).contentType(TEXT).result("no such handover is kept here\n"));
    }

    Map<String, LongSupplier> metrics() {
        Map<String, LongSupplier> metrics = new TreeMap<>();
        answers.forEach(
                (name, count) ->
                        metrics.put("witness_answers_total{result=" + name + "}", count::sum));
        metrics.put(
                "witness_split_views",
                () -> witness.list().stream().mapToLong(k -> k.splitViews().size()).sum());
        metrics.put("witness_logs", () -> witness.list().size());
        return metrics;
    }
}
