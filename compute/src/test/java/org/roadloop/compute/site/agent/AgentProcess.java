package org.roadloop.compute.site.agent;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.roadloop.compute.site.Images;
import org.roadloop.compute.site.LocalSite;
import org.roadloop.compute.site.Sandbox;
import org.roadloop.compute.site.SandboxTest;

/** An agent in a process of its own, which tests kill. */
public final class AgentProcess implements AutoCloseable {
    public static final String TOKEN = "a-token-of-the-tests-0123456789";

    private final Process process;
    private final Path log;

    /**
     * @param home of the agent; its token file is written there
     */
    public AgentProcess(String platform, String site, Path home, String token, int slots)
            throws IOException {
        Files.createDirectories(home);
        Path secret = home.resolveSibling(home.getFileName() + ".token");
        Files.writeString(secret, token);
        Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
        log = home.resolveSibling(home.getFileName() + ".log");
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin/java").toString());
        command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx256m"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.addAll(List.of(AgentProcess.class.getName(), platform, site, secret.toString()));
        command.addAll(List.of(home.toString(), Integer.toString(slots)));
        process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                        .start();
    }

    /** SIGKILL, as {@code kill -9} sends it. */
    public void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    int awaitExit() throws InterruptedException {
        return process.waitFor();
    }

    String said() throws IOException {
        return Files.readString(log);
    }

    @Override
    public void close() throws InterruptedException {
        kill();
    }

    public static void main(String[] args) throws Exception {
        Path home = Path.of(args[3]);
        Images images = new Images(SandboxTest.IMAGE, Images.COMMON);
        LocalSite local =
                new LocalSite(
                        new LocalSite.Settings(
                                args[1],
                                "there",
                                "there",
                                home.resolve("site"),
                                1.0,
                                Integer.parseInt(args[4]),
                                512L << 20,
                                3),
                        Sandbox.strongest(),
                        images);
        AgentOptions options =
                new AgentOptions(
                        URI.create(args[0]),
                        args[1],
                        Path.of(args[2]),
                        Optional.empty(),
                        false,
                        home);
        int code = 0;
        try (Agent agent = new Agent(options, local, images)) {
            agent.run();
        } catch (Agent.SupersededException | IOException e) {
            System.out.println("ends: " + e.getMessage());
            code = 4;
        }
        System.exit(code);
    }
}
