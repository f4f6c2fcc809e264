package org.roadloop.dataspace.access;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.StandardRetryStrategy;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.services.s3.model.ChecksumAlgorithm;
import software.amazon.awssdk.services.s3.model.CompletedPart;

/**
 * Brings one file into a bucket (S3 推送): an upload in parts, each with its own SHA-256 and tried
 * again on its own; the file's SHA-256 and row count are metadata of the object. The object exists
 * when all parts are there, and not at all if the push ends before.
 *
 * <p>The classes of the S3 library are loaded when the first such push starts.
 */
final class S3Push {
    private static final Logger log = LoggerFactory.getLogger(S3Push.class);

    /** S3 takes no smaller part but the last one, and at most {@link #MOST_PARTS}. */
    private static final long PART_BYTES = 8L << 20;

    private static final int MOST_PARTS = 10_000;

    private final Destinations destinations;
    private final Pushes.Patience patience;

    S3Push(Destinations destinations, Pushes.Patience patience) {
        this.destinations = destinations;
        this.patience = patience;
    }

    /**
     * Returns when the object exists.
     *
     * @throws IOException if access ended meanwhile
     */
    void push(MeteredFile file, S3Bucket to) throws IOException, PushFailedException {
        CheckedS3Http http = new CheckedS3Http(destinations, patience.silence());
        Runnable listening = file.onEnd(http::cut);
        try (S3Client s3 = client(http, to, patience)) {
            String upload = begin(s3, file.export(), to);
            try {
                finish(s3, to, upload, parts(s3, file, to, upload));
            } catch (IOException | RuntimeException e) {
                http.mend();
                abort(s3, to, upload);
                throw e;
            }
        } catch (SdkException e) {
            if (file.ended()) {
                throw new IOException("access ended", e);
            }
            throw new PushFailedException(
                    e instanceof SdkClientException ? "receiver_unreachable" : "receiver_refused",
                    "bucket '" + to.bucketName() + "': " + reason(e));
        } finally {
            listening.run();
        }
    }

    /** Without request ids and credentials' names. */
    static String reason(SdkException e) {
        return e instanceof AwsServiceException service && service.awsErrorDetails() != null
                ? "S3 answered "
                        + service.statusCode()
                        + " "
                        + service.awsErrorDetails().errorCode()
                : "the S3 server can't be reached";
    }

    static S3Client client(CheckedS3Http http, S3Bucket to, Pushes.Patience patience) {
        AwsCredentials credentials =
                to.sessionToken().isEmpty()
                        ? AwsBasicCredentials.create(to.accessKeyId(), to.secretAccessKey())
                        : AwsSessionCredentials.create(
                                to.accessKeyId(), to.secretAccessKey(), to.sessionToken());
        int attempts = patience.pauses().size() + 1;
        S3ClientBuilder builder =
                S3Client.builder()
                        .httpClient(http)
                        .region(Region.of(to.region()))
                        .credentialsProvider(StaticCredentialsProvider.create(credentials))
                        .overrideConfiguration(
                                c ->
                                        c.retryStrategy(
                                                StandardRetryStrategy.builder()
                                                        .maxAttempts(attempts)
                                                        .build()));
        to.endpoint()
                .ifPresent(endpoint -> builder.endpointOverride(endpoint).forcePathStyle(true));
        return builder.build();
    }

    private static String begin(S3Client s3, PinnedExport export, S3Bucket to) {
        return s3.createMultipartUpload(
                        r ->
                                r.bucket(to.bucketName())
                                        .key(to.objectName())
                                        .contentType(export.mediaType())
                                        .checksumAlgorithm(ChecksumAlgorithm.SHA256)
                                        .metadata(
                                                Map.of(
                                                        "roadloop-sha256",
                                                        export.sha256(),
                                                        "roadloop-rows",
                                                        Long.toString(export.rows()),
                                                        "roadloop-snapshot",
                                                        Long.toString(export.snapshot()))))
                .uploadId();
    }

    private static List<CompletedPart> parts(
            S3Client s3, MeteredFile file, S3Bucket to, String upload) throws IOException {
        long size = file.export().dataBytes();
        long partBytes = Math.max(PART_BYTES, (size + MOST_PARTS - 1) / MOST_PARTS);
        List<CompletedPart> parts = new ArrayList<>();
        for (long from = 0; from < size; from += partBytes) {
            byte[] part;
            try (InputStream in = file.open(from, Math.min(size, from + partBytes))) {
                part = in.readAllBytes();
            }
            int number = parts.size() + 1;
            var answer =
                    s3.uploadPart(
                            r ->
                                    r.bucket(to.bucketName())
                                            .key(to.objectName())
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
        return parts;
    }

    private static void finish(S3Client s3, S3Bucket to, String upload, List<CompletedPart> parts) {
        s3.completeMultipartUpload(
                r ->
                        r.bucket(to.bucketName())
                                .key(to.objectName())
                                .uploadId(upload)
                                .multipartUpload(m -> m.parts(parts)));
    }

    /** Parts that were uploaded would cost the bucket's owner for ever. */
    private static void abort(S3Client s3, S3Bucket to, String upload) {
        try {
            s3.abortMultipartUpload(
                    r ->
                            r.bucket(to.bucketName())
                                    .key(to.objectName())
                                    .uploadId(upload)
                                    .overrideConfiguration(
                                            c -> c.apiCallTimeout(Duration.ofSeconds(20))));
        } catch (SdkException e) {
            log.warn("the parts of an upload that ended stay in {}: {}", to, reason(e));
        }
    }
}
