package org.roadloop.dataspace.access;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.contract.DataAddress;

/**
 * The consumer's side of a pull (拉取方): one file, however often the line breaks. What is missing is
 * asked for by range, on condition that the file is the same; the whole is checked against the
 * provider's {@code Repr-Digest}. Any thread.
 */
public final class PullClient {
    private static final Duration FIRST_ANSWER = Duration.ofMinutes(5);
    private static final long KEPT_FREE = 1L << 30;
    private static final long LOOK_EVERY = 16L << 20;
    private static final int MOST_PROBLEM_BYTES = 64 * 1024;

    private final HttpClient http;
    private final List<Duration> pauses;

    /** A new access token, when the one that was given is not valid any more. */
    public interface Renewal {
        /** Empty if there is none to be had. */
        Optional<String> renew() throws IOException, InterruptedException;
    }

    /**
     * @param receivedBytes over the line, with files that were given up because they changed, each
     *     byte once: what the provider metered
     * @param uses that the provider metered, at least 1
     * @param resumed how often the rest was asked for
     */
    public record Pulled(Path file, String mediaType, long receivedBytes, int uses, int resumed) {}

    /** The provider does not give it. */
    public static final class RefusedException extends IOException {
        private static final long serialVersionUID = 1L;
        private final int status;
        private final byte[] body;

        RefusedException(int status, byte[] body) {
            super("the provider answered " + status);
            this.status = status;
            this.body = body.clone();
        }

        public int status() {
            return status;
        }

        /** As the provider sent it, shortened. */
        public byte[] body() {
            return body.clone();
        }
    }

    /** It did not come whole; what came is metered all the same. */
    public static final class BrokeOffException extends IOException {
        private static final long serialVersionUID = 1L;
        private final long receivedBytes;

        BrokeOffException(long receivedBytes, String message, @Nullable Throwable cause) {
            super(message, cause);
            this.receivedBytes = receivedBytes;
        }

        public long receivedBytes() {
            return receivedBytes;
        }
    }

    /**
     * @param pauses before each further attempt that brings nothing new
     */
    public PullClient(HttpClient http, List<Duration> pauses) {
        this.http = http;
        this.pauses = List.copyOf(pauses);
    }

    /** What stands about the file so far. */
    private static final class Course {
        final Path file;
        final Set<String> leases = new HashSet<>();
        String token;
        String entityTag = "";
        String mediaType = "";
        byte @Nullable [] digest;
        long have;
        long most;
        long givenUp;
        int resumed;
        boolean renewed;

        Course(Path file, String token) {
            this.file = file;
            this.token = token;
        }

        long received() {
            return givenUp + most;
        }
    }

    /**
     * @param file is overwritten
     * @throws RefusedException if the provider refuses
     * @throws BrokeOffException if it did not come whole, or not as the provider's checksum says
     */
    public Pulled pull(DataAddress from, String purpose, String accept, Path file, Renewal renewal)
            throws IOException, InterruptedException {
        URI source =
                URI.create(
                        from.endpoint()
                                + "?purpose="
                                + URLEncoder.encode(purpose, StandardCharsets.UTF_8));
        Course course = new Course(file, from.findToken().orElse(""));
        int failures = 0;
        while (true) {
            long before = course.received();
            try {
                if (once(source, accept, course, renewal)) {
                    return new Pulled(
                            file,
                            course.mediaType,
                            course.received(),
                            Math.max(1, course.leases.size()),
                            course.resumed);
                }
            } catch (RefusedException e) {
                if (e.status() / 100 != 5 || failures >= pauses.size()) {
                    if (course.received() == 0) {
                        throw e;
                    }
                    throw broke(course, "the provider answered " + e.status(), e);
                }
            } catch (BrokeOffException e) {
                throw e;
            } catch (IOException e) {
                if (failures >= pauses.size()) {
                    throw broke(course, String.valueOf(e.getMessage()), e);
                }
            }
            failures = course.received() > before ? 0 : failures + 1;
            Thread.sleep(pauses.get(Math.clamp(failures - 1, 0, pauses.size() - 1)));
        }
    }

