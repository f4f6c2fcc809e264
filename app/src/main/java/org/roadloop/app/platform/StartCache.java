package org.roadloop.app.platform;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The JVM flags with which a process of this distribution starts fast: the class cache that the
 * launcher's rehearsal left beside the jars (JEP 514), and late C2 compilation. The launcher has
 * the same flags. A cache that is missing, stale or of another JDK is passed over in silence.
 */
public final class StartCache {
    /** Stands in the folder of the jars, so that it is wherever they are mounted. */
    public static final String FILE = "roadloop.aot";

    private static final List<String> FLAGS =
            List.of(
                    "-XX:Tier4InvocationThreshold=20000",
                    "-XX:Tier4MinInvocationThreshold=2400",
                    "-XX:Tier4CompileThreshold=60000",
                    "-XX:Tier4BackEdgeThreshold=160000",
                    "-XX:+UnlockDiagnosticVMOptions",
                    "-XX:-AOTReplayTraining",
                    "-XX:ArchiveRelocationMode=0",
                    "-Xlog:disable",
                    "-Xlog:all=error,aot*=off,cds*=off:stderr");

    private StartCache() {}

    /**
     * @param jars folder of the distribution's jars, {@code lib}
     */
    public static List<String> flags(Path jars) {
        List<String> flags = new ArrayList<>(FLAGS);
        Path cache = jars.resolve(FILE).toAbsolutePath();
        if (Files.exists(cache)) {
            flags.add("-XX:AOTCache=" + cache);
        }
        return flags;
    }
}
