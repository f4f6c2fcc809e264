package org.roadloop.compute.site;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/**
 * Starts a command inside its control groups, watches it, ends it, and reads the meters: what both
 * kinds of sandbox share.
 */
final class Launch {
    /**
     * The death signal of a child belongs to the thread that started it, so one thread that lives
     * as long as the platform starts them all.
     */
    private static final ExecutorService STARTER =
            Executors.newSingleThreadExecutor(
                    Thread.ofPlatform().daemon().name("sandbox-starter").factory());

    /**
     * Limits the size of files, enters the groups named, and becomes the command. What fails before
     * that leaves a file outside the sandbox: a program that ends with 125 cannot pass for it.
     */
    private static final String ENTER =
            "failed() { : > \"$mark\"; exit 125; }; mark=$1; ulimit -c 0; "
                    + "ulimit -f $2 || failed; n=$3; shift 3; "
                    + "while [ $n -gt 0 ]; do echo $$ > \"$1/cgroup.procs\" || failed; "
                    + "shift; n=$((n-1)); done; exec \"$@\"";

    private static final int SIZE_CHECK_EVERY = 5;

    /** 128 + SIGXFSZ: one file passed {@code ulimit -f}. */
    private static final int FILE_TOO_LARGE = 128 + 25;

    /** Who was refused so often is a fork bomb, not a program that waits for room. */
    private static final long REFUSALS = 200;

    /** What a file takes on disk at least, however little is in it. */
    private static final long FILE_BYTES = 4096;

    private Launch() {}

    /**
     * @param command as the host runs it
     * @param directory on the host
     * @param environment the whole of it
     */
    static Outcome run(
            SandboxRun run,
            List<String> command,
            Path directory,
            Map<String, String> environment,
            BooleanSupplier cancelled)
            throws IOException, InterruptedException {
        try (Cgroup group = Cgroup.create(run.group(), run.limits())) {
            List<String> join = group.join();
            List<String> words = new ArrayList<>(List.of("/bin/sh", "-c", ENTER, "sh"));
            Path notStarted = run.stderr().resolveSibling(run.stderr().getFileName() + ".failed");
            words.add(notStarted.toString());
            // POSIX counts ulimit -f in 512-byte units; dash does, bash in 1,024 outside POSIX
            // mode.
            words.add(Long.toString(Math.max(1, run.limits().outputBytes() / 512 + 1)));
            words.add(Integer.toString(join.size()));
            words.addAll(join);
            words.addAll(command);
            ProcessBuilder builder =
                    new ProcessBuilder(words)
                            .directory(directory.toFile())
                            .redirectOutput(run.stdout().toFile())
                            .redirectError(run.stderr().toFile());
            Path stdin = run.stdin();
            builder.redirectInput(stdin == null ? new File("/dev/null") : stdin.toFile());
            builder.environment().clear();
            builder.environment().putAll(environment);
            Instant start = Instant.now();
            Process process = start(builder);
            Map<Long, Duration> sampled = new HashMap<>();
            Outcome.Cause cause = watch(run, group, process, sampled, cancelled);
            int exitCode = process.waitFor();
            Duration cpu =
                    group.cpuTime()
                            .orElseGet(
                                    () ->
                                            sampled.values().stream()
                                                    .reduce(Duration.ZERO, Duration::plus));
            if (cause == Outcome.Cause.EXITED && group.killedForMemory()) {
                cause = Outcome.Cause.MEMORY;
            } else if (cause == Outcome.Cause.EXITED && Files.exists(notStarted)) {
                cause = Outcome.Cause.NOT_STARTED;
            } else if (cause == Outcome.Cause.EXITED && exitCode == FILE_TOO_LARGE) {
                cause = Outcome.Cause.OUTPUT;
            } else if (cause == Outcome.Cause.EXITED
                    && exitCode != 0
                    && group.refusedProcesses() > 0) {
                cause = Outcome.Cause.PROCESSES;
            }
            return new Outcome(
                    cause,
                    exitCode,
                    cpu,
                    group.peakMemoryBytes(),
                    group.meter(),
                    start,
                    Instant.now());
        }
    }

