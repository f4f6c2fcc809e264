package org.roadloop.app.part;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.roadloop.app.config.Config;
import org.roadloop.app.home.Home;
import org.roadloop.app.platform.Part;
import org.roadloop.app.platform.Platform;

/** A platform that collects and governs until it is killed; prints where it is. */
final class KilledPlatformChild {
    private KilledPlatformChild() {}

    /** Argument: the home. */
    public static void main(String[] args) throws Exception {
        Home home = Home.open(Path.of(args[0]));
        CollectPart collect = new CollectPart();
        List<Part> parts = List.of(collect, new GovernPart(collect));
        Platform platform =
                Platform.start(
                        home,
                        Config.load(home.configFile()).withFreePorts(),
                        parts,
                        Set.of(),
                        "test");
        System.out.println("started " + platform.url() + " " + home.adminToken());
        new CountDownLatch(1).await();
    }
}
