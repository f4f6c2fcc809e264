package org.roadloop.dataspace.identity;

import java.net.URI;

/**
 * How connectors prove to each other who they are (接入认证). Self-issued tokens over did:web today;
 * the Decentralized Claims Protocol takes the same place.
 */
public interface CallerIdentity {
    /** DID of the participant behind a connector's address. */
    String didOf(URI connector);

    /** Value of the {@code Authorization} header for one request to a participant. */
    String authorization(String audience);

    /**
     * @param header value of the {@code Authorization} header, empty if there was none
     * @return DID of the caller
     * @throws UnauthorizedException if the caller can't be believed
     */
    String verify(String header);

    /**
     * Checks a participant's signature over bytes: a compact JWS whose payload they are.
     *
     * @throws UnauthorizedException if the participant's keys can't be read now
     */
    boolean signed(String did, String jws, byte[] payload);

    /** The caller did not prove who it is; the message carries no part of its token. */
    final class UnauthorizedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        public UnauthorizedException(String message) {
            super(message);
        }
    }
}
