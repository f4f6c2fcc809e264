package org.roadloop.core.identity;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The name of a participant (身份标识): a {@code did:web}, which says where its keys are published.
 *
 * @param value for example {@code did:web:localhost%3A7080} or {@code did:web:example.com:users:a}
 */
public record Did(String value) {
    /** DID Core §3.1: idchar and percent-encoded octets, ':' between segments. */
    private static final Pattern SEGMENT = Pattern.compile("(?:[A-Za-z0-9._-]|%[0-9A-Fa-f]{2})+");

    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9.-]+(?::[0-9]{1,5})?");

    public Did {
        if (!value.startsWith("did:web:")) {
            throw new IllegalArgumentException(
                    "DID '" + value + "' is not of method web; write did:web:host%3Aport");
        }
        List<String> segments = segments(value);
        for (String segment : segments) {
            if (!SEGMENT.matcher(segment).matches()) {
                throw new IllegalArgumentException(
                        "DID '"
                                + value
                                + "' has a segment '"
                                + segment
                                + "' with characters a DID can't have; the ':' before a port is"
                                + " written %3A");
            }
        }
        if (!HOST.matcher(decode(segments.getFirst())).matches()) {
            throw new IllegalArgumentException(
                    "DID '" + value + "' does not begin with a host name and an optional port");
        }
    }

    public static Did parse(String text) {
        int fragment = text.indexOf('#');
        return new Did(fragment < 0 ? text : text.substring(0, fragment));
    }

    /** The DID of a host: {@code of("localhost", 7080)} is {@code did:web:localhost%3A7080}. */
    public static Did of(String host, int port) {
        return new Did("did:web:" + host + "%3A" + port);
    }

    /** Host and optional port, decoded. */
    public String authority() {
        return decode(segments(value).getFirst());
    }

    /**
     * Where the DID document is (did:web §3.2). The method asks for https; a host of this machine
     * is reached by plain http.
     */
    public URI documentUrl() {
        List<String> segments = segments(value);
        String authority = authority();
        String host = authority.replaceAll(":[0-9]+$", "");
        String scheme = host.equals("localhost") || host.startsWith("127.") ? "http" : "https";
        String path =
                segments.size() == 1
                        ? "/.well-known/did.json"
                        : segments.stream()
                                .skip(1)
                                .collect(Collectors.joining("/", "/", "/did.json"));
        return URI.create(scheme + "://" + authority + path);
    }

    @Override
    public String toString() {
        return value;
    }

    private static List<String> segments(String value) {
        return Arrays.asList(value.substring("did:web:".length()).split(":", -1));
    }

    private static String decode(String segment) {
        return URLDecoder.decode(segment.replace("+", "%2B"), StandardCharsets.UTF_8);
    }
}
