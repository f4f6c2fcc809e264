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
    /** What servers of other makes take for their only one. */
    static final String REGION = "us-east-1";

    private static final int CACHE_MB = 4096;

    /** Reads the group; empty where the files are on the local disk. */
    static Optional<LakeBucket> read(Section s) {
        String kind = s.text("kind", "files");
        String endpoint = s.text("endpoint", "");
        String prefix = s.text("prefix", "");
        String region = s.text("region", REGION);
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
        Optional<URI> server = endpoint(endpoint);
        if (prefix.startsWith("/") || prefix.endsWith("/")) {
            throw new IllegalArgumentException(
                    "prefix '" + prefix + "' begins or ends with a slash; leave the slash out");
        }
        return Optional.of(new LakeBucket(server, bucket, prefix, region, secret, cacheMb));
    }

    /** Address of an S3 server; empty for that of the region. */
    static Optional<URI> endpoint(String text) {
        if (text.isEmpty()) {
            return Optional.empty();
        }
        if (!text.matches("https?://[^/?#@]+")) {
            throw new IllegalArgumentException(
                    "endpoint '"
                            + text
                            + "' is not a web address without a path; write for example"
                            + " 'endpoint: https://s3.example.org'");
        }
        return Optional.of(URI.create(text));
    }
}
