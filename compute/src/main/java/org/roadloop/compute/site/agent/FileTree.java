package org.roadloop.compute.site.agent;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What is in one folder, or in one file (path empty), by content (目录清单). An instance that exists
 * names nothing outside its folder: every path is relative and plain, and lies in a folder that
 * stands before it.
 */
record FileTree(List<Entry> entries) {
    static final int MAX_ENTRIES = 20_000;
    private static final int MAX_PATH = 1024;
    private static final int MAX_NAME_BYTES = 255;

    /** One thing in the folder. */
    sealed interface Entry {
        String path();

        record Folder(String path) implements Entry {}

        record Plain(String path, long dataBytes, String sha256) implements Entry {}

        record Link(String path, String target) implements Entry {}
    }

    FileTree {
        entries = List.copyOf(entries);
        if (entries.size() > MAX_ENTRIES) {
            throw new IllegalArgumentException("more than " + MAX_ENTRIES + " files in one folder");
        }
        Set<String> folders = new HashSet<>(Set.of(""));
        Set<String> seen = new HashSet<>();
        for (Entry entry : entries) {
            if (entry.path().isEmpty()) {
                if (entries.size() > 1 || !(entry instanceof Entry.Plain)) {
                    throw new IllegalArgumentException("only a single file has an empty path");
                }
            } else {
                mustBePlain(entry.path());
                int slash = entry.path().lastIndexOf('/');
                if (!folders.contains(slash < 0 ? "" : entry.path().substring(0, slash))) {
                    throw new IllegalArgumentException(
                            "'%s' lies in no folder of the list".formatted(entry.path()));
                }
            }
            if (!seen.add(entry.path())) {
                throw new IllegalArgumentException("'%s' stands twice".formatted(entry.path()));
            }
            switch (entry) {
                case Entry.Folder folder -> folders.add(folder.path());
                case Entry.Plain file -> {
                    if (file.dataBytes() < 0 || !isSha256(file.sha256())) {
                        throw new IllegalArgumentException(
                                "'%s' has no size or no SHA-256".formatted(file.path()));
                    }
                }
                case Entry.Link link -> {
                    if (link.target().isEmpty()
                            || link.target().length() > 4 * MAX_PATH
                            || link.target().indexOf('\0') >= 0) {
                        throw new IllegalArgumentException(
                                "link '%s' leads to no path".formatted(link.path()));
                    }
                }
            }
        }
    }

    static boolean isSha256(String text) {
        return text.matches("[0-9a-f]{64}");
    }

    private static void mustBePlain(String path) {
        if (path.length() > MAX_PATH) {
            throw new IllegalArgumentException("a path is longer than " + MAX_PATH + " letters");
        }
        for (String name : path.split("/", -1)) {
            if (name.isEmpty()
                    || name.equals(".")
                    || name.equals("..")
                    || name.indexOf('\0') >= 0
                    || name.getBytes(StandardCharsets.UTF_8).length > MAX_NAME_BYTES) {
                throw new IllegalArgumentException(
                        "path '%s' is not one of plain names below the folder".formatted(path));
            }
        }
    }

    /** Sum of all files, each as often as it stands here. */
    long dataBytes() {
        long sum = 0;
        for (Entry entry : entries) {
            if (entry instanceof Entry.Plain file) {
                sum = Math.addExact(sum, file.dataBytes());
            }
        }
        return sum;
    }

    /** Bytes by SHA-256. */
    Map<String, Long> contents() {
        Map<String, Long> contents = new LinkedHashMap<>();
        for (Entry entry : entries) {
            if (entry instanceof Entry.Plain file) {
                Long before = contents.put(file.sha256(), file.dataBytes());
                if (before != null && before != file.dataBytes()) {
                    throw new IllegalArgumentException(
                            "SHA-256 " + file.sha256() + " stands with two sizes");
                }
            }
        }
        return contents;
    }

    ArrayNode toJson() {
        ArrayNode json = JsonMapper.shared().createArrayNode();
        for (Entry entry : entries) {
            ObjectNode one = json.addObject().put("path", entry.path());
            switch (entry) {
                case Entry.Folder folder -> one.put("folder", true);
                case Entry.Plain file ->
                        one.put("dataBytes", file.dataBytes()).put("sha256", file.sha256());
                case Entry.Link link -> one.put("target", link.target());
            }
        }
        return json;
    }

    /**
     * @throws IllegalArgumentException if it is none, or leads out of its folder
     */
    static FileTree of(JsonNode json) {
        if (!json.isArray() || json.size() > MAX_ENTRIES) {
            throw new IllegalArgumentException(
                    "a folder is a list of at most " + MAX_ENTRIES + " entries");
        }
        List<Entry> entries = new ArrayList<>();
        for (JsonNode one : json) {
            String path = one.path("path").asString("/");
            if (one.has("sha256")) {
                entries.add(
                        new Entry.Plain(
                                path,
                                one.path("dataBytes").asLong(-1),
                                one.path("sha256").asString("")));
            } else if (one.has("target")) {
                entries.add(new Entry.Link(path, one.path("target").asString("")));
            } else {
                entries.add(new Entry.Folder(path));
            }
        }
        return new FileTree(entries);
    }

    /**
     * Lays all of it into a folder. What stands in the way goes, links are never followed, and a
     * file appears whole, by one rename.
     *
     * @param contents file by SHA-256
     * @param scratch folder on the same file system
     * @param exactly what is not in the list goes too
     */
    void install(Path host, Function<String, Path> contents, Path scratch, boolean exactly)
            throws IOException {
        Files.createDirectories(scratch);
        for (Entry entry : entries) {
            Path place = entry.path().isEmpty() ? host : host.resolve(entry.path());
            switch (entry) {
                case Entry.Folder folder -> {
                    if (!Files.isDirectory(place, LinkOption.NOFOLLOW_LINKS)) {
                        Files.deleteIfExists(place);
                        Files.createDirectory(place);
                    }
                }
                case Entry.Plain file -> {
                    Path copy = scratch.resolve("copy-" + Thread.currentThread().threadId());
                    Files.copy(
                            contents.apply(file.sha256()),
                            copy,
                            StandardCopyOption.REPLACE_EXISTING);
                    if (Files.isDirectory(place, LinkOption.NOFOLLOW_LINKS)) {
                        remove(place);
                    }
                    Files.move(copy, place, StandardCopyOption.REPLACE_EXISTING);
                }
                case Entry.Link link -> {
                    remove(place);
                    Files.createSymbolicLink(place, Path.of(link.target()));
                }
            }
        }
        if (exactly) {
            removeOthers(host);
        }
    }

    private void removeOthers(Path host) throws IOException {
        Set<Path> listed = new HashSet<>();
        entries.forEach(entry -> listed.add(host.resolve(entry.path())));
        try (Stream<Path> files = Files.walk(host)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                if (!file.equals(host) && !listed.contains(file)) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }

    /** A folder with all in it, or a file, or a link; nothing happens if there is none. */
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
