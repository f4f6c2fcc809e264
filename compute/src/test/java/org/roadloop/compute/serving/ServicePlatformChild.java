package org.roadloop.compute.serving;

import java.nio.file.Path;

/** A platform with one service in a process of its own, to be killed. */
final class ServicePlatformChild {
    private ServicePlatformChild() {}

    public static void main(String[] args) throws Exception {
        ServicePlatform platform = new ServicePlatform(Path.of(args[0]));
        platform.apply(EdgeServiceTest.edge(ServicePlatform.spec("speed", "one"), 1_000_000_000L));
        platform.awaitServing("speed", 1);
        platform.apply(EdgeServiceTest.edge(ServicePlatform.spec("speed", "two"), 1_000_000_000L));
        platform.awaitServing("speed", 2);
        System.out.println("serving");
        Thread.sleep(600_000);
    }
}
