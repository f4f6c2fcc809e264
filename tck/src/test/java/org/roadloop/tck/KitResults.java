package org.roadloop.tck;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;

/** Hears how each test of the kit ended; the kit's own summary counts only. */
public final class KitResults implements TestExecutionListener {
    /**
     * @param skipped why it was not run
     */
    record Result(Optional<Throwable> failure, Optional<String> skipped) {}

    /** By display name: {@code CN:01-01: Verify …}. */
    static final Map<String, Result> BY_NAME = new ConcurrentSkipListMap<>();

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
        if (ofTheKit(test)) {
            Optional<Throwable> failure =
                    result.getStatus() == TestExecutionResult.Status.SUCCESSFUL
                            ? Optional.empty()
                            : Optional.of(
                                    result.getThrowable()
                                            .orElseGet(() -> new AssertionError("aborted")));
            BY_NAME.put(test.getDisplayName(), new Result(failure, Optional.empty()));
        }
    }

    @Override
    public void executionSkipped(TestIdentifier test, String reason) {
        if (ofTheKit(test)) {
            BY_NAME.put(test.getDisplayName(), new Result(Optional.empty(), Optional.of(reason)));
        }
    }

    private static boolean ofTheKit(TestIdentifier test) {
        return test.isTest() && test.getUniqueId().contains("org.eclipse.dataspacetck");
    }
}
