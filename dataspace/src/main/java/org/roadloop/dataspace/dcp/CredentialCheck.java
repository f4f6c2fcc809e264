package org.roadloop.dataspace.dcp;

import java.security.PublicKey;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import org.roadloop.core.identity.DidDocument;
import org.roadloop.core.identity.Jws;
import org.roadloop.dataspace.identity.DidResolver;

/** Decides whether a credential counts (凭证验证), DCP 1.0.1 §5.4.3 steps 4 to 6. Any thread. */
public final class CredentialCheck {
    private final DidResolver resolver;
    private final TrustedIssuers issuers;
    private final KeyUses uses;
    private final StatusLists statusLists;
    private final SubjectSchemas schemas;
    private final Clock clock;

    public CredentialCheck(
            DidResolver resolver,
            TrustedIssuers issuers,
            KeyUses uses,
            StatusLists statusLists,
            SubjectSchemas schemas,
            Clock clock) {
        this.resolver = resolver;
        this.issuers = issuers;
        this.uses = uses;
        this.statusLists = statusLists;
        this.schemas = schemas;
        this.clock = clock;
    }

    TrustedIssuers issuers() {
        return issuers;
    }

    /**
     * Reads and checks all but revocation and schema.
     *
     * @param holder DID that it must be about
     * @throws RefusedException saying why it does not count
     */
    VerifiableCredential signed(String jwt, String holder) {
        try {
            VerifiableCredential credential = VerifiableCredential.read(jwt);
            if (!issuers.contains(credential.issuer())) {
                throw new RefusedException(
                        "credential_issuer",
                        "issuer "
                                + credential.issuer()
                                + " is not among those that this connector trusts");
            }
            // keys of its issuer only: this holds step 4 too
            PublicKey key =
                    uses.find(resolver, credential.issuer(), jwt, DidDocument.Use.ASSERTION)
                            .orElseThrow(
                                    () ->
                                            new RefusedException(
                                                    "credential_key",
                                                    "it is signed with a key that its issuer does"
                                                            + " not publish for assertionMethod"));
            Jws.verify(jwt, key);
            if (!credential.subjectId().equals(holder)) {
                throw new RefusedException("credential_subject", "it is about another participant");
            }
            inTime(credential);
            return credential;
        } catch (Jws.InvalidJwsException | IllegalArgumentException e) {
            throw new RefusedException("credential_invalid", String.valueOf(e.getMessage()));
        }
    }

    /** As {@link #signed}, with revocation and schema. */
    VerifiableCredential verify(String jwt, String holder) {
        VerifiableCredential credential = signed(jwt, holder);
        notRevoked(credential);
        schemas.flaw(credential)
                .ifPresent(
                        flaw -> {
                            throw new RefusedException("credential_schema", flaw);
                        });
        return credential;
    }

    /** Of a credential that was verified before: whether time or its issuer ended it since. */
    boolean counts(VerifiableCredential credential) {
        try {
            inTime(credential);
            notRevoked(credential);
            return true;
        } catch (RefusedException
                | org.roadloop.dataspace.identity.CallerIdentity.UnauthorizedException e) {
            return false;
        }
    }

    /** Has the revocation of a credential seen soon, as long as this is said again and again. */
    void watch(VerifiableCredential credential) {
        statusLists.watch(credential);
    }

    private void notRevoked(VerifiableCredential credential) {
        Optional<String> flaw = statusLists.flaw(credential);
        if (flaw.isPresent()) {
            throw new RefusedException("credential_revoked", flaw.get());
        }
    }

    private void inTime(VerifiableCredential credential) {
        Instant now = clock.instant();
        if (now.plus(IdTokens.LEEWAY).isBefore(credential.validFrom())) {
            throw new RefusedException("credential_early", "it is not valid yet");
        }
        if (credential.validUntil().filter(until -> !now.isBefore(until)).isPresent()) {
            throw new RefusedException("credential_expired", "it has expired");
        }
    }

    /** A credential or presentation that does not count, and why. */
    static final class RefusedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final String code;

        RefusedException(String code, String message) {
            super(message);
            this.code = code;
        }

        /** Short and stable, counted under it. */
        String code() {
            return code;
        }
    }
}
