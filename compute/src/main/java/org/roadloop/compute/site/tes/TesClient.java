package org.roadloop.compute.site.tes;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.roadloop.compute.site.SiteException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The calls of GA4GH TES 1.1 that a platform needs (TES 客户端). What only reads is tried again, with
 * growing pauses; what creates is not: who lost its answer looks the tag up. Any thread.
 */
final class TesClient {
    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private static final int TRIES = 4;
    private static final int PAGES = 1_000;

    private final URI url;
    private final TesSettings.Token token;
    private final HttpClient client =
            HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(Duration.ofSeconds(5))
                    .build();

    /**
     * @param url up to {@code /ga4gh/tes/v1}
     */
    TesClient(URI url, TesSettings.Token token) {
        this.url = url;
        this.token = token;
    }

    JsonNode serviceInfo() throws InterruptedException {
        return read("/service-info");
    }

    /**
     * One attempt.
     *
     * @return the task's id
     */
    String create(JsonNode task) throws InterruptedException {
        String id = send("POST", "/tasks", task).path("id").asString("");
        if (id.isEmpty()) {
            throw SiteException.unreachable("TES at " + url + " took a task and told no id");
        }
        return id;
    }

    /** Empty where the server does not know it. */
    Optional<JsonNode> find(String id) throws InterruptedException {
        try {
            return Optional.of(read("/tasks/" + encode(id) + "?view=FULL"));
        } catch (NotFoundException e) {
            return Optional.empty();
        }
    }

    /**
     * The oldest task with this tag; every page is looked at, for a server may ignore the filter.
     */
    Optional<String> findByTag(String name, String value) throws InterruptedException {
        String page = "";
        String found = "";
        String since = "";
        for (int n = 0; n < PAGES; n++) {
            JsonNode answer =
                    read(
                            "/tasks?view=BASIC&page_size=256&tag_key=%s&tag_value=%s%s"
                                    .formatted(
                                            encode(name),
                                            encode(value),
                                            page.isEmpty() ? "" : "&page_token=" + encode(page)));
            for (JsonNode task : answer.path("tasks")) {
                String created = task.path("creation_time").asString("");
                if (task.path("tags").path(name).asString("").equals(value)
                        && (found.isEmpty() || created.compareTo(since) < 0)) {
                    found = task.path("id").asString("");
                    since = created;
                }
            }
            page = answer.path("next_page_token").asString("");
            if (page.isEmpty()) {
                break;
            }
        }
        return found.isEmpty() ? Optional.empty() : Optional.of(found);
    }

    void cancel(String id) throws InterruptedException {
        for (int n = 1; ; n++) {
            try {
                send("POST", "/tasks/" + encode(id) + ":cancel", null);
                return;
            } catch (NotFoundException e) {
                return;
            } catch (SiteException e) {
                pause(n, e);
            }
        }
    }

    private JsonNode read(String path) throws InterruptedException {
        for (int n = 1; ; n++) {
            try {
                return send("GET", path, null);
            } catch (SiteException e) {
                pause(n, e);
            }
        }
    }

    private static void pause(int attempt, SiteException e) throws InterruptedException {
        if (e.reachable() || attempt == TRIES) {
            throw e;
        }
        Thread.sleep(50L << attempt);
    }

    /** The server said 404. */
    private static final class NotFoundException extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    private JsonNode send(String method, String path, @Nullable JsonNode body)
            throws InterruptedException {
        HttpResponse<String> answer;
        try {
            HttpRequest.Builder request =
                    HttpRequest.newBuilder(URI.create(url.toString().replaceAll("/+$", "") + path))
                            .timeout(TIMEOUT)
                            .header("Accept", "application/json");
            String secret = token.value();
            if (!secret.isEmpty()) {
                request.header("Authorization", "Bearer " + secret);
            }
            if (body == null) {
                request.method(method, HttpRequest.BodyPublishers.noBody());
            } else {
                request.header("Content-Type", "application/json")
                        .method(method, HttpRequest.BodyPublishers.ofString(body.toString()));
            }
            answer = client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw SiteException.unreachable(
                    "no answer from TES at %s: %s".formatted(url, e.getMessage()));
        } catch (IllegalArgumentException e) {
            // the message would quote the header's value
            throw SiteException.unreachable(
                    "the token for TES at " + url + " is not one line of letters");
        }
        int status = answer.statusCode();
        if (status == 404) {
            throw new NotFoundException();
        }
        if (status == 401 || status == 403) {
            throw SiteException.refused(
                    "TES at %s does not take our token (%d)".formatted(url, status));
        }
        if (status / 100 == 4 && status != 408 && status != 425 && status != 429) {
            throw SiteException.refused(
                    "TES at %s refuses: %d %s".formatted(url, status, reason(answer.body())));
        }
        if (status / 100 != 2) {
            throw SiteException.unreachable("TES at %s answers %d".formatted(url, status));
        }
        try {
            return answer.body().isBlank()
                    ? JsonMapper.shared().createObjectNode()
                    : JsonMapper.shared().readTree(answer.body());
        } catch (JacksonException e) {
            throw SiteException.unreachable("TES at " + url + " answers no JSON");
        }
    }

    /** What a server says in its error, in whatever form, cut short. */
    private static String reason(String body) {
        String text = body.strip();
        return text.substring(0, Math.min(200, text.length()));
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
