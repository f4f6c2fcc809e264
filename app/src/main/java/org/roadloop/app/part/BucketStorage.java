package org.roadloop.app.part;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.roadloop.compute.task.InputResolver;
import org.roadloop.compute.task.OwnStorage;
import org.roadloop.compute.task.StorageAwayException;
import org.roadloop.compute.task.TaskRequest;
import org.roadloop.compute.task.UnfitTaskException;
import org.roadloop.govern.lake.ObjectStore;
import org.roadloop.govern.lake.ObjectStoreAwayException;

/**
 * A bucket that the owner's own tasks read from and write to by {@code s3://BUCKET/KEY} URLs (任务桶).
 * An object whose entity tag has not changed since it was read or written here is known by its
 * content. Any thread.
 */
final class BucketStorage implements OwnStorage, AutoCloseable {
    /** Inputs of more objects are not told apart before they are staged. */
    private static final int TOLD_APART = 64;

    private static final int MOST_KNOWN = 10_000;

    private final String base;
    private final String node;
    private final ObjectStore store;

    /** SHA-256 by what was read or written. */
    private final Map<ObjectStore.Version, String> known =
            new LinkedHashMap<>(16, 0.75f, true) {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<ObjectStore.Version, String> eldest) {
                    return size() > MOST_KNOWN;
                }
            };

    /**
     * @param name below the URL's folder, or the object's own
     */
    private record Found(ObjectStore.Version version, String name) {}

    private interface Asking<T> {
        T ask() throws IOException;
    }

    /**
     * @param node of the topology where it is
     */
    BucketStorage(ObjectStore.Place place, String node) {
        base = "s3://" + place.bucket();
        this.node = node;
        store = new ObjectStore(place);
    }

    @Override
    public String base() {
        return base;
    }

    @Override
    public boolean takes(String url) {
        return url.startsWith(base + "/");
    }

    @Override
    public InputResolver.Located locate(String url, TaskRequest.FileType type) throws IOException {
        List<Found> found = find(url, type);
        List<InputResolver.Part> parts = new ArrayList<>();
        long dataBytes = 0;
        for (Found at : found) {
            dataBytes += at.version().dataBytes();
            String sha256 = known(at.version());
            if (sha256 != null) {
                parts.add(new InputResolver.Part(at.name(), at.version().dataBytes(), sha256));
            }
        }
        return parts.size() == found.size() && found.size() <= TOLD_APART
                ? new InputResolver.Located(List.of(node), parts)
                : InputResolver.Located.unread(node, dataBytes);
    }

    @Override
    public List<InputResolver.Content> resolve(
            String url, TaskRequest.FileType type, Path directory) throws IOException {
        Files.createDirectories(directory);
        List<InputResolver.Content> contents = new ArrayList<>();
        for (Found at : find(url, type)) {
            Path file = directory.resolve(Integer.toString(contents.size()));
            String sha256 = asked(() -> store.get(at.version(), file));
            know(at.version(), sha256);
            contents.add(new InputResolver.Content(file, at.name(), sha256));
        }
        return contents;
    }

    @Override
    public void put(Path file, String sha256, String url) throws IOException {
        String key = key(url);
        if (key.isEmpty() || key.endsWith("/")) {
            throw new UnfitTaskException(url + " names no object");
        }
        know(asked(() -> store.replace(key, file, sha256)), sha256);
    }

    /** The object of a URL, or all below it. */
    private List<Found> find(String url, TaskRequest.FileType type) throws IOException {
        String key = key(url);
        List<Found> found = new ArrayList<>();
        boolean folder = key.isEmpty() || key.endsWith("/");
        if (!folder && type != TaskRequest.FileType.DIRECTORY) {
            String name = key.substring(key.lastIndexOf('/') + 1);
            Optional<ObjectStore.Version> object = asked(() -> store.find(key));
            object.ifPresent(at -> found.add(new Found(at, name)));
        }
        if (found.isEmpty() && type != TaskRequest.FileType.FILE) {
            String prefix = folder ? key : key + "/";
            for (ObjectStore.Version at : asked(() -> store.findAll(prefix))) {
                if (!at.key().endsWith("/")) { // some tools mark folders by empty objects
                    found.add(new Found(at, name(url, at.key().substring(prefix.length()))));
                }
            }
        }
        if (found.isEmpty()) {
            throw new UnfitTaskException(
                    url
                            + " is not there"
                            + (folder && type == TaskRequest.FileType.FILE
                                    ? "; a folder is a DIRECTORY"
                                    : ""));
        }
        return found;
    }

    /** A key may be any text, a path of a task may not. */
    private static String name(String url, String name) {
        for (String step : name.split("/", -1)) {
            if (step.isEmpty() || step.equals(".") || step.equals("..") || step.indexOf(0) >= 0) {
                throw new UnfitTaskException(
                        url + " has an object whose key is no path: '" + name + "'");
            }
        }
        return name;
    }

    private String key(String url) {
        return url.substring(base.length() + 1);
    }

    private @Nullable String known(ObjectStore.Version version) {
        synchronized (known) {
            return known.get(version);
        }
    }

    private void know(ObjectStore.Version version, String sha256) {
        if (version.entityTag().isPresent()) {
            synchronized (known) {
                known.put(version, sha256);
            }
        }
    }

    /** The task waits for what is away for a while. */
    private static <T> T asked(Asking<T> asking) throws IOException {
        try {
            return asking.ask();
        } catch (ObjectStoreAwayException e) {
            throw new StorageAwayException(String.valueOf(e.getMessage()));
        }
    }

    @Override
    public void close() {
        store.close();
    }
}
