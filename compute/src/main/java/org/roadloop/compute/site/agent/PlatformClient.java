package org.roadloop.compute.site.agent;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.UUID;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The agent's requests to its platform (平台客户端). Dials out only; https is verified against the JDK's
 * certificates or the file that was configured. Any thread.
 */
final class PlatformClient implements AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    /** The platform answered, and not with 2xx. */
    static final class RefusedException extends IOException {
        private static final long serialVersionUID = 1;

        private final int status;
        private final String code;
        private final long offset;

        private RefusedException(int status, String code, String detail, long offset) {
            super("the platform answers %d (%s): %s".formatted(status, code, detail));
            this.status = status;
            this.code = code;
            this.offset = offset;
        }

        int status() {
            return status;
        }

        String code() {
            return code;
        }

        /** Where to go on, −1 for none. */
        long offset() {
            return offset;
        }
    }

    private final AgentOptions options;
    private final HttpClient client;
    private final String base;

    /** Random name of this process. */
    private final String process = UUID.randomUUID().toString();

    private volatile String session = "";

    PlatformClient(AgentOptions options) throws IOException {
        this.options = options;
        this.base =
                options.platform().toString().replaceAll("/+$", "")
                        + AgentRoutes.BASE
                        + options.site();
        HttpClient.Builder builder =
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .connectTimeout(Duration.ofSeconds(10));
        if (options.caFile().isPresent()) {
            builder.sslContext(trusting(options.caFile().get()));
        }
        client = builder.build();
    }

    private static SSLContext trusting(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            int n = 0;
            for (Certificate one :
                    CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                store.setCertificateEntry("ca" + n++, one);
            }
            if (n == 0) {
                throw new IOException("caFile " + file + " holds no certificate");
            }
            TrustManagerFactory trust =
                    TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(store);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IOException("caFile " + file + " holds no certificates in PEM", e);
        }
    }

    String process() {
        return process;
    }

    /** From now on in this session. */
    void join(String newSession) {
        session = newSession;
    }

    JsonNode post(String path, JsonNode body, Duration wait)
            throws IOException, InterruptedException {
        return json(send(request(path, wait).POST(text(body))));
    }

    JsonNode put(String path, JsonNode body) throws IOException, InterruptedException {
        return json(send(request(path, TIMEOUT).PUT(text(body))));
    }

    void putBytes(String path, long offset, byte[] bytes) throws IOException, InterruptedException {
        send(
                request(path + "?offset=" + offset, TIMEOUT)
                        .PUT(HttpRequest.BodyPublishers.ofByteArray(bytes)));
    }

    /** At most {@link AgentRoutes#CHUNK_BYTES} from this place on. */
    byte[] content(String sha256, long from) throws IOException, InterruptedException {
        // a booked rate may be slow: one chunk may take its time
        HttpRequest.Builder request =
                request("/contents/" + sha256, Duration.ofMinutes(10))
                        .header(
                                "Range",
                                "bytes=%d-%d".formatted(from, from + AgentRoutes.CHUNK_BYTES - 1))
                        .GET();
        return send(request);
    }

    private static HttpRequest.BodyPublisher text(JsonNode body) {
        return HttpRequest.BodyPublishers.ofByteArray(JsonMapper.shared().writeValueAsBytes(body));
    }

    private HttpRequest.Builder request(String path, Duration timeout) throws IOException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(base + path))
                        .timeout(timeout)
                        .header("Authorization", "Bearer " + options.token())
                        .header(AgentRoutes.PROCESS, process);
        if (!session.isEmpty()) {
            request.header(AgentRoutes.SESSION, session);
        }
        return request;
    }

    private byte[] send(HttpRequest.Builder request) throws IOException, InterruptedException {
        HttpResponse<byte[]> answer =
                client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
        if (answer.statusCode() / 100 != 2) {
            String code = "http_" + answer.statusCode();
            String detail = "";
            long offset = -1;
            try {
                JsonNode problem = JsonMapper.shared().readTree(answer.body());
                code = problem.path("code").asString(code);
                detail = AgentJson.text(problem, "detail");
                offset = problem.path("offset").asLong(-1);
            } catch (JacksonException e) {
                detail = "no problem+json; something else may answer at this address";
            }
            throw new RefusedException(answer.statusCode(), code, detail, offset);
        }
        return answer.body();
    }

    private static JsonNode json(byte[] bytes) throws IOException {
        try {
            return JsonMapper.shared().readTree(bytes);
        } catch (JacksonException e) {
            throw new IOException("the platform answers no JSON", e);
        }
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
