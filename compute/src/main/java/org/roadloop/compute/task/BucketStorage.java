package org.roadloop.compute.task;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.StandardRetryStrategy;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.services.s3.model.ChecksumAlgorithm;
import software.amazon.awssdk.services.s3.model.CompletedPart;

/**
 * A bucket that the owner's own tasks read from and write to by {@code s3://BUCKET/KEY} URLs
 * (对象存储). An object whose entity tag has not changed since it was read or written here is known by
 * its content. Any thread.
 *
 * <p>Faults are {@link IOException}s without request ids and names of credentials. The classes of
 * the S3 library are loaded at the first use.
 */
public final class BucketStorage implements OwnStorage, AutoCloseable {
    /** Inputs of more objects are not told apart before they are staged. */
    private static final int TOLD_APART = 64;

    private static final int MOST_KNOWN = 10_000;

    /** Larger files go in parts, so that a fault costs one part; S3 takes 10,000 of them. */
    private static final int PART_BYTES = 64 << 20;

    private static final int ATTEMPTS = 3;
    private static final int NOT_FOUND = 404;
    private static final int PRECONDITION_FAILED = 412;
    private static final int SERVER_ERROR = 500;

    private final Settings settings;
    private final int partBytes;
    private @Nullable S3Client client;

    private final Map<Version, String> known =
            new LinkedHashMap<>(16, 0.75f, true) {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<Version, String> eldest) {
                    return size() > MOST_KNOWN;
                }
            };

    /**
     * @param endpoint of the S3 server; empty: that of the region
     * @param node of the topology where it is
     */
    public record Settings(
            String bucket,
            Optional<URI> endpoint,
            String region,
            String accessKeyId,
            String secretAccessKey,
            String node) {
        @Override
        public String toString() {
            return "s3://" + bucket;
        }
    }

    /**
     * One object as it is now.
     *
     * @param entityTag null where the server gives none: then nobody can say whether it changed
     */
    private record Version(String key, @Nullable String entityTag, long dataBytes) {}

    /**
     * @param name below the URL's folder, or the object's own
     */
    private record Found(Version version, String name) {}

    public BucketStorage(Settings settings) {
        this(settings, PART_BYTES);
    }

    BucketStorage(Settings settings, int partBytes) {
        this.settings = settings;
        this.partBytes = partBytes;
    }

    @Override
    public String base() {
        return "s3://" + settings.bucket();
    }

    @Override
    public boolean takes(String url) {
        return url.startsWith(base() + "/");
    }

    @Override
    public InputResolver.Located locate(String url, TaskRequest.FileType type) throws IOException {
        List<Found> found = find(url, type);
        List<InputResolver.Part> parts = new ArrayList<>();
        long dataBytes = 0;
        for (Found at : found) {
            dataBytes += at.version().dataBytes();
            String sha256 = known(at.version());
            if (sha256 != null) {
                parts.add(new InputResolver.Part(at.name(), at.version().dataBytes(), sha256));
            }
        }
        return parts.size() == found.size() && found.size() <= TOLD_APART
                ? new InputResolver.Located(List.of(settings.node()), parts)
                : InputResolver.Located.unread(settings.node(), dataBytes);
    }

    @Override
    public List<InputResolver.Content> resolve(
            String url, TaskRequest.FileType type, Path directory) throws IOException {
        Files.createDirectories(directory);
        List<InputResolver.Content> contents = new ArrayList<>();
        for (Found at : find(url, type)) {
            Path file = directory.resolve(Integer.toString(contents.size()));
            contents.add(
                    new InputResolver.Content(file, at.name(), fetch(at.version(), url, file)));
        }
        return contents;
    }

    /** The SHA-256 of what was read; the object must still be the one that was found. */
    private String fetch(Version version, String url, Path file) throws IOException {
        try (InputStream in =
                s3().getObject(
                                r ->
                                        r.bucket(settings.bucket())
                                                .key(version.key())
                                                .ifMatch(version.entityTag()))) {
            Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
        } catch (SdkException e) {
            throw fault("give", version.key(), e);
        }
        if (Files.size(file) != version.dataBytes()) {
            throw new StorageAwayException(
                    "%s gave %d of %d bytes of %s"
                            .formatted(server(), Files.size(file), version.dataBytes(), url));
        }
        String sha256 = Objects.requireNonNull(OutputRelease.sha256(file));
        know(version, sha256);
        return sha256;
    }

    /** The object of a URL, or all below it. */
    private List<Found> find(String url, TaskRequest.FileType type) throws IOException {
        String key = key(url);
        List<Found> found = new ArrayList<>();
        boolean folder = key.isEmpty() || key.endsWith("/");
        if (!folder && type != TaskRequest.FileType.DIRECTORY) {
            head(key)
                    .ifPresent(
                            at ->
                                    found.add(
                                            new Found(
                                                    at, key.substring(key.lastIndexOf('/') + 1))));
        }
        if (found.isEmpty() && type != TaskRequest.FileType.FILE) {
            String prefix = folder ? key : key + "/";
            for (Version at : list(prefix)) {
                if (!at.key().endsWith("/")) { // some tools mark folders by empty objects
                    found.add(new Found(at, name(url, at.key().substring(prefix.length()))));
                }
            }
        }
        if (found.isEmpty()) {
            throw new UnfitTaskException(
                    url
                            + " is not there"
                            + (folder && type == TaskRequest.FileType.FILE
                                    ? "; a folder is a DIRECTORY"
                                    : ""));
        }
        return found;
    }

    /** A key may be any text, a path of a task may not. */
    private static String name(String url, String name) {
        for (String step : name.split("/", -1)) {
            if (step.isEmpty() || step.equals(".") || step.equals("..") || step.indexOf(0) >= 0) {
                throw new UnfitTaskException(
                        url + " has an object whose key is no path: '" + name + "'");
            }
        }
        return name;
    }

    private String key(String url) {
        return url.substring(base().length() + 1);
    }

    @Override
    public void put(Path file, String sha256, String url) throws IOException {
        String key = key(url);
        if (key.isEmpty() || key.endsWith("/")) {
            throw new UnfitTaskException(url + " names no object");
        }
        long dataBytes = Files.size(file);
        String entityTag =
                dataBytes > partBytes
                        ? putParts(key, file, dataBytes)
                        : ask("take", key, () -> putWhole(key, file, sha256));
        know(new Version(key, entityTag, dataBytes), sha256);
    }

    private String putWhole(String key, Path file, String sha256) {
        String base64 = Base64.getEncoder().encodeToString(HexFormat.of().parseHex(sha256));
        return s3().putObject(
                        r -> r.bucket(settings.bucket()).key(key).checksumSHA256(base64),
                        RequestBody.fromFile(file))
                .eTag();
    }

    private String putParts(String key, Path file, long dataBytes) throws IOException {
        String upload =
                ask(
                                "take",
                                key,
                                () ->
                                        s3().createMultipartUpload(
                                                        r ->
                                                                r.bucket(settings.bucket())
                                                                        .key(key)
                                                                        .checksumAlgorithm(
                                                                                ChecksumAlgorithm
                                                                                        .SHA256)))
                        .uploadId();
        try (InputStream in = Files.newInputStream(file)) {
            List<CompletedPart> parts = new ArrayList<>();
            for (long from = 0; from < dataBytes; from += partBytes) {
                byte[] part = in.readNBytes(partBytes);
                int number = parts.size() + 1;
                var answer =
                        ask(
                                "take",
                                key,
                                () ->
                                        s3().uploadPart(
                                                        r ->
                                                                r.bucket(settings.bucket())
                                                                        .key(key)
                                                                        .uploadId(upload)
                                                                        .partNumber(number)
                                                                        .checksumAlgorithm(
                                                                                ChecksumAlgorithm
                                                                                        .SHA256),
                                                        RequestBody.fromBytes(part)));
                parts.add(
                        CompletedPart.builder()
                                .partNumber(number)
                                .eTag(answer.eTag())
                                .checksumSHA256(answer.checksumSHA256())
                                .build());
            }
            return ask(
                            "take",
                            key,
                            () ->
                                    s3().completeMultipartUpload(
                                                    r ->
                                                            r.bucket(settings.bucket())
                                                                    .key(key)
                                                                    .uploadId(upload)
                                                                    .multipartUpload(
                                                                            m -> m.parts(parts))))
                    .eTag();
        } catch (IOException | RuntimeException e) {
            try {
                s3().abortMultipartUpload(
                                r -> r.bucket(settings.bucket()).key(key).uploadId(upload));
            } catch (SdkException aborting) {
                e.addSuppressed(aborting); // its parts stay until the bucket's own rule ends them
            }
            throw e;
        }
    }

    private Optional<Version> head(String key) throws IOException {
        try {
            var head =
                    ask(
                            "show",
                            key,
                            () -> s3().headObject(r -> r.bucket(settings.bucket()).key(key)));
            if (head.contentLength() == null) {
                // a link that breaks there leaves an answer without some of it
                throw new StorageAwayException(
                        "%s does not say how long %s/%s is; was the link cut?"
                                .formatted(server(), base(), key));
            }
            return Optional.of(new Version(key, head.eTag(), head.contentLength()));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    private List<Version> list(String prefix) throws IOException {
        return ask(
                "list",
                prefix,
                () ->
                        s3()
                                .listObjectsV2Paginator(
                                        r -> r.bucket(settings.bucket()).prefix(prefix))
                                .contents()
                                .stream()
                                .map(o -> new Version(o.key(), o.eTag(), o.size()))
                                .toList());
    }

    private @Nullable String known(Version version) {
        if (version.entityTag() == null) {
            return null;
        }
        synchronized (known) {
            return known.get(version);
        }
    }

    private void know(Version version, String sha256) {
        if (version.entityTag() == null) {
            return;
        }
        synchronized (known) {
            known.put(version, sha256);
        }
    }

    private <T> T ask(String act, String key, Supplier<T> call) throws IOException {
        try {
            return call.get();
        } catch (SdkException e) {
            throw fault(act, key, e);
        }
    }

    private IOException fault(String act, String key, SdkException e) {
        if (e instanceof AbortedException || Thread.currentThread().isInterrupted()) {
            return new InterruptedIOException("stopped while " + server() + " was asked");
        }
        String uri = base() + "/" + key;
        if (!(e instanceof AwsServiceException service)) {
            return new StorageAwayException(
                    "%s can't be reached to %s %s; is it up?".formatted(server(), act, uri));
        }
        String code =
                service.awsErrorDetails() == null
                        ? ""
                        : " " + service.awsErrorDetails().errorCode();
        if (service.statusCode() == NOT_FOUND && !code.equals(" NoSuchBucket")) {
            return new NoSuchFileException(uri);
        }
        String told =
                "%s does not %s %s: it answered %d%s; see compute.buckets and the server's own log"
                        .formatted(server(), act, uri, service.statusCode(), code);
        // an object that was replaced between the look and the reading is looked at again
        return service.statusCode() >= SERVER_ERROR || service.statusCode() == PRECONDITION_FAILED
                ? new StorageAwayException(told)
                : new IOException(told);
    }

    private String server() {
        return settings.endpoint().map(URI::toString).orElse("S3 of " + settings.region());
    }

    private synchronized S3Client s3() {
        S3Client made = client;
        if (made == null) {
            S3ClientBuilder builder =
                    S3Client.builder()
                            .httpClientBuilder(
                                    UrlConnectionHttpClient.builder()
                                            .connectionTimeout(Duration.ofSeconds(5))
                                            .socketTimeout(Duration.ofSeconds(30)))
                            .region(Region.of(settings.region()))
                            .credentialsProvider(
                                    StaticCredentialsProvider.create(
                                            AwsBasicCredentials.create(
                                                    settings.accessKeyId(),
                                                    settings.secretAccessKey())))
                            .overrideConfiguration(
                                    c ->
                                            c.retryStrategy(
                                                    StandardRetryStrategy.builder()
                                                            .maxAttempts(ATTEMPTS)
                                                            .build()));
            settings.endpoint().ifPresent(at -> builder.endpointOverride(at).forcePathStyle(true));
            made = builder.build();
            client = made;
        }
        return made;
    }

    @Override
    public synchronized void close() {
        if (client != null) {
            client.close();
            client = null;
        }
    }
}
