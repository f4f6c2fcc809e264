package org.roadloop.compute.site.agent;

import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;

/**
 * How an agent reaches its platform (代理配置).
 *
 * @param platform address without a path: {@code https://platform.example.org}
 * @param site name of the site in the platform's configuration
 * @param tokenFile mode 600; read anew for every request
 * @param caFile certificates (PEM) that are trusted for the platform; empty: the JDK's
 * @param allowPlainHttp also to other machines; never over a line that others can read
 * @param home private folder of the agent
 */
public record AgentOptions(
        URI platform,
        String site,
        Path tokenFile,
        Optional<Path> caFile,
        boolean allowPlainHttp,
        Path home) {
    public AgentOptions {
        String host = platform.getHost();
        if (host == null
                || !String.valueOf(platform.getScheme()).matches("https?")
                || platform.getUserInfo() != null
                || platform.getQuery() != null
                || !platform.getPath().matches("/?")) {
            throw new IllegalArgumentException(
                    "platform '%s' is no address; write for example 'platform:".formatted(platform)
                            + " https://platform.example.org'");
        }
        if (!site.matches("[a-z0-9][a-z0-9-]{0,62}")) {
            throw new IllegalArgumentException(
                    "site '%s' must be lower-case letters, digits and dashes".formatted(site));
        }
        if (platform.getScheme().equals("http") && !allowPlainHttp && !isLoopback(host)) {
            throw new IllegalArgumentException(
                    "platform '%s' is plain http to another machine: token, data and results could be"
                                    .formatted(platform)
                            + " read on the way. Use https, or set 'allowPlainHttp: true' where the line"
                            + " itself is protected");
        }
    }

    private static boolean isLoopback(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }

    /**
     * @throws IOException names the file, never the token
     */
    String token() throws IOException {
        try {
            String mode = PosixFilePermissions.toString(Files.getPosixFilePermissions(tokenFile));
            if (!mode.endsWith("------")) {
                throw new IOException(
                        "token file %s can be read by others; run: chmod 600 %s"
                                .formatted(tokenFile, tokenFile));
            }
            return AgentSettings.strong(
                    Files.readString(tokenFile).strip(), "token file " + tokenFile);
        } catch (NoSuchFileException e) {
            throw new IOException(
                    "token file %s is missing; write the platform's secret of this site to it, mode 600"
                            .formatted(tokenFile),
                    e);
        }
    }
}