    private static Process start(ProcessBuilder builder) throws IOException, InterruptedException {
        try {
            return STARTER.submit(builder::start).get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException io) {
                throw io;
            }
            throw new IOException("can't start " + builder.command(), e.getCause());
        }
    }

    private static Outcome.Cause watch(
            SandboxRun run,
            Cgroup group,
            Process process,
            Map<Long, Duration> sampled,
            BooleanSupplier cancelled)
            throws IOException, InterruptedException {
        long endNanos = System.nanoTime() + run.limits().time().toNanos();
        try {
            for (int round = 1; !process.waitFor(50, TimeUnit.MILLISECONDS); round++) {
                if (!Cgroup.measures()) {
                    sample(process.toHandle(), sampled);
                }
                if (cancelled.getAsBoolean()) {
                    return kill(process, Outcome.Cause.CANCELLED);
                }
                if (System.nanoTime() - endNanos > 0) {
                    return kill(process, Outcome.Cause.TIME);
                }
                if (group.refusedProcesses() > REFUSALS) {
                    return kill(process, Outcome.Cause.PROCESSES);
                }
                if (round % SIZE_CHECK_EVERY == 0
                        && written(run) + unlinked(run, group) > run.limits().outputBytes()) {
                    return kill(process, Outcome.Cause.OUTPUT);
                }
            }
            return Outcome.Cause.EXITED;
        } catch (InterruptedException e) {
            kill(process, Outcome.Cause.CANCELLED);
            throw e;
        }
    }

    private static Outcome.Cause kill(Process process, Outcome.Cause cause) {
        List<ProcessHandle> all = new ArrayList<>(process.descendants().toList());
        process.destroyForcibly();
        all.forEach(ProcessHandle::destroyForcibly);
        return cause;
    }

    private static void sample(ProcessHandle root, Map<Long, Duration> sampled) {
        Stream.concat(Stream.of(root), root.descendants())
                .forEach(
                        p ->
                                p.info()
                                        .totalCpuDuration()
                                        .ifPresent(cpu -> sampled.put(p.pid(), cpu)));
    }

    private static long written(SandboxRun run) throws IOException {
        long bytes = Files.size(run.stdout()) + Files.size(run.stderr());
        for (Mount mount : run.mounts()) {
            if (mount.writable() && Files.isDirectory(mount.host())) {
                bytes += sizeBelow(mount.host());
            }
        }
        return bytes;
    }

    /** Bytes of files that were deleted and are still open: no walk over folders finds them. */
    private static long unlinked(SandboxRun run, Cgroup group) {
        // scratch files are memory, which has its own limit, unless a mount lies over them
        boolean scratchIsDisk = run.mounts().stream().anyMatch(m -> m.inside().equals("/tmp"));
        long bytes = 0;
        for (String pid : group.members()) {
            try (Stream<Path> open = Files.list(Path.of("/proc", pid, "fd"))) {
                for (Path file : (Iterable<Path>) open::iterator) {
                    bytes += unlinkedBytes(file, scratchIsDisk);
                }
            } catch (IOException | java.io.UncheckedIOException e) {
                continue; // it has ended meanwhile
            }
        }
        return bytes;
    }

    private static long unlinkedBytes(Path open, boolean scratchIsDisk) {
        try {
            String target = Files.readSymbolicLink(open).toString();
            return target.endsWith(" (deleted)")
                            && (scratchIsDisk || !target.startsWith("/tmp/"))
                            && Files.isRegularFile(open)
                    ? Files.size(open)
                    : 0;
        } catch (IOException e) {
            return 0; // closed meanwhile
        }
    }

    /** Bytes of the regular files below a folder; what vanishes meanwhile counts nothing. */
    private static long sizeBelow(Path folder) throws IOException {
        long[] bytes = {0};
        Files.walkFileTree(
                folder,
                new java.nio.file.SimpleFileVisitor<>() {
                    @Override
                    public java.nio.file.FileVisitResult visitFile(
                            Path file, java.nio.file.attribute.BasicFileAttributes attributes) {
                        bytes[0] += Math.max(FILE_BYTES, attributes.size());
                        return java.nio.file.FileVisitResult.CONTINUE;
                    }

                    @Override
                    public java.nio.file.FileVisitResult visitFileFailed(
                            Path file, IOException gone) {
                        return java.nio.file.FileVisitResult.CONTINUE;
                    }
                });
        return bytes[0];
    }
}
