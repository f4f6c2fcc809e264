package org.roadloop.compute.site;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * No isolation: an ordinary process with its own folder and environment (无隔离进程). Only for machines
 * without bubblewrap, and said loudly wherever a result of it is shown.
 *
 * <p>Paths inside are translated in the words of the command, so that the same task runs.
 */
public final class PlainProcess implements Sandbox {
    private static final Logger LOG = LoggerFactory.getLogger(PlainProcess.class);

    private final List<String> notEnforced;

    public PlainProcess() {
        List<String> sentences = new ArrayList<>();
        sentences.add(
                "no sandbox: the task can read this machine's files and use its network, because"
                        + " bubblewrap is missing or may not create namespaces");
        sentences.addAll(missingControllers());
        notEnforced = List.copyOf(sentences);
        LOG.warn("tasks run as plain processes: {}", String.join("; ", notEnforced));
    }

    @Override
    public String kind() {
        return "plain-process";
    }

    @Override
    public List<String> notEnforced() {
        return notEnforced;
    }

    @Override
    public Outcome run(SandboxRun run, BooleanSupplier cancelled)
            throws IOException, InterruptedException {
        Path scratch = Files.createTempDirectory("roadloop-" + run.id());
        try {
            List<Mount> mounts = MountPoints.prepared(run.mounts()).reversed();
            List<String> words =
                    switch (run.image()) {
                        case ToolImage tools -> tools(tools, run, scratch);
                        case RootImage root -> new ArrayList<>(run.command());
                    };
            int own = words.size() - run.command().size();
            for (int i = own; i < words.size(); i++) {
                words.set(i, onHost(words.get(i), mounts));
            }
            Map<String, String> environment = new TreeMap<>();
            environment.put("PATH", "/usr/bin:/bin");
            environment.put("HOME", scratch.toString());
            environment.put("LANG", "C.UTF-8");
            run.environment().forEach((k, v) -> environment.put(k, onHost(v, mounts)));
            String workdir = onHost(run.workdir(), mounts);
            Path directory = workdir.equals(run.workdir()) ? scratch : Path.of(workdir);
            return Launch.run(run, words, directory, environment, cancelled);
        } finally {
            delete(scratch);
        }
    }

    private static List<String> tools(ToolImage image, SandboxRun run, Path scratch)
            throws IOException {
        List<String> classPath = new ArrayList<>();
        for (Path entry : image.classPath()) {
            classPath.add(JavaCommand.entry(entry, entry.toAbsolutePath().toString()));
        }
        return JavaCommand.words(
                image,
                run,
                image.javaHome().toAbsolutePath().toString(),
                classPath,
                scratch.toString());
    }

    /** What control groups would do and can't here, in sentences. */
    static List<String> missingControllers() {
        List<String> sentences = new ArrayList<>();
        for (String controller : Cgroup.missing()) {
            sentences.add(
                    switch (controller) {
                        case "memory" ->
                                "memory limit: only the Java heap is limited, control group 'memory'"
                                        + " can't be written";
                        case "pids" -> "number of processes: control group 'pids' can't be written";
                        case "cpu" ->
                                "processor share and site speed: control group 'cpu' can't be"
                                        + " written";
                        default ->
                                "processor time is sampled, not counted by the kernel: control group"
                                        + " '"
                                        + controller
                                        + "' can't be written";
                    });
        }
        return sentences;
    }

    private static String onHost(String word, List<Mount> mounts) {
        for (Mount mount : mounts) {
            if (word.equals(mount.inside()) || word.startsWith(mount.inside() + "/")) {
                return mount.host().toAbsolutePath() + word.substring(mount.inside().length());
            }
        }
        return word;
    }

    private static void delete(Path folder) throws IOException {
        try (var files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
