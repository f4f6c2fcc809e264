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
import javax.crypto.SecretKey;
import org.jspecify.annotations.Nullable;
import org.roadloop.app.home.PrivateFiles;
import org.roadloop.collect.Lineage;
import org.roadloop.collect.gateway.TerminalRegister;
import org.roadloop.collect.gateway.VehicleRegister;
import org.roadloop.collect.v2x.Junction;
import org.roadloop.collect.v2x.UnitRegister;
import org.roadloop.collect.v2x.V2xUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Static data that must be registered before data flow (静态数据登记): vehicles and JT/T 808 terminals
 * with their lineage, equipped junctions, roadside and on-board units. Kept as JSON lines in the
 * home, mode 0600, because a VIN is personal data; appended and synced before the answer. Any
 * thread.
 *
 * <p>An erasure is three steps: a line that names the vehicle's subject id and says what is about
 * to happen, the evidence in the ledger, the file anew without the VIN and that line. A start that
 * finds the line takes the rest from there.
 */
final class Registers implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Registers.class);
    private static final String ERASING = "erasing";
    private static final String TERMINAL = "terminal";
    private static final String UNIT = "unit";

    private final VehicleRegister vehicles = new VehicleRegister();
    private final UnitRegister units = new UnitRegister();
    private final TerminalRegister terminals;

    /** Phones by the subject id that stands for them outside. */
    private final Map<String, String> phones = new ConcurrentHashMap<>();

    private final Map<Integer, InetSocketAddress> roadsideUnits = new ConcurrentHashMap<>();
    private final Path path;
    private final VehicleSubjects subjects;
    private volatile Forgotten onForgotten = subject -> {};
    private FileChannel file;

    /** Length of the file up to the last line that was answered. */
    private long wholeBytes;

    /**
     * @param tokenKey makes the tokens of terminals
     */
    Registers(Path path, VehicleSubjects subjects, SecretKey tokenKey) throws IOException {
        this.path = path;
        this.subjects = subjects;
        this.terminals = new TerminalRegister(tokenKey, this::keepLeft);
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
                vehiclesOf(item.required(ERASING).asString(), items).forEach(this::forget);
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
        return items.stream().filter(item -> subject.equals(subjectOf(item))).toList();
    }

    /** Null for what is no vehicle. */
    private @Nullable String subjectOf(JsonNode item) {
        if (item.has("vin")) {
            return subjects.of(vin(item));
        }
        return item.has(TERMINAL) ? subjects.ofPhone(phone(item)) : null;
    }

    private void forget(JsonNode item) {
        if (item.has("vin")) {
            vehicles.remove(vin(item));
        } else {
            terminals.remove(phone(item));
            phones.remove(subjects.ofPhone(phone(item)));
        }
    }

    private static String phone(JsonNode item) {
        return TerminalRegister.checked(item.required(TERMINAL).asString());
    }

    /** A token that was given up stays void after a restart; the terminal has its answer before. */
    private void keepLeft(String phone, int times) {
        ObjectNode line = JsonMapper.shared().createObjectNode();
        line.put(TERMINAL, phone).put("left", times);
        Thread.ofVirtual().start(() -> keepLeft(line));
    }

    private synchronized void keepLeft(JsonNode line) {
        try {
            write(line + "\n");
        } catch (IOException e) {
            LOG.warn("a terminal has left; its token will be good again after a restart", e);
        }
    }

    private static String vin(JsonNode item) {
        return item.required("vin").asString();
    }

    VehicleRegister vehicles() {
        return vehicles;
    }

    TerminalRegister terminals() {
        return terminals;
    }

    /** The VIN of a vehicle, looked for in the file; empty if it is not registered. */
    synchronized Optional<String> findVin(String subject) throws IOException {
        return vehiclesOf(subject, items()).stream()
                .filter(item -> item.has("vin"))
                .map(Registers::vin)
                .findFirst();
    }

    /** The phone of a terminal; empty if it is not registered. */
    Optional<String> findPhone(String subject) {
        return Optional.ofNullable(phones.get(subject));
    }

    UnitRegister units() {
        return units;
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

    /** Forgets what else is known of an erased vehicle (遗忘). */
    interface Forgotten {
        /** When it fails, the erasure is taken up again at the next start. */
        void forget(String subject) throws IOException;
    }

    /** Has a vehicle forgotten elsewhere before its erasure is over. */
    void onForgotten(Forgotten forgotten) {
        onForgotten = forgotten;
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
                    forget(vehicle);
                    kept.remove(vehicle);
                }
                onForgotten.forget(subject);
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
        if (item.has(TERMINAL)) {
            return terminalChange(item, lineage);
        }
        Optional<V2xUnit> unit = findUnit(item);
        if (unit.isEmpty()) {
            var _ = junction(item, lineage);
        }
        if (!item.has("roadsideUnit")) {
            return () -> unit.ifPresent(units::register);
        }
        int junction = item.required("junction").asInt();
        String[] address = item.required("roadsideUnit").asString().split(":", 2);
        InetSocketAddress alarmed = new InetSocketAddress(address[0], Integer.parseInt(address[1]));
        return () -> {
            unit.ifPresent(units::register);
            roadsideUnits.put(junction, alarmed);
        };
    }

    /**
     * The unit that an item is about, if it is about one.
     *
     * @throws IllegalArgumentException if it cannot be registered as it is
     */
    static Optional<V2xUnit> findUnit(JsonNode item) {
        if (!item.has(UNIT)) {
            return Optional.empty();
        }
        Lineage lineage = lineage(item);
        boolean stands = item.has("junction");
        V2xUnit.Kind kind =
                stands ? V2xUnit.Kind.ROADSIDE : V2xUnit.Kind.of(item.path("kind").asString(""));
        JsonNode said = item.path("messages");
        int messages =
                said.isArray()
                        ? V2xUnit.messages(
                                said.values().stream().map(word -> word.asString("")).toList())
                        : kind.messages();
        return Optional.of(
                new V2xUnit(
                        V2xUnit.id(item.path(UNIT).asString("")),
                        kind,
                        messages,
                        lineage,
                        stands ? junction(item, lineage) : null));
    }

    private static Junction junction(JsonNode item, Lineage lineage) {
        return new Junction(
                item.required("junction").asInt(),
                item.required("name").asString(),
                item.required("longitudeDegrees").asDouble(),
                item.required("latitudeDegrees").asDouble(),
                lineage);
    }

    private Runnable terminalChange(JsonNode item, Lineage lineage) {
        String phone = phone(item);
        if (item.has("left")) {
            int times = item.required("left").asInt();
            return () -> terminals.left(phone, times);
        }
        String plate = item.path("plate").asString("");
        return () -> {
            terminals.register(phone, lineage, plate.isEmpty() ? null : plate);
            phones.put(subjects.ofPhone(phone), phone);
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
