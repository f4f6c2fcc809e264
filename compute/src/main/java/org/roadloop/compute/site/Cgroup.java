package org.roadloop.compute.site;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Control groups of one run (控制组): limits and meters of the kernel, version 1 or 2.
 *
 * <p>A group is made below the group of this very process, so that limits which already hold for
 * the platform (a container's, a unit's) hold for its tasks as well. Controllers that can't be
 * written are named by {@link #missing}.
 */
final class Cgroup implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Cgroup.class);
    private static final List<String> WANTED = List.of("memory", "pids", "cpu", "cpuacct");
    private static final String VERSION_2 = "2";
    private static final int CPU_PERIOD_MICROS = 100_000;

    /** Folder of the parent group by controller; the key {@code 2} is the unified hierarchy. */
    private static final Map<String, Path> PARENTS = findParents();

    private final Map<String, Path> folders = new LinkedHashMap<>();

    private Cgroup() {}

    /** Controllers that can't limit or measure anything here. */
    static List<String> missing() {
        if (PARENTS.containsKey(VERSION_2)) {
            return List.of();
        }
        return WANTED.stream().filter(name -> !PARENTS.containsKey(name)).toList();
    }

    static boolean measures() {
        return PARENTS.containsKey(VERSION_2) || PARENTS.containsKey("cpuacct");
    }

    /**
     * @param name of one run on this machine, the same one if it is begun again
     */
    static Cgroup create(String name, Limits limits) throws IOException {
        Cgroup group = new Cgroup();
        try {
            for (Map.Entry<String, Path> parent : PARENTS.entrySet()) {
                Path folder = parent.getValue().resolve("roadloop-" + name);
                if (Files.isDirectory(folder)) {
                    // left by a platform that was killed: whatever of that run lives ends first
                    remove(folder);
                }
                Files.createDirectory(folder);
                group.folders.put(parent.getKey(), folder);
            }
            String quota =
                    Long.toString(Math.max(1000, (long) (limits.cpus() * CPU_PERIOD_MICROS)));
            Path unified = group.folders.get(VERSION_2);
            if (unified != null) {
                write(unified, "memory.max", Long.toString(limits.memoryBytes()));
                writeIfPresent(unified, "memory.swap.max", "0");
                write(unified, "pids.max", Integer.toString(limits.processes()));
                write(unified, "cpu.max", quota + " " + CPU_PERIOD_MICROS);
                return group;
            }
            Path memory = group.folders.get("memory");
            if (memory != null) {
                write(memory, "memory.limit_in_bytes", Long.toString(limits.memoryBytes()));
                writeIfPresent(
                        memory, "memory.memsw.limit_in_bytes", Long.toString(limits.memoryBytes()));
            }
            Path pids = group.folders.get("pids");
            if (pids != null) {
                write(pids, "pids.max", Integer.toString(limits.processes()));
            }
            Path cpu = group.folders.get("cpu");
            if (cpu != null) {
                write(cpu, "cpu.cfs_period_us", Integer.toString(CPU_PERIOD_MICROS));
                write(cpu, "cpu.cfs_quota_us", quota);
            }
            return group;
        } catch (IOException | RuntimeException e) {
            group.close();
            throw e;
        }
    }

    /** Folders whose {@code cgroup.procs} the launcher writes itself into. */
    List<String> join() {
        return folders.values().stream().distinct().map(Path::toString).toList();
    }

    Optional<Duration> cpuTime() {
        Path unified = folders.get(VERSION_2);
        if (unified != null) {
            return Optional.of(
                    Duration.ofNanos(1000 * named(read(unified, "cpu.stat"), "usage_usec")));
        }
        Path account = folders.get("cpuacct");
        return account == null
                ? Optional.empty()
                : Optional.of(
                        Duration.ofNanos(Long.parseLong(read(account, "cpuacct.usage").strip())));
    }

    String meter() {
        return folders.containsKey(VERSION_2)
                ? "cgroup-v2"
                : folders.containsKey("cpuacct") ? "cgroup-v1" : "proc-sampled";
    }

    long peakMemoryBytes() {
        Path unified = folders.get(VERSION_2);
        if (unified != null) {
            return Files.exists(unified.resolve("memory.peak"))
                    ? Long.parseLong(read(unified, "memory.peak").strip())
                    : -1;
        }
        Path memory = folders.get("memory");
        return memory == null
                ? -1
                : Long.parseLong(read(memory, "memory.max_usage_in_bytes").strip());
    }

    boolean killedForMemory() {
        Path unified = folders.get(VERSION_2);
        if (unified != null) {
            return named(read(unified, "memory.events"), "oom_kill") > 0;
        }
        Path memory = folders.get("memory");
        return memory != null && named(read(memory, "memory.oom_control"), "oom_kill") > 0;
    }

    /** How often a process was refused for want of room in the group. */
    long refusedProcesses() {
        Path folder = folders.getOrDefault(VERSION_2, folders.get("pids"));
        return folder == null || !Files.exists(folder.resolve("pids.events"))
                ? 0
                : named(read(folder, "pids.events"), "max");
    }

    /** Process ids in the group now. */
    List<String> members() {
        for (Path folder : folders.values()) {
            String members = read(folder, "cgroup.procs").strip();
            return members.isEmpty() ? List.of() : List.of(members.split("\n"));
        }
        return List.of();
    }

    /** Kills whoever is still in the group, until none is; then removes it. */
    @Override
    public void close() {
        for (Path folder : folders.values()) {
            try {
                remove(folder);
            } catch (IOException | UncheckedIOException e) {
                LOG.warn("control group {} stays behind: {}", folder, e.getMessage());
            }
        }
        folders.clear();
    }

    private static void remove(Path folder) throws IOException {
        try {
            for (int attempt = 0; attempt < 200; attempt++) {
                String members = read(folder, "cgroup.procs").strip();
                if (members.isEmpty()) {
                    break;
                }
                for (String pid : members.split("\n")) {
                    ProcessHandle.of(Long.parseLong(pid)).ifPresent(ProcessHandle::destroyForcibly);
                }
                Thread.sleep(10);
            }
            Files.deleteIfExists(folder);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Map<String, Path> findParents() {
        Map<String, Path> parents = new LinkedHashMap<>();
        try {
            Map<String, String> own = new LinkedHashMap<>();
            for (String line : Files.readAllLines(Path.of("/proc/self/cgroup"))) {
                String[] part = line.split(":", 3);
                for (String controller : part[1].split(",")) {
                    own.put(controller, part[2]);
                }
            }
            Path unified = null;
            for (String line : Files.readAllLines(Path.of("/proc/self/mounts"))) {
                String[] field = line.split(" ");
                Path mount = Path.of(field[1]);
                if (field[2].equals("cgroup")) {
                    for (String option : field[3].split(",")) {
                        if (WANTED.contains(option)) {
                            Path folder = below(mount, own.getOrDefault(option, "/"));
                            if (canCreateIn(folder)) {
                                parents.put(option, folder);
                            }
                        }
                    }
                } else if (field[2].equals("cgroup2")) {
                    unified = below(mount, own.getOrDefault("", "/"));
                }
            }
            if (parents.isEmpty() && unified != null && delegates(unified)) {
                parents.put(VERSION_2, unified);
            }
        } catch (IOException e) {
            LOG.warn("no control groups: {}", e.getMessage());
        }
        return parents;
    }

    /** A container may see its own group as the root of the mount. */
    private static Path below(Path mount, String own) {
        Path folder = mount.resolve(own.substring(1)).normalize();
        return Files.isDirectory(folder) ? folder : mount;
    }

    private static boolean canCreateIn(Path folder) {
        Path probe = folder.resolve("roadloop-probe-" + ProcessHandle.current().pid());
        try {
            Files.createDirectory(probe);
            Files.delete(probe);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** Version 2 needs its controllers handed down, which a group with processes may refuse. */
    private static boolean delegates(Path folder) {
        try {
            List<String> lacking = new ArrayList<>(List.of("memory", "pids", "cpu"));
            lacking.removeAll(List.of(read(folder, "cgroup.subtree_control").strip().split(" ")));
            for (String controller : lacking) {
                Files.writeString(folder.resolve("cgroup.subtree_control"), "+" + controller);
            }
            return canCreateIn(folder);
        } catch (IOException | UncheckedIOException e) {
            return false;
        }
    }

    private static long named(String text, String name) {
        for (String line : text.split("\n")) {
            if (line.startsWith(name + " ")) {
                return Long.parseLong(line.substring(name.length() + 1).strip());
            }
        }
        return 0;
    }

    private static void write(Path folder, String file, String value) throws IOException {
        Files.writeString(folder.resolve(file), value);
    }

    private static void writeIfPresent(Path folder, String file, String value) throws IOException {
        if (Files.exists(folder.resolve(file))) {
            write(folder, file, value);
        }
    }

    private static String read(Path folder, String file) {
        try {
            return Files.readString(folder.resolve(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
