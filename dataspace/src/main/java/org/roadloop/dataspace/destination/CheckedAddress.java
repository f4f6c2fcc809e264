package org.roadloop.dataspace.destination;

import java.net.InetAddress;
import java.net.URI;

/**
 * A destination with the one address it may be reached at (受检地址): who connects takes this one and
 * asks no resolver again, which could answer otherwise the second time (DNS rebinding).
 */
public record CheckedAddress(URI uri, InetAddress address) {
    public int port() {
        if (uri.getPort() >= 0) {
            return uri.getPort();
        }
        return secure() ? 443 : 80;
    }

    public boolean secure() {
        return uri.getScheme().equalsIgnoreCase("https");
    }
}
