package org.roadloop.compute.site;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The images that tasks may name here (可用镜像).
 *
 * @param tools this program itself
 * @param roots names that stand for this machine's own programs: {@code alpine}
 */
public record Images(ToolImage tools, List<String> roots) {
    /** What clients of the standard try first. */
    public static final List<String> COMMON = List.of("alpine", "busybox", "debian", "ubuntu");

    public Images {
        roots = List.copyOf(roots);
    }

    /**
     * @param reference of a task: {@code alpine}, {@code docker.io/library/alpine:3.20}, with or
     *     without a digest
     */
    public Optional<Image> find(String reference) {
        if (tools.is(reference)) {
            return Optional.of(tools);
        }
        String name = plain(reference);
        return roots.contains(name) ? Optional.of(new RootImage(name)) : Optional.empty();
    }

    /** All names, for whoever asked for another. */
    public List<String> names() {
        List<String> names = new ArrayList<>();
        names.add(ToolImage.NAME);
        names.addAll(roots);
        return names;
    }

    private static String plain(String reference) {
        String name = reference;
        for (String registry : List.of("docker.io/", "index.docker.io/")) {
            name = name.startsWith(registry) ? name.substring(registry.length()) : name;
        }
        name = name.startsWith("library/") ? name.substring("library/".length()) : name;
        int digest = name.indexOf('@');
        name = digest >= 0 ? name.substring(0, digest) : name;
        int tag = name.lastIndexOf(':');
        return tag > name.lastIndexOf('/') ? name.substring(0, tag) : name;
    }
}
