package org.roadloop.dataspace.identity;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Locale;
import org.roadloop.dataspace.destination.CheckedAddress;

/**
 * Which hosts this program may be sent to by what a stranger wrote (出站主机策略): the DID of a token, an
 * address in a DID document, a status list. Without it anybody could have us knock at doors inside
 * this network. Any thread.
 *
 * <p>A host that is named is allowed wherever it is. Any other must resolve to public addresses
 * only. Plain http goes to this machine only. Addresses of the link ({@code 169.254/16}, where
 * clouds keep their secrets) are never visited.
 *
 * @param allowLoopback hosts of this machine, and plain http to them: for a trial on one machine
 * @param hosts names that are allowed though private; {@code *.park.example} allows all below
 */
public record HostPolicy(boolean allowLoopback, List<String> hosts) {
    public HostPolicy {
        hosts = hosts.stream().map(host -> host.toLowerCase(Locale.ROOT)).toList();
    }

    /**
     * The address that was looked at, which is the one to connect to.
     *
     * @throws CallerIdentity.UnauthorizedException with {@code host_refused}, saying why and what
     *     setting would allow it
     */
    public CheckedAddress check(URI url) {
        String host = url.getHost();
        String scheme = String.valueOf(url.getScheme());
        if (host == null
                || url.getUserInfo() != null
                || !(scheme.equals("https") || scheme.equals("http"))) {
            throw refused(url, "it is no http or https address with a host");
        }
        boolean named = isNamed(host.toLowerCase(Locale.ROOT));
        boolean plain = scheme.equals("http");
        InetAddress[] addresses = addresses(url, host);
        for (InetAddress address : addresses) {
            if (address.isLoopbackAddress()) {
                if (!allowLoopback) {
                    throw refused(url, "it is on this machine");
                }
            } else if (plain) {
                throw refused(url, "plain http is used on this machine only");
            } else if (address.isLinkLocalAddress()
                    || address.isAnyLocalAddress()
                    || address.isMulticastAddress()) {
                throw refused(url, "its address is of the link or of no host");
            } else if (!named && isPrivate(address)) {
                throw refused(
                        url,
                        "its address is private; name the host under dataspace.identity.hosts if"
                                + " it is one of the space");
            }
        }
        return new CheckedAddress(url, addresses[0]);
    }

    private boolean isNamed(String host) {
        return hosts.stream()
                .anyMatch(
                        name ->
                                name.startsWith("*.")
                                        ? host.endsWith(name.substring(1))
                                        : host.equals(name));
    }

    private static InetAddress[] addresses(URI url, String host) {
        try {
            return InetAddress.getAllByName(host);
        } catch (UnknownHostException e) {
            throw refused(url, "its name has no address");
        }
    }

    /** RFC 1918, RFC 6598 (shared), RFC 4193 (unique local). */
    private static boolean isPrivate(InetAddress address) {
        byte[] bytes = address.getAddress();
        if (address instanceof Inet6Address) {
            return address.isSiteLocalAddress() || (bytes[0] & 0xfe) == 0xfc;
        }
        return address.isSiteLocalAddress()
                || bytes[0] == 0
                || ((bytes[0] & 0xff) == 100 && (bytes[1] & 0xc0) == 64);
    }

    private static CallerIdentity.UnauthorizedException refused(URI url, String why) {
        return new CallerIdentity.UnauthorizedException(
                "host_refused", "'" + url.getHost() + "' is not visited: " + why);
    }
}
