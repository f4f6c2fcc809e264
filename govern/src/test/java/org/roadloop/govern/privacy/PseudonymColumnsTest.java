package org.roadloop.govern.privacy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.govern.operator.Keyring;
import org.roadloop.govern.privacy.PseudonymColumns.Mode;

class PseudonymColumnsTest {
    private static final TextTable FLEET =
            TextTable.of(
                    """
                    vin               driver km:int
                    1M8GDM9AXKP042788 zhang  1
                    LSVAA4182E2123456 li     2
                    1M8GDM9AXKP042788 zhang  3
                    -                 wang   4
                    """);

    private static PseudonymColumns of(Mode mode, String contract, int epoch) {
        return new PseudonymColumns(List.of("vin"), mode, contract, epoch);
    }

    @Test
    void reversibleTokensComeBack() {
        List<String> tokens = FLEET.through(of(Mode.REVERSIBLE, "c", 1)).column("vin");
        Pseudonym key = Pseudonym.ofContract(TextTable.keys(1), "c", 1);
        assertThat(tokens.get(0)).isEqualTo(tokens.get(2)).hasSize(26);
        assertThat(tokens.get(3)).isEqualTo("-");
        assertThat(key.vinOf(tokens.get(0))).isEqualTo("1M8GDM9AXKP042788");
        assertThat(key.vinOf(tokens.get(1))).isEqualTo("LSVAA4182E2123456");
        assertThat(Pseudonym.ofContract(TextTable.keys(2), "c", 1).vinOf(tokens.get(0)))
                .isNotEqualTo("1M8GDM9AXKP042788");
    }

    /** Access and erasure go from a contract's token to the platform's own and on to the VIN. */
    @Test
    void aTokenOfATokenComesBackInTwoSteps() {
        Keyring keys = TextTable.keys(1);
        String internal = Pseudonym.internal(keys).identity("1M8GDM9AXKP042788");
        String released =
                TextTable.of("vin\n" + internal + "\n")
                        .through(of(Mode.REVERSIBLE, "c", 3))
                        .column("vin")
                        .getFirst();
        String back = Pseudonym.ofContract(keys, "c", 3).tokenBefore(released);
        assertThat(back).isEqualTo(internal);
        assertThat(Pseudonym.internal(keys).vinOf(internal)).isEqualTo("1M8GDM9AXKP042788");
    }

    @Test
    void contractsAndEpochsCannotBeJoined() {
        Set<String> all = new HashSet<>();
        int tokens = 0;
        for (Mode mode : Mode.values()) {
            for (String contract : List.of("a", "b", "1:a")) {
                for (int epoch = 1; epoch <= 3; epoch++) {
                    List<String> of = FLEET.through(of(mode, contract, epoch)).column("vin");
                    tokens += 2;
                    all.addAll(of.subList(0, 2));
                    assertThat(of.get(2)).isEqualTo(of.get(0));
                }
            }
        }
        assertThat(all).hasSize(tokens);
    }

    /** Keys are labelled EPOCH/CONTRACT: no contract may bring a slash of its own. */
    @Test
    void aContractIsNamedPlainly() {
        assertThatThrownBy(() -> of(Mode.ONE_WAY, "1/a", 1))
                .hasMessageContaining("contract '1/a' is not of letters");
    }

    /** The key lives on disk, so a restart goes on with it; closed, it is gone for good. */
    @Test
    void aClosedEpochCannotBeReproduced(@TempDir Path folder) throws IOException {
        PseudonymColumns first = of(Mode.ONE_WAY, "c", 1);
        PseudonymColumns second = of(Mode.ONE_WAY, "c", 2);
        Keyring keys = keyring(folder);
        List<String> tokens = FLEET.with(keys).through(first).column("vin");
        assertThat(FLEET.with(keyring(folder)).through(first).column("vin")).isEqualTo(tokens);
        assertThat(FLEET.with(keys).through(second).column("vin")).doesNotContain(tokens.get(0));
        assertThat(files(folder)).hasSize(2);

        keys.epochs().close("c", 1);

        for (Keyring later : List.of(keys, keyring(folder))) {
            assertThat(later.epochs().isClosed("c", 1)).isTrue();
            assertThatThrownBy(() -> FLEET.with(later).through(first))
                    .hasMessageContaining("epoch 1 of contract 'c' is closed");
            assertThat(FLEET.with(later).through(second).column("vin")).hasSize(4);
        }
        // Even one who deletes the mark of the end, with the master secret in hand, gets new
        // tokens.
        for (Path file : files(folder)) {
            if (file.toString().endsWith(".closed")) {
                Files.delete(file);
            }
        }
        assertThat(files(folder)).hasSize(1);
        assertThat(FLEET.with(keyring(folder)).through(first).column("vin"))
                .doesNotContainAnyElementsOf(tokens.subList(0, 3));
    }

    /** A kill after the mark of the end and before the deletion: the next look finishes it. */
    @Test
    void aKillWhileClosingLeavesTheEpochClosed(@TempDir Path folder) throws IOException {
        FLEET.with(keyring(folder)).through(of(Mode.ONE_WAY, "c", 1));
        Path key = files(folder).getFirst();
        Files.createFile(Path.of(key.toString().replace(".key", ".closed")));
        assertThat(keyring(folder).epochs().isClosed("c", 1)).isTrue();
        assertThat(key).doesNotExist();
    }

    @Test
    void aKeyFileNamesNobodyAndOpensOnlyWithTheMasterSecret(@TempDir Path folder)
            throws IOException {
        FLEET.with(keyring(folder)).through(of(Mode.ONE_WAY, "partner-7", 1));
        assertThat(files(folder).getFirst().getFileName().toString()).matches("[0-9a-f]{32}\\.key");
        byte[] file = Files.readAllBytes(files(folder).getFirst());
        file[20] ^= 1;
        Files.write(files(folder).getFirst(), file);
        assertThatThrownBy(
                        () -> FLEET.with(keyring(folder)).through(of(Mode.ONE_WAY, "partner-7", 1)))
                .hasMessageContaining("was not sealed by this platform's master secret");
    }

    private static Keyring keyring(Path folder) {
        return new Keyring(new byte[32], 1, folder);
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return new ArrayList<>(files.sorted().toList());
        }
    }
}
