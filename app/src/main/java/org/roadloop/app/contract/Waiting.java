package org.roadloop.app.contract;

import io.javalin.http.Context;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.roadloop.app.http.Problem;
import org.roadloop.core.approval.Approvals;
import org.roadloop.core.contract.Agreement;
import org.roadloop.core.contract.ContractBook;
import org.roadloop.dataspace.dsp.Begun;
import tools.jackson.databind.JsonNode;

/**
 * How long a request waits for a contract (等待合约), and the answer if there is none by then: 202,
 * where the negotiation is found, and its state. Any thread.
 */
public final class Waiting {
    static final String SCHEMA =
            """
            {"description":"false: answer at once; a number: seconds, at most 45",
             "oneOf":[{"type":"boolean"},{"type":"integer","minimum":0,"maximum":45}]}""";

    private final ContractBook book;
    private final NegotiationView view;
    private final Duration most;

    /** What a caller asked for; null: as long as may be. */
    record For(@org.jspecify.annotations.Nullable Duration time) {}

    public Waiting(ContractBook book, Approvals approvals, Duration most) {
        this.book = book;
        this.view = new NegotiationView(book, approvals);
        this.most = most;
    }

    /** Reads {@code wait}. */
    static For of(JsonNode body) {
        JsonNode wait = body.path("wait");
        if (wait.isMissingNode() || wait.isBoolean() && wait.asBoolean()) {
            return new For(null);
        }
        if (wait.isBoolean()) {
            return new For(Duration.ZERO);
        }
        if (!wait.isIntegralNumber() || wait.asLong(-1) < 0 || wait.asLong(-1) > 45) {
            throw Problem.badRequest("invalid_wait", "wait is true, false, or 0 to 45 seconds");
        }
        return new For(Duration.ofSeconds(wait.asLong()));
    }

    /** The peer's refusal is the caller's answer, with its reason; empty: it goes on. */
    public static <T> Optional<T> within(CompletableFuture<T> future, Duration time)
            throws InterruptedException {
        try {
            return Optional.of(future.get(time.toNanos(), TimeUnit.NANOSECONDS));
        } catch (ExecutionException e) {
            Throwable why = e.getCause() == null ? e : e.getCause();
            throw new Problem(409, "peer_refused", String.valueOf(why.getMessage()));
        } catch (TimeoutException e) {
            return Optional.empty();
        }
    }

    /** The provider must be asked for its offer first: if it is silent, nothing has begun. */
    Begun begun(CompletableFuture<Begun> beginning) throws InterruptedException {
        Optional<Begun> begun = within(beginning, most);
        if (begun.isEmpty() && beginning.cancel(false)) {
            throw new Problem(
                    504,
                    "peer_silent",
                    "the provider has not shown its offer within "
                            + most.toSeconds()
                            + " s; nothing was begun, try again later");
        }
        try {
            return begun.orElseGet(beginning::join);
        } catch (CancellationException e) {
            throw new IllegalStateException(e);
        }
    }

    Optional<Agreement> agreement(Begun begun, For wait) throws InterruptedException {
        return within(begun.agreement(), wait.time() == null ? most : wait.time());
    }

    /** 202 with the place and the state. */
    void goesOn(Context c, Begun begun) {
        c.header(
                "Location",
                "/api/v1/negotiations/"
                        + URLEncoder.encode(begun.pid(), StandardCharsets.UTF_8)
                                .replace("+", "%20"));
        c.status(202).json(view.line(book.findCourse(begun.pid()).orElseThrow()));
    }
}
