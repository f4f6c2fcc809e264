package org.roadloop.compute.site;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;

/**
 * Mounts inside mounts (嵌套挂载): each needs a place to lie on, in a folder where an earlier executor
 * of the task may have laid links. The places are made here, link by link refused, while nothing of
 * the task runs; bwrap itself would follow them.
 */
final class MountPoints {
    private MountPoints() {}

    /** Outer mounts first; their places exist when this returns. */
    static List<Mount> prepared(List<Mount> mounts) throws IOException {
        List<Mount> sorted =
                mounts.stream().sorted(Comparator.comparingInt(m -> m.inside().length())).toList();
        for (int i = 0; i < sorted.size(); i++) {
            Mount inner = sorted.get(i);
            Mount outer = null;
            for (Mount other : sorted.subList(0, i)) {
                if (inner.inside().startsWith(other.inside() + "/")) {
                    outer = other;
                }
            }
            if (outer != null) {
                place(outer, inner);
            }
        }
        return sorted;
    }

    private static void place(Mount outer, Mount inner) throws IOException {
        Path at = outer.host();
        Path below = Path.of(inner.inside().substring(outer.inside().length() + 1));
        for (int n = 0; n < below.getNameCount(); n++) {
            at = at.resolve(below.getName(n));
            if (Files.isSymbolicLink(at)) {
                throw new IOException(
                        inner.inside() + " can't be mounted: the task laid a link in its way");
            }
            boolean last = n == below.getNameCount() - 1;
            if (Files.exists(at, LinkOption.NOFOLLOW_LINKS)) {
                boolean folder = Files.isDirectory(at, LinkOption.NOFOLLOW_LINKS);
                if (folder != (!last || Files.isDirectory(inner.host()))) {
                    throw new IOException(
                            inner.inside() + " can't be mounted: the task wrote something there");
                }
            } else if (last && !Files.isDirectory(inner.host())) {
                Files.createFile(at);
            } else {
                Files.createDirectory(at);
            }
        }
    }
}
