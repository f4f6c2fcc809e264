package org.roadloop.compute.task;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/**
 * Folders of one task (任务目录).
 *
 * <pre>
 * TASK/work/export     inputs as they leave the table, until they are staged
 * TASK/work/mount      what the sandbox sees, one folder per mount
 * TASK/work/log        stdout and stderr as written
 * TASK/work/quarantine outputs before the verdict
 * TASK/log             stdout and stderr as released
 * TASK/result          outputs as released
 * </pre>
 *
 * {@code work} goes when the task ends.
 */
record Workspace(Path folder) {
    void create() throws IOException {
        for (Path p : new Path[] {export(), mount(), rawLog(), quarantine(), log(), result()}) {
            Files.createDirectories(p);
        }
    }

    Path export() {
        return folder.resolve("work/export");
    }

    Path mount() {
        return folder.resolve("work/mount");
    }

    Path rawLog() {
        return folder.resolve("work/log");
    }

    Path quarantine() {
        return folder.resolve("work/quarantine");
    }

    Path log() {
        return folder.resolve("log");
    }

    Path result() {
        return folder.resolve("result");
    }

    void removeWork() throws IOException {
        Path work = folder.resolve("work");
        if (Files.exists(work)) {
            try (Stream<Path> files = Files.walk(work)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }
}
