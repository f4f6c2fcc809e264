package org.roadloop.core;

import java.io.IOException;
import java.net.BindException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * S3Proxy, a real S3 server over a folder, in a process of its own: its class path clashes with
 * ours. For the tests of all modules.
 */
public final class S3Proxy implements AutoCloseable {
    public static final String ID = "town";
    public static final String KEY = "town-secret";

    private static final Path CORE = Path.of("../core").toAbsolutePath().normalize();
    private static final Path JARS = CORE.resolve("target/s3proxy");
    private static final int MOST_SECONDS = 300;

    private final Path home;
    private final int port;
    private Process process;

    /**
     * @param home its buckets are the folders of {@code home/s3}
     */
    private S3Proxy(Path home, int port, Process process) {
        this.home = home;
        this.port = port;
        this.process = process;
    }

    /** Once a checkout: Maven copies the server's jars beside our own; false if it can't. */
    public static boolean resolved() throws InterruptedException {
        if (Files.isDirectory(JARS)) {
            return true;
        }
        Path part = JARS.resolveSibling(JARS.getFileName() + "-" + ProcessHandle.current().pid());
        for (List<String> offline : List.of(List.of("-o"), List.<String>of())) {
            List<String> command = new ArrayList<>(List.of("mvn", "-q", "-B"));
            command.addAll(offline);
            command.addAll(
                    List.of(
                            "-f",
                            CORE.resolve("src/test/s3proxy/pom.xml").toString(),
                            "dependency:copy-dependencies",
                            "-DoutputDirectory=" + part));
            try {
                Process maven =
                        new ProcessBuilder(command)
                                .redirectErrorStream(true)
                                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                                .start();
                try {
                    if (maven.waitFor(5, TimeUnit.MINUTES) && maven.exitValue() == 0) {
                        Files.move(part, JARS, StandardCopyOption.ATOMIC_MOVE); // whole, or not
                        return true;
                    }
                } finally {
                    maven.destroyForcibly();
                }
            } catch (IOException e) {
                return false;
            }
        }
        return false;
    }

    /** Returns when it answers. */
    public static S3Proxy start(Path home) throws IOException, InterruptedException {
        int port = freePort();
        Files.createDirectories(home.resolve("s3/town"));
        Files.writeString(
                home.resolve("s3proxy.conf"),
                """
                s3proxy.endpoint=http://127.0.0.1:%d
                s3proxy.authorization=aws-v2-or-v4
                s3proxy.identity=%s
                s3proxy.credential=%s
                jclouds.provider=filesystem-nio2
                jclouds.filesystem.basedir=%s
                """
                        .formatted(port, ID, KEY, home.resolve("s3")));
        return new S3Proxy(home, port, launch(home, port));
    }

    /** Below those that connections are given: it is free again after {@link #kill}, too. */
    private static int freePort() throws IOException {
        while (true) {
            int port = ThreadLocalRandom.current().nextInt(20_000, 32_000);
            try (ServerSocket free = new ServerSocket(port)) {
                return free.getLocalPort();
            } catch (BindException taken) {
                // another one
            }
        }
    }

    private static Process launch(Path home, int port) throws IOException, InterruptedException {
        Process server =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                                "-DLOG_LEVEL=WARN",
                                "-cp",
                                JARS + "/*",
                                "org.gaul.s3proxy.Main",
                                "--properties",
                                home.resolve("s3proxy.conf").toString())
                        .redirectErrorStream(true)
                        .redirectOutput(home.resolve("s3proxy.log").toFile())
                        .start();
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(MOST_SECONDS);
        while (System.nanoTime() < until) {
            try (Socket socket = new Socket("127.0.0.1", port)) {
                if (socket.isConnected() && server.isAlive()) {
                    return server;
                }
            } catch (IOException e) {
                if (server.waitFor(50, TimeUnit.MILLISECONDS)) {
                    break;
                }
            }
        }
        server.destroyForcibly();
        throw new IOException("S3Proxy does not answer; see " + home.resolve("s3proxy.log"));
    }

    public URI endpoint() {
        return URI.create("http://localhost:" + port);
    }

    public int port() {
        return port;
    }

    /** Where the objects of the bucket {@code town} are files. */
    public Path bucket() {
        return home.resolve("s3/town");
    }

    /** Ends it as a power cut does. */
    public void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** Starts it again over the same objects, at the same port. */
    public void restart() throws IOException, InterruptedException {
        process = launch(home, port);
    }

    @Override
    public void close() throws InterruptedException {
        kill();
    }
}
