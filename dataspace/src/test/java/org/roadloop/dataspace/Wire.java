package org.roadloop.dataspace;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntPredicate;
import java.util.function.Predicate;

/**
 * A relay between two connectors that keeps every message, and can lose the answer of some: the
 * connector behind it has then acted, the one before it does not know.
 */
final class Wire implements AutoCloseable {
    record Exchange(String method, String path, String request, int status, String answer) {}

    final List<Exchange> exchanges = new CopyOnWriteArrayList<>();
    volatile IntPredicate loseAnswer = n -> false;
    volatile IntPredicate loseRequest = n -> false;
    volatile Predicate<String> losePath = path -> false;
    private final AtomicInteger count = new AtomicInteger();
    private final HttpServer server;
    private final HttpClient http = HttpClient.newHttpClient();
    private volatile int behind;

    Wire(int port) throws IOException {
        server = HttpServer.create(new InetSocketAddress("127.0.0.1", port), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::relay);
        server.start();
    }

    void to(int port) {
        behind = port;
    }

    private void relay(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        boolean message = !exchange.getRequestURI().getPath().startsWith("/.well-known");
        if (losePath.test(exchange.getRequestURI().getPath())
                || message && loseRequest.test(count.getAndIncrement())) {
            exchange.close();
            return;
        }
        HttpRequest.Builder request =
                HttpRequest.newBuilder(
                                URI.create("http://127.0.0.1:" + behind + exchange.getRequestURI()))
                        .method(
                                exchange.getRequestMethod(),
                                HttpRequest.BodyPublishers.ofByteArray(body));
        for (String header : List.of("Authorization", "Content-Type", "Accept", "If-None-Match")) {
            String value = exchange.getRequestHeaders().getFirst(header);
            if (value != null) {
                request.header(header, value);
            }
        }
        try {
            HttpResponse<byte[]> response =
                    http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
            exchanges.add(
                    new Exchange(
                            exchange.getRequestMethod(),
                            exchange.getRequestURI().getPath(),
                            new String(body, java.nio.charset.StandardCharsets.UTF_8),
                            response.statusCode(),
                            new String(response.body(), java.nio.charset.StandardCharsets.UTF_8)));
            if (message && loseAnswer.test(count.getAndIncrement())) {
                exchange.close();
                return;
            }
            response.headers()
                    .firstValue("content-type")
                    .ifPresent(type -> exchange.getResponseHeaders().set("Content-Type", type));
            for (String header : List.of("Link", "ETag")) {
                if (!response.headers().allValues(header).isEmpty()) {
                    exchange.getResponseHeaders().put(header, response.headers().allValues(header));
                }
            }
            exchange.sendResponseHeaders(
                    response.statusCode(),
                    response.body().length == 0 ? -1 : response.body().length);
            exchange.getResponseBody().write(response.body());
            exchange.close();
        } catch (IOException e) {
            exchange.sendResponseHeaders(502, -1);
            exchange.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            exchange.close();
        }
    }

    @Override
    public void close() {
        server.stop(0);
        http.shutdownNow(); // a participant that was stopped may owe an answer for ever
        http.close();
    }
}
