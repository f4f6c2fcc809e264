package org.roadloop.app.platform;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.roadloop.app.cli.CliException;
import org.roadloop.app.config.Config;
import org.roadloop.app.config.ConfigException;
import org.roadloop.app.home.Home;
import org.roadloop.app.home.ServerFile;
import org.roadloop.app.http.ApiClient;
import picocli.CommandLine.Option;

/** The options that say which platform a verb means. */
public class HomeOptions {
    @Option(
            names = "--home",
            paramLabel = "DIR",
            description = "State directory; default: $$ROADLOOP_HOME, else ~/.roadloop.")
    @Nullable Path home;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "Configuration; default: roadloop.yaml in the home.")
    @Nullable Path configFile;

    public Path home() {
        if (home != null) {
            return home.toAbsolutePath().normalize();
        }
        String fromEnvironment = System.getenv("ROADLOOP_HOME");
        return fromEnvironment != null && !fromEnvironment.isEmpty()
                ? Path.of(fromEnvironment).toAbsolutePath().normalize()
                : Path.of(System.getProperty("user.home"), ".roadloop");
    }

    /** The file that {@link #config} reads. */
    public Path configFile() {
        return configFile != null ? configFile : home().resolve("roadloop.yaml");
    }

    /** Reads the configuration; a faulty one ends the verb with all its faults. */
    public Config config() throws IOException {
        if (configFile != null && !Files.exists(configFile)) {
            throw CliException.wrongWords("no file " + configFile + "; check --config");
        }
        try {
            return Config.load(configFile());
        } catch (ConfigException e) {
            throw CliException.wrongWords("faulty configuration\n" + e.getMessage());
        }
    }

    /** The server that runs on this home now. */
    public Optional<ServerFile> findServer() throws IOException {
        return Home.findServer(home());
    }

    /** A client with the operator's token of this home. */
    public ApiClient client() throws IOException {
        ServerFile server =
                findServer()
                        .orElseThrow(
                                () ->
                                        CliException.environment(
                                                "no platform runs on "
                                                        + home()
                                                        + "; start it with 'roadloop up', or give"
                                                        + " its --home"));
        return client(server.url());
    }

    ApiClient client(URI server) {
        try {
            String token = Files.readString(home().resolve("admin.token")).strip();
            return new ApiClient(server, token);
        } catch (IOException e) {
            throw CliException.environment(
                    "the token of " + home() + " can't be read (" + e + "); run as its owner", e);
        }
    }
}
