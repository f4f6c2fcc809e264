package org.roadloop.govern.lake;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.URI;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.ResponseInputStream;
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
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * Objects of one bucket (对象存储). The lake's are each written once: no name is used again for other
 * bytes. An object carries the SHA-256 of its bytes as metadata, and the server checks it as it
 * takes them. Any thread.
 *
 * <p>Faults are {@link IOException}s without request ids and names of credentials, and {@link
 * ObjectStoreAwayException}s where the same may be done later.
 */
public final class ObjectStore implements AutoCloseable {
    static final String SHA256 = "roadloop-sha256";

    /** Larger files go in parts, so that a fault costs one part. */
    private static final long SINGLE_BYTES = 64L << 20;

    /** S3 takes at most 10,000 parts: with these, files of 320 GB. */
    private static final int PART_BYTES = 32 << 20;

    private static final int ATTEMPTS = 3;
    private static final int MOVED = 301;
    private static final int BAD_REQUEST = 400;
    private static final int UNAUTHORIZED = 401;
    private static final int FORBIDDEN = 403;
    private static final int NOT_FOUND = 404;
    private static final int PRECONDITION_FAILED = 412;
    private static final int SERVER_ERROR = 500;

    private final Place place;
    private final long singleBytes;
    private final int partBytes;
    private final S3Client s3;

    /**
     * @param endpoint of the S3 server; empty: that of the region
     * @param group of the configuration, for errors
     */
    public record Place(
            Optional<URI> endpoint,
            String bucket,
            String region,
            String accessKeyId,
            String secretAccessKey,
            String group) {
        /** Without the access key. */
        @Override
        public String toString() {
            return "s3://" + bucket;
        }
    }

    /**
     * @param sha256 empty if somebody else put it there
     */
    record Head(long dataBytes, Optional<String> sha256) {}

    /**
     * An object as it was when it was looked at.
     *
     * @param entityTag empty where the server gives none: then nobody can say whether it changed
     */
    public record Version(String key, Optional<String> entityTag, long dataBytes) {}

    record Listed(String key, Instant modified) {}

    public ObjectStore(Place place) {
        this(place, SINGLE_BYTES, PART_BYTES);
    }

    ObjectStore(Place place, long singleBytes, int partBytes) {
        this.place = place;
        this.singleBytes = singleBytes;
        this.partBytes = partBytes;
        S3ClientBuilder builder =
                S3Client.builder()
                        .httpClientBuilder(
                                UrlConnectionHttpClient.builder()
                                        .connectionTimeout(Duration.ofSeconds(5))
                                        .socketTimeout(Duration.ofSeconds(30)))
                        .region(Region.of(place.region()))
                        .credentialsProvider(
                                StaticCredentialsProvider.create(
                                        AwsBasicCredentials.create(
                                                place.accessKeyId(), place.secretAccessKey())))
                        .overrideConfiguration(
                                c ->
                                        c.retryStrategy(
                                                StandardRetryStrategy.builder()
                                                        .maxAttempts(ATTEMPTS)
                                                        .build()));
        place.endpoint().ifPresent(at -> builder.endpointOverride(at).forcePathStyle(true));
        s3 = builder.build();
    }

    /**
     * Puts a file where no object is. Called again after an answer was lost, it sees that the
     * object is there with these bytes.
     *
     * @throws FileAlreadyExistsException if an object with other bytes is there
     */
    void put(String key, Path file, String sha256) throws IOException {
        long dataBytes = Files.size(file);
        try {
            if (dataBytes > singleBytes) {
                putParts(key, file, dataBytes, sha256);
            } else {
                putWhole(key, file, sha256, "*");
            }
        } catch (SdkException e) {
            if (!(e instanceof AwsServiceException service)
                    || service.statusCode() != PRECONDITION_FAILED) {
                throw fault("take", uri(key), e);
            }
            Head taken = head(key);
            if (taken.sha256().isEmpty()) {
                throw cutOff(key);
            }
            if (!taken.equals(new Head(dataBytes, Optional.of(sha256)))) {
                throw new FileAlreadyExistsException(uri(key), null, "has other bytes");
            }
        }
        Head there = head(key);
        if (there.dataBytes() != dataBytes) {
            throw new IOException(
                    uri(key)
                            + " has "
                            + there.dataBytes()
                            + " bytes and was given "
                            + dataBytes
                            + "; see the bucket's server");
        }
    }

    /**
     * Puts a file, in the place of what is there.
     *
     * @return the object as it is then
     */
    public Version replace(String key, Path file, String sha256) throws IOException {
        long dataBytes = Files.size(file);
        try {
            String entityTag =
                    dataBytes > singleBytes
                            ? putParts(key, file, dataBytes, sha256)
                            : putWhole(key, file, sha256, null);
            return new Version(key, Optional.ofNullable(entityTag), dataBytes);
        } catch (SdkException e) {
            throw fault("take", uri(key), e);
        }
    }

