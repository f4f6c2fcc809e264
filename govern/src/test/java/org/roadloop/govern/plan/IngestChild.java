package org.roadloop.govern.plan;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.roadloop.govern.lake.Lake;
import org.roadloop.govern.lake.LakeSettings;
import org.roadloop.govern.operator.Keyring;

/** The process that the kill test kills: ingests a file feed until it has nothing more. */
final class IngestChild {
    private IngestChild() {}

    public static void main(String[] args) throws Exception {
        Path home = Path.of(args[0]);
        FileFeed feed = new FileFeed(home.resolve("log"), home.resolve("consumed"), 300);
        Keyring keys = new Keyring(new byte[32], 1);
        try (Lake lake = new Lake(home.resolve("lake"), new LakeSettings(64, 1), keys)) {
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
