package org.roadloop.core.identity;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;
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
    private static final Pattern FILE =
            Pattern.compile("([a-z][a-z0-9-]*)\\.([1-9][0-9]{0,8})\\.(private|secret)");

    /** What a key is. */
    public enum Kind {
        SIGNING,
        SECRET
    }

    /**
     * One key of the store, without its secret.
     *
     * @param epoch from 1; the highest of a name is in use
     * @param fingerprint first 16 hex digits of the SHA-256 of the public key, or of a value
     *     derived from the secret
     */
    public record KeyInfo(
            String name,
            Kind kind,
            int epoch,
            boolean current,
            Instant madeAt,
            String fingerprint) {}

    /** A public key of the past or of now. */
    public record PublicEpoch(int epoch, PublicKey key) {}

    private final Path dir;
    private final SecureRandom random = new SecureRandom();

    private Keystore(Path dir) {
        this.dir = dir;
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
                keystore.write("format", FORMAT.getBytes(US_ASCII));
            }
            return keystore;
        } catch (IOException e) {
            throw new UncheckedIOException("keystore " + dir, e);
        }
    }

    /**
     * Signs with the current key of a name, made now if there is none. Key id: {@code did#name-N}.
     */
    public Signer signer(String name, String did) {
        int epoch = current(name, Kind.SIGNING);
        return new KeySigner(
                did,
                did + "#" + name + "-" + epoch,
                privateKey(name, epoch),
                publicKey(name, epoch));
    }

    /**
     * The current 256-bit key of a name for AES, made now if there is none. For a MAC under the
     * same name use {@link #mac}: another key, so that the two uses cannot weaken each other.
     */
    public SecretKey secret(String name) {
        return secret(name, current(name, Kind.SECRET));
    }

    /** The AES key of an earlier epoch, to read what was encrypted then. */
    public SecretKey secret(String name, int epoch) {
        return derive(name, epoch, "AES");
    }

    /** The current 256-bit key of a name for HMAC-SHA256, made now if there is none. */
    public SecretKey mac(String name) {
        return mac(name, current(name, Kind.SECRET));
    }

    public SecretKey mac(String name, int epoch) {
        return derive(name, epoch, "HmacSHA256");
    }

    /** Every public key a name ever had, oldest first; empty if there is none. */
    public List<PublicEpoch> publicKeys(String name) {
        List<PublicEpoch> keys = new ArrayList<>();
        for (int epoch : epochs(name, Kind.SIGNING)) {
            keys.add(new PublicEpoch(epoch, publicKey(name, epoch)));
        }
        return keys;
    }

    /** All keys by name and epoch. */
    public List<KeyInfo> list() {
        List<KeyInfo> keys = new ArrayList<>();
        try (Stream<Path> files = Files.list(dir)) {
            for (Path file : files.sorted().toList()) {
                Matcher m = FILE.matcher(file.getFileName().toString());
                if (m.matches()) {
                    keys.add(info(m.group(1), Integer.parseInt(m.group(2)), file));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("keystore " + dir, e);
        }
        keys.sort(java.util.Comparator.comparing(KeyInfo::name).thenComparingInt(KeyInfo::epoch));
        return keys;
    }

    /**
     * Puts a new key in use. The old one stays, to verify or decrypt what it made; a new signing
     * key is signed by the old one, so that who trusts the old can go on to the new.
     */
    public synchronized KeyInfo rotate(String name) {
        List<Integer> signing = epochs(name, Kind.SIGNING);
        List<Integer> secrets = epochs(name, Kind.SECRET);
        if (signing.isEmpty() && secrets.isEmpty()) {
            throw new IllegalArgumentException(
                    "keystore " + dir + " has no key '" + name + "'; it has " + names());
        }
        int epoch = (signing.isEmpty() ? secrets : signing).getLast() + 1;
        if (signing.isEmpty()) {
            makeSecret(name, epoch);
        } else {
            makeSigning(name, epoch);
        }
        return list().stream()
                .filter(k -> k.name().equals(name) && k.epoch() == epoch)
                .findFirst()
                .orElseThrow();
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
            key.set("jwk", DidDocument.jwk(publicKey(info.name(), info.epoch())));
            if (info.epoch() > 1) {
                key.put(
                        "continuity",
                        Base64.getEncoder()
                                .encodeToString(read(info.name(), info.epoch(), "continuity")));
            }
        }
        return out;
    }

    /** True if each key after the first is signed by the one before it. */
    public boolean continuous(String name) {
        List<PublicEpoch> keys = publicKeys(name);
        for (int i = 1; i < keys.size(); i++) {
            int epoch = keys.get(i).epoch();
            byte[] claim = continuityClaim(name, epoch, read(name, epoch, "public"));
            if (!Ed25519.verify(keys.get(i - 1).key(), claim, read(name, epoch, "continuity"))) {
                return false;
            }
        }
        return true;
    }

    private record KeySigner(String did, String keyId, PrivateKey privateKey, PublicKey publicKey)
            implements Signer {
        @Override
        public String algorithm() {
            return "Ed25519";
        }

        @Override
        public byte[] sign(byte[] message) {
            return Ed25519.sign(privateKey, message);
        }

        @Override
        public String toString() {
            return "signer " + keyId;
        }
    }

    private synchronized int current(String name, Kind kind) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "key name '" + name + "' is not lower case letters, digits and '-'");
        }
        Kind other = kind == Kind.SIGNING ? Kind.SECRET : Kind.SIGNING;
        if (!epochs(name, other).isEmpty()) {
            throw new IllegalArgumentException(
                    "key '" + name + "' of keystore " + dir + " is " + other + ", not " + kind);
        }
        List<Integer> epochs = epochs(name, kind);
        if (!epochs.isEmpty()) {
            return epochs.getLast();
        }
        if (kind == Kind.SIGNING) {
            makeSigning(name, 1);
        } else {
            makeSecret(name, 1);
        }
        return 1;
    }

    private List<Integer> epochs(String name, Kind kind) {
        String end = kind == Kind.SIGNING ? "private" : "secret";
        List<Integer> epochs = new ArrayList<>();
        try (Stream<Path> files = Files.list(dir)) {
            for (Path file : files.toList()) {
                Matcher m = FILE.matcher(file.getFileName().toString());
                if (m.matches() && m.group(1).equals(name) && m.group(3).equals(end)) {
                    epochs.add(Integer.parseInt(m.group(2)));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("keystore " + dir, e);
        }
        epochs.sort(null);
        return epochs;
    }

    private List<String> names() {
        return list().stream().map(KeyInfo::name).distinct().toList();
    }

    private KeyInfo info(String name, int epoch, Path file) throws IOException {
        Kind kind = file.toString().endsWith(".private") ? Kind.SIGNING : Kind.SECRET;
        byte[] shown =
                kind == Kind.SIGNING
                        ? read(name, epoch, "public")
                        : derive(name, epoch, "fingerprint").getEncoded();
        return new KeyInfo(
                name,
                kind,
                epoch,
                epochs(name, kind).getLast() == epoch,
                Files.getLastModifiedTime(file).toInstant(),
                HexFormat.of().formatHex(sha256(shown), 0, 8));
    }

    /** The private key file comes last: a key exists once all that belongs to it does. */
    private void makeSigning(String name, int epoch) {
        try {
            KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
            byte[] encoded = pair.getPublic().getEncoded();
            if (epoch > 1) {
                byte[] claim = continuityClaim(name, epoch, encoded);
                write(
                        name + "." + epoch + ".continuity",
                        Ed25519.sign(privateKey(name, epoch - 1), claim));
            }
            write(name + "." + epoch + ".public", encoded);
            write(name + "." + epoch + ".private", pair.getPrivate().getEncoded());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK has no Ed25519", e);
        }
    }

    private void makeSecret(String name, int epoch) {
        byte[] bytes = new byte[32];
        random.nextBytes(bytes);
        write(name + "." + epoch + ".secret", bytes);
    }

    private static byte[] continuityClaim(String name, int epoch, byte[] encodedPublicKey) {
        byte[] head = ("roadloop-key-continuity\n" + name + "\n" + epoch + "\n").getBytes(UTF_8);
        return ByteBuffer.allocate(head.length + encodedPublicKey.length)
                .put(head)
                .put(encodedPublicKey)
                .array();
    }

    /** HMAC-SHA256 under the stored bytes: a pseudorandom function with the use as its input. */
    private SecretKey derive(String name, int epoch, String algorithm) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(read(name, epoch, "secret"), "HmacSHA256"));
            byte[] derived =
                    mac.doFinal(("roadloop-key 1\n" + name + "\n" + algorithm).getBytes(UTF_8));
            return new SecretKeySpec(derived, algorithm);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK has no HmacSHA256", e);
        }
    }

    private PrivateKey privateKey(String name, int epoch) {
        try {
            return KeyFactory.getInstance("Ed25519")
                    .generatePrivate(new PKCS8EncodedKeySpec(read(name, epoch, "private")));
        } catch (GeneralSecurityException e) {
            throw damaged(name, epoch, "private", e);
        }
    }

    private PublicKey publicKey(String name, int epoch) {
        try {
            return KeyFactory.getInstance("Ed25519")
                    .generatePublic(new X509EncodedKeySpec(read(name, epoch, "public")));
        } catch (GeneralSecurityException e) {
            throw damaged(name, epoch, "public", e);
        }
    }

    private IllegalStateException damaged(
            String name, int epoch, String end, GeneralSecurityException cause) {
        return new IllegalStateException(
                "key file "
                        + dir.resolve(name + "." + epoch + "." + end)
                        + " is damaged; restore it from a backup",
                cause);
    }

    private byte[] read(String name, int epoch, String end) {
        Path file = dir.resolve(name + "." + epoch + "." + end);
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException("key file " + file + " can't be read", e);
        }
    }

    /** Whole and on disk, or not there. */
    private void write(String file, byte[] bytes) {
        Path target = dir.resolve(file);
        Path draft = dir.resolve(file + ".draft");
        try {
            Files.deleteIfExists(draft);
            Files.createFile(
                    draft,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rw-------")));
            try (FileChannel channel = FileChannel.open(draft, StandardOpenOption.WRITE)) {
                ByteBuffer buffer = ByteBuffer.wrap(bytes);
                while (buffer.hasRemaining()) {
                    channel.write(buffer);
                }
                channel.force(true);
            }
            Files.move(draft, target, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
            try (FileChannel channel = FileChannel.open(dir, StandardOpenOption.READ)) {
                channel.force(true);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("key file " + target + " can't be written", e);
        }
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK has no SHA-256", e);
        }
    }
}
