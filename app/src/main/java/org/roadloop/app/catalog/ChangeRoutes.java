package org.roadloop.app.catalog;

import io.javalin.http.Context;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.roadloop.app.http.Page;
import org.roadloop.app.http.Problem;
import org.roadloop.app.http.Role;
import org.roadloop.app.http.Route;
import org.roadloop.core.asset.AssetCatalog;
import org.roadloop.core.asset.CatalogChange;
import org.roadloop.core.catalog.CatalogFeed;

/**
 * Tells subscribers what changes in the catalogue (目录订阅接口): pages by cursor, a page that waits for
 * the next change, or server-sent events. The subscriber keeps the cursor; asking again with the
 * last one it has worked off, it misses nothing, whoever was restarted.
 */
public final class ChangeRoutes {
    private static final int LONGEST_WAIT_SECONDS = 30;
    private static final int MOST_STREAMS = 100;

    /** How soon an ended stream is noticed, and a proxy told that this one lives. */
    private static final Duration BEAT = Duration.ofSeconds(10);

    private final CatalogFeed feed;
    private final Semaphore streams = new Semaphore(MOST_STREAMS);
    private volatile boolean closing;

    public ChangeRoutes(AssetCatalog catalog) {
        this.feed = new CatalogFeed(catalog);
    }

    public List<Route> routes() {
        return List.of(
                Route.get(
                                "/api/v1/catalog/changes",
                                Role.CONSUMER,
                                "Changes since a cursor: ?cursor&limit&waitSeconds;"
                                        + " as text/event-stream they follow live",
                                this::changes)
                        .alsoFor(Role.PROVIDER, Role.AUDITOR));
    }

    private void changes(Context c) throws InterruptedException, IOException {
        String accept = c.header("Accept");
        if (accept != null && accept.contains("text/event-stream")) {
            String last = c.header("Last-Event-ID");
            stream(c, position(last == null ? c.queryParam("cursor") : last));
            return;
        }
        String limit = c.queryParam("limit");
        String wait = c.queryParam("waitSeconds");
        c.result(
                        feed.page(
                                        position(c.queryParam("cursor")),
                                        whole("limit", limit, Page.DEFAULT_LIMIT, Page.MAX_LIMIT),
                                        Duration.ofSeconds(
                                                whole(
                                                        "waitSeconds",
                                                        wait,
                                                        0,
                                                        LONGEST_WAIT_SECONDS)),
                                        change -> true)
                                .json()
                                .toString())
                .contentType("application/json");
    }

    private void stream(Context c, long after) throws InterruptedException, IOException {
        if (!streams.tryAcquire()) {
            throw new Problem(
                    503,
                    "too_many_subscribers",
                    MOST_STREAMS + " streams are open already; ask with waitSeconds instead");
        }
        try {
            c.res().setContentType("text/event-stream;charset=utf-8");
            c.res().setHeader("Cache-Control", "no-cache");
            // not through Javalin's stream, which may compress and so hold back an event
            OutputStream out = c.res().getOutputStream();
            out.write(": open\n\n".getBytes(StandardCharsets.UTF_8));
            c.res().flushBuffer();
            long at = after;
            while (!closing) {
                CatalogFeed.Page page = feed.page(at, Page.DEFAULT_LIMIT, BEAT, change -> true);
                StringBuilder text = new StringBuilder();
                for (CatalogChange change : page.items()) {
                    text.append("id: ").append(CatalogFeed.text(change.ledgerIndex()));
                    text.append("\nevent: change\ndata: ");
                    text.append(CatalogFeed.json(change)).append("\n\n");
                }
                out.write(
                        (text.isEmpty() ? ": alive\n\n" : text.toString())
                                .getBytes(StandardCharsets.UTF_8));
                c.res().flushBuffer();
                at = page.cursor();
            }
        } finally {
            streams.release();
        }
    }

    private static long position(@Nullable String cursor) {
        try {
            return CatalogFeed.position(cursor);
        } catch (IllegalArgumentException e) {
            throw Problem.badRequest("invalid_cursor", String.valueOf(e.getMessage()));
        }
    }

    private static int whole(String name, @Nullable String text, int otherwise, int most) {
        if (text == null) {
            return otherwise;
        }
        if (!text.matches("\\d{1,6}") || name.equals("limit") && Integer.parseInt(text) < 1) {
            throw Problem.badRequest(
                    name.equals("limit") ? "invalid_limit" : "invalid_wait",
                    name + " is not a whole number up to " + most);
        }
        return Math.min(most, Integer.parseInt(text));
    }

    /** Streams end as soon as their wait does. */
    public void close() {
        closing = true;
    }
}
