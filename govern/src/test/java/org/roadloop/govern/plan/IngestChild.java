package org.roadloop.govern.plan;

import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.roadloop.core.S3Proxy;
import org.roadloop.govern.lake.Lake;
import org.roadloop.govern.lake.LakeSettings;
import org.roadloop.govern.lake.LakeStorage;
import org.roadloop.govern.operator.Keyring;

/** The process that the kill test kills: ingests a file feed until it has nothing more. */
final class IngestChild {
    private IngestChild() {}

    /** The lake's files in a bucket of {@link S3Proxy}. */
    static LakeStorage.Bucket bucket(URI endpoint) {
        return new LakeStorage.Bucket(
                Optional.of(endpoint), "town", "", "us-east-1", S3Proxy.ID, S3Proxy.KEY, 64 << 20);
    }

    /** Arguments: the home; where the lake's bucket is, if it is not on the disk. */
    public static void main(String[] args) throws Exception {
        Path home = Path.of(args[0]);
        FileFeed feed = new FileFeed(home.resolve("log"), home.resolve("consumed"), 300);
        Keyring keys = new Keyring(new byte[32], 1);
        LakeStorage storage =
                args.length > 1 ? bucket(URI.create(args[1])) : new LakeStorage.Disk();
        try (Lake lake = new Lake(home.resolve("lake"), new LakeSettings(64, 1), keys, storage)) {
            Ingest ingest =
                    new Ingest(
                            feed,
                            lake,
                            List.of(RawRows.VEHICLE, RawRows.TRACK),
                            keys,
                            new MemoryLedger(),
                            new TestSigner(),
                            Clock.systemUTC(),
                            new Ingest.Settings(
                                    // Tables commit at different positions on purpose.
                                    700,
                                    Duration.ofMillis(150),
                                    Duration.ofDays(7),
                                    Duration.ofSeconds(5)),
                            home.resolve("lineage.jsonl"));
            System.out.println("started");
            ingest.drain(Duration.ofMillis(1));
        }
        System.out.println("drained");
    }
}
