package org.roadloop.dataspace.access;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.roadloop.core.contract.DataAddress;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The consumer's side of a live stream (流接收方), by server-sent events: comes back with its cursor
 * when the line breaks. One thread a stream.
 */
public final class StreamClient {
    private static final Duration FIRST_ANSWER = Duration.ofSeconds(30);
    private static final int MOST_EVENT_BYTES = 8 << 20;
    private static final int MOST_PROBLEM_BYTES = 64 * 1024;

    private final HttpClient http;
    private final List<Duration> pauses;

    /** Takes what comes; an exception ends the stream. */
    public interface Sink {
        /** A connection stands. Each lease is one use. */
        void opened(String leaseId) throws IOException;

        /**
         * @param lines JSON, one row a line: as the provider metered them
         */
        void rows(String cursor, byte[] lines, int rows) throws IOException;

        /** The provider lives; also a way to see whether one's own reader does. */
        void heartbeat() throws IOException;
    }

    /** The provider's last word. */
    public record End(String code, String reason) {}

    /**
     * @param pauses before each further attempt to connect
     */
    public StreamClient(HttpClient http, List<Duration> pauses) {
        this.http = http;
        this.pauses = List.copyOf(pauses);
    }

    /** What the sink itself threw, so that it is not taken for a broken line. */
    private static final class SinkException extends IOException {
        private static final long serialVersionUID = 1L;

        SinkException(IOException cause) {
            super(cause);
        }
    }

    private static final class Course {
        String token;
        String cursor;
        int failures;
        boolean renewed;

        Course(String token, String cursor) {
            this.token = token;
            this.cursor = cursor;
        }
    }

    /**
     * Reads until the provider ends it.
     *
     * @param cursor of the last event before; empty for rows from now on
     * @throws PullClient.RefusedException if the provider does not let us in
     * @throws IOException of the sink, or of a line that does not come back
     */
    public End read(
            DataAddress from, String purpose, String cursor, Sink sink, PullClient.Renewal renewal)
            throws IOException, InterruptedException {
        Course course = new Course(from.findToken().orElse(""), cursor);
        URI source =
                URI.create(
                        from.endpoint()
                                + "?purpose="
                                + URLEncoder.encode(purpose, StandardCharsets.UTF_8));
        while (true) {
            try {
                Optional<End> end = once(source, course, sink, renewal);
                if (end.isPresent()) {
                    return end.get();
                }
            } catch (SinkException e) {
                throw (IOException) e.getCause();
            } catch (PullClient.RefusedException e) {
                throw e;
            } catch (IOException e) {
                if (course.failures >= pauses.size()) {
                    throw e;
                }
            }
            if (course.failures >= pauses.size()) {
                throw new IOException("the provider ends the stream again and again");
            }
            Thread.sleep(pauses.get(course.failures++));
        }
    }

    private Optional<End> once(URI source, Course course, Sink sink, PullClient.Renewal renewal)
            throws IOException, InterruptedException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(source)
                        .timeout(FIRST_ANSWER)
                        .header("Accept", "text/event-stream")
                        .header("Authorization", "Bearer " + course.token);
        if (!course.cursor.isEmpty()) {
            request.header("Last-Event-ID", course.cursor);
        }
        HttpResponse<InputStream> answer =
                http.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
        try (InputStream in = answer.body()) {
            if (answer.statusCode() == 401 && !course.renewed) {
                course.renewed = true;
                Optional<String> token = renewal.renew();
                if (token.isPresent()) {
                    course.token = token.get();
                    return Optional.empty();
                }
            }
            if (answer.statusCode() != 200) {
                throw new PullClient.RefusedException(
                        answer.statusCode(), in.readNBytes(MOST_PROBLEM_BYTES));
            }
            course.renewed = false;
            return events(in, course, sink);
        }
    }

    private static Optional<End> events(InputStream in, Course course, Sink sink)
            throws IOException {
        BufferedReader reader =
                new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
        String event = "";
        String id = "";
        int rows = 0;
        ByteArrayOutputStream data = new ByteArrayOutputStream();
        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
            if (line.startsWith("data: ")) {
                data.writeBytes(line.substring(6).getBytes(StandardCharsets.UTF_8));
                data.write('\n');
                rows++;
                if (data.size() > MOST_EVENT_BYTES) {
                    throw new IOException("an event of the stream is too large");
                }
            } else if (line.startsWith("event: ")) {
                event = line.substring(7);
            } else if (line.startsWith("id: ")) {
                id = line.substring(4);
            } else if (line.startsWith(":")) {
                tell(sink::heartbeat);
            } else if (line.isEmpty() && !event.isEmpty()) {
                byte[] lines = data.toByteArray();
                if (event.equals("end")) {
                    JsonNode end = json(lines);
                    return Optional.of(
                            new End(
                                    end.path("code").asString(""),
                                    end.path("reason").asString("")));
                }
                if (event.equals("open")) {
                    String lease = json(lines).path("lease").asString("");
                    tell(() -> sink.opened(lease));
                } else if (event.equals("rows")) {
                    String cursor = id;
                    int count = rows;
                    tell(() -> sink.rows(cursor, lines, count));
                    course.cursor = cursor;
                    course.failures = 0;
                }
                event = "";
                rows = 0;
                data.reset();
            }
        }
        return Optional.empty();
    }

    private interface Telling {
        void tell() throws IOException;
    }

    private static void tell(Telling telling) throws SinkException {
        try {
            telling.tell();
        } catch (IOException e) {
            throw new SinkException(e);
        }
    }

    private static JsonNode json(byte[] bytes) throws IOException {
        try {
            return JsonMapper.shared().readTree(bytes);
        } catch (JacksonException e) {
            throw new IOException("an event of the stream is no JSON", e);
        }
    }
}
