package org.roadloop.app.http;

import io.javalin.http.Context;
import io.javalin.http.Handler;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.Optional;

/** Runs a POST handler once for each {@code Idempotency-Key} of a caller. */
final class IdempotentHandler implements Handler {
    static final int MAX_KEY_LENGTH = 255;

    private final Handler handler;
    private final Idempotency store;

    IdempotentHandler(Handler handler, Idempotency store) {
        this.handler = handler;
        this.store = store;
    }

    @Override
    public void handle(Context context) throws Exception {
        String given = context.header("Idempotency-Key");
        if (given == null) {
            handler.handle(context);
            return;
        }
        if (given.isBlank() || given.length() > MAX_KEY_LENGTH) {
            throw Problem.badRequest(
                    "invalid_idempotency_key",
                    "Idempotency-Key must be 1 to " + MAX_KEY_LENGTH + " characters; use a UUID");
        }
        Idempotency.Key key = new Idempotency.Key(Caller.of(context).id(), context.path(), given);
        byte[] hash = MessageDigest.getInstance("SHA-256").digest(context.bodyAsBytes());
        Optional<Idempotency.Answer> kept = store.claim(key, hash);
        if (kept.isPresent()) {
            replay(context, kept.get());
            return;
        }
        boolean done = false;
        try {
            handler.handle(context);
            done = context.statusCode() < 500;
        } finally {
            if (!done) {
                store.forget(key);
            }
        }
        if (done) {
            keep(context, key);
        }
    }

    private void keep(Context context, Idempotency.Key key) throws Exception {
        byte[] body = new byte[0];
        InputStream result = context.resultInputStream();
        if (result != null) {
            body = result.readAllBytes();
            context.result(body);
        }
        String type = context.res().getContentType();
        String location = context.res().getHeader("Location");
        store.keep(
                key,
                new Idempotency.Answer(
                        context.statusCode(),
                        type == null ? "application/json" : type,
                        location == null ? "" : location,
                        body));
    }

    private static void replay(Context context, Idempotency.Answer answer) {
        context.status(answer.status()).contentType(answer.contentType());
        if (!answer.location().isEmpty()) {
            context.header("Location", answer.location());
        }
        context.header("Idempotency-Replayed", "true").result(answer.body());
    }
}
