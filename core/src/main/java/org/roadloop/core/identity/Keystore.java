package org.roadloop.core.identity;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import javax.crypto.SecretKey;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.identity.KeyHandover.Because;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The keys of one home (密钥库): made when first asked for, named, rotated by epoch. Files: see the
 * package. Any thread of one process.
 *
 * <p>The names in use: {@code participant} signs messages and contracts, {@code ledger} signs
 * checkpoints, {@code govern} is the master of row keys and pseudonyms, {@code framelog} that of
 * the raw frames.
 */
public final class Keystore {
    private static final String FORMAT = "roadloop-keys 1\n";
    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]{0,63}");

    /** What a key is. */
    public enum Kind {
        SIGNING("private", "public"),
        SECRET("secret", "check");

        /** End of the file that must stay secret. */
        private final String end;

        /** End of the file that tells what the other should be. */
        private final String known;

        Kind(String end, String known) {
            this.end = end;
            this.known = known;
        }

        private Kind other() {
            return this == SIGNING ? SECRET : SIGNING;
        }
    }

    /**
     * One key of the store, without its secret.
     *
     * @param epoch from 1; the highest of a name is in use
     * @param lost true if the secret part is not there
     * @param revokedAt from when on nothing that it signs counts
     * @param fingerprint first 16 hex digits of the SHA-256 of the public key, or of a value
     *     derived from the secret
     */
    public record KeyInfo(
            String name,
            Kind kind,
            int epoch,
            boolean current,
            boolean lost,
            Optional<Instant> revokedAt,
            Instant madeAt,
            String fingerprint) {}

    /** A public key of the past or of now. */
    public record PublicEpoch(int epoch, PublicKey key) {}

    private final KeyFiles files;
    private final SecretKeys secrets;

    private Keystore(Path dir) {
        files = new KeyFiles(dir);
        secrets = new SecretKeys(files);
    }

    /** Opens the keystore in a directory; makes it, mode 0700, if there is none. */
    public static Keystore open(Path dir) {
        try {
            if (!Files.isDirectory(dir)) {
                Path parent = dir.toAbsolutePath().getParent();
                if (parent != null) {
                    Files.createDirectories(parent);
                }
                try {
                    Files.createDirectory(
                            dir,
                            PosixFilePermissions.asFileAttribute(
                                    PosixFilePermissions.fromString("rwx------")));
                } catch (FileAlreadyExistsException raced) {
                    // made meanwhile by another start of the same home
                }
            }
            Set<?> permissions = Files.getPosixFilePermissions(dir);
            if (permissions.size() > 3
                    || !PosixFilePermissions.fromString("rwx------").containsAll(permissions)) {
                throw new IllegalStateException(
                        "keystore "
                                + dir
                                + " can be entered by others than its owner; run: chmod 700 "
                                + dir);
            }
            Keystore keystore = new Keystore(dir);
            Path format = dir.resolve("format");
            if (Files.exists(format)) {
                String found = Files.readString(format);
                if (!found.equals(FORMAT)) {
                    throw new IllegalStateException(
                            "keystore "
                                    + dir
                                    + " has format '"
                                    + found.strip()
                                    + "', this program reads '"
                                    + FORMAT.strip()
                                    + "'");
                }
            } else {
                keystore.files.write("format", FORMAT.getBytes(US_ASCII));
            }
            return keystore;
        } catch (IOException e) {
            throw new UncheckedIOException("keystore " + dir, e);
        }
    }

    /** As {@link #signer(String, String, KeyAlgorithm)}, with Ed25519. */
    public Signer signer(String name, String did) {
        return signer(name, did, KeyAlgorithm.ED25519);
    }

    /**
     * Signs with the current key of a name, made now if there is none. Key id: {@code did#name-N}.
     *
     * @param algorithm of the key that is made; one that is there keeps its own
     * @throws IllegalStateException if the key is lost or damaged: names the file and the way out
     */
    public Signer signer(String name, String did, KeyAlgorithm algorithm) {
        int epoch = current(name, Kind.SIGNING, algorithm);
        KeySigner signer =
                new KeySigner(
                        did,
                        did + "#" + name + "-" + epoch,
                        algorithm(name, epoch),
                        privateKey(name, epoch),
                        publicKey(name, epoch));
        if (!signer.fits()) {
            throw files.damaged(
                    name,
                    epoch,
                    "private",
                    new GeneralSecurityException("no pair with the public"));
        }
        return signer;
    }

    /**
     * The current 256-bit key of a name for AES, made now if there is none. For a MAC under the
     * same name use {@link #mac}: another key, so that the two uses cannot weaken each other.
     */
    public SecretKey secret(String name) {
        return secret(name, current(name, Kind.SECRET, KeyAlgorithm.ED25519));
    }

    /** The AES key of an earlier epoch, to read what was encrypted then. */
    public SecretKey secret(String name, int epoch) {
        return secrets.derive(name, epoch, "AES");
    }

    /** The current 256-bit key of a name for HMAC-SHA256, made now if there is none. */
    public SecretKey mac(String name) {
        return mac(name, current(name, Kind.SECRET, KeyAlgorithm.ED25519));
    }

    public SecretKey mac(String name, int epoch) {
        return secrets.derive(name, epoch, "HmacSHA256");
    }

    /** Every public key a name ever had, oldest first; empty if there is none. */
    public List<PublicEpoch> publicKeys(String name) {
        List<PublicEpoch> keys = new ArrayList<>();
        for (int epoch : epochs(name, Kind.SIGNING)) {
            keys.add(new PublicEpoch(epoch, publicKey(name, epoch)));
        }
        return keys;
    }

    /** All keys by name and epoch; those that are lost too. */
    public List<KeyInfo> list() {
        List<KeyInfo> keys = new ArrayList<>();
        files.list()
                .forEach(
                        (name, epochs) ->
                                epochs.forEach(
                                        (epoch, ends) ->
                                                keys.add(
                                                        info(
                                                                name,
                                                                epoch,
                                                                ends,
                                                                epoch.equals(epochs.lastKey())))));
        return keys;
    }

    /**
     * Puts a new key in use. The old one stays, to verify or decrypt what it made; a new signing
     * key is signed by the old one, so that who trusts the old can go on to the new.
     */
    public synchronized KeyInfo rotate(String name) {
        Kind kind = kind(name);
        int last = epochs(name, kind).getLast();
        if (kind == Kind.SECRET) {
            secrets.make(name, last + 1);
        } else {
            PrivateKey old = privateKey(name, last);
            KeyAlgorithm algorithm = algorithm(name, last);
            KeyPair pair = algorithm.generate();
            byte[] claim = KeyHandover.continuityClaim(name, last + 1, pair.getPublic());
            files.write(name, last + 1, "continuity", algorithm.sign(old, claim));
            makeSigning(name, last + 1, pair);
        }
        return info(name, last + 1);
    }

    /**
     * Puts a new key in use that the old one does not vouch for: it is lost, or others have it.
     * What the old key opened stays closed if it is lost.
     *
     * @param voucher signs that the new key is ours; null: nobody, and who trusted the old key must
     *     be given the new one some other way
     */
    public synchronized KeyInfo replace(String name, Because because, @Nullable Signer voucher) {
        Kind kind = kind(name);
        int last = epochs(name, kind).getLast();
        if (kind == Kind.SECRET) {
            secrets.make(name, last + 1);
        } else {
            KeyPair pair = algorithm(name, last).generate();
            byte[] claim = KeyHandover.replacementClaim(name, last + 1, because, pair.getPublic());
            ObjectNode replaced = JsonMapper.shared().createObjectNode();
            replaced.put("because", because.word());
            replaced.put("by", voucher == null ? "" : voucher.keyId());
            byte[] signature = voucher == null ? new byte[0] : voucher.sign(claim);
            replaced.put("signature", Base64.getEncoder().encodeToString(signature));
            files.write(name, last + 1, "replaced", replaced.toString().getBytes(UTF_8));
            makeSigning(name, last + 1, pair);
        }
        return info(name, last + 1);
    }

    /** Notes that nothing a key signs from then on counts; the first time noted stays. */
    public synchronized void revoke(String name, int epoch, Instant at) {
        List<Integer> epochs = epochs(name, Kind.SIGNING);
        if (!epochs.contains(epoch) || epochs.getLast() == epoch) {
            throw new IllegalArgumentException(
                    "key '"
                            + name
                            + "' of epoch "
                            + epoch
                            + " can't be revoked: "
                            + (epochs.contains(epoch)
                                    ? "it is in use; rotate or replace it first"
                                    : "its epochs are " + epochs));
        }
        if (revokedAt(name, epoch).isEmpty()) {
            files.write(name, epoch, "revoked", (at + "\n").getBytes(US_ASCII));
        }
    }

    public Optional<Instant> revokedAt(String name, int epoch) {
        return files.find(name, epoch, "revoked")
                .map(bytes -> Instant.parse(new String(bytes, US_ASCII).strip()));
    }

    /** How a signing key of epoch 2 or later came into use. */
    public KeyHandover handover(String name, int epoch) {
        Optional<byte[]> replaced = files.find(name, epoch, "replaced");
        if (replaced.isEmpty()) {
            return new KeyHandover.Rotated(files.read(name, epoch, "continuity"));
        }
        JsonNode json = JsonMapper.shared().readTree(replaced.get());
        String because = json.required("because").asString();
        return new KeyHandover.Replaced(
                because.equals(Because.LOST.word()) ? Because.LOST : Because.LEAKED,
                json.required("by").asString(),
                Base64.getDecoder().decode(json.required("signature").asString()));
    }

    /**
     * The public keys as JSON Web Keys with epoch and continuity signature, for {@code keys
     * export-public}; no secret is in it.
     */
    public ObjectNode exportPublic() {
        ObjectNode out = JsonMapper.shared().createObjectNode();
        ArrayNode keys = out.putArray("keys");
        for (KeyInfo info : list()) {
            if (info.kind() != Kind.SIGNING) {
                continue;
            }
            ObjectNode key = keys.addObject();
            key.put("name", info.name()).put("epoch", info.epoch()).put("current", info.current());
            key.put("madeAt", info.madeAt().toString());
            info.revokedAt().ifPresent(at -> key.put("revokedAt", at.toString()));
            PublicKey publicKey = publicKey(info.name(), info.epoch());
            key.set("jwk", Jwk.write(publicKey));
            if (info.epoch() > 1) {
                switch (handover(info.name(), info.epoch())) {
                    case KeyHandover.Rotated rotated ->
                            key.put("continuity", base64(rotated.continuity()));
                    case KeyHandover.Replaced replaced ->
                            key.putObject("replaced")
                                    .put("because", replaced.because().word())
                                    .put("by", replaced.by())
                                    .put("signature", base64(replaced.signature()));
                }
            }
        }
        return out;
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    /** True if each key after the first is signed by the one before it. */
    public boolean continuous(String name) {
        List<PublicEpoch> keys = publicKeys(name);
        for (int i = 1; i < keys.size(); i++) {
            int epoch = keys.get(i).epoch();
            byte[] claim = KeyHandover.continuityClaim(name, epoch, keys.get(i).key());
            PublicKey before = keys.get(i - 1).key();
            if (!(handover(name, epoch) instanceof KeyHandover.Rotated rotated)
                    || !KeyAlgorithm.of(before).verify(before, claim, rotated.continuity())) {
                return false;
            }
        }
        return true;
    }

    private synchronized int current(String name, Kind kind, KeyAlgorithm algorithm) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "key name '" + name + "' is not lower case letters, digits and '-'");
        }
        if (!epochs(name, kind.other()).isEmpty()) {
            throw new IllegalArgumentException(
                    "key '"
                            + name
                            + "' of keystore "
                            + files.dir()
                            + " is "
                            + kind.other()
                            + ", not "
                            + kind);
        }
        List<Integer> epochs = epochs(name, kind);
        if (!epochs.isEmpty()) {
            return epochs.getLast();
        }
        if (kind == Kind.SIGNING) {
            makeSigning(name, 1, algorithm.generate());
        } else {
            secrets.make(name, 1);
        }
        return 1;
    }

    private List<Integer> epochs(String name, Kind kind) {
        List<Integer> epochs = new ArrayList<>();
        files.list()
                .getOrDefault(name, new TreeMap<>())
                .forEach(
                        (epoch, ends) -> {
                            if (ends.contains(kind.end) || ends.contains(kind.known)) {
                                epochs.add(epoch);
                            }
                        });
        return epochs;
    }

    private Kind kind(String name) {
        for (Kind kind : Kind.values()) {
            if (!epochs(name, kind).isEmpty()) {
                return kind;
            }
        }
        throw new IllegalArgumentException(
                "keystore "
                        + files.dir()
                        + " has no key '"
                        + name
                        + "'; it has "
                        + files.list().keySet());
    }

    private KeyInfo info(String name, int epoch) {
        return list().stream()
                .filter(k -> k.name().equals(name) && k.epoch() == epoch)
                .findFirst()
                .orElseThrow();
    }

    private KeyInfo info(String name, int epoch, Set<String> ends, boolean current) {
        Kind kind =
                ends.contains(Kind.SIGNING.end) || ends.contains(Kind.SIGNING.known)
                        ? Kind.SIGNING
                        : Kind.SECRET;
        boolean lost = !files.holds(name, epoch, kind.end);
        String fingerprint =
                switch (kind) {
                    case SIGNING -> SecretKeys.fingerprint(files.read(name, epoch, "public"));
                    case SECRET -> secrets.fingerprint(name, epoch, lost);
                };
        return new KeyInfo(
                name,
                kind,
                epoch,
                current,
                lost,
                revokedAt(name, epoch),
                files.madeAt(name, epoch, lost ? kind.known : kind.end),
                fingerprint);
    }

    private void makeSigning(String name, int epoch, KeyPair pair) {
        files.make(
                name,
                epoch,
                Kind.SIGNING.end,
                pair.getPrivate().getEncoded(),
                Kind.SIGNING.known,
                pair.getPublic().getEncoded());
    }

    private KeyAlgorithm algorithm(String name, int epoch) {
        try {
            return KeyAlgorithm.ofEncoded(files.read(name, epoch, "public"));
        } catch (GeneralSecurityException e) {
            throw files.damaged(name, epoch, "public", e);
        }
    }

    private PrivateKey privateKey(String name, int epoch) {
        files.holds(name, epoch, "private");
        byte[] encoded = files.read(name, epoch, "private");
        try {
            return algorithm(name, epoch).decodePrivate(encoded);
        } catch (GeneralSecurityException e) {
            throw files.damaged(name, epoch, "private", e);
        }
    }

    private PublicKey publicKey(String name, int epoch) {
        byte[] encoded = files.read(name, epoch, "public");
        try {
            return algorithm(name, epoch).decodePublic(encoded);
        } catch (GeneralSecurityException e) {
            throw files.damaged(name, epoch, "public", e);
        }
    }
}
