package org.roadloop.app.demo;

import java.io.IOException;
import java.io.InputStream;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Locale;
import org.roadloop.apply.twin.Town;
import org.roadloop.govern.plan.PlanReader;

/**
 * The configuration of the two participants: what an operator would write in {@code roadloop.yaml}.
 * Ports are chosen once, so that a platform comes back where it was.
 *
 * @param password of the town's platform link
 */
record DemoHome(
        Path provider,
        Path consumer,
        int platformPort,
        int terminalPort,
        int udpPort,
        int httpPort,
        String password) {

    static final String PLATFORM_USER = "town";

    static DemoHome write(Path out, Town town) throws IOException {
        byte[] random = new byte[10];
        new SecureRandom().nextBytes(random);
        DemoHome home =
                new DemoHome(
                        out.resolve("provider"),
                        out.resolve("consumer"),
                        freePort(),
                        freePort(),
                        freeUdpPort(),
                        freePort(),
                        HexFormat.of().formatHex(random));
        home.writeProvider(town);
        Files.createDirectories(home.consumer);
        Files.writeString(
                home.consumer.resolve("roadloop.yaml"),
                """
                http: {port: 0}
                participant: {name: safety-lab}
                """);
        return home;
    }

    private void writeProvider(Town town) throws IOException {
        Path plans = Files.createDirectories(provider.resolve("plans"));
        for (String name : new String[] {"vehicle_report", "track_point"}) {
            Files.writeString(plans.resolve(name + ".yaml"), plan(name, town));
        }
        Path secrets = Files.createDirectories(provider.resolve("secrets"));
        Path secret = secrets.resolve("platform-town");
        Files.writeString(secret, password);
        Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
        Files.setPosixFilePermissions(secrets, PosixFilePermissions.fromString("rwx------"));
        Files.setPosixFilePermissions(provider, PosixFilePermissions.fromString("rwx------"));
        Files.writeString(
                provider.resolve("roadloop.yaml"),
                String.format(
                        Locale.ROOT,
                        """
                        http: {port: %d}
                        participant: {name: city-platform}
                        collect:
                          platformPort: %d
                          terminalPort: %d
                          jt808Port: 0
                          udpPort: %d
                          platforms: [{user: %s, passwordSecret: platform-town}]
                        govern:
                          plans: [plans/vehicle_report.yaml, plans/track_point.yaml]
                          lakeMemoryMb: 128
                          lakeThreads: 1
                          commitSeconds: 3
                          location: edge
                        compute:
                          allowPlainProcess: true   # without bubblewrap the demo goes on, loudly
                          sites:
                            - {name: edge-box, speedFactor: 0.5, priceMilliPerSecond: 40, slots: 1, location: edge}
                            - {name: ai-centre, speedFactor: 1.0, priceMilliPerSecond: 25, slots: 2, location: centre}
                        network:
                          nodes: [roadside, edge, centre]
                          links:
                            - {from: roadside, to: edge, rateBitsPerSecond: 1000000000, latencyMicros: 50}
                            - {from: edge, to: centre, rateBitsPerSecond: 10000000000, latencyMicros: 100}
                        """,
                        httpPort,
                        platformPort,
                        terminalPort,
                        udpPort,
                        PLATFORM_USER));
    }

    /**
     * The standard plan with what this town adds: a hospital on the arm of an equipped junction as
     * a sensitive area, and a tolerance for lateness because the town's clock runs faster than
     * ours.
     */
    private static String plan(String name, Town town) throws IOException {
        String text;
        try (InputStream in = PlanReader.class.getResourceAsStream(name + ".yaml")) {
            if (in == null) {
                throw new IllegalStateException("the plan '" + name + "' is not in the jar");
            }
            text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
        int junction = 0;
        while (!town.equipped(junction)) {
            junction++;
        }
        double metre = 1 / 111_320.0;
        double metreEast = metre / Math.cos(Math.toRadians(town.junctionLatDegrees(junction)));
        double west = town.junctionLonDegrees(junction) + 90 * metreEast;
        double east = town.junctionLonDegrees(junction) + 140 * metreEast;
        double south = town.junctionLatDegrees(junction) - 30 * metre;
        double north = town.junctionLatDegrees(junction) + 30 * metre;
        String polygon =
                String.format(
                        Locale.ROOT,
                        "polygons:%n    hospital: [[%.6f, %.6f], [%.6f, %.6f], [%.6f, %.6f], [%.6f, %.6f]]",
                        west,
                        south,
                        east,
                        south,
                        east,
                        north,
                        west,
                        north);
        String changed =
                text.replace("polygons: {}", polygon)
                        .replaceFirst("late_after: \\S+", "late_after: 10m")
                        .replaceFirst("margin_meters: \\[100, 400\\]", "margin_meters: [40, 120]");
        if (!changed.contains("hospital")) {
            throw new IllegalStateException(
                    "the standard plan '" + name + "' has no 'polygons: {}' to put an area in");
        }
        return changed;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static int freeUdpPort() throws IOException {
        try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
