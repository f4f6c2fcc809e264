package org.roadloop.compute.site;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One command to run (沙箱运行). Paths in the command are those inside.
 *
 * @param id short, unique, safe as a folder name
 * @param command of {@link ToolImage} starts with {@code roadloop} and is mapped to Java
 * @param workdir inside; one of the mounts or below it
 * @param stdin host file, absent for none
 * @param stdout host file to create
 * @param stderr host file to create
 */
public record SandboxRun(
        String id,
        Image image,
        List<String> command,
        Map<String, String> environment,
        List<Mount> mounts,
        String workdir,
        @Nullable Path stdin,
        Path stdout,
        Path stderr,
        Limits limits) {
    public SandboxRun {
        if (!id.matches("[A-Za-z0-9._-]{1,120}") || id.startsWith(".")) {
            throw new IllegalArgumentException("run id '" + id + "' is not safe as a folder name");
        }
        command = List.copyOf(command);
        environment = Map.copyOf(environment);
        mounts = List.copyOf(mounts);
        if (command.isEmpty()) {
            throw new IllegalArgumentException("run " + id + " has no command");
        }
        if (image instanceof ToolImage && !command.getFirst().equals("roadloop")) {
            throw new IllegalArgumentException(
                    "image %s runs commands that start with 'roadloop', not %s"
                            .formatted(ToolImage.NAME, command));
        }
        for (String name : environment.keySet()) {
            if (!name.matches("[A-Za-z_][A-Za-z0-9_]*")) {
                throw new IllegalArgumentException(
                        "environment variable '" + name + "' has no valid name");
            }
        }
    }

    /** Its name among the runs of all platforms of this machine, which may use the same ids. */
    String group() {
        int place = stderr.toAbsolutePath().normalize().toString().hashCode();
        return "%s-%08x".formatted(id, place);
    }
}
