package org.roadloop.collect.live;

import java.nio.charset.StandardCharsets;
import org.roadloop.collect.gateway.IdentityHash;
import org.roadloop.collect.gateway.SessionListener;
import org.roadloop.collect.gateway.Source;

/** What a vehicle is found by (车辆键): a VIN and a phone of equal letters are two vehicles. */
final class VehicleKey {
    private static final long PHONES = 0x6A09E667F3BCC909L;

    private VehicleKey() {}

    /** Of the identity in a record of the log; never 0, which marks a free slot. */
    static long of(long identityHash, Source source) {
        return of(identityHash, source.isJt808());
    }

    /** Of the identity of a session, see {@link SessionListener}. */
    static long of(String identity) {
        boolean isPhone = identity.startsWith(SessionListener.PHONE);
        byte[] bytes =
                (isPhone ? identity.substring(SessionListener.PHONE.length()) : identity)
                        .getBytes(StandardCharsets.US_ASCII);
        return of(IdentityHash.of(bytes, 0, bytes.length), isPhone);
    }

    private static long of(long identityHash, boolean isPhone) {
        long key = isPhone ? identityHash ^ PHONES : identityHash;
        return key == 0 ? 1 : key;
    }
}
