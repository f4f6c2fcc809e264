package org.roadloop.core.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a keystore says and does when its files are missing, damaged, or known to others. */
class KeystoreLossTest {
    private static final String DID = "did:web:a.example";
    @TempDir Path temp;

    private Keystore keys() {
        return Keystore.open(temp.resolve("keys"));
    }

    private Path file(String name) {
        return temp.resolve("keys").resolve(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"participant.1.private", "participant.1.public", "framelog.1.secret"})
    void aMissingFileIsNamedAndNothingIsMadeAnew(String name) throws Exception {
        keys().signer("participant", DID);
        keys().secret("framelog");
        List<String> before = fingerprints();
        Files.delete(file(name));
        assertThatThrownBy(() -> use(name))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("key file " + file(name) + " is missing; restore it")
                .hasMessageContaining("keys replace " + name.split("\\.")[0] + " --because lost");
        assertThat(file(name)).doesNotExist();
        if (!name.endsWith("public")) {
            assertThat(fingerprints()).isEqualTo(before);
            assertThat(keys().list().stream().filter(Keystore.KeyInfo::lost)).hasSize(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"participant.1.private", "participant.1.public", "framelog.1.secret"})
    void aFlippedByteOfAKeyFileIsSeen(String name) throws Exception {
        keys().signer("participant", DID);
        keys().secret("framelog");
        byte[] bytes = Files.readAllBytes(file(name));
        for (int i = 0; i < bytes.length; i += 4) {
            bytes[i] ^= 4;
            Files.write(file(name), bytes);
            assertThatThrownBy(() -> use(name))
                    .as("byte %d", i)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("key file " + temp.resolve("keys"))
                    .hasMessageContaining("is damaged; restore it from a backup");
            bytes[i] ^= 4;
        }
        Files.write(file(name), bytes);
        use(name);
    }

    private void use(String file) {
        if (file.startsWith("framelog")) {
            keys().secret("framelog");
        } else {
            keys().signer("participant", DID);
        }
    }

    private List<String> fingerprints() {
        return keys().list().stream().map(k -> k.name() + " " + k.fingerprint()).toList();
    }

    @Test
    void aKeyInTheMakingIsNoneAndIsFinishedOnceItIsOne() throws Exception {
        keys().signer("participant", DID);
        // Cut short before the public key was there.
        Files.write(file("participant.2.private.new"), new byte[48]);
        assertThat(keys().signer("participant", DID).keyId()).endsWith("#participant-1");
        keys().rotate("participant");
        assertThat(keys().signer("participant", DID).keyId()).endsWith("#participant-2");
        // Cut short just before the last step.
        Files.move(file("participant.2.private"), file("participant.2.private.new"));
        assertThat(keys().signer("participant", DID).keyId()).endsWith("#participant-2");
        assertThat(file("participant.2.private.new")).doesNotExist();
        assertThat(keys().continuous("participant")).isTrue();
    }

    @Test
    void aReplacedKeyHasItsVouchersWordNotThatOfTheOneBefore() throws Exception {
        Signer participant = keys().signer("participant", DID);
        Signer ledger = keys().signer("ledger", DID);
        Files.delete(file("ledger.1.private"));
        keys().replace("ledger", KeyHandover.Because.LOST, participant);
        assertThat(keys().continuous("ledger")).isFalse();
        Signer second = keys().signer("ledger", DID);
        assertThat(second.publicKey()).isNotEqualTo(ledger.publicKey());
        assertThat(keys().handover("ledger", 2)).isInstanceOf(KeyHandover.Replaced.class);
        KeyHandover.Replaced replaced = (KeyHandover.Replaced) keys().handover("ledger", 2);
        assertThat(replaced.by()).isEqualTo("did:web:a.example#participant-1");
        byte[] claim =
                KeyHandover.replacementClaim(
                        "ledger", 2, KeyHandover.Because.LOST, second.publicKey());
        assertThat(Ed25519.verify(participant.publicKey(), claim, replaced.signature())).isTrue();
        assertThat(keys().exportPublic().toString())
                .contains("\"replaced\":{\"because\":\"lost\",\"by\":\"did:web:a.example");
    }

    @Test
    void aLostSecretIsReplacedAndWhatItOpenedStaysClosed() throws Exception {
        byte[] first = keys().secret("framelog").getEncoded();
        Files.delete(file("framelog.1.secret"));
        keys().replace("framelog", KeyHandover.Because.LOST, null);
        assertThat(keys().secret("framelog").getEncoded()).hasSize(32).isNotEqualTo(first);
        assertThatThrownBy(() -> keys().secret("framelog", 1))
                .hasMessageContaining("framelog.1.secret is missing");
        assertThat(keys().list().stream().map(k -> k.epoch() + " " + k.lost()))
                .containsExactly("1 true", "2 false");
    }

    @Test
    void whatARevokedKeySignedBeforeStaysVerifiableAndNothingAfter() {
        Signer first = keys().signer("participant", DID);
        assertThatThrownBy(() -> keys().revoke("participant", 1, Instant.EPOCH))
                .hasMessageContaining("it is in use; rotate or replace it first");
        keys().rotate("participant");
        Instant at = Instant.parse("2026-11-22T01:00:00Z");
        keys().revoke("participant", 1, at);
        keys().revoke("participant", 1, at.plusSeconds(9));
        assertThat(keys().revokedAt("participant", 1)).contains(at);
        DidDocument written =
                new DidDocument(
                        new Did(DID),
                        List.of(
                                new DidDocument.Key(
                                        first.keyId(),
                                        first.publicKey(),
                                        keys().revokedAt("participant", 1)),
                                new DidDocument.Key(
                                        DID + "#participant-2",
                                        keys().signer("participant", DID).publicKey())),
                        List.of());
        DidDocument read = DidDocument.fromJson(written.toJson());
        assertThat(read).isEqualTo(written);
        assertThat(written.toJson().path("authentication").toString())
                .isEqualTo("[\"did:web:a.example#participant-2\"]");
        assertThat(read.findKey(first.keyId())).contains(first.publicKey());
        assertThat(read.findKey(first.keyId(), at.minusMillis(1))).contains(first.publicKey());
        assertThat(read.findKey(first.keyId(), at)).isEqualTo(Optional.empty());
    }
}
