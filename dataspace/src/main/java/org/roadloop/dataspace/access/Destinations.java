package org.roadloop.dataspace.access;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Locale;
import org.roadloop.dataspace.destination.CheckedAddress;

/**
 * Where we push to (推送目的地). A consumer names the address that our process then calls, so without a
 * rule it could make us call this machine, the network behind it or a cloud's metadata service.
 *
 * @param hosts if not empty, the only hosts that are called, whatever their addresses
 * @param privateAddresses whether addresses of this machine and of private networks may be called
 */
public record Destinations(List<String> hosts, boolean privateAddresses) {
    public Destinations {
        hosts = hosts.stream().map(host -> host.toLowerCase(Locale.ROOT)).toList();
    }

    /**
     * @throws IllegalArgumentException says why it is not called, without the URL's query
     */
    CheckedAddress check(URI uri) {
        String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
        String host = uri.getHost();
        if (!scheme.equals("http") && !scheme.equals("https")
                || host == null
                || uri.getRawUserInfo() != null
                || uri.getRawFragment() != null) {
            throw new IllegalArgumentException(
                    "a destination is an http or https URL without user and fragment");
        }
        boolean named = hosts.contains(host.toLowerCase(Locale.ROOT));
        if (!hosts.isEmpty() && !named) {
            throw new IllegalArgumentException(
                    "host '" + host + "' is not one of those that are pushed to here");
        }
        InetAddress[] addresses;
        try {
            addresses = InetAddress.getAllByName(host);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("host '" + host + "' has no address", e);
        }
        for (InetAddress address : addresses) {
            if (!named && !privateAddresses && !isPublic(address)) {
                throw new IllegalArgumentException(
                        "host '" + host + "' is in a private network, which is not pushed to here");
            }
        }
        return new CheckedAddress(uri, addresses[0]);
    }

    /** Of the open internet: none of the special-purpose blocks of RFC 6890. */
    static boolean isPublic(InetAddress address) {
        if (address.isLoopbackAddress()
                || address.isAnyLocalAddress()
                || address.isLinkLocalAddress()
                || address.isSiteLocalAddress()
                || address.isMulticastAddress()) {
            return false;
        }
        byte[] b = address.getAddress();
        int first = b[0] & 0xFF;
        int second = b[1] & 0xFF;
        if (address instanceof Inet6Address) {
            boolean uniqueLocal = (first & 0xFE) == 0xFC; // fc00::/7
            boolean carriesIpv4 =
                    first == 0x20 && second == 0x02 // 2002::/16
                            || first == 0x00 && second == 0x64 // 64:ff9b::/96
                            || first == 0x00 && second == 0x00; // ::/96
            boolean documentation = first == 0x20 && second == 0x01 && (b[2] & 0xFE) == 0x00;
            return !uniqueLocal && !carriesIpv4 && !documentation;
        }
        return first != 0
                && !(first == 100 && (second & 0xC0) == 64)
                && !(first == 192 && second == 0)
                && !(first == 198 && (second & 0xFE) == 18)
                && first < 240;
    }
}
