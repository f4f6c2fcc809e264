package org.roadloop.bench;

import java.io.IOException;
import java.nio.file.Path;

/**
 * What a participant costs before anyone asks it for anything (启动开销), on a fresh home.
 *
 * @param cpuSeconds from the launcher's start to ready
 * @param pssMebibytes 10 s after ready
 * @param idlePercent of one core, after that
 */
record StartFigures(double cpuSeconds, double pssMebibytes, double idlePercent) {
    private static final int SETTLE_SECONDS = 10;

    static StartFigures measure(Path home, int idleSeconds)
            throws IOException, InterruptedException {
        try (Participant participant = Participant.start(home)) {
            double ready = ProcessUse.cpuSeconds(participant.process());
            Thread.sleep(SETTLE_SECONDS * 1000L);
            double pss = ProcessUse.pssMebibytes(participant.process());
            double before = ProcessUse.cpuSeconds(participant.process());
            Thread.sleep(idleSeconds * 1000L);
            double used = ProcessUse.cpuSeconds(participant.process()) - before;
            return new StartFigures(ready, pss, 100 * used / idleSeconds);
        }
    }
}
