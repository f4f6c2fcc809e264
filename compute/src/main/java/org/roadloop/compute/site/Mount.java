package org.roadloop.compute.site;

import java.nio.file.Path;

/**
 * A host folder and where the task sees it (挂载).
 *
 * @param host folder, or one file
 * @param inside absolute path, for example {@code /in}; it may lie in another mount
 */
public record Mount(Path host, String inside, boolean writable) {
    public Mount {
        if (!inside.matches("(/[A-Za-z0-9._-]+)+") || inside.matches(".*/\\.{1,2}(/.*)?")) {
            throw new IllegalArgumentException(
                    "mount '" + inside + "' is not an absolute path of plain names");
        }
    }
}
