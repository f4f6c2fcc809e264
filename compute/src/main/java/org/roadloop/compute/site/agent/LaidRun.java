package org.roadloop.compute.site.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.roadloop.compute.site.Image;
import org.roadloop.compute.site.Images;
import org.roadloop.compute.site.Limits;
import org.roadloop.compute.site.Mount;
import org.roadloop.compute.site.SandboxRun;
import org.roadloop.compute.site.Site;
import tools.jackson.databind.JsonNode;

/**
 * A run of the platform on the agent's disk (运行布置): from what was sent to the mounts and streams of
 * a sandbox here. One thread.
 */
final class LaidRun {
    private final String key;
    private final JsonNode sent;
    private final Path folder;
    private final Images images;

    /**
     * @param folder of the run
     */
    LaidRun(String key, JsonNode sent, Path folder, Images images) {
        this.key = key;
        this.sent = sent;
        this.folder = folder;
        this.images = images;
    }

    /**
     * Whether the site would run it at all, before it is taken.
     *
     * @throws IllegalArgumentException says why not
     */
    void mustFit(Site.Capabilities at) {
        Site.Run run = run();
        for (JsonNode mount : sent.required("mounts")) {
            if (mount.has("tree")) {
                FileTree.of(mount.required("tree"));
            }
        }
        for (SandboxRun executor : run.executors()) {
            Limits limits = executor.limits();
            if (limits.memoryBytes() > at.memoryBytes()) {
                throw new IllegalArgumentException(
                        "a slot here has %d MiB, the run asks for %d MiB"
                                .formatted(at.memoryBytes() >> 20, limits.memoryBytes() >> 20));
            }
        }
    }

    /** The run, its folders laid or not. */
    Site.Run run() {
        List<Mount> mounts = new ArrayList<>();
        for (JsonNode mount : sent.required("mounts")) {
            String stream = mount.path("stream").asString("");
            mounts.add(
                    new Mount(
                            stream.isEmpty() ? host(mounts.size()) : stream(stream),
                            mount.required("inside").asString(),
                            mount.required("writable").asBoolean()));
        }
        List<SandboxRun> executors = new ArrayList<>();
        List<Boolean> ignore = new ArrayList<>();
        for (JsonNode e : sent.required("executors")) {
            executors.add(executor(e, executors.size(), mounts));
            ignore.add(e.required("ignoreError").asBoolean());
        }
        if (executors.isEmpty()) {
            throw new IllegalArgumentException("a run has at least one executor");
        }
        return new Site.Run(
                executors,
                ignore,
                sent.required("agreement").asString(),
                Site.Gang.ONE,
                checkpoint());
    }

    private SandboxRun executor(JsonNode e, int n, List<Mount> mounts) {
        String name = e.required("image").asString();
        Image image =
                images.find(name)
                        .orElseThrow(
                                () ->
                                        new IllegalArgumentException(
                                                "image %s is none of %s"
                                                        .formatted(name, images.names())));
        List<String> command = new ArrayList<>();
        e.required("command").forEach(word -> command.add(word.asString()));
        Map<String, String> environment = new HashMap<>();
        e.required("environment")
                .properties()
                .forEach(v -> environment.put(v.getKey(), v.getValue().asString()));
        List<Mount> seen = new ArrayList<>();
        e.path("mounts").forEach(index -> seen.add(mounts.get(index.asInt())));
        return new SandboxRun(
                key + "-" + n,
                image,
                command,
                environment,
                seen,
                e.required("workdir").asString(),
                e.has("stdin") ? place(e.required("stdin")) : null,
                stream(n + ".stdout"),
                stream(n + ".stderr"),
                AgentJson.limits(e.required("limits")));
    }

