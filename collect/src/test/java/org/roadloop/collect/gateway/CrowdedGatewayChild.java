package org.roadloop.collect.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import org.roadloop.collect.Counters;
import org.roadloop.collect.Lineage;

/**
 * A gateway under a small limit of descriptors that others use up: what comes then, and after. The
 * folder of its log is its argument.
 */
final class CrowdedGatewayChild {
    private static final String VIN = "LTEST000000000001";

    private CrowdedGatewayChild() {}

    public static void main(String[] args) throws Exception {
        Counters counters = new Counters();
        VehicleRegister register = new VehicleRegister();
        register.register(VIN, Lineage.SIMULATED);
        assertThat(Descriptors.limit()).isEqualTo(150);
        try (SegmentLog log = new SegmentLog(Path.of(args[0]), FrameLogTest.MASTER, counters);
                TcpGateway gateway =
                        new TcpGateway(
                                log,
                                register,
                                counters,
                                Clock.systemUTC(),
                                GatewaySettings.DEFAULT,
                                1)) {
            InetSocketAddress port =
                    gateway.listen(
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                            Profile.TERMINAL);
            try (Peer first = new Peer(port)) {
                first.send(Gb32960Frames.login(VIN));
                assertThat(first.receive(31).substring(4, 8)).isEqualTo("0101");
                Await.until(() -> true); // its class needs a descriptor
                // Everything but one descriptor, which the next connection's own end takes.
                List<java.io.FileInputStream> held = new java.util.ArrayList<>();
                while (Descriptors.open() < Descriptors.limit() - 1) {
                    held.add(new java.io.FileInputStream("/dev/null"));
                }
                Peer waits = new Peer(port);
                Await.until(() -> counters.value("gateway_refused_descriptors") > 0);
                System.out.println("= refused by name");
                long cpu = cpuMillis();
                long tries = counters.value("gateway_refused_descriptors");
                Thread.sleep(2000);
                assertThat(counters.value("gateway_refused_descriptors") - tries)
                        .isBetween(1L, 30L);
                first.send(Gb32960Frames.heartbeat(VIN));
                assertThat(first.receive(25).substring(4, 8)).isEqualTo("0701");
                System.out.println("= the port rests: " + (cpuMillis() - cpu) + " ms of 2000");
                assertThat(cpuMillis() - cpu).isLessThan(1500);
                for (java.io.FileInputStream file : held) {
                    file.close();
                }
                waits.send(Gb32960Frames.heartbeat(VIN));
                assertThat(waits.receive(25).substring(4, 8)).isEqualTo("0701");
                waits.close();
                System.out.println("= serves again");
            }
        }
        System.exit(0);
    }

    private static long cpuMillis() {
        return ManagementFactory.getOperatingSystemMXBean()
                        instanceof com.sun.management.OperatingSystemMXBean os
                ? os.getProcessCpuTime() / 1_000_000
                : 0;
    }
}
