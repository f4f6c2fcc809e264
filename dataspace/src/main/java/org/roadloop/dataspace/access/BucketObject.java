package org.roadloop.dataspace.access;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import org.roadloop.core.contract.DataAddress;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;

/** What was pushed into a bucket of ours, as the bucket has it (桶内对象). Any thread. */
public final class BucketObject {
    private static final Pushes.Patience PATIENCE =
            new Pushes.Patience(
                    Duration.ofSeconds(60), List.of(Duration.ofSeconds(1), Duration.ofSeconds(5)));

    private final Destinations destinations;

    public BucketObject(Destinations destinations) {
        this.destinations = destinations;
    }

    /**
     * Reads the object into a file.
     *
     * @param address that we gave to the provider
     * @throws IOException if the object is not there or can't be read
     */
    public void fetch(DataAddress address, Path file) throws IOException {
        S3Bucket bucket = S3Bucket.of(address);
        CheckedS3Http http = new CheckedS3Http(destinations, PATIENCE.silence());
        try (S3Client s3 = S3Push.client(http, bucket, PATIENCE);
                InputStream in =
                        s3.getObject(r -> r.bucket(bucket.bucketName()).key(bucket.objectName()))) {
            Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
        } catch (SdkException e) {
            throw new IOException(bucket + ": " + S3Push.reason(e), e);
        }
    }
}
