package org.roadloop.core.ledger;

import java.util.Arrays;
import java.util.List;
import org.roadloop.core.identity.KeyAlgorithm;

/**
 * What a log hashes and signs with (密码算法套件), chosen when the log is made. A key's kind tells the
 * profile, so who has the log's key needs no other word of it.
 */
public enum LedgerProfile {
    /** SHA-256 and Ed25519: what C2SP tools outside read. The default. */
    SHA256_ED25519("sha256-ed25519", "SHA-256", "sha-256", KeyAlgorithm.ED25519),

    /** SM3 (GB/T 32905) and SM2 (GB/T 32918); needs a security provider that has them. */
    SM3_SM2("sm3-sm2", "SM3", "sm3", KeyAlgorithm.SM2);

    private final String word;
    private final String digest;
    private final String inFormat;
    private final KeyAlgorithm keyAlgorithm;

    LedgerProfile(String word, String digest, String inFormat, KeyAlgorithm keyAlgorithm) {
        this.word = word;
        this.digest = digest;
        this.inFormat = inFormat;
        this.keyAlgorithm = keyAlgorithm;
    }

    /** As in the configuration. */
    public String word() {
        return word;
    }

    /** JCA name of the digest of tree, payloads and salts. */
    public String digest() {
        return digest;
    }

    /** Of the key that signs checkpoints. */
    public KeyAlgorithm keyAlgorithm() {
        return keyAlgorithm;
    }

    /** Second line of the log's {@code format} file, without its newline. */
    String inFormat() {
        return inFormat;
    }

    /** The content of the log's {@code format} file. */
    String format() {
        return FileLedger.FORMAT_VERSION + inFormat + "\n";
    }

    /** A new one each time: a hash is for one thread. */
    public TreeHash treeHash() {
        return new TreeHash(digest);
    }

    /**
     * @throws IllegalArgumentException if no profile is called so
     */
    public static LedgerProfile of(String word) {
        return Arrays.stream(values())
                .filter(profile -> profile.word.equals(word))
                .findFirst()
                .orElseThrow(
                        () ->
                                new IllegalArgumentException(
                                        "no ledger profile '"
                                                + word
                                                + "'; profiles are "
                                                + words()));
    }

    public static LedgerProfile of(KeyAlgorithm algorithm) {
        return switch (algorithm) {
            case ED25519 -> SHA256_ED25519;
            case SM2 -> SM3_SM2;
            case P256 ->
                    throw new IllegalArgumentException(
                            "no ledger profile signs with " + algorithm.label());
        };
    }

    public static LedgerProfile of(SignedNote.VerifierKey key) {
        return of(key.type().algorithm());
    }

    /**
     * Of a log that any of these may have signed.
     *
     * @throws IllegalArgumentException if they are of several profiles, or only of witnesses
     */
    public static LedgerProfile of(List<SignedNote.VerifierKey> keys) {
        List<LedgerProfile> profiles =
                keys.stream()
                        .filter(key -> !key.type().timed())
                        .map(LedgerProfile::of)
                        .distinct()
                        .toList();
        if (profiles.size() != 1) {
            throw new IllegalArgumentException(
                    "the keys "
                            + keys
                            + " are not those of one log: its profile would be one of "
                            + profiles);
        }
        return profiles.getFirst();
    }

    public static List<String> words() {
        return Arrays.stream(values()).map(LedgerProfile::word).toList();
    }
}
