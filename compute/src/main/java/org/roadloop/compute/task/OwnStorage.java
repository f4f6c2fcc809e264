package org.roadloop.compute.task;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Where URLs of the owner's own tasks lead (自有存储): a folder of this machine, a bucket. Tasks under
 * a contract do not see it. Any thread.
 */
public interface OwnStorage {
    /** How the URLs begin that lead here, for people: {@code file:///srv/exchange}. */
    String base();

    boolean takes(String url);

    /**
     * As {@link InputResolver#locate}.
     *
     * @throws UnfitTaskException if the URL leads elsewhere, or nothing is there
     * @throws StorageAwayException if it may be back
     */
    InputResolver.Located locate(String url, TaskRequest.FileType type) throws IOException;

    /**
     * As {@link InputResolver#resolve}.
     *
     * @param directory where files are laid that are not on this machine; it need not be there
     */
    List<InputResolver.Content> resolve(String url, TaskRequest.FileType type, Path directory)
            throws IOException;

    /**
     * Writes a released file; readers see the whole of it or nothing. What was there is replaced.
     *
     * @param sha256 of the file, lower-case hex
     */
    void put(Path file, String sha256, String url) throws IOException;
}
