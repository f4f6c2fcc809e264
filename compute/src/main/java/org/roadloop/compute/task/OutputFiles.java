package org.roadloop.compute.task;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;

/**
 * The files that one declared output stands for (输出文件): one, a folder's, or those that a pattern
 * finds. Links are listed and never followed; whether they may leave is asked later.
 */
final class OutputFiles {
    /**
     * @param path inside
     * @param name under which it is fetched
     * @param root of the mount on the host
     * @param relative below the root
     */
    record Found(String path, String name, Path root, Path relative) {
        /** Whether each part of the name is plain: what a program named is not taken on trust. */
        boolean isPlainlyNamed() {
            for (String part : name.split("/", -1)) {
                if (!part.matches("[A-Za-z0-9_][A-Za-z0-9._-]{0,99}")) {
                    return false;
                }
            }
            return true;
        }
    }

    private OutputFiles() {}

    /**
     * In the order of their paths.
     *
     * @param limit one more than this is found, to tell that there are too many
     */
    static List<Found> of(TaskRequest.Output output, RunPlan plan, int limit) throws IOException {
        if (!output.isMany()) {
            return List.of(
                    new Found(
                            output.path(),
                            output.resultName(),
                            plan.rootOf(output.path()),
                            plan.below(output.path())));
        }
        String start =
                output.hasWildcards()
                        ? TaskFields.withoutSlash(output.pathPrefix())
                        : output.path();
        Path root = plan.rootOf(start);
        Path folder = root.resolve(plan.below(start)).normalize();
        PathMatcher matcher =
                FileSystems.getDefault()
                        .getPathMatcher("glob:" + output.path().replaceAll("\\*\\*+", "*"));
        List<Found> found = new ArrayList<>();
        for (Path file : below(root, folder, limit)) {
            String inside = start + "/" + folder.relativize(file);
            if (!output.hasWildcards() || matcher.matches(Path.of(inside))) {
                found.add(
                        new Found(
                                inside,
                                output.resultName() + "/" + folder.relativize(file),
                                root,
                                root.relativize(file)));
            }
        }
        found.sort(java.util.Comparator.comparing(Found::path));
        return found;
    }

    /** Everything that is no folder; nothing if a link leads to the folder itself. */
    private static List<Path> below(Path root, Path folder, int limit) throws IOException {
        List<Path> files = new ArrayList<>();
        Path at = root;
        for (Path name : root.relativize(folder)) {
            at = at.resolve(name);
            if (Files.isSymbolicLink(at)) {
                return files;
            }
        }
        if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            return files;
        }
        Files.walkFileTree(
                folder,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                        files.add(file);
                        return files.size() > limit
                                ? FileVisitResult.TERMINATE
                                : FileVisitResult.CONTINUE;
                    }
                });
        return files;
    }
}
