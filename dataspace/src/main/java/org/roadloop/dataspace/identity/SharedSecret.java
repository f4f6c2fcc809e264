package org.roadloop.dataspace.identity;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;

/**
 * Participants that know each other by a secret agreed beforehand (共享密钥): for tests and for a space
 * of a few on one network. It proves who calls and nothing else: no message is signed with it. Any
 * thread.
 *
 * @param own what we show, as {@code Bearer} token
 * @param others who is known
 */
public record SharedSecret(String own, List<Member> others) implements CallerIdentity {
    /**
     * @param did any id of the participant
     * @param secret what it shows; not empty
     * @param origin scheme, host and port of its connector
     */
    public record Member(String did, String secret, URI origin) {
        public Member {
            if (secret.isBlank()) {
                throw new IllegalArgumentException("participant " + did + " has no secret");
            }
        }

        @Override
        public String toString() {
            return "Member[" + did + " " + origin + "]";
        }
    }

    public SharedSecret {
        others = List.copyOf(others);
    }

    @Override
    public String didOf(URI connector) {
        return others.stream()
                .filter(m -> m.origin().getAuthority().equals(connector.getAuthority()))
                .findFirst()
                .orElseThrow(
                        () ->
                                new UnauthorizedException(
                                        "nobody at " + connector.getAuthority() + " is known"))
                .did();
    }

    @Override
    public String authorization(String audience) {
        return "Bearer " + own;
    }

    @Override
    public String verify(String header) {
        byte[] shown = header.getBytes(StandardCharsets.UTF_8);
        for (Member member : others) {
            byte[] known = ("Bearer " + member.secret()).getBytes(StandardCharsets.UTF_8);
            if (MessageDigest.isEqual(shown, known)) {
                return member.did();
            }
        }
        throw new UnauthorizedException(
                header.isEmpty() ? "token_missing" : "token_forged",
                "the secret is not one of a known participant");
    }

    /**
     * The same with the signatures of agreements checked by the keys in DID documents, and with our
     * secret shown to nobody but those who are known.
     */
    public CallerIdentity with(ParticipantKeys keys) {
        return new WithKeys(this, keys);
    }

    private record WithKeys(SharedSecret secret, ParticipantKeys keys) implements CallerIdentity {
        @Override
        public String didOf(URI connector) {
            return secret.didOf(connector);
        }

        @Override
        public String authorization(String audience) {
            if (secret.others().stream().noneMatch(m -> m.did().equals(audience))) {
                throw new UnauthorizedException(audience + " is no member that shares a secret");
            }
            return secret.authorization(audience);
        }

        @Override
        public String verify(String header) {
            return secret.verify(header);
        }

        @Override
        public boolean signed(String did, String jws, byte[] payload) {
            return keys.signed(did, jws, payload);
        }
    }

    /** A secret signs nothing. */
    @Override
    public boolean signed(String did, String jws, byte[] payload) {
        return false;
    }

    @Override
    public String toString() {
        return "SharedSecret" + others;
    }
}
