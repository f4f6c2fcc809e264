package org.roadloop.compute.site;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A sandbox of Linux namespaces (命名空间沙箱), set up by {@code bwrap}: no network, no host folders but
 * the system's programs and the mounts of the run, no capabilities, no new user namespaces.
 */
public final class Bubblewrap implements Sandbox {
    private static final Logger LOG = LoggerFactory.getLogger(Bubblewrap.class);
    private static final List<String> ISOLATION =
            List.of("--unshare-all", "--die-with-parent", "--new-session", "--clearenv");
    private static final List<String> NO_NESTING = List.of("--unshare-user", "--disable-userns");

    /** What programs of /usr need of /etc: where {@code awk} leads, and libraries. */
    private static final List<String> LINKED_FROM_USR =
            List.of("/etc/alternatives", "/etc/ld.so.cache");

    private final Path program;
    private final boolean blocksNesting;
    private final List<String> notEnforced;

    private Bubblewrap(Path program, boolean blocksNesting) {
        this.program = program;
        this.blocksNesting = blocksNesting;
        List<String> sentences = new ArrayList<>(PlainProcess.missingControllers());
        if (!blocksNesting) {
            sentences.add(
                    "nested user namespaces are not blocked: this bubblewrap lacks --disable-userns");
        }
        notEnforced = List.copyOf(sentences);
    }

    /** The program on the path, if a trial run in the strictest form that it knows succeeds. */
    public static Optional<Bubblewrap> find() {
        String path = System.getenv().getOrDefault("PATH", "/usr/bin:/bin");
        for (String folder : path.split(":")) {
            Path program = Path.of(folder).resolve("bwrap");
            if (!folder.isEmpty() && Files.isExecutable(program)) {
                for (boolean blocksNesting : new boolean[] {true, false}) {
                    if (works(program, blocksNesting)) {
                        return Optional.of(new Bubblewrap(program, blocksNesting));
                    }
                }
                LOG.warn("{} is there but its trial run failed: tasks run unprotected", program);
            }
        }
        return Optional.empty();
    }

    @Override
    public String kind() {
        return "bubblewrap";
    }

    @Override
    public List<String> notEnforced() {
        return notEnforced;
    }

    @Override
    public Outcome run(SandboxRun run, BooleanSupplier cancelled)
            throws IOException, InterruptedException {
        List<String> words = new ArrayList<>();
        words.add(program.toString());
        words.addAll(ISOLATION);
        if (blocksNesting) {
            words.addAll(NO_NESTING);
        }
        words.addAll(List.of("--uid", "65534", "--gid", "65534", "--hostname", "task"));
        words.addAll(systemFolders());
        words.addAll(List.of("--proc", "/proc", "--dev", "/dev"));
        words.addAll(
                List.of("--size", Long.toString(run.limits().scratchBytes()), "--tmpfs", "/tmp"));
        List<String> command =
                switch (run.image()) {
                    case ToolImage tools -> tools(tools, run, words);
                    case RootImage root -> {
                        for (String file : LINKED_FROM_USR) {
                            words.addAll(List.of("--ro-bind-try", file, file));
                        }
                        yield run.command();
                    }
                };
        for (Mount mount : MountPoints.prepared(run.mounts())) {
            words.addAll(
                    bind(mount.writable() ? "--bind" : "--ro-bind", mount.host(), mount.inside()));
        }
        for (Map.Entry<String, String> variable : environment(run).entrySet()) {
            words.addAll(List.of("--setenv", variable.getKey(), variable.getValue()));
        }
        words.addAll(List.of("--chdir", run.workdir(), "--"));
        words.addAll(command);
        return Launch.run(run, words, Path.of("/"), Map.of("PATH", "/usr/bin:/bin"), cancelled);
    }

    /** Binds the JDK and the jars; the command that Java is started with. */
    private static List<String> tools(ToolImage image, SandboxRun run, List<String> words)
            throws IOException {
        words.addAll(bind("--ro-bind", image.javaHome(), "/opt/jdk"));
        List<String> classPath = new ArrayList<>();
        for (int i = 0; i < image.classPath().size(); i++) {
            String inside = "/opt/roadloop/" + i;
            words.addAll(bind("--ro-bind", image.classPath().get(i), inside));
            classPath.add(JavaCommand.entry(image.classPath().get(i), inside));
        }
        return JavaCommand.words(image, run, "/opt/jdk", classPath, "/tmp");
    }

    private static Map<String, String> environment(SandboxRun run) {
        Map<String, String> all = new TreeMap<>();
        all.put("PATH", "/usr/bin:/bin");
        all.put("HOME", "/tmp");
        all.put("LANG", "C.UTF-8");
        all.putAll(run.environment());
        return all;
    }

    private static List<String> bind(String option, Path host, String inside) {
        return List.of(option, host.toAbsolutePath().toString(), inside);
    }

    /** Programs and libraries of the system, read-only: links stay links, folders are bound. */
    private static List<String> systemFolders() throws IOException {
        List<String> words = new ArrayList<>(List.of("--ro-bind", "/usr", "/usr"));
        for (String name : List.of("/bin", "/lib", "/lib64", "/sbin")) {
            Path folder = Path.of(name);
            if (Files.isSymbolicLink(folder)) {
                words.addAll(List.of("--symlink", Files.readSymbolicLink(folder).toString(), name));
            } else if (Files.isDirectory(folder)) {
                words.addAll(List.of("--ro-bind", name, name));
            }
        }
        return words;
    }

    private static boolean works(Path program, boolean blocksNesting) {
        List<String> words = new ArrayList<>();
        words.add(program.toString());
        words.addAll(ISOLATION);
        if (blocksNesting) {
            words.addAll(NO_NESTING);
        }
        try {
            words.addAll(systemFolders());
            words.addAll(List.of("--proc", "/proc", "--dev", "/dev", "--", "/bin/true"));
            Process process =
                    new ProcessBuilder(words)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start();
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return false;
            }
            return process.exitValue() == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
