package org.roadloop.collect.jt808;

import org.jspecify.annotations.Nullable;

/**
 * What a platform knows of its terminals (终端名册). Called by the thread of a session; must not block.
 */
public interface TerminalBook {
    /**
     * Answer to a registration.
     *
     * @param result 0 ok, 1 car registered, 2 no such car, 3 terminal registered, 4 no such
     *     terminal
     * @param token with result 0
     */
    record Entry(int result, @Nullable String token) {
        public Entry {
            if ((result == LinkMessage.OK) != (token != null)) {
                throw new IllegalArgumentException(
                        "a registration has a token with result 0, and only then");
            }
        }
    }

    /** Asked for each 0100. */
    Entry register(String phone, Registration registration);

    /** Whether the token is the one that this terminal was given. */
    boolean authenticates(String phone, String token);

    /** The terminal leaves its vehicle: its token is void. */
    void deregister(String phone);
}
