package org.roadloop.dataspace.access;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.contract.DataAddress;
import org.roadloop.core.contract.TransferProcess;
import org.roadloop.core.contract.UsageGate;
import org.roadloop.dataspace.identity.CallerIdentity;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

/**
 * Pull (拉取): {@code GET /dataspace/v1/data/{transferPid}?purpose=…} with the access token of a
 * started transfer answers the asset's rows as one file: Parquet, or by {@code Accept} CSV or JSON
 * lines.
 *
 * <p>The file is pinned: single ranges (RFC 9110 §14) of it can be asked for until {@link #IDLE}
 * after the last request, under one lease and one use, each byte metered once. A request without a
 * range after the file has left whole is a new use, of the newest rows where the data set follows
 * its table. The answer breaks off when access is taken away.
 */
public final class DataRoute {
    /** The transfer format this route serves. */
    public static final String FORMAT = "HttpData-PULL";

    public static final String PATH = "/dataspace/v1/data/";

    /** A property of the data address: {@code POST} there for the next token. */
    public static final String TOKEN_ENDPOINT = "tokenEndpoint";

    /** Header: the lease; each is one use. */
    static final String LEASE = "Roadloop-Lease";

    /** How long a pinned file waits for the next request. */
    public static final Duration IDLE = Duration.ofMinutes(15);

    /** A checksum of a part is sent up to this size: it is read twice for it. */
    private static final long MOST_DIGESTED_BYTES = 64L << 20;

    private static final Logger log = LoggerFactory.getLogger(DataRoute.class);

    private final AccessTokens tokens;
    private final CallerIdentity identity;
    private final Releases releases;
    private final Map<Pull, Pinned> pinned = new ConcurrentHashMap<>();

    private record Pull(Releases.Use use, RowFormat format) {}

    /** At most one file of a pull. */
    private static final class Pinned {
        @Nullable MeteredFile file;
        int readers;
        long usedNanos;
    }

    /**
     * @param identity proves who asks for a new token
     */
    public DataRoute(AccessTokens tokens, CallerIdentity identity, Releases releases) {
        this.tokens = tokens;
        this.identity = identity;
        this.releases = releases;
    }

    public void mount(RoutesConfig routes) {
        routes.get(PATH + "{transferPid}", ctx -> answering(ctx, this::pull));
        routes.post(PATH + "{transferPid}/token", ctx -> answering(ctx, this::renew));
    }

    /** Where a started pull is to be had, with a new token and where to get the next. */
    public static DataAddress address(URI origin, TransferProcess transfer, AccessTokens tokens) {
        String endpoint = origin + PATH + segment(transfer.dialogue().pid());
        return new DataAddress(
                "https://w3id.org/idsa/v4.1/HTTP",
                endpoint,
                Map.of(
                        DataAddress.AUTHORIZATION,
                        tokens.issue(transfer),
                        DataAddress.AUTH_TYPE,
                        "bearer",
                        TOKEN_ENDPOINT,
                        endpoint + "/token"));
    }

    /** A pid as one segment of a path. */
    static String segment(String pid) {
        return URLEncoder.encode(pid, StandardCharsets.UTF_8).replace("+", "%20");
    }

    interface Handler {
        void handle(Context ctx) throws IOException;
    }

    /** Turns a refusal into its answer, once for all routes of this package. */
    static void answering(Context ctx, Handler handler) throws IOException {
        try {
            handler.handle(ctx);
        } catch (AccessTokens.InvalidTokenException e) {
            ctx.header("WWW-Authenticate", "Bearer error=\"invalid_token\"");
            AccessProblem.of(e).answer(ctx);
        } catch (UsageGate.RefusedException e) {
            AccessProblem.of(e).answer(ctx);
        } catch (CallerIdentity.UnauthorizedException e) {
            new AccessProblem(401, "caller_unknown", String.valueOf(e.getMessage())).answer(ctx);
        } catch (AccessProblem e) {
            e.answer(ctx);
        }
    }

    /** What the token of a request is for, if it is for this transfer and one of these formats. */
    static AccessTokens.Claims claims(AccessTokens tokens, Context ctx, String... formats) {
        AccessTokens.Claims claims =
                tokens.verify(Optional.ofNullable(ctx.header("Authorization")).orElse(""));
        if (!claims.transferPid().equals(ctx.pathParam("transferPid"))
                || !java.util.List.of(formats).contains(claims.format())) {
            throw new AccessProblem(
                    403, "token_of_another_transfer", "the token is not of this transfer");
        }
        return claims;
    }

    /**
     * A new token for a transfer that goes on, for its consumer who proves itself as to any
     * message.
     */
    private void renew(Context ctx) {
        String caller =
                identity.verify(Optional.ofNullable(ctx.header("Authorization")).orElse(""));
        String token = tokens.renew(ctx.pathParam("transferPid"), caller);
        ctx.contentType("application/json")
                .header("Cache-Control", "no-store")
                .result(
                        JsonMapper.shared()
                                .createObjectNode()
                                .put("access_token", token)
                                .put("token_type", "Bearer")
                                .put("expires_in", tokens.verify(token).secondsLeft(tokens.now()))
                                .toString());
    }

