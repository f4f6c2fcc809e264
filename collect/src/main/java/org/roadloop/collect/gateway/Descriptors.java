package org.roadloop.collect.gateway;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/**
 * File descriptors of this process, one a connection (文件描述符). The JVM raises its soft limit to the
 * hard one when it starts, so there is one number. Any thread.
 */
public final class Descriptors {
    /** Kept for segments of the log, files of tables, HTTP, and what a JVM has open. */
    private static final int LEAST_RESERVE = 256;

    private Descriptors() {}

    /** 0 where the system does not tell. */
    public static long limit() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean os
                ? os.getMaxFileDescriptorCount()
                : 0;
    }

    public static long open() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean os
                ? os.getOpenFileDescriptorCount()
                : 0;
    }

    /**
     * How many vehicle connections fit below a limit: a fifth of it, at least 256, is kept for
     * everything else.
     */
    public static int connectionsBelow(long limit) {
        if (limit <= 0) {
            return GatewaySettings.DEFAULT.mostConnections();
        }
        long free = limit - Math.max(LEAST_RESERVE, limit / 5);
        return (int) Math.max(1, Math.min(free, GatewaySettings.DEFAULT.mostConnections()));
    }
}
