package org.roadloop.govern.lake;

import java.net.URI;
import java.util.Optional;

/** Where the files of a lake's tables are (湖存储); the catalogue is always on the local disk. */
public sealed interface LakeStorage {
    /** Under the lake's own directory. */
    record Disk() implements LakeStorage {}

    /**
     * In a bucket of an S3 server that nobody else writes to under this prefix.
     *
     * @param endpoint empty: that of the region
     * @param prefix of all keys, without a slash at its ends; may be empty
     * @param cacheBytes local copies of objects, at most; those that a running scan reads may be
     *     more
     */
    record Bucket(
            Optional<URI> endpoint,
            String bucket,
            String prefix,
            String region,
            String accessKeyId,
            String secretAccessKey,
            long cacheBytes)
            implements LakeStorage {
        public Bucket {
            if (bucket.isEmpty() || region.isEmpty()) {
                throw new IllegalArgumentException(
                        "a lake in a bucket needs a bucket and a region");
            }
            if (prefix.startsWith("/") || prefix.endsWith("/")) {
                throw new IllegalArgumentException(
                        "prefix '" + prefix + "' begins or ends with a slash; leave the slash out");
            }
            if (cacheBytes < 1 << 20) {
                throw new IllegalArgumentException(
                        "a cache of " + cacheBytes + " bytes is too small; give it 1 MiB or more");
            }
        }

        ObjectStore.Place place() {
            return new ObjectStore.Place(
                    endpoint, bucket, region, accessKeyId, secretAccessKey, "govern.storage");
        }

        /** The beginning of every location, with a slash at its end. */
        String base() {
            return "s3://" + bucket + "/" + (prefix.isEmpty() ? "" : prefix + "/");
        }

        /** Without the access key. */
        @Override
        public String toString() {
            return base() + endpoint.map(at -> " at " + at).orElse("");
        }
    }
}
