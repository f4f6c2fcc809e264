package org.roadloop.core.ledger;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Where the files of a log are read from (日志来源) when nothing but its key is believed: a directory
 * or a C2SP tlog-tiles server. Any thread.
 */
public interface LogSource {
    /** How many reads are worth having under way at once. */
    int parallelReads();

    /**
     * A whole file.
     *
     * @param path as tlog-tiles names it, {@code tile/0/x001/234.p/7} or {@code checkpoint}
     * @return empty if it is not there
     * @throws IOException if that can't be told, with what to do about it
     */
    Optional<byte[]> find(String path) throws IOException;

    /** Paths of the earlier, shorter states of a tile or bundle; a server does not list them. */
    List<String> partials(String fullPath) throws IOException;

    /** The log's own directory, with what the writer keeps beside the tiles. */
    Optional<Path> directory();

    /** The full file if there is one, else the partial one of this width. */
    default Optional<Found> find(String fullPath, int width) throws IOException {
        Optional<byte[]> full = find(fullPath);
        if (full.isPresent() || width == TilePath.WIDTH) {
            return full.map(bytes -> new Found(fullPath, bytes, TilePath.WIDTH));
        }
        String partial = fullPath + ".p/" + width;
        return find(partial).map(bytes -> new Found(partial, bytes, width));
    }

    /**
     * A tile or bundle.
     *
     * @param width hashes or entries it has to have, 1 to 256
     */
    record Found(String path, byte[] bytes, int width) {}
}
