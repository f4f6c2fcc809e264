package org.roadloop.app.part;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.roadloop.app.home.PrivateFiles;
import org.roadloop.collect.Lineage;
import org.roadloop.collect.gateway.VehicleRegister;
import org.roadloop.collect.v2x.Junction;
import org.roadloop.collect.v2x.JunctionRegister;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Static data that must be registered before data flow (静态数据登记): vehicles with their lineage,
 * equipped junctions with their roadside unit. Kept as JSON lines in the home, mode 0600, because a
 * VIN is personal data; appended and synced before the answer. Any thread.
 *
 * <p>An erasure is three steps: a line that names the vehicle's subject id and says what is about
 * to happen, the evidence in the ledger, the file anew without the VIN and that line. A start that
 * finds the line takes the rest from there.
 */
final class Registers implements AutoCloseable {
    private static final String ERASING = "erasing";

    private final VehicleRegister vehicles = new VehicleRegister();
    private final JunctionRegister junctions = new JunctionRegister();
    private final Map<Integer, InetSocketAddress> roadsideUnits = new ConcurrentHashMap<>();
    private final Path path;
    private final VehicleSubjects subjects;
    private FileChannel file;

    /** Length of the file up to the last line that was answered. */
    private long wholeBytes;

    Registers(Path path, VehicleSubjects subjects) throws IOException {
        this.path = path;
        this.subjects = subjects;
        if (!Files.exists(path)) {
            Files.createFile(
                    path,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rw-------")));
        }
        List<JsonNode> items = items();
        items.stream().filter(item -> !item.has(ERASING)).forEach(this::apply);
        for (JsonNode item : items) {
            if (item.has(ERASING)) {
                vehiclesOf(item.required(ERASING).asString(), items)
                        .forEach(found -> vehicles.remove(vin(found)));
            }
        }
        file = open();
    }

    private FileChannel open() throws IOException {
        FileChannel channel =
                FileChannel.open(path, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
        if (channel.size() > 0) {
            channel.write(ByteBuffer.wrap(new byte[] {'\n'}));
        }
        wholeBytes = channel.size();
        return channel;
    }

    private List<JsonNode> items() throws IOException {
        List<JsonNode> items = new ArrayList<>();
        for (String line : Files.readAllLines(path)) {
            if (line.endsWith("}")) { // a torn last line was never answered
                items.add(JsonMapper.shared().readTree(line));
            }
        }
        return items;
    }

    private List<JsonNode> vehiclesOf(String subject, List<JsonNode> items) {
        return items.stream()
                .filter(item -> item.has("vin") && subjects.of(vin(item)).equals(subject))
                .toList();
    }

    private static String vin(JsonNode item) {
        return item.required("vin").asString();
    }

    VehicleRegister vehicles() {
        return vehicles;
    }

    JunctionRegister junctions() {
        return junctions;
    }

    /** Where alarms of a junction go; null if it has no roadside unit. */
    @Nullable InetSocketAddress roadsideUnit(int junction) {
        return roadsideUnits.get(junction);
    }

    /**
     * Registers what {@code items} names, durably: all of it or nothing.
     *
     * @throws IllegalArgumentException at the first item that is not valid
     * @throws UncheckedIOException if it can't be written
     */
    synchronized void register(Iterable<JsonNode> items) {
        StringBuilder lines = new StringBuilder();
        List<Runnable> changes = new ArrayList<>();
        for (JsonNode item : items) {
            changes.add(change(item));
            lines.append(item).append('\n');
        }
        try {
            write(lines.toString());
        } catch (IOException e) {
            throw new UncheckedIOException("nothing was registered: can't write " + path, e);
        }
        changes.forEach(Runnable::run);
    }

    /** What a failed write left is cut off, at the latest before the next one. */
    private void write(String lines) throws IOException {
        if (file.size() > wholeBytes) {
            file.truncate(wholeBytes);
        }
        try {
            ByteBuffer bytes = ByteBuffer.wrap(lines.getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                file.write(bytes);
            }
            file.force(true);
        } catch (IOException e) {
            try {
                file.truncate(wholeBytes);
            } catch (IOException cutting) {
                e.addSuppressed(cutting);
            }
            throw e;
        }
        wholeBytes = file.size();
    }

    /** What is registered of a vehicle, without its VIN; empty if it is not registered. */
    synchronized Optional<String> findLineage(String subject) throws IOException {
        return vehiclesOf(subject, items()).stream()
                .map(item -> item.path("lineage").asString("vehicle"))
                .reduce((first, last) -> last);
    }

    /** Writes the evidence of an erasure unless the ledger has it. */
    interface ErasureEvidence {
        /**
         * @param request as it was given to {@link #erase}
         */
        void write(String subject, JsonNode request);
    }

    /**
     * Erases a vehicle: from now on its frames are refused, and no file of ours but the raw frame
     * log and older backups holds its VIN.
     *
     * @param request kept until the evidence is written; names nobody
     * @return false if it is not registered
     */
    synchronized boolean erase(String subject, JsonNode request, ErasureEvidence evidence)
            throws IOException {
        List<JsonNode> found = vehiclesOf(subject, items());
        if (found.isEmpty()) {
            return false;
        }
        ObjectNode intent = JsonMapper.shared().createObjectNode();
        intent.put(ERASING, subject).set("request", request);
        write(intent + "\n");
        finishErasures(evidence);
        return true;
    }

    /** Takes up what a stop interrupted. */
    synchronized void finishErasures(ErasureEvidence evidence) throws IOException {
        List<JsonNode> items = items();
        List<JsonNode> kept = new ArrayList<>(items);
        for (JsonNode item : items) {
            if (item.has(ERASING)) {
                String subject = item.required(ERASING).asString();
                evidence.write(subject, item.required("request"));
                for (JsonNode vehicle : vehiclesOf(subject, items)) {
                    vehicles.remove(vin(vehicle));
                    kept.remove(vehicle);
                }
                kept.remove(item);
            }
        }
        if (kept.size() == items.size()) {
            return;
        }
        StringBuilder lines = new StringBuilder();
        kept.forEach(item -> lines.append(item).append('\n'));
        PrivateFiles.replace(path, lines.toString());
        file.close();
        file = open();
    }

    private void apply(JsonNode item) {
        change(item).run();
    }

    /** Checks an item; the change is for when it is durable. */
    private Runnable change(JsonNode item) {
        Lineage lineage = lineage(item);
        if (item.has("vin")) {
            String vin = VehicleRegister.checked(vin(item));
            return () -> vehicles.register(vin, lineage);
        }
        int number = item.required("junction").asInt();
        Junction junction =
                new Junction(
                        number,
                        item.required("name").asString(),
                        item.required("longitudeDegrees").asDouble(),
                        item.required("latitudeDegrees").asDouble(),
                        lineage);
        if (!item.has("roadsideUnit")) {
            return () -> junctions.register(junction);
        }
        String[] address = item.required("roadsideUnit").asString().split(":", 2);
        InetSocketAddress unit = new InetSocketAddress(address[0], Integer.parseInt(address[1]));
        return () -> {
            junctions.register(junction);
            roadsideUnits.put(number, unit);
        };
    }

    private static Lineage lineage(JsonNode item) {
        String word = item.path("lineage").asString("vehicle");
        try {
            return Lineage.valueOf(word.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "lineage '" + word + "' is none of simulated, replay, vehicle", e);
        }
    }

    @Override
    public synchronized void close() throws IOException {
        file.close();
    }
}
