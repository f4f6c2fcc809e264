package org.roadloop.app.platform;

import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.roadloop.app.cli.CliException;
import org.roadloop.app.http.ApiClient;
import picocli.CommandLine.Option;

/** As {@link HomeOptions}, or a platform elsewhere by its address. */
public final class ServerOptions extends HomeOptions {
    @Option(
            names = "--server",
            paramLabel = "URL",
            description =
                    "A platform by its address instead of the one that runs on the home; https,"
                            + " unless it is on this machine.")
    @Nullable URI server;

    @Option(
            names = "--token-file",
            paramLabel = "FILE",
            description =
                    "Holds the bearer token for --server; on this machine the default is admin.token of"
                            + " the home.")
    @Nullable Path tokenFile;

    @Override
    public ApiClient client() throws IOException {
        if (server == null) {
            if (tokenFile != null) {
                throw CliException.wrongWords("--token-file goes with --server");
            }
            return super.client();
        }
        String text = server.toString().replaceFirst("/+$", "");
        if (!text.matches("https?://[^/?#@]+(/[^?#]*)?") || server.getHost() == null) {
            throw CliException.wrongWords(
                    "--server '%s' is no address; write for example https://platform.example.org"
                            .formatted(server));
        }
        if (server.getScheme().equals("http") && !isLoopback(server.getHost())) {
            throw CliException.wrongWords(
                    "--server '%s' is plain http to another machine: the token could be read on the"
                                    .formatted(server)
                            + " way; use https");
        }
        if (tokenFile == null && !isLoopback(server.getHost())) {
            throw CliException.wrongWords(
                    "--server %s needs --token-file: the token of this home is for the platform of this home"
                            .formatted(server));
        }
        Path file = tokenFile != null ? tokenFile : home().resolve("admin.token");
        try {
            return new ApiClient(URI.create(text), Files.readString(file).strip());
        } catch (IOException e) {
            throw CliException.environment(
                    "no token can be read from " + file + " (" + e + "); see --token-file", e);
        }
    }

    private static boolean isLoopback(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
