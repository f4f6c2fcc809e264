package org.roadloop.app.operate;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.app.config.Config;
import org.roadloop.app.home.Home;
import org.roadloop.app.platform.LedgerKeys;
import org.roadloop.app.platform.Platform;
import org.roadloop.core.identity.Keystore;
import org.roadloop.core.identity.SecurityProviders;
import org.roadloop.core.ledger.LedgerProfile;
import org.roadloop.core.ledger.LedgerVerifier;
import org.roadloop.core.ledger.SignedNote.VerifierKey;
import org.roadloop.core.ledger.Verification;
import picocli.CommandLine;

/** Keys of a home through their life, by the verbs an operator has. */
@Tag("slow")
class KeysVerbTest {
    @TempDir Path folder;

    @BeforeAll
    static void providerOfSm2() {
        SecurityProviders.offer(BouncyCastleProvider::new);
    }

    private Platform up() throws Exception {
        return up(config -> config);
    }

    private Platform up(UnaryOperator<Config> change) throws Exception {
        Config config = change.apply(Config.DEFAULTS.withFreePorts());
        return Platform.start(
                Home.open(folder), config, List.of(new OperatePart()), Set.of(), "test");
    }

    /** Output of a verb that succeeds. */
    private String keys(String... words) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine verb =
                new CommandLine(new KeysVerb())
                        .setOut(new PrintWriter(out, true))
                        .setErr(new PrintWriter(err, true));
        String[] all = new String[words.length + 2];
        System.arraycopy(words, 0, all, 0, words.length);
        all[words.length] = "--home";
        all[words.length + 1] = folder.toString();
        int code = verb.execute(all);
        assertThat(code).as("keys %s: %s", String.join(" ", words), err).isZero();
        return out.toString();
    }

    private Keystore keystore() {
        return Keystore.open(folder.resolve("keys"));
    }

    private VerifierKey ledgerKey(int epoch) {
        return LedgerKeys.of(keystore()).verifiers().reversed().get(epoch - 1);
    }

    private Verification check(VerifierKey known) {
        return LedgerVerifier.verify(folder.resolve("ledger"), List.of(known), true);
    }

    @Test
    void theLedgersKeyIsRotatedLeakedLostAndFollowedFromTheFirst() throws Exception {
        try (Platform platform = up()) {
            assertThat(keys("rotate", "ledger")).contains("key ledger is at epoch 2");
        }
        VerifierKey first = ledgerKey(1);
        try (Platform platform = up()) {
            assertThat(keys("revoke", "ledger", "1"))
                    .contains("epoch 1 is revoked: its checkpoints");
            assertThat(keys("list")).contains("revoked", "current");
        }
        Verification followed = check(first);
        assertThat(followed.ok()).as(followed.summary()).isTrue();
        assertThat(LedgerCheck.home(folder).holds()).isTrue();

        Path lost = folder.resolve("keys/ledger.2.private");
        Files.delete(lost);
        assertThatThrownBy(this::up)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(lost + " is missing")
                .hasMessageContaining("keys replace ledger --because lost");
        assertThat(keys("list")).contains("lost");
        assertThat(keys("replace", "ledger", "--because", "lost")).contains("is at epoch 3");
        up().close();
        LedgerCheck.Result home = LedgerCheck.home(folder);
        assertThat(home.holds()).as(home.says()).isTrue();
        assertThat(check(ledgerKey(3)).ok()).isTrue();
        assertThat(check(first).summary())
                .contains("was lost, and no participant's key given here vouches for the new one");
        assertThat(entries())
                .contains("ledger.key-rotated", "ledger.key-revoked", "ledger.key-replaced");
    }

    /** All leaves as text. */
    private String entries() throws Exception {
        StringBuilder entries = new StringBuilder();
        try (Stream<Path> files = Files.walk(folder.resolve("ledger/tile/entries"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                entries.append(Files.readString(file, ISO_8859_1));
            }
        }
        return entries.toString();
    }

    @Test
    void aLeakedParticipantKeyIsReplacedRevokedAndItsEvidenceFollows() throws Exception {
        up().close();
        assertThat(keys("replace", "participant", "--because", "leaked"))
                .contains("is at epoch 2", "keys revoke participant EPOCH");
        try (Platform platform = up()) {
            assertThat(keys("revoke", "participant", "1")).contains("is revoked from 20");
        }
        assertThat(keystore().revokedAt("participant", 1)).isPresent();
        assertThat(keystore().revokedAt("participant", 2)).isEmpty();
        assertThat(entries())
                .contains(
                        "identity.key-replaced", "\"because\":\"leaked\"", "identity.key-revoked");
    }

    @Test
    void aLedgerOfSm3AndSm2IsVerifiedByItsKeyAndKeepsItsProfile() throws Exception {
        UnaryOperator<Config> guomi =
                c ->
                        new Config(
                                c.http(),
                                c.participant(),
                                c.collect(),
                                c.govern(),
                                c.dataspace(),
                                c.clearing(),
                                c.compute(),
                                c.network(),
                                c.retention(),
                                new Config.Ledger(LedgerProfile.SM3_SM2, c.ledger().oversight()),
                                c.costs());
        try (Platform platform = up(guomi)) {
            keys("rotate", "ledger");
        }
        up(guomi).close();
        Verification result = check(ledgerKey(1));
        assertThat(result.ok()).as(result.summary()).isTrue();
        assertThat(ledgerKey(2).toString()).contains("+/3JvYWRsb29w");
        assertThat(keys("export-public")).contains("\"crv\" : \"SM2\"");
        assertThatThrownBy(this::up)
                .hasMessageContaining("ledger.profile is sha256-ed25519")
                .hasMessageContaining("keeps its profile");
    }
}
