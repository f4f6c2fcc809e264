package org.roadloop.app.part;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.roadloop.app.home.Home;
import org.roadloop.core.S3Proxy;

/** A home whose lake is in the bucket of a server. */
public final class TestBucket {
    private TestBucket() {}

    /** Writes what an operator does: the configuration, and the access key as a secret. */
    public static void configure(Path home, S3Proxy s3) throws IOException {
        Home.open(home).close();
        Path secret =
                Files.writeString(
                        home.resolve("secrets/lake-bucket"), S3Proxy.ID + "\n" + S3Proxy.KEY);
        Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
        Files.writeString(
                home.resolve("roadloop.yaml"),
                """
                govern:
                  storage:
                    kind: s3
                    endpoint: %s
                    bucket: town
                    prefix: lake
                    accessKeySecret: lake-bucket
                    cacheMb: 16
                """
                        .formatted(s3.endpoint()));
    }
}
