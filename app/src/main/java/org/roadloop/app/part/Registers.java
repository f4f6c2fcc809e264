package org.roadloop.app.part;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.roadloop.collect.Lineage;
import org.roadloop.collect.gateway.VehicleRegister;
import org.roadloop.collect.v2x.Junction;
import org.roadloop.collect.v2x.JunctionRegister;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Static data that must be registered before data flow (静态数据登记): vehicles with their lineage,
 * equipped junctions with their roadside unit. Kept as JSON lines in the home, mode 0600, because a
 * VIN is personal data; appended and synced before the answer. Any thread.
 */
final class Registers implements AutoCloseable {
    private final VehicleRegister vehicles = new VehicleRegister();
    private final JunctionRegister junctions = new JunctionRegister();
    private final Map<Integer, InetSocketAddress> roadsideUnits = new ConcurrentHashMap<>();
    private final FileChannel file;

    Registers(Path path) throws IOException {
        if (!Files.exists(path)) {
            Files.createFile(
                    path,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rw-------")));
        }
        for (String line : Files.readAllLines(path)) {
            if (line.endsWith("}")) { // a torn last line was never answered
                apply(JsonMapper.shared().readTree(line));
            }
        }
        file = FileChannel.open(path, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
        if (Files.size(path) > 0) {
            file.write(ByteBuffer.wrap(new byte[] {'\n'}));
        }
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

    /** Registers what {@code items} names, durably. Throws on the first item that is not valid. */
    synchronized void register(Iterable<JsonNode> items) throws IOException {
        StringBuilder lines = new StringBuilder();
        for (JsonNode item : items) {
            apply(item);
            lines.append(item).append('\n');
        }
        ByteBuffer bytes = ByteBuffer.wrap(lines.toString().getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
            file.write(bytes);
        }
        file.force(true);
    }

    private void apply(JsonNode item) {
        if (item.has("vin")) {
            vehicles.register(item.required("vin").asString(), lineage(item));
            return;
        }
        int number = item.required("junction").asInt();
        junctions.register(
                new Junction(
                        number,
                        item.required("name").asString(),
                        item.required("longitudeDegrees").asDouble(),
                        item.required("latitudeDegrees").asDouble(),
                        lineage(item)));
        if (item.has("roadsideUnit")) {
            String[] address = item.required("roadsideUnit").asString().split(":", 2);
            roadsideUnits.put(
                    number, new InetSocketAddress(address[0], Integer.parseInt(address[1])));
        }
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
