package org.roadloop.app.witness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.file.Path;
import java.security.Security;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.core.identity.KeyAlgorithm;
import org.roadloop.core.identity.Keystore;
import org.roadloop.core.identity.Signer;
import org.roadloop.core.ledger.SignedNote.VerifierKey;

/** What a participant may say of its log, and what it may not. */
class LogStatementTest {
    private static final String DID = "did:web:city.example";
    private static final String ORIGIN = "roadloop/city";
    @TempDir Path folder;

    private LogStatement read(List<VerifierKey> logKeys, Keystore keys) {
        Signer signer = keys.signer("participant", DID);
        String jws =
                new LogStatement(
                                DID,
                                ORIGIN,
                                logKeys,
                                URI.create("https://city.example/witness"),
                                VerifierKey.cosigner(
                                        ORIGIN + "/witness",
                                        keys.signer("witness", DID).publicKey()))
                        .sign(signer, Instant.parse("2026-11-22T06:00:00Z"));
        return LogStatement.verify(jws, DID, id -> Optional.of(signer.publicKey()));
    }

    @Test
    void theKeysOfALogBearItsNameAndAreOfOneProfile() {
        Keystore keys = Keystore.open(folder.resolve("keys"));
        VerifierKey key = new VerifierKey(ORIGIN, keys.signer("ledger", DID).publicKey());
        assertThat(read(List.of(key), keys).logKeys()).containsExactly(key);

        VerifierKey misnamed = new VerifierKey("roadloop/lab", key.publicKey());
        assertThatThrownBy(() -> read(List.of(misnamed), keys))
                .isInstanceOf(IllegalArgumentException.class);

        // Kept, it would stop the witness at each start: a log hashes in one way.
        Security.addProvider(new BouncyCastleProvider());
        try {
            VerifierKey other =
                    new VerifierKey(ORIGIN, keys.signer("sm", DID, KeyAlgorithm.SM2).publicKey());
            assertThatThrownBy(() -> read(List.of(key, other), keys))
                    .isInstanceOf(IllegalArgumentException.class);
        } finally {
            Security.removeProvider(BouncyCastleProvider.PROVIDER_NAME);
        }
    }
}