    private @Nullable String putWhole(
            String key, Path file, String sha256, @Nullable String ifNoneMatch) {
        return s3.putObject(
                        r ->
                                r.bucket(place.bucket())
                                        .key(key)
                                        .ifNoneMatch(ifNoneMatch)
                                        .checksumSHA256(base64(sha256))
                                        .metadata(Map.of(SHA256, sha256)),
                        RequestBody.fromFile(file))
                .eTag();
    }

    private static String base64(String hex) {
        return Base64.getEncoder().encodeToString(HexFormat.of().parseHex(hex));
    }

    private @Nullable String putParts(String key, Path file, long dataBytes, String sha256)
            throws IOException {
        String upload =
                s3.createMultipartUpload(
                                r ->
                                        r.bucket(place.bucket())
                                                .key(key)
                                                .checksumAlgorithm(ChecksumAlgorithm.SHA256)
                                                .metadata(Map.of(SHA256, sha256)))
                        .uploadId();
        try (InputStream in = Files.newInputStream(file)) {
            List<CompletedPart> parts = new ArrayList<>();
            for (long from = 0; from < dataBytes; from += partBytes) {
                byte[] part = in.readNBytes(partBytes);
                int number = parts.size() + 1;
                var answer =
                        s3.uploadPart(
                                r ->
                                        r.bucket(place.bucket())
                                                .key(key)
                                                .uploadId(upload)
                                                .partNumber(number)
                                                .checksumAlgorithm(ChecksumAlgorithm.SHA256),
                                RequestBody.fromBytes(part));
                parts.add(
                        CompletedPart.builder()
                                .partNumber(number)
                                .eTag(answer.eTag())
                                .checksumSHA256(answer.checksumSHA256())
                                .build());
            }
            return s3.completeMultipartUpload(
                            r ->
                                    r.bucket(place.bucket())
                                            .key(key)
                                            .uploadId(upload)
                                            .multipartUpload(m -> m.parts(parts)))
                    .eTag();
        } catch (IOException | RuntimeException e) {
            try {
                s3.abortMultipartUpload(r -> r.bucket(place.bucket()).key(key).uploadId(upload));
            } catch (SdkException aborting) {
                // maintenance ends it, see abortUnfinished
                e.addSuppressed(aborting);
            }
            throw e;
        }
    }

    /**
     * @throws NoSuchFileException if there is none
     */
    Head head(String key) throws IOException {
        HeadObjectResponse answer = shown(key);
        return new Head(answer.contentLength(), Optional.ofNullable(answer.metadata().get(SHA256)));
    }

