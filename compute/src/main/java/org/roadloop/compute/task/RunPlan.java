package org.roadloop.compute.task;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.roadloop.compute.site.Limits;
import org.roadloop.compute.site.Mount;
import org.roadloop.compute.site.SandboxRun;
import org.roadloop.compute.site.ToolImage;

/**
 * From the paths of a task to mounts of a sandbox (挂载方案). Each top folder that a path names is a
 * mount: read-only if only inputs are there, writable if an output, a volume or a working directory
 * is.
 */
final class RunPlan {
    /** Folders that belong to the system inside. */
    private static final Set<String> RESERVED =
            Set.of(
                    "bin", "boot", "dev", "etc", "lib", "lib64", "opt", "proc", "root", "run",
                    "sbin", "sys", "tmp", "usr", "var");

    /**
     * @param kept at the site, named by its content
     * @param name as the task sees it
     */
    record StagedFile(Path kept, String name) {}

    private final TaskRequest request;
    private final Workspace space;
    private final Map<String, Boolean> writableByTop = new LinkedHashMap<>();

    /**
     * @throws IllegalArgumentException names the path that can't be mounted
     */
    RunPlan(TaskRequest request, Workspace space) {
        this.request = request;
        this.space = space;
        checkMounts(request).forEach(writableByTop::put);
    }

    /** Top folders and whether they are writable; throws if the task can't be mounted. */
    static Map<String, Boolean> checkMounts(TaskRequest request) {
        Set<String> inputs = new LinkedHashSet<>();
        Set<String> outputs = new LinkedHashSet<>();
        request.inputs().forEach(i -> inputs.add(top(i.path())));
        request.outputs().forEach(o -> outputs.add(top(o.path())));
        request.volumes().forEach(v -> outputs.add(top(v)));
        for (TaskRequest.Executor executor : request.executors()) {
            for (String path : List.of(executor.stdout(), executor.stderr())) {
                if (!path.isEmpty()) {
                    outputs.add(top(path));
                }
            }
            if (!executor.stdin().isEmpty() && !inputs.contains(top(executor.stdin()))) {
                throw new IllegalArgumentException(
                        "stdin " + executor.stdin() + " is not in a folder of inputs");
            }
        }
        for (String both : inputs) {
            if (outputs.contains(both)) {
                throw new IllegalArgumentException(
                        "/%s holds inputs and outputs: inputs are read-only, use two folders"
                                .formatted(both));
            }
        }
        Map<String, Boolean> tops = new LinkedHashMap<>();
        inputs.forEach(top -> tops.put(top, false));
        outputs.forEach(top -> tops.put(top, true));
        for (String top : tops.keySet()) {
            if (RESERVED.contains(top)) {
                throw new IllegalArgumentException(
                        "/%s belongs to the system inside the sandbox; use /in, /out or another"
                                .formatted(top));
            }
        }
        return tops;
    }

    /** Makes the folders and puts every input in its place. */
    void layOut(Map<TaskRequest.Input, List<StagedFile>> staged) throws IOException {
        for (String top : writableByTop.keySet()) {
            Files.createDirectories(space.mount().resolve(top));
        }
        for (TaskRequest.Output output : request.outputs()) {
            Files.createDirectories(parentOf(host(output.path())));
        }
        for (TaskRequest.Input input : request.inputs()) {
            Path place = host(input.path());
            List<StagedFile> files = staged.getOrDefault(input, List.of());
            if (!input.content().isEmpty()) {
                Files.createDirectories(parentOf(place));
                // a new file: what is there may be a second name of a file that the site keeps
                Files.writeString(place, input.content(), StandardOpenOption.CREATE_NEW);
            } else if (files.size() == 1 && place.getFileName().toString().contains(".")) {
                Files.createDirectories(parentOf(place));
                link(files.getFirst().kept(), place);
            } else {
                Files.createDirectories(place);
                for (StagedFile file : files) {
                    link(file.kept(), place.resolve(file.name()));
                }
            }
        }
    }

    List<SandboxRun> runs(String task, ToolImage image, Limits limits) {
        List<Mount> mounts = new ArrayList<>();
        writableByTop.forEach(
                (top, writable) ->
                        mounts.add(new Mount(space.mount().resolve(top), "/" + top, writable)));
        List<SandboxRun> runs = new ArrayList<>();
        for (int n = 0; n < request.executors().size(); n++) {
            TaskRequest.Executor executor = request.executors().get(n);
            String workdir =
                    !executor.workdir().isEmpty()
                            ? executor.workdir()
                            : writableByTop.getOrDefault("out", false) ? "/out" : "/tmp";
            runs.add(
                    new SandboxRun(
                            task + "-" + n,
                            image,
                            executor.command(),
                            executor.env(),
                            mounts,
                            workdir,
                            stdin(executor),
                            space.rawLog().resolve(n + ".stdout"),
                            space.rawLog().resolve(n + ".stderr"),
                            limits));
        }
        return runs;
    }

    Path host(String inside) {
        return space.mount().resolve(inside.substring(1));
    }

    /** Host folder that an output is searched in, never left by a link. */
    Path rootOf(String output) {
        return stream(output) == null ? space.mount().resolve(top(output)) : space.rawLog();
    }

    /** Place of an output below {@link #rootOf}. */
    Path below(String output) {
        String stream = stream(output);
        return stream == null
                ? space.mount().resolve(top(output)).relativize(host(output))
                : Path.of(stream);
    }

    /**
     * The file that holds a stream which an executor wants at this path. Streams are written by the
     * host, so never into a folder where the task could have laid a link.
     */
    private @Nullable String stream(String path) {
        for (int n = request.executors().size() - 1; n >= 0; n--) {
            if (request.executors().get(n).stdout().equals(path)) {
                return n + ".stdout";
            }
            if (request.executors().get(n).stderr().equals(path)) {
                return n + ".stderr";
            }
        }
        return null;
    }

    private @Nullable Path stdin(TaskRequest.Executor executor) {
        return executor.stdin().isEmpty() ? null : host(executor.stdin());
    }

    private static Path parentOf(Path path) {
        Path parent = path.getParent();
        if (parent == null) {
            throw new IllegalArgumentException(path + " has no folder");
        }
        return parent;
    }

    private static void link(Path staged, Path place) throws IOException {
        try {
            Files.createLink(place, staged);
        } catch (UnsupportedOperationException | java.nio.file.FileSystemException e) {
            // Another file system than the site's cache.
            Files.copy(staged, place, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private static String top(String path) {
        int slash = path.indexOf('/', 1);
        return slash < 0 ? path.substring(1) : path.substring(1, slash);
    }
}
