package org.roadloop.app.demo;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Calls a running platform's HTTP API with a bearer token. Any thread. */
final class Api {
    private static final HttpClient HTTP =
            HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(Duration.ofSeconds(5))
                    .build();

    private final URI base;
    private final String token;

    Api(URI base, String token) {
        this.base = base;
        this.token = token;
    }

    /** The same server with another token (a participant's access token). */
    Api as(String otherToken) {
        return new Api(base, otherToken);
    }

    URI base() {
        return base;
    }

    JsonNode get(String path) throws IOException, InterruptedException {
        return json(send(request(path).GET().build()));
    }

    byte[] bytes(String path) throws IOException, InterruptedException {
        return send(request(path).GET().build()).body();
    }

    /**
     * @param accept the media type that is wanted
     */
    byte[] bytes(String path, String accept) throws IOException, InterruptedException {
        return send(request(path).header("Accept", accept).GET().build()).body();
    }

    JsonNode post(String path, JsonNode body) throws IOException, InterruptedException {
        return post(path, "application/json", JsonMapper.shared().writeValueAsBytes(body));
    }

    JsonNode post(String path, String contentType, byte[] body)
            throws IOException, InterruptedException {
        return json(
                send(
                        request(path)
                                .header("Content-Type", contentType)
                                .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                                .build()));
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(base.resolve(path))
                .timeout(Duration.ofSeconds(60))
                .header("Authorization", "Bearer " + token);
    }

    private static HttpResponse<byte[]> send(HttpRequest request)
            throws IOException, InterruptedException {
        HttpResponse<byte[]> response = HTTP.send(request, HttpResponse.BodyHandlers.ofByteArray());
        if (response.statusCode() >= 400) {
            throw new Problem(request, response.statusCode(), json(response));
        }
        return response;
    }

    private static JsonNode json(HttpResponse<byte[]> response) {
        return response.body().length == 0
                ? JsonMapper.shared().createObjectNode()
                : JsonMapper.shared().readTree(response.body());
    }

    /** The server said no; {@link #body} is its problem+json. */
    static final class Problem extends IOException {
        private static final long serialVersionUID = 1L;
        private final int status;
        private final transient JsonNode body;

        Problem(HttpRequest request, int status, JsonNode body) {
            super(request.method() + " " + request.uri().getPath() + " → " + status + ": " + body);
            this.status = status;
            this.body = body;
        }

        int status() {
            return status;
        }

        JsonNode body() {
            return body;
        }
    }
}
