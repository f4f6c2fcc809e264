package org.roadloop.compute.site;

import java.io.IOException;
import java.util.List;
import java.util.function.BooleanSupplier;

/** Runs a command so that it reaches only what it was given (沙箱). Any thread. */
public sealed interface Sandbox permits Bubblewrap, PlainProcess {
    /** {@code bubblewrap} or {@code plain-process}. */
    String kind();

    /** Sentences for operators and for the task's log: what is not enforced here, and why. */
    List<String> notEnforced();

    /**
     * Blocks until the command and all it started have ended.
     *
     * @param cancelled asked about every 50 ms; true ends the run
     */
    Outcome run(SandboxRun run, BooleanSupplier cancelled) throws IOException, InterruptedException;

    /** The strongest that works on this machine, found by trying it. */
    static Sandbox strongest() {
        return Bubblewrap.find().<Sandbox>map(b -> b).orElseGet(PlainProcess::new);
    }
}
