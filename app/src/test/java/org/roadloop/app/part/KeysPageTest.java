package org.roadloop.app.part;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PublicKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.app.home.Home;
import org.roadloop.core.identity.KeyHandover;
import org.roadloop.core.identity.Keystore;

/** Rows of docs/keys.md that no other test holds to: what is lost, and what brings it back. */
class KeysPageTest {
    private static final String VIN = "LSVAU2180N2183294";
    @TempDir Path folder;

    private Keystore keys() {
        return Keystore.open(folder.resolve("keys"));
    }

    private String vehicle() {
        return new VehicleSubjects(keys()).of(VIN);
    }

    @Test
    void aVehicleKeepsItsIdAsLongAsTheKeyOfSubjectsIsThere() throws Exception {
        String id = vehicle();
        assertThat(vehicle()).isEqualTo(id).matches("vehicle:[0-9a-f]{32}");
        Path file = folder.resolve("keys/subjects.1.secret");
        byte[] backup = Files.readAllBytes(file);
        Files.delete(file);
        keys().signer("participant", "did:web:localhost"); // it is no empty keystore
        keys().replace("subjects", KeyHandover.Because.LOST, null);
        assertThat(vehicle()).as("after 'keys replace' it is another").isNotEqualTo(id);
        Files.write(file, backup);
        assertThat(vehicle()).as("a backup found later is that of a former key").isNotEqualTo(id);
    }

    @Test
    void aLostKeyOfSubjectsIsNamedAndNotMadeAnew() throws Exception {
        String id = vehicle();
        Path file = folder.resolve("keys/subjects.1.secret");
        byte[] backup = Files.readAllBytes(file);
        Files.delete(file);
        assertThatThrownBy(this::vehicle)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("subjects.1.secret is missing");
        Files.write(file, backup);
        assertThat(vehicle()).isEqualTo(id);
    }

    @Test
    void aWitnessWhoseKeyIsRemovedHasAnother() throws Exception {
        PublicKey before = keys().signer("witness", "did:web:localhost").publicKey();
        assertThat(keys().signer("witness", "did:web:localhost").publicKey()).isEqualTo(before);
        try (var files = Files.newDirectoryStream(folder.resolve("keys"), "witness.*")) {
            for (Path file : files) {
                Files.delete(file);
            }
        }
        assertThat(keys().signer("witness", "did:web:localhost").publicKey()).isNotEqualTo(before);
    }

    @Test
    void aRemovedOperatorsTokenIsMadeAnewAtTheNextStart() throws Exception {
        String before;
        try (Home home = Home.open(folder.resolve("home"))) {
            before = home.adminToken();
        }
        Files.delete(folder.resolve("home/admin.token"));
        try (Home home = Home.open(folder.resolve("home"))) {
            assertThat(home.adminToken()).startsWith("rl_").isNotEqualTo(before);
        }
    }
}
