package org.roadloop.app.http;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** Calls the API of a running platform, for the verbs that touch its state. Any thread. */
public final class ApiClient implements AutoCloseable {
    private final URI server;
    private final String token;
    private final HttpClient client =
            HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(Duration.ofSeconds(5))
                    .build();

    /**
     * @param server base address without a slash at the end
     * @param token bearer token; never logged
     */
    public ApiClient(URI server, String token) {
        this.server = server;
        this.token = token;
    }

    /** An answer with status 4xx or 5xx. */
    public static final class Refused extends IOException {
        private static final long serialVersionUID = 1L;
        private final int status;

        Refused(int status, String detail) {
            super(detail);
            this.status = status;
        }

        public int status() {
            return status;
        }
    }

    public JsonNode get(String path) throws IOException {
        return json(request(path).GET().build());
    }

    public JsonNode post(String path, JsonNode body) throws IOException {
        return json(
                request(path)
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
                        .build());
    }

    /** Sends bytes as they are. */
    public JsonNode post(String path, String mediaType, byte[] body) throws IOException {
        return json(
                request(path)
                        .header("Content-Type", mediaType)
                        .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                        .build());
    }

    /** Sends a file as it is, however large. */
    public JsonNode upload(String path, Path file) throws IOException {
        return json(
                request(path)
                        .header("Content-Type", "application/octet-stream")
                        .POST(HttpRequest.BodyPublishers.ofFile(file))
                        .build());
    }

    public void delete(String path) throws IOException {
        json(request(path).DELETE().build());
    }

    /** A question whose answer is streamed; the caller closes it. */
    public InputStream ask(String path, JsonNode body) throws IOException {
        HttpResponse<InputStream> response =
                send(
                        request(path)
                                .header("Content-Type", "application/json")
                                .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
                                .build());
        if (response.statusCode() >= 400) {
            throw refused(response);
        }
        return response.body();
    }

    /** A streamed answer; the caller closes it. */
    public InputStream stream(String path) throws IOException {
        HttpResponse<InputStream> response = send(request(path).GET().build());
        if (response.statusCode() >= 400) {
            throw refused(response);
        }
        return response.body();
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(server + path))
                .header("Authorization", "Bearer " + token);
    }

    private JsonNode json(HttpRequest request) throws IOException {
        HttpResponse<InputStream> response = send(request);
        if (response.statusCode() >= 400) {
            throw refused(response);
        }
        try (InputStream body = response.body()) {
            return Json.mapper().readTree(body.readAllBytes());
        }
    }

    private HttpResponse<InputStream> send(HttpRequest request) throws IOException {
        try {
            return client.send(request, HttpResponse.BodyHandlers.ofInputStream());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for " + server, e);
        }
    }

    private Refused refused(HttpResponse<InputStream> response) throws IOException {
        int status = response.statusCode();
        try (InputStream body = response.body()) {
            JsonNode detail = Json.mapper().readTree(body.readAllBytes()).path("detail");
            return new Refused(status, detail.asString("status " + status));
        } catch (JacksonException e) {
            return new Refused(status, "status " + status + " from " + server);
        }
    }

    @Override
    public void close() {
        client.close();
    }
}
