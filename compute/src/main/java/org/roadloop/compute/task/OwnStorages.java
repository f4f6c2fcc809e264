package org.roadloop.compute.task;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * All storage of the owner's own tasks.
 *
 * @param exchange the folder of this machine
 */
public record OwnStorages(ExchangeFolder exchange, List<OwnStorage> others) {
    public OwnStorages {
        others = List.copyOf(others);
    }

    public OwnStorages(ExchangeFolder exchange) {
        this(exchange, List.of());
    }

    private List<OwnStorage> all() {
        List<OwnStorage> all = new ArrayList<>();
        all.add(exchange);
        all.addAll(others);
        return all;
    }

    /** How URLs may begin. */
    List<String> bases() {
        return all().stream().map(OwnStorage::base).toList();
    }

    /** Where a URL leads; empty if nowhere. */
    public Optional<OwnStorage> find(String url) {
        return all().stream().filter(storage -> storage.takes(url)).findFirst();
    }

    private OwnStorage get(String url) {
        return find(url)
                .orElseThrow(
                        () ->
                                new UnfitTaskException(
                                        url
                                                + ": no such storage here; there are "
                                                + String.join(", ", bases())));
    }

    InputResolver.Located locate(TaskRequest.Input input) {
        try {
            return get(input.url()).locate(input.url(), input.type());
        } catch (IOException e) {
            throw new UncheckedIOException(
                    input.url() + " can't be looked at: " + e.getMessage(), e);
        }
    }

    /**
     * How much lies at a URL.
     *
     * @throws IllegalArgumentException if it leads nowhere, or nothing is there
     */
    public long dataBytes(String url, TaskRequest.FileType type) throws IOException {
        return get(url).locate(url, type).parts().stream()
                .mapToLong(InputResolver.Part::dataBytes)
                .sum();
    }

    /**
     * The files of an input, see {@link OwnStorage#resolve}.
     *
     * @throws IllegalArgumentException if it leads nowhere, or nothing is there
     */
    public List<InputResolver.Content> resolve(
            String url, TaskRequest.FileType type, Path directory) throws IOException {
        return get(url).resolve(url, type, directory);
    }
}
