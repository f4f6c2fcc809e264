package org.roadloop.collect.gateway;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import javax.crypto.spec.SecretKeySpec;
import org.roadloop.collect.Counters;
import org.roadloop.collect.Lineage;
import org.roadloop.collect.gateway.kafka.KafkaLog;
import org.roadloop.collect.gateway.kafka.KafkaSettings;
import org.roadloop.collect.recording.MadeUpVin;

/** The gateway as its own process, for the crash test: prints its port and runs until killed. */
final class GatewayProcess {
    static final int CARS = 50;

    private GatewayProcess() {}

    public static void main(String[] arguments) throws Exception {
        Counters counters = new Counters();
        VehicleRegister register = new VehicleRegister();
        register.registerPlatform("CITYPLATFORM", "secret");
        for (int car = 0; car < CARS; car++) {
            register.register(MadeUpVin.of("CRASH", car), Lineage.SIMULATED);
        }
        FrameLog log = log(arguments, counters);
        TcpGateway gateway =
                new TcpGateway(
                        log, register, counters, Clock.systemUTC(), GatewaySettings.DEFAULT, 1);
        InetSocketAddress address =
                gateway.listen(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        Profile.PLATFORM);
        System.out.println("port " + address.getPort());
        Thread.sleep(Duration.ofMinutes(5));
    }

    /** In files, or with servers and topic behind the directory in Kafka. */
    private static FrameLog log(String[] arguments, Counters counters) {
        Path directory = Path.of(arguments[0]);
        SecretKeySpec master = new SecretKeySpec(new byte[32], "AES");
        if (arguments.length == 1) {
            return new SegmentLog(
                    directory,
                    master,
                    counters,
                    new SegmentLog.Settings(256 * 1024, 200_000, Duration.ofDays(1)));
        }
        return new KafkaLog(
                directory,
                master,
                counters,
                new KafkaSettings(
                        arguments[1],
                        arguments[2],
                        0,
                        1,
                        1,
                        256 * 1024,
                        200_000,
                        Duration.ofDays(1),
                        Duration.ofMinutes(1),
                        Duration.ofSeconds(2),
                        Map.of()));
    }
}
