package org.roadloop.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A tenth of the bench's secrets, through two whole platforms under contract. */
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
        SecretRun.Found open = SecretRun.of(folder.resolve("open"), seed, SECRETS, false);
        assertThat(open.escaped()).as("seed %d", seed).isGreaterThanOrEqualTo(SECRETS * 99 / 100);
        assertThat(masked.exits().keySet()).isEqualTo(open.exits().keySet());
        for (Map.Entry<String, SecretSearch.Exit> exit : open.exits().entrySet()) {
            SecretSearch.Exit same = masked.exits().get(exit.getKey());
            System.out.println(
                    exit.getKey() + ": with masks " + same + ", without " + exit.getValue());
            assertThat(same.bytes()).as(exit.getKey()).isPositive();
        }
        Set<String> carrying = new java.util.TreeSet<>(open.exits().keySet());
        carrying.removeIf(exit -> open.exits().get(exit).hits() == 0);
        assertThat(carrying).as("exits that carry something").containsAll(SecretRun.CARRYING);
        assertThat(open.exits().get("bad requests").echoes())
                .as("answers that repeat what was asked are seen")
                .isPositive();
    }
}
