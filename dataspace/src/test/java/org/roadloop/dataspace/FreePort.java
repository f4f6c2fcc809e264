package org.roadloop.dataspace;

import java.io.IOException;
import java.net.BindException;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/** A port for a server that is started later, and again. */
public final class FreePort {
    private FreePort() {}

    /** Below those that the system gives to outgoing connections: nobody takes it meanwhile. */
    public static int find() throws IOException {
        while (true) {
            try (ServerSocket free =
                    new ServerSocket(ThreadLocalRandom.current().nextInt(20_000, 32_000))) {
                return free.getLocalPort();
            } catch (BindException taken) {
                // another one
            }
        }
    }
}
