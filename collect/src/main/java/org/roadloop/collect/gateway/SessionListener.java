package org.roadloop.collect.gateway;

/**
 * Hears of sessions of terminals that begin and end (会话监听). Called by event loops; must not block.
 */
public interface SessionListener {
    /** Stands before the phone in the identity of a JT/T 808 terminal; a VIN has no such start. */
    String PHONE = "phone ";

    /**
     * @param identity a VIN, or {@link #PHONE} and the phone without leading zeros
     */
    void began(String identity, LinkSession session);

    /** May come after {@link #began} of the session that took over. */
    void ended(String identity, LinkSession session);
}
