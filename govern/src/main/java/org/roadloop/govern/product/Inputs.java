package org.roadloop.govern.product;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.roadloop.core.table.Schema;
import org.roadloop.core.table.TableSource;
import org.roadloop.govern.align.RoadNetworkScan;
import org.roadloop.govern.lake.Lake;
import org.roadloop.govern.lake.Workspace;

/**
 * Opens the inputs of plans (输入源): tables of a lake, with their release rules applied, and files of
 * one folder. Any thread.
 */
public final class Inputs {
    private final Lake lake;
    private final Workspace workspace;
    private final Path folder;

    /**
     * @param folder where the files that plans name stand; nothing outside is opened
     */
    public Inputs(Lake lake, Path folder) {
        this.lake = lake;
        this.workspace = new Workspace(lake);
        this.folder = folder.toAbsolutePath().normalize();
    }

    Workspace workspace() {
        return workspace;
    }

    public Lake lake() {
        return lake;
    }

    /**
     * An input that stays what it is while it is read.
     *
     * @param snapshot of a table; {@link TableSource#LATEST} for an empty table and for files
     */
    public record Pinned(Input input, long snapshot, List<Path> files) {
        public Pinned {
            files = List.copyOf(files);
        }
    }

    /** The columns of an input. */
    public Schema schema(Input input) {
        String table = input.table();
        if (table != null) {
            Long snapshot = input.snapshot();
            return snapshot == null ? lake.schema(table) : lake.schema(table, snapshot);
        }
        List<Workspace.FileColumn> columns = input.fileColumns();
        if (!columns.isEmpty()) {
            return Workspace.schema(columns);
        }
        Path first = files(input).getFirst();
        if (isNetwork(first)) {
            try (TableSource.Scan network = RoadNetworkScan.open(first)) {
                return network.schema();
            }
        }
        return Workspace.schema(first);
    }

    private static boolean isNetwork(Path file) {
        return RoadNetworkScan.reads(String.valueOf(file.getFileName()));
    }

    public Pinned pin(Input input) {
        String table = input.table();
        if (table == null) {
            return new Pinned(input, TableSource.LATEST, files(input));
        }
        Long wanted = input.snapshot();
        long snapshot = wanted == null ? lake.currentSnapshot(table) : wanted;
        return new Pinned(input, snapshot, workspace.filesOf(table, snapshot));
    }

    private List<Path> files(Input input) {
        List<Path> files = new ArrayList<>();
        for (String name : input.files() == null ? List.<String>of() : input.files()) {
            Path file = folder.resolve(name).normalize();
            if (!file.startsWith(folder)) {
                throw new IllegalArgumentException(
                        "file '"
                                + name
                                + "' is not in the folder of inputs: name it relative to"
                                + " it");
            }
            if (!Files.isRegularFile(file)) {
                throw new NoSuchElementException("no file '" + name + "' in the folder of inputs");
            }
            files.add(file);
        }
        return files;
    }

    /** Rows of an input in order of columns; those that it lacks are passed over. */
    TableSource.Scan open(Pinned pinned, List<String> order) {
        Input input = pinned.input();
        Schema schema = schema(input);
        List<String> sorted = order.stream().filter(schema::has).toList();
        String table = input.table();
        if (table != null) {
            return workspace.table(table, pinned.snapshot(), sorted);
        }
        if (isNetwork(pinned.files().getFirst())) {
            if (pinned.files().size() > 1) {
                throw new IllegalArgumentException(
                        "an input has one road network, not "
                                + pinned.files().size()
                                + " files: give each an input of its own");
            }
            return RoadNetworkScan.open(pinned.files().getFirst());
        }
        List<Workspace.FileColumn> columns = input.fileColumns();
        return columns.isEmpty()
                ? workspace.files(pinned.files(), sorted)
                : workspace.files(pinned.files(), columns, sorted);
    }

    /** How a passport names a file of an input. */
    String nameOf(Pinned pinned, Path file) {
        return pinned.input().table() != null
                ? String.valueOf(file.getFileName())
                : folder.relativize(file).toString();
    }

    /** SHA-256 of a file that a passport names; empty if it is not there any more. */
    Optional<String> findSha256(String table, String name) {
        Path directory = table.isEmpty() ? folder : workspace.directoryOf(table);
        Path file = directory.resolve(name).normalize();
        if (!file.startsWith(directory)) {
            throw new IllegalArgumentException("file '" + name + "' is outside its folder");
        }
        return workspace.findSha256(file);
    }

    /** Rows of an input. */
    long rows(Pinned pinned) {
        if (pinned.files().isEmpty()) {
            return 0;
        }
        Path first = pinned.files().getFirst();
        if (!first.toString().endsWith(".csv") && !isNetwork(first)) {
            return pinned.files().stream().mapToLong(workspace::rows).sum();
        }
        long rows = 0;
        try (TableSource.Scan scan = open(pinned, List.of())) {
            for (var batch = scan.next(); batch != null; batch = scan.next()) {
                rows += batch.rows();
                batch.close();
            }
        }
        return rows;
    }
}
