package org.roadloop.app.home;

import java.net.URI;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code server.json}: where the server of a home listens while it runs. Written and read here
 * without a JSON library, so that a client verb starts fast; the three fields are always in this
 * order.
 */
public record ServerFile(URI url, long pid, Instant startedAt) {
    private static final Pattern SHAPE =
            Pattern.compile(
                    "\\{\"url\":\"([^\"\\\\]+)\",\"pid\":(\\d{1,18}),\"startedAt\":\"([^\"\\\\]+)\"}");

    String toJson() {
        return "{\"url\":\""
                + url
                + "\",\"pid\":"
                + pid
                + ",\"startedAt\":\""
                + startedAt
                + "\"}\n";
    }

    static Optional<ServerFile> parse(String json) {
        Matcher matcher = SHAPE.matcher(json.strip());
        if (!matcher.matches()) {
            return Optional.empty();
        }
        return Optional.of(
                new ServerFile(
                        URI.create(matcher.group(1)),
                        Long.parseLong(matcher.group(2)),
                        Instant.parse(matcher.group(3))));
    }
}
