package org.roadloop.core.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.roadloop.core.identity.KeyAlgorithm;
import org.roadloop.core.identity.Keystore;
import org.roadloop.core.identity.SecurityProviders;
import org.roadloop.core.identity.Signer;
import org.roadloop.core.ledger.SignedNote.VerifierKey;

class NoteSignaturesTest {
    private static final String DASH = "\u2014 ";

    /** C2SP signed-note, section Verifier keys, example. */
    private static final String SPEC_KEY =
            "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";

    private static final String SPEC_NOTE =
            "This is an example message.\n\n"
                    + DASH
                    + "example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjO"
                    + "BH3mFXmRKuwHjG1Yu72IneyaQM=\n";

    private static final String CHECKPOINT =
            "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";

    @TempDir Path temp;

    @BeforeAll
    static void providerOfSm2() {
        SecurityProviders.offer(BouncyCastleProvider::new);
    }

    private Signer signer(String name, KeyAlgorithm algorithm) {
        return Keystore.open(temp.resolve("keys")).signer(name, "did:web:a.example", algorithm);
    }

    @Test
    void theSpecificationsNoteIsBelievedByItsKeyAndNotIfAByteDiffers() {
        VerifierKey key = VerifierKey.parse(SPEC_KEY);
        SignedNote.Verified verified = SignedNote.verify(SPEC_NOTE, List.of(key));
        assertThat(verified.text()).isEqualTo("This is an example message.\n");
        assertThat(verified.signatures()).containsExactly(new SignedNote.Signature(key, -1));
        assertThat(key).hasToString(SPEC_KEY);
        assertThatThrownBy(() -> SignedNote.verify(SPEC_NOTE.replace("an", "am"), List.of(key)))
                .hasMessage("signature of example.com/foo does not verify");
    }

    /** Two checkpoints of the tests of transparency-dev's witness. */
    @ParameterizedTest
    @CsvSource({
        "5, 41smjBUiAU70EtKlT6lIOIYtRTYxYXsDB+XHfcvu/BE=,"
                + " 202fftzGl3LVoqjXfwCFZZXs8I+5G22+Ek2K0AOyBuSJ/8/CZawNF+6fNlTKOCd622pbzJNkkJFWuw9DbicZCkEx9AY=",
        "8, V8K9aklZ4EPB+RMOk1/8VsJUdFZR77GDtZUQq84vSbo=,"
                + " 202ffoUEboiQYpHzICeaFmoy3RNviHTpAxYrq/eO4QQVQMvu9UebKBMX2MJC76NLthZaKsnKbCA8GxrjePZhvDCH7Ag=",
    })
    void checkpointsOfOthersAreRead(long size, String root, String signature) {
        String note =
                "monkeys\n" + size + "\n" + root + "\n\n" + DASH + "monkeys " + signature + "\n";
        VerifierKey key =
                VerifierKey.parse("monkeys+db4d9f7e+AULaJMvTtDLHPUcUrjdDad9vDlh/PTfC2VV60JUtCfWT");
        assertThat(SignedNote.parseCheckpoint(note, List.of(key)).size()).isEqualTo(size);
    }

    /** Key of a witness in use, from the tests of transparency-dev/formats. */
    @Test
    void aWitnesssPublishedKeyIsReadAndWritten() {
        String text = "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2";
        VerifierKey key = VerifierKey.parse(text);
        assertThat(key.type()).isEqualTo(NoteSignatureType.COSIGNATURE_V1);
        assertThat(key).hasToString(text);
    }

    /** The example of C2SP tlog-cosignature, and one of transparency-dev/formats. */
    @ParameterizedTest
    @CsvSource({
        "1679315147,"
                + " jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==",
        "1727964367,"
                + " ZGhGuQAAAABm/qTPeyKXD+R2rzyQsxPiP8mXum7qq/iF0u4vanlqJyocWODBt97w9uL+8qT7S5gxEHWWOworDcFiEBYJXORmnFBOBA==",
    })
    void theTimeOfACosignatureIsInItsFirstEightBytes(long timeSeconds, String line) {
        byte[] value = Base64.getDecoder().decode(line);
        byte[] packed = Arrays.copyOfRange(value, 4, value.length);
        assertThat(NoteSignatureType.COSIGNATURE_V1.timeSeconds(packed)).isEqualTo(timeSeconds);
        assertThat(NoteSignatureType.COSIGNATURE_V1.signature(packed)).hasSize(64);
    }

