package org.roadloop.dataspace.access;

import java.net.URI;
import java.util.Optional;
import org.roadloop.core.contract.DataAddress;

/**
 * A place in a bucket (存储桶), from a data address with the property names that connectors use for
 * format {@code AmazonS3-PUSH}.
 *
 * @param endpoint of the S3 server; empty for AWS itself
 * @param secretAccessKey with {@code accessKeyId} and an optional session token: secrets
 */
record S3Bucket(
        Optional<URI> endpoint,
        String bucketName,
        String objectName,
        String region,
        String accessKeyId,
        String secretAccessKey,
        String sessionToken) {

    /**
     * @throws IllegalArgumentException names the property that is missing
     */
    static S3Bucket of(DataAddress address) {
        return new S3Bucket(
                address.endpoint().isEmpty()
                        ? Optional.empty()
                        : Optional.of(URI.create(address.endpoint())),
                property(address, "bucketName"),
                property(address, "objectName"),
                address.properties().getOrDefault("region", "us-east-1"),
                property(address, "accessKeyId"),
                property(address, "secretAccessKey"),
                address.properties().getOrDefault("sessionToken", ""));
    }

    private static String property(DataAddress address, String name) {
        String value = address.properties().getOrDefault(name, "");
        if (value.isBlank()) {
            throw new IllegalArgumentException(
                    "the dataAddress of an S3 push needs the property '" + name + "'");
        }
        return value;
    }

    @Override
    public String toString() {
        return "S3Bucket[" + bucketName + "/" + objectName + "]";
    }
}