    private Path place(JsonNode json) {
        if (json.has("stream")) {
            return stream(json.required("stream").asString());
        }
        String path = json.required("path").asString();
        Path host = host(json.required("mount").asInt());
        Path place = path.isEmpty() ? host : host.resolve(path).normalize();
        if (!place.startsWith(host)) {
            throw new IllegalArgumentException("'" + path + "' leads out of its mount");
        }
        return place;
    }

    /** Live folder of the checkpoint here. */
    Optional<Path> checkpoint() {
        JsonNode json = sent.path("checkpoint");
        return json.isObject() ? Optional.of(place(json)) : Optional.empty();
    }

    long outputBytes() {
        return AgentJson.limits(sent.required("executors").get(0).required("limits")).outputBytes();
    }

    long checkpointMillis() {
        return Math.clamp(sent.path("checkpointMillis").asLong(5_000), 100, 3_600_000);
    }

    private Path host(int mount) {
        return folder.resolve("mount").resolve(Integer.toString(mount));
    }

    private Path stream(String name) {
        if (!name.matches("[0-9]{1,4}\\.(stdout|stderr)")) {
            throw new IllegalArgumentException("'" + name + "' is no stream");
        }
        return folder.resolve("log").resolve(name);
    }

    /** Names of the streams that there are by now. */
    List<String> streams() {
        List<String> names = new ArrayList<>();
        for (int n = 0; n < sent.required("executors").size(); n++) {
            for (String name : List.of(n + ".stdout", n + ".stderr")) {
                if (Files.exists(stream(name))) {
                    names.add(name);
                }
            }
        }
        return names;
    }

    /** Folders that the run may write, by the number of their mount. */
    Map<Integer, Path> writable() {
        Map<Integer, Path> folders = new LinkedHashMap<>();
        int n = 0;
        for (JsonNode mount : sent.required("mounts")) {
            if (mount.required("writable").asBoolean() && mount.has("tree")) {
                folders.put(n, host(n));
            }
            n++;
        }
        return folders;
    }

    /**
     * Fetches what the site has not, and lays the mounts. What was laid before a kill is laid anew.
     *
     * @param staged the site's cache
     * @param own contents of this run only; they go with it
     */
    void lay(ContentStore staged, ContentStore own) throws IOException, InterruptedException {
        FileTree.remove(folder.resolve("mount"));
        Files.createDirectories(folder.resolve("mount"));
        Files.createDirectories(folder.resolve("log"));
        int n = 0;
        for (JsonNode mount : sent.required("mounts")) {
            if (mount.has("tree")) {
                lay(host(n), mount, staged, own);
            }
            n++;
        }
        Path checkpoint = checkpoint().orElse(null);
        if (checkpoint != null) {
            Files.createDirectories(checkpoint);
        }
    }

    private void lay(Path host, JsonNode mount, ContentStore staged, ContentStore own)
            throws IOException, InterruptedException {
        FileTree tree = FileTree.of(mount.required("tree"));
        boolean single = tree.entries().size() == 1 && tree.entries().getFirst().path().isEmpty();
        if (!single) {
            Files.createDirectories(host);
        }
        boolean writable = mount.required("writable").asBoolean();
        for (FileTree.Entry entry : tree.entries()) {
            Path place = single ? host : host.resolve(entry.path());
            switch (entry) {
                case FileTree.Entry.Folder folderEntry -> Files.createDirectories(place);
                case FileTree.Entry.Plain file -> {
                    ContentStore from = staged.holds(file.sha256()) ? staged : own;
                    from.fetch(file.sha256(), file.dataBytes());
                    put(from.file(file.sha256()), place, writable);
                }
                case FileTree.Entry.Link link ->
                        Files.createSymbolicLink(place, Path.of(link.target()));
            }
        }
    }

    /** A second name where the sandbox keeps it from being written, a copy elsewhere. */
    private static void put(Path content, Path place, boolean writable) throws IOException {
        if (writable) {
            Files.copy(content, place, StandardCopyOption.REPLACE_EXISTING);
        } else {
            Files.createLink(place, content);
        }
    }
}