    /** The signed message of C2SP tlog-cosignature's example, and the type by its bytes. */
    @Test
    void whatAWitnessSignsIsWhatTheSpecificationShows() {
        assertThat(NoteSignatureType.COSIGNATURE_V1.message(CHECKPOINT, 1679315147))
                .asString(java.nio.charset.StandardCharsets.UTF_8)
                .isEqualTo("cosignature/v1\ntime 1679315147\n" + CHECKPOINT);
        assertThat(NoteSignatureType.ED25519.typedKey(new byte[32])[0]).isEqualTo((byte) 0x01);
        assertThat(NoteSignatureType.COSIGNATURE_V1.typedKey(new byte[32])[0])
                .isEqualTo((byte) 0x04);
        assertThat(NoteSignatureType.SM2.typedKey(new byte[65])[0]).isEqualTo((byte) 0xFF);
    }

    @ParameterizedTest
    @EnumSource(names = {"ED25519", "SM2"})
    void aNoteGathersSignaturesAndEachIsAskedOfItsOwnKey(KeyAlgorithm algorithm) {
        Signer log = signer("log-" + algorithm.label().toLowerCase(), algorithm);
        Signer witness = signer("witness-" + algorithm.label().toLowerCase(), algorithm);
        VerifierKey logKey = new VerifierKey("example.com/behind-the-sofa", log.publicKey());
        VerifierKey witnessKey =
                VerifierKey.cosigner("witness.example.com/w1", witness.publicKey());
        assertThat(VerifierKey.parse(witnessKey.toString())).isEqualTo(witnessKey);
        assertThat(VerifierKey.parse(logKey.toString())).isEqualTo(logKey);

        String signed = SignedNote.sign(CHECKPOINT, logKey.name(), log);
        String line = SignedNote.cosignature(signed, witnessKey.name(), witness, 1679315147);
        String both = SignedNote.add(signed, line);
        assertThat(both).startsWith(signed).isEqualTo(SignedNote.add(both, line));
        assertThat(SignedNote.verify(both, List.of(witnessKey, logKey)).signatures())
                .containsExactly(
                        new SignedNote.Signature(logKey, -1),
                        new SignedNote.Signature(witnessKey, 1679315147));
        assertThat(SignedNote.parseCheckpoint(both, List.of(logKey)).size()).isEqualTo(20852163);

        String later = SignedNote.cosignature(both, witnessKey.name(), witness, 1679315148);
        SignedNote.Verified again =
                SignedNote.verify(SignedNote.add(both, later), List.of(witnessKey));
        assertThat(again.signatures())
                .containsExactly(new SignedNote.Signature(witnessKey, 1679315148));

        // A witness's word is not the log's.
        String alone = CHECKPOINT + "\n" + line;
        assertThat(SignedNote.verify(alone, List.of(witnessKey)).signatures()).hasSize(1);
        assertThatThrownBy(() -> SignedNote.parseCheckpoint(alone, List.of(witnessKey)))
                .hasMessageContaining("only witnesses");
        // Nor is the log's key a witness, under the same name or not.
        VerifierKey logAsWitness = VerifierKey.cosigner(logKey.name(), log.publicKey());
        assertThatThrownBy(() -> SignedNote.verify(both, List.of(logAsWitness)))
                .hasMessageContaining("no signature by");
        // Another time than the one signed.
        byte[] value = Base64.getDecoder().decode(line.strip().split(" ")[2]);
        value[11] ^= 1;
        String moved =
                SignedNote.add(
                        signed,
                        DASH
                                + witnessKey.name()
                                + " "
                                + Base64.getEncoder().encodeToString(value)
                                + "\n");
        assertThatThrownBy(() -> SignedNote.verify(moved, List.of(logKey, witnessKey)))
                .isInstanceOf(SignedNote.InvalidNoteException.class)
                .hasMessage("signature of witness.example.com/w1 does not verify");
        assertThat(SignedNote.verify(moved, List.of(logKey)).signatures()).hasSize(1);
    }

    @Test
    void thereIsAnEndToTheLinesThatAreRead() {
        VerifierKey key = VerifierKey.parse(SPEC_KEY);
        StringBuilder crowd = new StringBuilder(SPEC_NOTE);
        for (int i = 1; i < SignedNote.MAX_SIGNATURES; i++) {
            crowd.append(DASH).append("stranger").append(i).append(" AAAAAAAA\n");
        }
        assertThat(SignedNote.verify(crowd.toString(), List.of(key)).signatures()).hasSize(1);
        crowd.append(DASH).append("one-too-many AAAAAAAA\n");
        assertThatThrownBy(() -> SignedNote.verify(crowd.toString(), List.of(key)))
                .hasMessageContaining("more than 100 signatures");
    }

