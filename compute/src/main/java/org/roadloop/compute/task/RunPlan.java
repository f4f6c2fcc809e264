package org.roadloop.compute.task;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
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
import org.roadloop.compute.site.Image;
import org.roadloop.compute.site.Images;
import org.roadloop.compute.site.Limits;
import org.roadloop.compute.site.Mount;
import org.roadloop.compute.site.SandboxRun;
import org.roadloop.compute.site.ToolImage;

/**
 * From the paths of a task to mounts of a sandbox (挂载方案). Each top folder that a path names is a
 * mount: read-only if only inputs are there, writable if an output, a volume or the checkpoint is.
 * Inputs in a writable folder are mounts of their own, read-only. What an executor wrote to its
 * streams is such a mount for those after it.
 */
final class RunPlan {
    /** Folders that belong to the system inside. */
    private static final Set<String> RESERVED =
            Set.of("bin", "dev", "etc", "lib", "lib64", "opt", "proc", "sbin", "sys", "usr");

    /** Opens its standard input inside the sandbox, where a link leads no further. */
    private static final String READ_INSIDE = "f=$1; shift; exec \"$@\" < \"$f\"";

    /**
     * @param kept at the site, named by its content
     * @param name as the task sees it; may have folders
     */
    record StagedFile(Path kept, String name) {}

    private final TaskRequest request;
    private final Workspace space;
    private final Map<String, Boolean> writableByTop;

    /**
     * @throws IllegalArgumentException names the path that can't be mounted
     */
    RunPlan(TaskRequest request, Workspace space) {
        this.request = request;
        this.space = space;
        this.writableByTop = checkMounts(request);
    }

