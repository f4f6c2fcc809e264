package org.roadloop.compute.serving;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.roadloop.compute.task.Task;
import org.roadloop.compute.task.TaskRequest;

/**
 * The inputs of a version as they were when it was applied (版本文件), so that a roll-back serves what
 * was served before. They are on disk before the version is in the ledger. Any thread.
 */
final class VersionFiles {
    private static final long MODEL_BYTES = 4L << 30;

    private final ServiceWiring wiring;

    VersionFiles(ServiceWiring wiring) {
        this.wiring = wiring;
    }

    Path folder(String service) {
        return wiring.home().resolve(service);
    }

    private Path folder(String service, int version) {
        return folder(service).resolve("v" + version);
    }

    /** Of one process, {@code start} counts them. */
    Path process(String service, long start) {
        return folder(service).resolve("r" + start);
    }

    /** What processes left that a kill ended. */
    void removeProcesses(String service) throws IOException {
        if (Files.isDirectory(folder(service))) {
            try (Stream<Path> all = Files.list(folder(service))) {
                for (Path process : all.toList()) {
                    if (process.getFileName().toString().matches("r\\d+")) {
                        ServiceInstance.remove(process);
                    }
                }
            }
        }
    }

    /** By path inside. */
    Map<String, Path> of(ServiceSpec spec, int version) {
        Map<String, Path> files = new LinkedHashMap<>();
        List<TaskRequest.Input> inputs = spec.task().inputs();
        for (int n = 0; n < inputs.size(); n++) {
            files.put(
                    inputs.get(n).path(),
                    folder(spec.name(), version).resolve(Integer.toString(n)));
        }
        return files;
    }

    /**
     * Copies the inputs.
     *
     * @throws ServiceRefusedException names the input that is not there or not this owner's
     */
    void keep(ServiceSpec spec, int version, ServiceBook.Owner owner) throws IOException {
        Path folder = folder(spec.name(), version);
        ServiceInstance.remove(folder);
        Files.createDirectories(folder);
        List<TaskRequest.Input> inputs = spec.task().inputs();
        for (int n = 0; n < inputs.size(); n++) {
            TaskRequest.Input input = inputs.get(n);
            Path place = folder.resolve(Integer.toString(n));
            if (input.url().isEmpty()) {
                Files.writeString(place, input.content());
            } else {
                Path fetched = folder.resolve("fetched");
                Path source = source(input, owner, fetched);
                checkSize(input, Files.size(source));
                Files.copy(source, place, StandardCopyOption.REPLACE_EXISTING);
                ServiceInstance.remove(fetched);
            }
            try (FileChannel written = FileChannel.open(place, StandardOpenOption.WRITE)) {
                written.force(true);
            }
        }
        try (FileChannel names = FileChannel.open(folder, StandardOpenOption.READ)) {
            names.force(true);
        }
    }

    private static void checkSize(TaskRequest.Input input, long dataBytes) {
        if (dataBytes > MODEL_BYTES) {
            throw ServiceRefusedException.invalid(
                    "input %s has more than %d bytes".formatted(input.path(), MODEL_BYTES));
        }
    }

    /**
     * @param fetched folder for what is not on this machine
     */
    private Path source(TaskRequest.Input input, ServiceBook.Owner owner, Path fetched)
            throws IOException {
        String url = input.url();
        if (url.startsWith("task:")) {
            int slash = url.indexOf('/');
            String id = url.substring("task:".length(), slash);
            Task task =
                    wiring.tasks()
                            .book()
                            .find(id)
                            .filter(t -> t.actor().equals(owner.actor()))
                            .filter(t -> t.agreement().equals(owner.agreement()))
                            .orElseThrow(
                                    () ->
                                            ServiceRefusedException.invalid(
                                                    "input "
                                                            + url
                                                            + ": no such task of the same owner and"
                                                            + " agreement"));
            return wiring.tasks()
                    .findResult(task.id(), url.substring(slash + 1))
                    .orElseThrow(
                            () ->
                                    ServiceRefusedException.invalid(
                                            "input " + url + ": the task released no such output"));
        }
        if (!owner.agreement().isEmpty()) {
            throw ServiceRefusedException.invalid(
                    "input " + url + ": files of the operator are for the operator's own services");
        }
        try {
            TaskRequest.FileType file = TaskRequest.FileType.FILE;
            checkSize(input, wiring.own().dataBytes(url, file));
            return wiring.own().resolve(url, file, fetched).getFirst().file();
        } catch (IllegalArgumentException | IOException e) {
            throw ServiceRefusedException.invalid("input " + url + ": " + e.getMessage());
        }
    }

    /** Nobody goes back to other versions than these. */
    void prune(Service service) throws IOException {
        Path folder = folder(service.name());
        if (!Files.isDirectory(folder)) {
            return;
        }
        List<String> kept =
                Stream.of(service.serving(), service.wanted(), service.former())
                        .map(n -> "v" + n)
                        .toList();
        try (Stream<Path> all = Files.list(folder)) {
            for (Path version : all.toList()) {
                String name = version.getFileName().toString();
                if (name.matches("v\\d+")
                        && (service.isEnded() || !kept.contains(name))
                        && Integer.parseInt(name.substring(1)) < service.nextVersion()) {
                    ServiceInstance.remove(version);
                }
            }
        }
    }
}