    @ParameterizedTest
    @CsvSource({
        "'text\u0001', has a control character",
        "'text', no signature by",
    })
    void whatIsNoNoteIsRefused(String text, String says) {
        VerifierKey key = VerifierKey.parse(SPEC_KEY);
        String note = text + "\n\n" + DASH + "stranger AAAAAAAA\n";
        assertThatThrownBy(() -> SignedNote.verify(note, List.of(key))).hasMessageContaining(says);
    }

    /**
     * Written by others: a log of 600 entries {@code {"n":0}} to {@code {"n":599}} by Trillian
     * Tessera 1.0.4 with golang.org/x/mod/sumdb/note, which our witness cosigned; and a checkpoint
     * of ours that a witness made of transparency-dev/formats cosigned.
     */
    @Test
    void notesOfOtherMakesAreReadAndTheirTreeIsOurs() {
        VerifierKey tessera =
                VerifierKey.parse(
                        "tessera.example/log+8c9b4d75"
                                + "+AW3iEpSr3m/UE2KIqj+t2arG6saSK15jGZuJM6CXpiKd");
        VerifierKey ours =
                VerifierKey.parse(
                        "roadloop-witness/bb00f6cf2798b513+70e4c24d"
                                + "+BKROn3qUITNrpqid4zK8Fdb5GCsA5d1XgPDys0EBg39T");
        String note =
                """
                tessera.example/log
                600
                OIY6tHvAwLrwc963ZtCm/Chz5mPoGYWCYGMsAKiqwTE=

                \u2014 tessera.example/log jJtNddfxN+AZd4z1Qao0A98xFITKu85bsRqJ6vh++hBhR7ViZU4n/zXv1CfW0eggKSVnKipeWEz7F5+UiqModLHF0Qk=
                \u2014 roadloop-witness/bb00f6cf2798b513 cOTCTQAAAABrApugHsjwMTeVs95TZFJ9RvQJou8djoGqmBDTK4H4Rr8ntMzZp8EkHBoxPFP3IT3TygjCHjUbYjXRRFRqPEN5VfNrAg==
                """;
        assertThat(SignedNote.verify(note, List.of(tessera, ours)).signatures()).hasSize(2);
        TreeHash hash = TreeHash.sha256();
        TileTree tree = new TileTree(hash);
        for (int i = 0; i < 600; i++) {
            tree.append(hash.leaf(("{\"n\":" + i + "}").getBytes(UTF_8)), (level, n, hashes) -> {});
        }
        assertThat(SignedNote.parseCheckpoint(note, List.of(tessera)).rootHash())
                .isEqualTo(tree.root());

        VerifierKey log =
                VerifierKey.parse(
                        "roadloop/a49304891635a77c+09275666"
                                + "+AX2VE1gaTKBESab7as2ny8esnjTm4r+rRyW2MyKJj+MX");
        VerifierKey witness =
                VerifierKey.parse(
                        "go.example/witness+ee77354c+BCnhAxwVcuA69X7RZONl4Jg2gofUSTw44RFovFP/Z2Ts");
        String cosigned =
                """
                roadloop/a49304891635a77c
                305
                LI+e+x36EXYkNTnVK3NcIjyFyxUg86V6Fg0JiPawEow=

                \u2014 roadloop/a49304891635a77c CSdWZlZsmV8QHuJJb5gTgL8vXFKVNXIM4N2gCfQubsd5A5GsXt9KNm+29Ssdjps0sYgnNO2umKjPAW0vHbGs+dudXQY=
                \u2014 go.example/witness 7nc1TAAAAABrApsDL0uYDN0gmCC2sfENZ9kBzvFxCW3NCetLYIwN8qvJmh9xhCY5oxVM8SjaAeF66mxwK729yaIPN416rWFL+1uqDg==
                """;
        SignedNote.Verified verified = SignedNote.verify(cosigned, List.of(log, witness));
        assertThat(verified.signedBy(witness)).isTrue();
        assertThat(verified.signatures().getLast().timeSeconds()).isPositive();
    }
}
