package org.roadloop.compute.site.agent;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Where agents dial in (代理接口): see the package for the routes. Each request proves itself by the
 * token of its site, and by the session of the newest registration.
 */
public final class AgentRoutes {
    /** Of one request with bytes, and of one answer with them. */
    static final int CHUNK_BYTES = 512 << 10;

    static final String SESSION = "Roadloop-Session";
    static final String PROCESS = "Roadloop-Process";
    static final String BASE = "/api/v1/agents/";
    private static final int LIST_BYTES = 8 << 20;
    private static final Pattern RANGE = Pattern.compile("bytes=([0-9]{1,15})-([0-9]{1,15})");
    private static final Logger LOG = LoggerFactory.getLogger(AgentRoutes.class);

    private final Map<String, AgentSite> sites = new HashMap<>();

    public AgentRoutes(List<AgentSite> sites) {
        sites.forEach(site -> this.sites.put(site.id(), site));
    }

    public void addTo(RoutesConfig routes) {
        String site = BASE + "{site}";
        routes.post(site + "/sessions", ctx -> answer(ctx, this::connect));
        routes.post(site + "/calls", ctx -> answer(ctx, in(this::calls)));
        routes.post(site + "/calls/{id}", ctx -> answer(ctx, in(this::answered)));
        routes.get(site + "/contents/{sha256}", ctx -> answer(ctx, in(this::content)));
        String run = site + "/runs/{key}";
        routes.put(run + "/streams/{stream}", ctx -> answer(ctx, in(this::stream)));
        routes.put(run + "/contents/{sha256}", ctx -> answer(ctx, in(this::returned)));
        routes.put(run + "/checkpoint", ctx -> answer(ctx, in(this::checkpoint)));
        routes.put(run + "/end", ctx -> answer(ctx, in(this::end)));
    }

    private interface Handler {
        void handle(Context ctx, AgentSite site) throws IOException, InterruptedException;
    }

    private void answer(Context ctx, Handler handler) throws InterruptedException {
        try {
            handler.handle(ctx, admit(ctx));
        } catch (WireException e) {
            problem(ctx, e.status(), e.code(), String.valueOf(e.getMessage()), e.offset());
        } catch (JacksonException e) {
            problem(ctx, 400, "invalid_json", "the body is not the JSON that belongs here", -1);
        } catch (IllegalArgumentException | ArithmeticException e) {
            problem(ctx, 422, "invalid_value", String.valueOf(e.getMessage()), -1);
        } catch (IOException e) {
            LOG.warn("a request of an agent failed here: {}", e.toString());
            problem(ctx, 503, "storage_unavailable", "the platform can't keep it now", -1);
        }
    }

    /** The same answer for a wrong token and for a site that does not exist. */
    private AgentSite admit(Context ctx) throws IOException {
        AgentSite site = sites.get(ctx.pathParam("site"));
        String header = Optional.ofNullable(ctx.header("Authorization")).orElse("");
        byte[] claimed = header.replaceFirst("^Bearer ", "").getBytes(StandardCharsets.UTF_8);
        if (site == null
                || !MessageDigest.isEqual(site.token().getBytes(StandardCharsets.UTF_8), claimed)) {
            ctx.header("WWW-Authenticate", "Bearer");
            throw new WireException(
                    401,
                    "token_invalid",
                    "this is not the token of an agent of that site; compare the token file with"
                            + " tokenSecret of the platform");
        }
        return site;
    }

    /** Only the newest session. */
    private static Handler in(Handler handler) {
        return (ctx, site) -> {
            site.link().mustBe(header(ctx, SESSION), header(ctx, PROCESS));
            handler.handle(ctx, site);
        };
    }

    private static String header(Context ctx, String name) {
        return Optional.ofNullable(ctx.header(name)).orElse("");
    }

    private void connect(Context ctx, AgentSite site) throws IOException {
        send(ctx, site.connect(json(ctx)));
    }

    private void calls(Context ctx, AgentSite site) throws IOException, InterruptedException {
        long seen = json(ctx).path("seen").asLong(0);
        site.forgetDropped();
        ObjectNode answer = AgentJson.object();
        ArrayNode calls = answer.putArray("calls");
        site.link()
                .poll(header(ctx, SESSION), header(ctx, PROCESS), seen)
                .forEach(call -> calls.add(call.body));
        send(ctx, answer);
    }

