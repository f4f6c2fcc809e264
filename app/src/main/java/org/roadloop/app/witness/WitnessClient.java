package org.roadloop.app.witness;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.roadloop.core.ledger.Checkpoint;
import org.roadloop.core.ledger.ProofBundle;
import org.roadloop.core.ledger.TransparencyLog;
import org.roadloop.core.ledger.witness.Submission;
import org.roadloop.core.ledger.witness.Witness;
import org.roadloop.dataspace.identity.WholeAnswer;

/**
 * Talks to one witness (见证客户端), C2SP tlog-witness. Any thread; blocks, at most a few seconds a
 * request.
 */
final class WitnessClient {
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final int MAX_TRIES = 4;

    /** What a hostile witness can make us read. */
    private static final int MAX_EPOCH = 99;

    private final HttpClient http;
    private final URI prefix;

    /** Status and body of an answer. */
    record Reply(int status, String body) {}

    /**
     * How an offer ended.
     *
     * @param checkpoint what was offered last
     * @param size that the witness remembers: of the checkpoint after 200, what it named after 409,
     *     else -1
     * @param before size that it had remembered before a 200; else -1
     */
    record Offered(Reply reply, Checkpoint checkpoint, long size, long before) {
        boolean cosigned() {
            return reply.status() == 200;
        }
    }

    /**
     * @param prefix before {@code /add-checkpoint}, without a slash at the end
     */
    WitnessClient(HttpClient http, URI prefix) {
        this.http = http;
        this.prefix = prefix;
    }

    URI prefix() {
        return prefix;
    }

    /** As {@link #offer(TransparencyLog, Checkpoint, long)}, of the newest checkpoint. */
    Offered offer(TransparencyLog log, long known) throws IOException, InterruptedException {
        Offered offered = offer(log, log.checkpoint(), known);
        // A partner may have looked at our log itself since: then it knows a later one.
        boolean overtaken = offered.size() > offered.checkpoint().size();
        return overtaken && offered.size() <= log.size()
                ? offer(log, log.checkpoint(), offered.size())
                : offered;
    }

    /**
     * Offers a checkpoint, and again from the size the witness names if that is another. Ends with
     * 409 only if the witness remembers more entries than the checkpoint has.
     *
     * @param known size that the witness knew last; 0 if unknown
     */
    Offered offer(TransparencyLog log, Checkpoint checkpoint, long known)
            throws IOException, InterruptedException {
        long old = Math.min(known, checkpoint.size());
        for (int i = 1; ; i++) {
            Reply reply = submit(Submission.of(log, checkpoint, old));
            if (reply.status() == 200) {
                return new Offered(reply, checkpoint, checkpoint.size(), old);
            }
            if (reply.status() != 409) {
                return new Offered(reply, checkpoint, -1, -1);
            }
            old = size(reply.body());
            if (old > checkpoint.size() || i == MAX_TRIES) {
                return new Offered(reply, checkpoint, old, -1);
            }
        }
    }

    private static long size(String body) throws IOException {
        if (!body.matches("(0|[1-9][0-9]{0,17})\n")) {
            throw new IOException("answer 409 of a witness without a size");
        }
        return Long.parseLong(body.strip());
    }

    Reply submit(Submission submission) throws IOException, InterruptedException {
        return send(
                HttpRequest.newBuilder(URI.create(prefix + "/add-checkpoint"))
                        .header("Content-Type", "text/plain; charset=utf-8")
                        .POST(HttpRequest.BodyPublishers.ofString(submission.write()))
                        .build());
    }

    /** The checkpoint of a log that the witness cosigned last; unverified. */
    Optional<String> findCheckpoint(String origin) throws IOException, InterruptedException {
        Reply reply = get("/" + Witness.originHash(origin) + "/checkpoint");
        return reply.status() == 200 ? Optional.of(reply.body()) : Optional.empty();
    }

    /**
     * The proofs of a log's changes of key that the witness keeps, from epoch 2 on; none from a
     * witness of another make. Nothing in them is verified.
     */
    List<ProofBundle> fetchHandovers(String origin) throws IOException, InterruptedException {
        List<ProofBundle> proofs = new ArrayList<>();
        for (int epoch = 2; epoch <= MAX_EPOCH; epoch++) {
            Reply reply = get("/" + Witness.originHash(origin) + "/handover/" + epoch);
            if (reply.status() != 200) {
                break;
            }
            try {
                proofs.add(ProofBundle.parse(reply.body()));
            } catch (IllegalArgumentException noProof) {
                break;
            }
        }
        return proofs;
    }

    /** Leaves the proof of a change of the log's key. */
    Reply leaveHandover(String origin, ProofBundle proof) throws IOException, InterruptedException {
        return send(
                HttpRequest.newBuilder(
                                URI.create(prefix + "/" + Witness.originHash(origin) + "/handover"))
                        .header("Content-Type", "text/plain; charset=utf-8")
                        .POST(HttpRequest.BodyPublishers.ofString(proof.write()))
                        .build());
    }

    /** What the log of a Roadloop would hand to a witness that knows {@code old} entries. */
    Submission fetchSubmission(long old) throws IOException, InterruptedException {
        Reply reply = get("/submission?old=" + old);
        if (reply.status() != 200) {
            throw new IOException(prefix + "/submission answered " + reply.status());
        }
        try {
            return Submission.parse(reply.body().getBytes(StandardCharsets.UTF_8));
        } catch (IllegalArgumentException e) {
            throw new IOException(prefix + "/submission: " + e.getMessage(), e);
        }
    }

    /** The signed keys of a Roadloop's log and witness. */
    String fetchStatement() throws IOException, InterruptedException {
        Reply reply = get("/keys");
        if (reply.status() != 200) {
            throw new IOException(prefix + "/keys answered " + reply.status());
        }
        return reply.body().strip();
    }

    private Reply get(String path) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(URI.create(prefix + path)).GET().build());
    }

    private Reply send(HttpRequest request) throws IOException, InterruptedException {
        HttpResponse<byte[]> answer = WholeAnswer.of(http, request, TIMEOUT, Submission.MAX_BYTES);
        return new Reply(answer.statusCode(), new String(answer.body(), StandardCharsets.UTF_8));
    }
}
