package org.roadloop.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A tenth of the bench's secrets, through a whole platform. */
@Tag("slow")
class LeakProbeTest {
    private static final int SECRETS = 1_001;

    @TempDir Path folder;

    @Test
    void noSecretLeavesAndWithoutMasksAllAreFound() throws Exception {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        SecretRun.Found masked = SecretRun.of(folder.resolve("masked"), seed, SECRETS, true);
        assertThat(masked.places()).as("seed %d", seed).isEmpty();
        assertThat(masked.bytesSearched()).isGreaterThan(100_000);
        SecretRun.Found open = SecretRun.of(folder.resolve("open"), seed, SECRETS, false);
        assertThat(open.escaped()).as("seed %d", seed).isGreaterThanOrEqualTo(SECRETS * 99 / 100);
        assertThat(open.places().keySet())
                .as("by a route and on disk")
                .anyMatch(p -> p.startsWith("query holders: vin plain"))
                .anyMatch(p -> p.startsWith("rows on disk: id_number plain"));
    }
}
