package org.roadloop.dataspace.dsp;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/** Ids as path segments: {@code :} stays, as RFC 3986 pchar has it. */
final class Paths {
    private Paths() {}

    static String segment(String id) {
        return URLEncoder.encode(id, StandardCharsets.UTF_8)
                .replace("+", "%20")
                .replace("%3A", ":");
    }
}
