package org.roadloop.dataspace.dsp;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import org.roadloop.core.policy.MemberException;

/**
 * Where a peer wants our messages (回调地址). We call what a peer names, so it must not make us call
 * this machine or its metadata service, and it stands in the ledger, so it must hold no password.
 */
public final class PeerAddress {
    private PeerAddress() {}

    /**
     * An absolute http(s) URL without user, query and fragment. A host of this machine or link is
     * taken only where we are reached at such a host ourselves.
     *
     * @throws MemberException says what is wrong with it
     */
    public static void check(String address, ConnectorConfig config) {
        URI url;
        try {
            url = URI.create(address);
        } catch (IllegalArgumentException e) {
            throw flaw("is no URL");
        }
        String scheme = String.valueOf(url.getScheme());
        if (!scheme.equals("http") && !scheme.equals("https")
                || url.getHost() == null
                || url.getRawUserInfo() != null
                || url.getRawQuery() != null
                || url.getRawFragment() != null) {
            throw flaw("is not an http or https URL without user, query and fragment");
        }
        if (isOfThisMachine(url.getHost()) && !isOfThisMachine(config.origin().getHost())) {
            throw flaw("is an address of this machine, which is not where you are");
        }
    }

    private static boolean isOfThisMachine(String host) {
        try {
            for (InetAddress address : InetAddress.getAllByName(host)) {
                if (address.isLoopbackAddress()
                        || address.isLinkLocalAddress()
                        || address.isAnyLocalAddress()
                        || address.isMulticastAddress()) {
                    return true;
                }
            }
            return false;
        } catch (UnknownHostException e) {
            return false; // nothing is sent to it while it has no address
        }
    }

    private static MemberException flaw(String what) {
        return new MemberException("/callbackAddress", what);
    }
}