    /** Empty if there is none. */
    public Optional<Version> find(String key) throws IOException {
        try {
            HeadObjectResponse answer = shown(key);
            return Optional.of(
                    new Version(key, Optional.ofNullable(answer.eTag()), answer.contentLength()));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    private HeadObjectResponse shown(String key) throws IOException {
        HeadObjectResponse answer =
                ask("show", uri(key), () -> s3.headObject(r -> r.bucket(place.bucket()).key(key)));
        if (answer.contentLength() == null) {
            throw cutOff(key);
        }
        return answer;
    }

    /** All objects whose keys begin so. */
    public List<Version> findAll(String prefix) throws IOException {
        return list(prefix, o -> new Version(o.key(), Optional.ofNullable(o.eTag()), o.size()));
    }

    /** A link that breaks in the head of an answer leaves an answer without some of it. */
    private IOException cutOff(String key) {
        return new ObjectStoreAwayException(
                server()
                        + " does not say all about "
                        + uri(key)
                        + ": size or SHA-256 is missing; was the link cut?");
    }

    /**
     * @throws NoSuchFileException if there is none
     */
    void get(String key, Path to) throws IOException {
        try (ResponseInputStream<GetObjectResponse> in =
                ask("give", uri(key), () -> s3.getObject(r -> r.bucket(place.bucket()).key(key)))) {
            Files.copy(in, to);
        } catch (SdkException e) {
            throw fault("give", uri(key), e);
        }
    }

    /**
     * Reads the object that was looked at.
     *
     * @return SHA-256 of what was read, lower-case hex
     * @throws ObjectStoreAwayException if it is another one by now
     * @throws NoSuchFileException if there is none
     */
    public String get(Version version, Path to) throws IOException {
        String key = version.key();
        try (ResponseInputStream<GetObjectResponse> in =
                ask(
                        "give",
                        uri(key),
                        () ->
                                s3.getObject(
                                        r ->
                                                r.bucket(place.bucket())
                                                        .key(key)
                                                        .ifMatch(
                                                                version.entityTag()
                                                                        .orElse(null))))) {
            Files.copy(in, to, StandardCopyOption.REPLACE_EXISTING);
        } catch (SdkException e) {
            throw fault("give", uri(key), e);
        }
        long read = Files.size(to);
        if (read != version.dataBytes()) {
            throw new ObjectStoreAwayException(
                    "%s gave %d of %d bytes of %s"
                            .formatted(server(), read, version.dataBytes(), uri(key)));
        }
        return ParquetWriter.sha256(to);
    }

    /**
     * Lower-case hex, of the bytes that the server gives.
     *
     * @throws NoSuchFileException if there is none
     */
    String sha256(String key) throws IOException {
        try (ResponseInputStream<GetObjectResponse> in =
                ask("give", uri(key), () -> s3.getObject(r -> r.bucket(place.bucket()).key(key)))) {
            return ParquetWriter.sha256(in);
        } catch (SdkException e) {
            throw fault("give", uri(key), e);
        }
    }

    void delete(String key) throws IOException {
        ask("delete", uri(key), () -> s3.deleteObject(r -> r.bucket(place.bucket()).key(key)));
    }

    /** All objects whose keys begin so. */
    List<Listed> list(String prefix) throws IOException {
        return list(prefix, o -> new Listed(o.key(), o.lastModified()));
    }

    private <T> List<T> list(String prefix, Function<S3Object, T> as) throws IOException {
        return ask(
                "list",
                uri(prefix),
                () ->
                        s3
                                .listObjectsV2Paginator(
                                        r -> r.bucket(place.bucket()).prefix(prefix))
                                .contents()
                                .stream()
                                .map(as)
                                .toList());
    }

    /** Ends uploads in parts that were begun before a time: their parts take room, unseen. */
    void abortUnfinished(String prefix, Instant before) throws IOException {
        ask(
                "list unfinished uploads of",
                uri(prefix),
                () ->
                        s3
                                .listMultipartUploadsPaginator(
                                        r -> r.bucket(place.bucket()).prefix(prefix))
                                .uploads()
                                .stream()
                                .filter(upload -> upload.initiated().isBefore(before))
                                .map(
                                        upload ->
                                                s3.abortMultipartUpload(
                                                        r ->
                                                                r.bucket(place.bucket())
                                                                        .key(upload.key())
                                                                        .uploadId(
                                                                                upload.uploadId())))
                                .toList());
    }

    /** Sees that the bucket is there and takes our access key. */
    void check(String base) throws IOException {
        ask("list", base, () -> s3.listObjectsV2(r -> r.bucket(place.bucket()).maxKeys(1)));
    }

    private <T> T ask(String act, String uri, Supplier<T> call) throws IOException {
        try {
            return call.get();
        } catch (SdkException e) {
            throw fault(act, uri, e);
        }
    }

    private IOException fault(String act, String uri, SdkException e) {
        if (e instanceof AbortedException || Thread.currentThread().isInterrupted()) {
            return new InterruptedIOException("stopped while " + server() + " was asked");
        }
        if (!(e instanceof AwsServiceException service)) {
            return new ObjectStoreAwayException(
                    server()
                            + " can't be reached to "
                            + act
                            + " "
                            + uri
                            + "; is it up? "
                            + e.getMessage());
        }
        @Nullable String code =
                service.awsErrorDetails() == null ? null : service.awsErrorDetails().errorCode();
        if (service.statusCode() == NOT_FOUND && !"NoSuchBucket".equals(code)) {
            return new NoSuchFileException(uri);
        }
        String told =
                server()
                        + " does not "
                        + act
                        + " "
                        + uri
                        + ": it answered "
                        + service.statusCode()
                        + (code == null || code.isEmpty() ? "" : " " + code)
                        + "; "
                        + mend(service.statusCode(), code);
        return service.statusCode() >= SERVER_ERROR || service.statusCode() == PRECONDITION_FAILED
                ? new ObjectStoreAwayException(told)
                : new IOException(told);
    }

    private String server() {
        return place.endpoint().map(URI::toString).orElse("S3 of " + place.region());
    }

    private String uri(String key) {
        return "s3://" + place.bucket() + "/" + key;
    }

    private String mend(int status, @Nullable String code) {
        if ("NoSuchBucket".equals(code)) {
            return "make the bucket '" + place.bucket() + "' or name another in " + place.group();
        }
        return switch (status) {
            case UNAUTHORIZED, FORBIDDEN ->
                    "put the key's id and the key into the secret that"
                            + " "
                            + place.group()
                            + ".accessKeySecret names, and let the key list, read, write and"
                            + " delete there";
            case MOVED, BAD_REQUEST -> "see " + place.group() + ".endpoint and its region";
            default -> "see the server's own log";
        };
    }

    @Override
    public void close() {
        s3.close();
    }
}
