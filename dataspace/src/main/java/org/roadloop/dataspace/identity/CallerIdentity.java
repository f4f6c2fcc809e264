package org.roadloop.dataspace.identity;

import java.net.URI;
import java.util.Map;
import java.util.Set;

/**
 * How connectors prove to each other who they are (接入认证): self-issued tokens over did:web, tokens
 * of an OpenID provider, or the Decentralized Claims Protocol. Any thread.
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
     * What third parties vouch for about a participant that was verified here (已验证声明), by left
     * operand of a policy: {@code membership}, {@code industry}, {@code creditCode}. Asked at each
     * use: what has expired or was revoked since is not in it. Empty where an identity knows no
     * more than the DID.
     */
    default Map<String, Set<String>> claims(String did) {
        return Map.of();
    }

    /** As {@link #verify}, with the claims. */
    default Caller caller(String header) {
        String did = verify(header);
        return new Caller(did, claims(did));
    }

    /**
     * Who calls.
     *
     * @param claims as {@link #claims(String)}
     */
    record Caller(String did, Map<String, Set<String>> claims) {
        public Caller {
            claims = Map.copyOf(claims);
        }
    }

    /**
     * Checks a participant's signature over bytes: a compact JWS whose payload they are.
     *
     * @throws UnauthorizedException if the participant's keys can't be read now
     */
    boolean signed(String did, String jws, byte[] payload);

    /** The caller did not prove who it is; the message carries no part of its token. */
    final class UnauthorizedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final String code;

        /** Without a name of its own: {@code token_invalid}. */
        public UnauthorizedException(String message) {
            this("token_invalid", message);
        }

        /**
         * @param code short and stable, counted under it
         */
        public UnauthorizedException(String code, String message) {
            super(message);
            this.code = code;
        }

        public String code() {
            return code;
        }
    }
}
