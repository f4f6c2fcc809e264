package org.roadloop.compute.task;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.roadloop.compute.site.Outcome;
import org.roadloop.compute.site.Site;

class TaskRunTest {
    /** A sandbox that failed is ours to pay; work that ends with the same exit code is not. */
    @ParameterizedTest
    @CsvSource({
        "EXITED, 40, 1",
        "EXITED, 1001, 2",
        "TIME, 40, 1",
        "NOT_STARTED, 40, 0",
        "NOT_STARTED, 2500, 2"
    })
    void whoPaysForWhatRan(Outcome.Cause cause, long cpuMillis, long seconds) {
        Outcome outcome =
                new Outcome(
                        cause,
                        125,
                        Duration.ofMillis(cpuMillis),
                        0,
                        "sandbox-cgroup",
                        Instant.EPOCH,
                        Instant.EPOCH);
        assertThat(Conclusion.computeSeconds(new Site.Observation.Ended(List.of(outcome), "")))
                .isEqualTo(seconds);
    }

    /** Where nothing ran, the use is taken back; what ran, however badly, stays used. */
    @ParameterizedTest
    @CsvSource({
        "'', 0, true",
        "NOT_STARTED, 40, true",
        "NOT_STARTED, 2500, false",
        "EXITED, 0, false",
        "CANCELLED, 0, false",
        "MEMORY, 40, false",
    })
    void aUseIsTakenBackOnlyWhereNothingRan(String cause, long cpuMillis, boolean takenBack) {
        List<Outcome> outcomes =
                cause.isEmpty()
                        ? List.of()
                        : List.of(
                                new Outcome(
                                        Outcome.Cause.valueOf(cause),
                                        125,
                                        Duration.ofMillis(cpuMillis),
                                        0,
                                        "sandbox-cgroup",
                                        Instant.EPOCH,
                                        Instant.EPOCH));
        assertThat(Attempts.neverRan(new Site.Observation.Ended(outcomes, "no room")))
                .isEqualTo(takenBack);
    }
}
