package org.roadloop.app.config;

import java.net.URI;
import java.util.Optional;

/**
 * A bucket that the operator's own tasks read from and write to (任务桶).
 *
 * @param accessKeySecret name of a file in {@code secrets/} of the home with the key's id and, on
 *     the next line, the key itself
 * @param location node of the network where it is
 * @param endpoint of the S3 server; empty: that of the region
 */
public record TaskBucket(
        String bucket,
        String region,
        String accessKeySecret,
        String location,
        Optional<URI> endpoint) {
    public TaskBucket {
        if (!bucket.isEmpty() && !bucket.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,62}")) {
            throw new IllegalArgumentException(
                    "bucket '"
                            + bucket
                            + "' is no name of a bucket; write for example 'bucket: town-results'");
        }
    }

    static TaskBucket read(Section s) {
        String bucket = s.required("bucket", "town-results");
        String endpoint = s.text("endpoint", "");
        return new TaskBucket(
                bucket,
                s.text("region", LakeBucket.REGION),
                s.required("accessKeySecret", "town-results"),
                s.text("location", "local"),
                LakeBucket.endpoint(endpoint));
    }
}