    /** Top folders and whether they are writable; throws if the task can't be mounted. */
    static Map<String, Boolean> checkMounts(TaskRequest request) {
        Set<String> inputs = new LinkedHashSet<>();
        Set<String> outputs = new LinkedHashSet<>();
        request.inputs().forEach(i -> inputs.add(top(i.path())));
        request.outputs().stream()
                .filter(o -> stream(request, o.path()) == null)
                .forEach(o -> outputs.add(top(TaskRequest.literal(o.path()))));
        request.volumes().forEach(v -> outputs.add(top(v)));
        String checkpoint = request.parameter(TaskRequest.CHECKPOINT, "");
        if (!checkpoint.isEmpty()) {
            TaskFields.mustBePlain(checkpoint, "backend_parameters." + TaskRequest.CHECKPOINT);
            outputs.add(top(checkpoint));
        }
        Map<String, Boolean> tops = new LinkedHashMap<>();
        inputs.forEach(top -> tops.put(top, false));
        outputs.forEach(top -> tops.put(top, true));
        for (String top : tops.keySet()) {
            if (RESERVED.contains(top)) {
                throw new UnfitTaskException(
                        "/%s belongs to the system inside the sandbox; use /in, /out or another"
                                .formatted(top));
            }
        }
        for (TaskRequest.Input input : request.inputs()) {
            if (tops.getOrDefault(top(input.path()), false) && input.path().indexOf('/', 1) < 0) {
                throw new UnfitTaskException(
                        "%s is an input and holds outputs: inputs are read-only, use two folders"
                                .formatted(input.path()));
            }
        }
        for (int n = 0; n < request.executors().size(); n++) {
            TaskRequest.Executor executor = request.executors().get(n);
            boolean tool = executor.command().getFirst().equals("roadloop");
            if (tool
                    && !executor.stdin().isEmpty()
                    && inputOf(request, executor.stdin()) == null
                    && streamBefore(request, executor.stdin(), n) == null) {
                throw new UnfitTaskException(
                        "stdin "
                                + executor.stdin()
                                + " is not in a folder of inputs, nor written by an earlier executor's"
                                + " stdout");
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
            if (stream(request, output.path()) == null) {
                String known = TaskRequest.literal(output.path());
                Path place = host(known);
                boolean folder =
                        known.endsWith("/") || (output.isMany() && known.equals(output.path()));
                Files.createDirectories(folder ? place : parentOf(place));
            }
        }
        for (String volume : request.volumes()) {
            Files.createDirectories(host(volume));
        }
        for (TaskRequest.Executor executor : request.executors()) {
            if (!executor.workdir().isEmpty() && writable(executor.workdir())) {
                Files.createDirectories(host(executor.workdir()));
            }
        }
        for (TaskRequest.Input input : request.inputs()) {
            lay(input, staged.getOrDefault(input, List.of()));
        }
    }

    private void lay(TaskRequest.Input input, List<StagedFile> files) throws IOException {
        Path place = placeOf(input);
        if (input.url().isEmpty()) {
            Files.createDirectories(parentOf(place));
            // a new file: what is there may be a second name of a file that the site keeps
            try {
                Files.writeString(place, input.content(), StandardOpenOption.CREATE_NEW);
            } catch (FileAlreadyExistsException e) {
                throw new UnfitTaskException(
                        "input %s stands where another input has a file; choose another path"
                                .formatted(input.path()));
            }
        } else if (isFile(input, files)) {
            if (files.size() != 1) {
                throw new UnfitTaskException(
                        "input %s is a FILE, yet %s has %d files; say type DIRECTORY"
                                .formatted(input.path(), input.url(), files.size()));
            }
            Files.createDirectories(parentOf(place));
            link(files.getFirst().kept(), place);
        } else {
            Files.createDirectories(place);
            for (StagedFile file : files) {
                Path target = place.resolve(file.name());
                Files.createDirectories(parentOf(target));
                link(file.kept(), target);
            }
        }
    }

    /** A file is the standard's own default; a table is a folder unless the path names a file. */
    private static boolean isFile(TaskRequest.Input input, List<StagedFile> files) {
        return switch (input.type()) {
            case FILE -> true;
            case DIRECTORY -> false;
            case UNSAID ->
                    files.size() == 1
                            && !input.path().endsWith("/")
                            && (input.path().substring(input.path().lastIndexOf('/')).contains(".")
                                    || input.url().endsWith("/" + files.getFirst().name()));
        };
    }

    List<SandboxRun> runs(String task, Images images, Limits limits) {
        List<Mount> mounts = new ArrayList<>();
        writableByTop.forEach(
                (top, writable) ->
                        mounts.add(new Mount(space.mount().resolve(top), "/" + top, writable)));
        for (TaskRequest.Input input : request.inputs()) {
            if (writable(input.path())) {
                mounts.add(new Mount(placeOf(input), input.path(), false));
            }
        }
        List<SandboxRun> runs = new ArrayList<>();
        for (int n = 0; n < request.executors().size(); n++) {
            TaskRequest.Executor executor = request.executors().get(n);
            Image image =
                    images.find(executor.image())
                            .orElseThrow(
                                    () -> new IllegalArgumentException(executor.image() + " left"));
            String workdir =
                    !executor.workdir().isEmpty()
                            ? executor.workdir()
                            : writableByTop.getOrDefault("out", false) ? "/out" : "/tmp";
            Path stdin = stdin(executor, n);
            runs.add(
                    new SandboxRun(
                            task + "-" + n,
                            image,
                            command(executor, image, stdin),
                            executor.env(),
                            mounts,
                            workdir,
                            stdin,
                            space.rawLog().resolve(n + ".stdout"),
                            space.rawLog().resolve(n + ".stderr"),
                            limits));
            addStream(mounts, executor.stdout(), n + ".stdout");
            addStream(mounts, executor.stderr(), n + ".stderr");
        }
        return runs;
    }

    private void addStream(List<Mount> mounts, String path, String file) {
        if (!path.isEmpty()) {
            mounts.removeIf(mount -> mount.inside().equals(path));
            mounts.add(new Mount(space.rawLog().resolve(file), path, false));
        }
    }

    private static List<String> command(
            TaskRequest.Executor executor, Image image, @Nullable Path stdin) {
        if (executor.stdin().isEmpty() || stdin != null || image instanceof ToolImage) {
            return executor.command();
        }
        List<String> words =
                new ArrayList<>(List.of("/bin/sh", "-c", READ_INSIDE, "sh", executor.stdin()));
        words.addAll(executor.command());
        return words;
    }

    /** Host folder of a path in a mount. */
    private Path host(String inside) {
        return space.mount().resolve(inside.substring(1));
    }

    /** Live folder of the checkpoint; null without one. */
    @Nullable Path checkpoint() {
        String path = request.parameter(TaskRequest.CHECKPOINT, "");
        return path.isEmpty() ? null : host(path);
    }

    private Path placeOf(TaskRequest.Input input) {
        return writable(input.path())
                ? space.input()
                        .resolve(Integer.toString(request.inputs().indexOf(input)))
                        .resolve(input.path().substring(input.path().lastIndexOf('/') + 1))
                : host(input.path());
    }

    private boolean writable(String path) {
        return writableByTop.getOrDefault(top(path), false);
    }

    /** Host folder that an output is searched in, never left by a link. */
    Path rootOf(String output) {
        return stream(request, output) == null
                ? space.mount().resolve(top(output))
                : space.rawLog();
    }

    /** Place of an output below {@link #rootOf}. */
    Path below(String output) {
        String stream = stream(request, output);
        return stream == null
                ? space.mount().resolve(top(output)).relativize(host(output))
                : Path.of(stream);
    }

    /**
     * The file that holds a stream which an executor wants at this path. Streams are written by the
     * host, so never into a folder where the task could have laid a link.
     */
    private static @Nullable String stream(TaskRequest request, String path) {
        return streamBefore(request, path, request.executors().size());
    }

    private static @Nullable String streamBefore(TaskRequest request, String path, int before) {
        for (int n = before - 1; n >= 0; n--) {
            if (request.executors().get(n).stdout().equals(path)) {
                return n + ".stdout";
            }
            if (request.executors().get(n).stderr().equals(path)) {
                return n + ".stderr";
            }
        }
        return null;
    }

    private static TaskRequest.@Nullable Input inputOf(TaskRequest request, String path) {
        for (TaskRequest.Input input : request.inputs()) {
            if (path.equals(input.path()) || path.startsWith(input.path() + "/")) {
                return input;
            }
        }
        return null;
    }

    /** A file of the host: an input, or what an earlier executor wrote to its stream. */
    private @Nullable Path stdin(TaskRequest.Executor executor, int n) {
        if (executor.stdin().isEmpty()) {
            return null;
        }
        String stream = streamBefore(request, executor.stdin(), n);
        if (stream != null) {
            return space.rawLog().resolve(stream);
        }
        TaskRequest.Input input = inputOf(request, executor.stdin());
        if (input == null) {
            return null;
        }
        String rest = executor.stdin().substring(input.path().length());
        return rest.isEmpty() ? placeOf(input) : placeOf(input).resolve(rest.substring(1));
    }

    private static Path parentOf(Path path) {
        Path parent = path.getParent();
        if (parent == null) {
            throw new UnfitTaskException(path + " has no folder");
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