    private static BrokeOffException broke(Course course, String why, Throwable cause) {
        return new BrokeOffException(
                course.received(),
                "receiving ended after " + course.received() + " bytes: " + why,
                cause);
    }

    /**
     * @return false if the token was renewed: ask again
     */
    private boolean once(URI source, String accept, Course course, Renewal renewal)
            throws IOException, InterruptedException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(source)
                        .timeout(FIRST_ANSWER)
                        .header("Authorization", "Bearer " + course.token);
        if (!accept.isEmpty()) {
            request.header("Accept", accept);
        }
        boolean resumes = course.have > 0 && !course.entityTag.isEmpty();
        if (resumes) {
            request.header("Range", "bytes=" + course.have + "-");
            request.header("If-Range", course.entityTag);
            course.resumed++;
        }
        HttpResponse<InputStream> answer =
                http.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
        try (InputStream in = answer.body()) {
            switch (answer.statusCode()) {
                case 200 -> begin(answer, course);
                case 206 -> {
                    if (!resumes || !startsAt(answer, course.have)) {
                        throw broke(course, "the provider sent another range", new IOException());
                    }
                }
                case 401 -> {
                    if (course.renewed || !renew(course, renewal)) {
                        throw new RefusedException(401, in.readNBytes(MOST_PROBLEM_BYTES));
                    }
                    return false;
                }
                default ->
                        throw new RefusedException(
                                answer.statusCode(), in.readNBytes(MOST_PROBLEM_BYTES));
            }
            course.renewed = false;
            answer.headers().firstValue(DataRoute.LEASE).ifPresent(course.leases::add);
            append(in, course);
        }
        check(course);
        return true;
    }

    private static boolean renew(Course course, Renewal renewal)
            throws IOException, InterruptedException {
        Optional<String> token = renewal.renew();
        token.ifPresent(t -> course.token = t);
        course.renewed = true;
        return token.isPresent();
    }

    private static void begin(HttpResponse<?> answer, Course course) throws IOException {
        String tag = answer.headers().firstValue("ETag").orElse("");
        if (!tag.equals(course.entityTag) || tag.isEmpty()) {
            course.givenUp += course.most;
            course.most = 0;
        }
        course.entityTag = tag.startsWith("W/") ? "" : tag;
        course.mediaType = answer.headers().firstValue("Content-Type").orElse("");
        course.digest =
                answer.headers().firstValue(Digests.WHOLE).flatMap(Digests::find).orElse(null);
        course.have = 0;
        Files.deleteIfExists(course.file);
    }

    private static boolean startsAt(HttpResponse<?> answer, long from) {
        return answer.headers()
                .firstValue("Content-Range")
                .filter(range -> range.startsWith("bytes " + from + "-"))
                .isPresent();
    }

    /** However much it is, but never the disk full: the ledger needs it. */
    private static void append(InputStream in, Course course) throws IOException {
        byte[] chunk = new byte[64 * 1024];
        try (OutputStream out =
                Files.newOutputStream(
                        course.file, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            FileStore disk = Files.getFileStore(course.file);
            long looked = -LOOK_EVERY;
            for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
                out.write(chunk, 0, n);
                course.have += n;
                course.most = Math.max(course.most, course.have);
                if (course.have - looked >= LOOK_EVERY) {
                    looked = course.have;
                    if (disk.getUsableSpace() < KEPT_FREE) {
                        throw broke(
                                course, "less than 1 GiB is free on the disk", new IOException());
                    }
                }
            }
        }
    }

    private static void check(Course course) throws IOException {
        byte[] said = course.digest;
        if (said == null) {
            return;
        }
        byte[] found = Digests.sha256(course.file, 0, Files.size(course.file));
        if (!MessageDigest.isEqual(said, found)) {
            throw new BrokeOffException(
                    course.received(),
                    "the file is not the one whose checksum the provider gave"
                            + " (checksum_differs); ask again",
                    null);
        }
    }
}
