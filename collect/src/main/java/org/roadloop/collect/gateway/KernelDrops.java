package org.roadloop.collect.gateway;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * What the kernel dropped at the datagram sockets of one local port because their buffers were full
 * (内核丢包): the last column of {@code /proc/net/udp} and {@code udp6}, counted since the socket was
 * opened. Any thread.
 */
final class KernelDrops {
    private static final List<Path> TABLES =
            List.of(Path.of("/proc/net/udp"), Path.of("/proc/net/udp6"));
    private static final int LOCAL_ADDRESS = 1;

    private final String portSuffix;

    KernelDrops(int port) {
        portSuffix = String.format(Locale.ROOT, ":%04X", port);
    }

    /** 0 where there are no such tables. */
    long read() {
        long drops = 0;
        for (Path table : TABLES) {
            try {
                for (String line : Files.readAllLines(table, StandardCharsets.US_ASCII)) {
                    String[] fields = line.strip().split("\\s+");
                    if (fields[LOCAL_ADDRESS].endsWith(portSuffix)) {
                        drops += Long.parseLong(fields[fields.length - 1]);
                    }
                }
            } catch (IOException | RuntimeException e) {
                // No Linux, or a layout we do not know: nothing is told.
            }
        }
        return drops;
    }
}
