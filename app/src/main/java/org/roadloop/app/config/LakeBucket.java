package org.roadloop.app.config;

import java.net.URI;
import java.util.Optional;

/**
 * The bucket that holds the files of the lake's tables (数据湖桶).
 *
 * @param endpoint of the S3 server; empty: that of the region
 * @param prefix of all keys; nobody else writes under it
 * @param accessKeySecret name of a file in {@code secrets/} of the home with the key's id and, on
 *     the next line, the key itself
 * @param cacheMb local copies of objects, at most
 */
public record LakeBucket(
        Optional<URI> endpoint,
        String bucket,
        String prefix,
        String region,
        String accessKeySecret,
        int cacheMb) {
    private static final int CACHE_MB = 4096;

    /** Reads the group; empty where the files are on the local disk. */
    static Optional<LakeBucket> read(Section s) {
        String kind = s.text("kind", "files");
        String endpoint = s.text("endpoint", "");
        String prefix = s.text("prefix", "");
        String region = s.text("region", "us-east-1");
        int cacheMb = (int) s.whole("cacheMb", CACHE_MB, 16, 1 << 24);
        boolean remote = kind.equals("s3");
        String bucket = remote ? s.required("bucket", "town-lake") : s.text("bucket", "");
        String secret =
                remote
                        ? s.required("accessKeySecret", "lake-bucket")
                        : s.text("accessKeySecret", "");
        if (!remote && !kind.equals("files")) {
            throw new IllegalArgumentException("kind '" + kind + "' is none of files, s3");
        }
        if (!remote) {
            return Optional.empty();
        }
        if (!endpoint.isEmpty() && !endpoint.matches("https?://[^/?#@]+")) {
            throw new IllegalArgumentException(
                    "endpoint '"
                            + endpoint
                            + "' is not a web address without a path; write for example"
                            + " 'endpoint: https://s3.example.org'");
        }
        if (prefix.startsWith("/") || prefix.endsWith("/")) {
            throw new IllegalArgumentException(
                    "prefix '" + prefix + "' begins or ends with a slash; leave the slash out");
        }
        return Optional.of(
                new LakeBucket(
                        endpoint.isEmpty() ? Optional.empty() : Optional.of(URI.create(endpoint)),
                        bucket,
                        prefix,
                        region,
                        secret,
                        cacheMb));
    }
}