    private void pull(Context ctx) throws IOException {
        AccessTokens.Claims claims = claims(tokens, ctx, FORMAT);
        String purpose = Optional.ofNullable(ctx.queryParam("purpose")).orElse("");
        Pull pull =
                new Pull(
                        Releases.Use.of(claims, purpose),
                        RowFormat.accepted(Optional.ofNullable(ctx.header("Accept")).orElse("")));
        Pinned place = pinned.computeIfAbsent(pull, p -> new Pinned());
        MeteredFile file = take(pull, place, ctx.header("Range") != null);
        try {
            send(ctx, file);
        } finally {
            giveBack(pull, place);
        }
    }

    private MeteredFile take(Pull pull, Pinned place, boolean range) throws IOException {
        synchronized (place) {
            MeteredFile file = place.file;
            boolean again =
                    file != null
                            && !file.ended()
                            && (range || place.readers > 0 || !file.complete());
            if (!again) {
                if (file != null) {
                    file.close();
                }
                file = releases.openFile(pull.use(), pull.format());
                MeteredFile opened = file;
                opened.onEnd(() -> CompletableFuture.runAsync(() -> drop(pull, place, opened)));
                place.file = file;
            }
            place.readers++;
            return java.util.Objects.requireNonNull(file);
        }
    }

    private void giveBack(Pull pull, Pinned place) {
        synchronized (place) {
            place.readers--;
            place.usedNanos = System.nanoTime();
        }
        CompletableFuture.delayedExecutor(IDLE.toMillis() + 1, TimeUnit.MILLISECONDS)
                .execute(() -> dropIdle(pull, place));
    }

    private void dropIdle(Pull pull, Pinned place) {
        synchronized (place) {
            MeteredFile file = place.file;
            if (place.readers == 0
                    && file != null
                    && System.nanoTime() - place.usedNanos >= IDLE.toNanos()) {
                file.close();
                place.file = null;
                pinned.remove(pull, place);
            }
        }
    }

    /** The transfer, its contract or its lease has ended. */
    private void drop(Pull pull, Pinned place, MeteredFile ended) {
        synchronized (place) {
            if (place.file == ended) {
                place.file = null;
                pinned.remove(pull, place);
            }
        }
        ended.close();
    }

    private void send(Context ctx, MeteredFile file) throws IOException {
        PinnedExport export = file.export();
        long size = export.dataBytes();
        ctx.header("Accept-Ranges", "bytes")
                .header("ETag", export.entityTag())
                .header("Cache-Control", "no-store")
                .header(Digests.WHOLE, export.digest())
                .header(LEASE, file.leaseId())
                .header("Roadloop-Snapshot", Long.toString(export.snapshot()))
                .header("Roadloop-Rows", Long.toString(export.rows()))
                .header("Roadloop-SHA256", export.sha256());
        String unchanged = ctx.header("If-Range");
        boolean same = unchanged == null || unchanged.equals(export.entityTag());
        switch (ByteRange.of(same ? ctx.header("Range") : null, size)) {
            case ByteRange.Beyond beyond -> {
                ctx.header("Content-Range", "bytes */" + size);
                throw new AccessProblem(
                        416, "range_not_satisfiable", "the file has " + size + " bytes");
            }
            case ByteRange.Whole whole -> {
                ctx.header(Digests.CONTENT, export.digest());
                send(ctx, file, 0, size, 200);
            }
            case ByteRange.Part part -> {
                ctx.header(
                        "Content-Range",
                        "bytes " + part.from() + "-" + (part.until() - 1) + "/" + size);
                if (part.until() - part.from() <= MOST_DIGESTED_BYTES) {
                    ctx.header(
                            Digests.CONTENT,
                            Digests.header(
                                    Digests.sha256(export.file(), part.from(), part.until())));
                }
                send(ctx, file, part.from(), part.until(), 206);
            }
        }
    }

    private static void send(Context ctx, MeteredFile file, long from, long until, int status)
            throws IOException {
        Runnable cutter = Line.cutter(ctx);
        long sent = 0;
        // refused here, it is still an answer with its reasons
        try (InputStream in = file.open(from, until)) {
            ctx.status(status).contentType(file.export().mediaType());
            ctx.header("Content-Length", Long.toString(until - from));
            // not Javalin's own stream: that may compress, and ranges are of the plain file
            OutputStream out = ctx.res().getOutputStream();
            Runnable listening = file.onEnd(cutter);
            byte[] chunk = new byte[64 * 1024];
            try {
                for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
                    out.write(chunk, 0, n);
                    sent += n;
                }
                out.flush();
            } catch (IOException | RuntimeException e) {
                log.info("a pull broke off after {} of {} bytes: {}", sent, until - from, e + "");
                cutter.run();
            } finally {
                listening.run();
            }
        }
    }
}