    private void answered(Context ctx, AgentSite site) throws IOException {
        site.link().answer(number(ctx.pathParam("id"), "the number of a call"), json(ctx));
        send(ctx, AgentJson.object());
    }

    private void content(Context ctx, AgentSite site) throws IOException, InterruptedException {
        AgentSite.Offered offered = site.content(ctx.pathParam("sha256"));
        Matcher range = RANGE.matcher(header(ctx, "Range"));
        long size = Files.size(offered.file());
        if (!range.matches() || Long.parseLong(range.group(1)) >= size) {
            throw new WireException(
                    416, "range", "ask for 'Range: bytes=A-B', A below %d".formatted(size));
        }
        long from = Long.parseLong(range.group(1));
        long end = Math.min(size, Math.min(from + CHUNK_BYTES, Long.parseLong(range.group(2)) + 1));
        if (end <= from) {
            throw new WireException(416, "range", "the range ends before it begins");
        }
        byte[] bytes = read(offered.file(), from, (int) (end - from));
        // the line is booked at this rate
        Thread.sleep((long) (bytes.length * 8_000.0 / offered.rateBitsPerSecond()));
        ctx.status(206)
                .header("Content-Range", "bytes %d-%d/%d".formatted(from, end - 1, size))
                .contentType("application/octet-stream")
                .result(bytes);
    }

    private static byte[] read(Path file, long from, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(length);
        try (SeekableByteChannel in =
                Files.newByteChannel(
                        file, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS))) {
            in.position(from);
            while (buffer.hasRemaining() && in.read(buffer) >= 0) {
                continue;
            }
        }
        if (buffer.hasRemaining()) {
            throw new IOException("a file became shorter while it was read");
        }
        return buffer.array();
    }

    private void stream(Context ctx, AgentSite site) throws IOException {
        site.runs().run(ctx.pathParam("key")).stream(
                ctx.pathParam("stream"), offset(ctx), body(ctx, CHUNK_BYTES));
        send(ctx, AgentJson.object());
    }

    private void returned(Context ctx, AgentSite site) throws IOException {
        site.runs()
                .run(ctx.pathParam("key"))
                .append(ctx.pathParam("sha256"), offset(ctx), body(ctx, CHUNK_BYTES));
        send(ctx, AgentJson.object());
    }

    private void checkpoint(Context ctx, AgentSite site) throws IOException {
        missing(ctx, site.runs().run(ctx.pathParam("key")).checkpoint(json(ctx).path("tree")));
    }

    private void end(Context ctx, AgentSite site) throws IOException {
        missing(ctx, site.runs().end(site.runs().run(ctx.pathParam("key")), json(ctx)));
    }

    private static void missing(Context ctx, List<String> contents) {
        ObjectNode answer = AgentJson.object();
        contents.forEach(answer.putArray("missing")::add);
        send(ctx, answer);
    }

    private static JsonNode json(Context ctx) throws IOException {
        JsonNode json = JsonMapper.shared().readTree(body(ctx, LIST_BYTES));
        if (!json.isObject()) {
            throw new IllegalArgumentException("the body is no JSON object");
        }
        return json;
    }

    private static byte[] body(Context ctx, int most) throws IOException {
        try (InputStream in = ctx.bodyInputStream()) {
            byte[] bytes = in.readNBytes(most + 1);
            if (bytes.length > most) {
                throw new WireException(
                        413,
                        "request_too_large",
                        "at most %d bytes in one request".formatted(most));
            }
            return bytes;
        }
    }

    private static long offset(Context ctx) {
        return number(String.valueOf(ctx.queryParam("offset")), "offset");
    }

    private static long number(String text, String what) {
        if (!text.matches("[0-9]{1,18}")) {
            throw new WireException(400, "invalid_value", what + " must be a number");
        }
        return Long.parseLong(text);
    }

    private static void problem(Context ctx, int status, String code, String detail, long offset) {
        ObjectNode json = AgentJson.object().put("type", "about:blank").put("title", code);
        json.put("status", status);
        json.put("code", code).put("detail", detail);
        if (offset >= 0) {
            json.put("offset", offset);
        }
        ctx.status(status)
                .result(JsonMapper.shared().writeValueAsBytes(json))
                .contentType("application/problem+json");
    }

    private static void send(Context ctx, JsonNode json) {
        ctx.result(JsonMapper.shared().writeValueAsBytes(json)).contentType("application/json");
    }
}
