package org.roadloop.compute.task;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/**
 * Folders of one task (任务目录).
 *
 * <pre>
 * TASK/work/export     inputs as they leave the table, until they are staged
 * TASK/work/mount      what the sandbox sees, one folder per mount
 * TASK/work/input      inputs whose folder is written to as well
 * TASK/work/log        stdout and stderr as written
 * TASK/work/quarantine outputs before the verdict
 * TASK/log             stdout and stderr as released
 * TASK/result          outputs as released
 * TASK/checkpoint      the last state that a program saved, for its next attempt
 * </pre>
 *
 * {@code work} goes when the task ends.
 */
record Workspace(Path folder) {
    void create() throws IOException {
        for (Path p :
                new Path[] {export(), mount(), input(), rawLog(), quarantine(), log(), result()}) {
            Files.createDirectories(p);
        }
    }

    Path export() {
        return folder.resolve("work/export");
    }

    Path mount() {
        return folder.resolve("work/mount");
    }

    Path input() {
        return folder.resolve("work/input");
    }

    Path checkpoint() {
        return folder.resolve("checkpoint");
    }

    /** Paths of the staged files, one a line: what a platform that comes back needs to know. */
    Path stagedList() {
        return folder.resolve("work/staged");
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
        remove(folder.resolve("work"));
    }

    /** Nothing of an attempt that was given up is left, but its checkpoint. */
    void clear() throws IOException {
        removeWork();
        remove(result());
        remove(log());
    }

    static void remove(Path tree) throws IOException {
        if (Files.exists(tree, LinkOption.NOFOLLOW_LINKS)) {
            try (Stream<Path> files = Files.walk(tree)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }
}
