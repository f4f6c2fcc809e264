package org.roadloop.app.platform;

import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.net.BindException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.roadloop.app.cli.CliException;
import org.roadloop.app.cli.ExitCode;
import org.roadloop.app.config.Config;
import org.roadloop.app.home.Home;
import org.roadloop.app.home.HomeException;
import org.roadloop.core.ledger.CorruptLogException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code roadloop up}: the platform as a server, until it is told to stop. */
@Command(
        description = "Starts the platform and runs until SIGTERM or Ctrl-C.",
        footer = {
            "The operator's token is printed at the first start; later it is in admin.token of the"
                    + " home.",
            "Exit code 0: stopped when asked; 1: a broken invariant stopped it; 2: faulty"
                    + " configuration; 3: home or port not fit."
        },
        mixinStandardHelpOptions = true)
public final class UpVerb implements Callable<Integer> {
    private final Supplier<List<Part>> parts;
    private final String version;

    @Spec CommandSpec spec = CommandSpec.create();
    @Mixin HomeOptions where = new HomeOptions();

    @Option(
            names = "--only",
            split = ",",
            paramLabel = "PART",
            description = "Start just these parts and what they need.")
    Set<String> only = Set.of();

    @Option(
            names = "--port",
            paramLabel = "N",
            description = "HTTP port instead of the configured one; 0 = any free one.")
    @Nullable Integer port;

    public UpVerb(Supplier<List<Part>> parts, String version) {
        this.parts = parts;
        this.version = version;
    }

    @Override
    public Integer call() throws Exception {
        if (Files.exists(where.configFile())) {
            where.config(); // a faulty one is told before a home is made
        }
        Home home = open(where.home());
        Platform platform = start(home);
        Thread hook = Thread.ofPlatform().name("shutdown").unstarted(() -> shutdown(platform));
        Runtime.getRuntime().addShutdownHook(hook);
        announce(platform);
        Throwable failure = platform.await();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException shuttingDown) {
            // SIGTERM: the hook closes everything and ends the process.
            hook.join();
            return ExitCode.OK;
        }
        platform.close();
        if (failure != null) {
            throw CliException.failed("stopped by a broken invariant: " + failure);
        }
        return ExitCode.OK;
    }

    private static Home open(Path path) {
        try {
            return Home.open(path);
        } catch (HomeException e) {
            throw CliException.environment(String.valueOf(e.getMessage()), e);
        }
    }

    private Platform start(Home home) throws Exception {
        try {
            if (where.configFile().equals(home.configFile())) {
                Config.writeDefault(home.configFile());
            }
            Config config = where.config();
            if (port != null) {
                config = config.withHttpPort(port);
            }
            return Platform.start(home, config, parts.get(), only, version);
        } catch (BindException | HomeException | CorruptLogException e) {
            home.close();
            throw CliException.environment(String.valueOf(e.getMessage()), e);
        } catch (IllegalArgumentException e) {
            home.close();
            throw CliException.wrongWords(String.valueOf(e.getMessage()));
        } catch (IOException | RuntimeException e) {
            home.close();
            throw e;
        }
    }

    /**
     * Closes everything and ends the process with our own exit code; left to itself the JVM would
     * end with 128 + the signal's number, as if it had been killed.
     */
    private static void shutdown(Platform platform) {
        int code = ExitCode.OK;
        try {
            platform.close();
        } catch (IOException e) {
            System.err.println("roadloop up: " + e.getMessage());
            code = ExitCode.FAILED;
        }
        Runtime.getRuntime().halt(code);
    }

    private void announce(Platform platform) {
        PrintWriter out = spec.commandLine().getOut();
        Duration cpu = ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO);
        long wallMillis = ManagementFactory.getRuntimeMXBean().getUptime();
        out.printf(
                Locale.ROOT,
                "roadloop %s is up at %s, home %s, parts %s (%.1f s, %.1f s of CPU)%n",
                version,
                platform.url(),
                platform.home().root(),
                String.join(" ", platform.partNames()),
                wallMillis / 1e3,
                cpu.toMillis() / 1e3);
        if (platform.home().firstStart()) {
            out.println("operator's token, shown only this once: " + platform.home().adminToken());
        }
        out.flush();
    }
}
