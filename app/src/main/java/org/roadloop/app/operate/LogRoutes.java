package org.roadloop.app.operate;

import io.javalin.http.Context;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.roadloop.app.http.Problem;
import org.roadloop.app.http.Role;
import org.roadloop.app.http.Route;
import org.roadloop.core.ledger.TransparencyLog;

/**
 * The ledger as C2SP tlog-tiles, with the prefix {@code /log} (日志接口): what witnesses and verifiers
 * of any make read. Anyone sees the checkpoint; tiles and entries are business data and for
 * auditors.
 */
final class LogRoutes {
    /** Number without a leading group of zeros; width of a partial. */
    private static final String NUMBER =
            "((?!x000/)(?:x[0-9]{3}/){0,5}[0-9]{3})(?:\\.p/([1-9][0-9]{0,2}))?";

    /**
     * What each route matches by itself: the server compares paths as they were written, so {@code
     * %65ntries} comes in by the route of the tiles.
     */
    private static final Pattern TILE = Pattern.compile("([0-7])/" + NUMBER);

    private static final Pattern BUNDLE = Pattern.compile("(entries)/" + NUMBER);

    private static final int WIDTH = 256;

    /** A file never changes; what needs a token is for the caller's own cache only. */
    private static final String IMMUTABLE = "private, max-age=31536000, immutable";

    private final TransparencyLog log;
    private final Supplier<String> checkpoint;

    /**
     * @param checkpoint the signed note to show, with the witnesses' cosignatures there are
     */
    LogRoutes(TransparencyLog log, Supplier<String> checkpoint) {
        this.log = log;
        this.checkpoint = checkpoint;
    }

    List<Route> routes() {
        return List.of(
                Route.get(
                        "/log/checkpoint",
                        Role.ANYONE,
                        "C2SP tlog-tiles: the signed tree head, with cosignatures there are",
                        this::checkpoint),
                // before the tiles: the first path that fits answers
                Route.get(
                        "/log/tile/entries/<path>",
                        Role.AUDITOR,
                        "C2SP tlog-tiles: entries, N as x001/x234/067 and .p/W for the first W",
                        c -> file(c, BUNDLE, "entries/")),
                Route.get(
                                "/log/tile/<path>",
                                Role.AUDITOR,
                                "C2SP tlog-tiles: hashes, L/N and .p/W for the first W",
                                c -> file(c, TILE, ""))
                        .alsoFor(Role.REGULATOR));
    }

    private void checkpoint(Context c) {
        c.disableCompression();
        c.header("Cache-Control", "no-cache");
        c.contentType("text/plain; charset=utf-8").result(checkpoint.get());
    }

    private void file(Context c, Pattern pattern, String kind) {
        String path = kind + c.pathParam("path");
        Matcher matcher = pattern.matcher(path);
        if (!matcher.matches()) {
            throw absent(path, "a path is tile/L/N or tile/entries/N, N like x001/x234/067");
        }
        long n = Long.parseLong(matcher.group(2).replaceAll("[x/]", ""));
        int width = matcher.group(3) == null ? WIDTH : Integer.parseInt(matcher.group(3));
        if (width == WIDTH && matcher.group(3) != null) {
            throw absent(path, "a partial tile has at most 255 hashes");
        }
        boolean entries = pattern == BUNDLE;
        byte[] bytes;
        try {
            bytes =
                    entries
                            ? log.entryBundle(n, width)
                            : log.tile(Integer.parseInt(matcher.group(1)), n, width);
        } catch (IllegalArgumentException notYet) {
            throw absent(path, "the log has " + log.size() + " entries");
        }
        if (!entries) {
            c.disableCompression(); // hashes do not get shorter
        }
        c.header("Cache-Control", IMMUTABLE);
        c.contentType("application/octet-stream").result(bytes);
    }

    private static Problem absent(String path, String why) {
        String shown = path.length() > 60 ? path.substring(0, 60) + "…" : path;
        return Problem.notFound("tile_not_found", "no tile " + shown + "; " + why);
    }
}
