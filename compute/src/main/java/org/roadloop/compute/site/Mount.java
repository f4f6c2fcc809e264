package org.roadloop.compute.site;

import java.nio.file.Path;

/**
 * A host folder and where the task sees it (挂载).
 *
 * @param inside absolute path of one name, for example {@code /in}
 */
public record Mount(Path host, String inside, boolean writable) {
    public Mount {
        if (!inside.matches("/[A-Za-z0-9._-]+")) {
            throw new IllegalArgumentException(
                    "mount '" + inside + "' is not a folder directly below /");
        }
    }
}
