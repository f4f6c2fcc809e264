package org.roadloop.dataspace.access;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.roadloop.core.contract.ContractBook;
import org.roadloop.core.contract.Role;
import org.roadloop.core.contract.TransferProcess;
import org.roadloop.core.identity.Jws;
import org.roadloop.core.identity.Signer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Tokens for data access under a started transfer (访问令牌): a JWS of the provider bound to agreement,
 * consumer, transfer and expiry. They stop working with the transfer's state and the contract, not
 * only with their expiry. Any thread.
 */
public final class AccessTokens {
    /**
     * Tokens for data are renewed where they are used up ({@link DataRoute}); one for a task is
     * carried by clients that know no renewal.
     */
    private static final Duration DATA_LIFETIME = Duration.ofMinutes(5);

    private static final String TASK_FORMAT = "compute-to-data";

    private final Signer signer;
    private final ContractBook book;
    private final Clock clock;
    private final Duration lifetime;

    /** What a valid token says. */
    public record Claims(
            String transferPid,
            String agreementId,
            String consumer,
            String asset,
            String format,
            Instant expiresAt) {
        /** Whole seconds until it expires. */
        long secondsLeft(Instant now) {
            return Math.max(0, Duration.between(now, expiresAt).toSeconds());
        }
    }

    /** The token gives no access (any more), and why. */
    public static final class InvalidTokenException extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final String code;

        InvalidTokenException(String code, String message) {
            super(message);
            this.code = code;
        }

        /** {@code token_invalid}, {@code token_expired}, {@code transfer_not_started}, … */
        public String code() {
            return code;
        }
    }

    /**
     * @param lifetime of a token for a task; one for data lives {@link #DATA_LIFETIME} at most
     */
    public AccessTokens(Signer signer, ContractBook book, Clock clock, Duration lifetime) {
        this.signer = signer;
        this.book = book;
        this.clock = clock;
        this.lifetime = lifetime;
    }

    /** A token for our transfer as provider. */
    public String issue(TransferProcess transfer) {
        ContractBook.Contract contract = book.getContract(transfer.agreementId());
        Instant now = clock.instant();
        ObjectNode claims = JsonMapper.shared().createObjectNode();
        claims.put("iss", signer.did()).put("aud", signer.did());
        claims.put("sub", contract.agreement().consumer());
        claims.put("iat", now.getEpochSecond());
        claims.put("exp", now.plus(lifetime(transfer.format())).getEpochSecond());
        claims.put("jti", UUID.randomUUID().toString());
        claims.put("agreement", transfer.agreementId());
        claims.put("transfer", transfer.dialogue().pid());
        claims.put("format", transfer.format());
        return Jws.sign(claims, signer, "at+jwt");
    }

    private Duration lifetime(String format) {
        return format.equals(TASK_FORMAT) || lifetime.compareTo(DATA_LIFETIME) < 0
                ? lifetime
                : DATA_LIFETIME;
    }

    /**
     * A new token for a transfer that is started.
     *
     * @param consumer who asks; the transfer must be theirs
     * @throws InvalidTokenException if it gives no access now
     */
    public String renew(String transferPid, String consumer) {
        TransferProcess transfer =
                book.findTransfer(transferPid)
                        .filter(t -> t.dialogue().self() == Role.PROVIDER)
                        .filter(t -> t.dialogue().peer().equals(consumer))
                        .orElseThrow(AccessTokens::unknown);
        String token = issue(transfer);
        verify(token); // nobody gets one that gives no access
        return token;
    }

    Instant now() {
        return clock.instant();
    }

    private static InvalidTokenException unknown() {
        return new InvalidTokenException("transfer_unknown", "no such transfer here");
    }

    /**
     * @param token with or without {@code Bearer } in front
     * @throws InvalidTokenException if it gives no access now
     */
    public Claims verify(String token) {
        JsonNode claims;
        String bare = token.startsWith("Bearer ") ? token.substring(7).trim() : token;
        try {
            if (!Jws.header(bare).path("typ").asString("").equals("at+jwt")) {
                throw new InvalidTokenException("token_invalid", "this is no access token");
            }
            claims = Jws.verify(bare, signer.publicKey());
        } catch (Jws.InvalidJwsException e) {
            throw new InvalidTokenException(
                    "token_invalid", "the access token is not one of this provider");
        }
        if (!claims.path("iss").asString("").equals(signer.did())) {
            throw new InvalidTokenException("token_invalid", "the token is of another provider");
        }
        Instant expires = Instant.ofEpochSecond(claims.path("exp").asLong(0));
        if (!clock.instant().isBefore(expires)) {
            throw new InvalidTokenException("token_expired", "the access token has expired");
        }
        String pid = claims.path("transfer").asString("");
        TransferProcess transfer =
                book.findTransfer(pid)
                        .filter(t -> t.dialogue().self() == Role.PROVIDER)
                        .orElseThrow(AccessTokens::unknown);
        if (!(transfer instanceof TransferProcess.Started)) {
            throw new InvalidTokenException(
                    "transfer_not_started", "the transfer is " + transfer.state());
        }
        ContractBook.Contract contract = book.getContract(transfer.agreementId());
        if (!contract.inForce()) {
            throw new InvalidTokenException("agreement_terminated", "the agreement was terminated");
        }
        return new Claims(
                pid,
                transfer.agreementId(),
                contract.agreement().consumer(),
                contract.agreement().asset(),
                transfer.format(),
                expires);
    }
}
