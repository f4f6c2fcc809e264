package org.roadloop.core.ledger;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.roadloop.core.identity.SecurityProviders;

/**
 * Payloads beside the log (载荷) and their salts, which can be dropped while the log stays
 * verifiable. Any thread.
 *
 * <p>With H the digest of the log's profile, a payload is named by H(salt ‖ bytes), a salt by the
 * first 16 bytes of H(0x02 ‖ salt): from 256 random bits nothing leads back, and a damaged salt is
 * told from a damaged payload.
 */
final class Payloads implements PayloadSource {
    private static final HexFormat HEX = HexFormat.of();
    private final Path dir;
    private final LedgerProfile profile;
    private final SecureRandom random = new SecureRandom();
    private final Set<String> recent = ConcurrentHashMap.newKeySet();
    private volatile boolean keepRecent = true;

    /** Directories whose names are on disk; at most 512. */
    private final Set<Path> durableFans = ConcurrentHashMap.newKeySet();

    /** What the leaf holds of a payload, in lower-case hex. */
    record Reference(String hash, String salt) {
        Reference {
            if (!hash.matches("[0-9a-f]{64}") || !salt.matches("[0-9a-f]{32}")) {
                throw new IllegalArgumentException(
                        "payload reference is not hex of 32 and 16 bytes");
            }
        }
    }

    Payloads(Path dir, LedgerProfile profile) {
        this.dir = dir;
        this.profile = profile;
    }

    /** On disk on return. */
    Reference store(byte[] bytes) throws IOException {
        byte[] salt = new byte[32];
        random.nextBytes(salt);
        Reference reference = reference(profile, salt, bytes);
        if (keepRecent) {
            recent.add(reference.hash());
            recent.add(reference.salt());
        }
        keep(reference, salt, bytes);
        return reference;
    }

    /** On disk on return: a payload that has its salt and so its name already. */
    void keep(Reference reference, byte[] salt, byte[] bytes) throws IOException {
        put(payloadFile(reference), bytes);
        try {
            put(saltFile(reference), salt);
        } catch (IOException e) {
            Files.deleteIfExists(payloadFile(reference));
            throw e;
        }
    }

    /**
     * True if the name came since this object was made, and {@link #forgetRecent} was not called.
     */
    boolean isRecent(String name) {
        return recent.contains(name);
    }

    /** Nobody asks for recent names any more. */
    void forgetRecent() {
        keepRecent = false;
        recent.clear();
    }

    @Override
    public Optional<byte[]> find(Reference reference) throws IOException {
        byte[] salt;
        byte[] bytes;
        try {
            salt = Files.readAllBytes(saltFile(reference));
            bytes = Files.readAllBytes(payloadFile(reference));
        } catch (NoSuchFileException gone) {
            return Optional.empty();
        }
        if (!saltId(profile, salt).equals(reference.salt())) {
            throw new CorruptLogException(saltFile(reference), 0, "the salt is not the one named");
        }
        if (!HEX.formatHex(hash(profile, salt, bytes)).equals(reference.hash())) {
            throw new CorruptLogException(
                    payloadFile(reference), 0, "the payload is not the one named");
        }
        return Optional.of(bytes);
    }

    Optional<byte[]> findSalt(Reference reference) throws IOException {
        try {
            return Optional.of(Files.readAllBytes(saltFile(reference)));
        } catch (NoSuchFileException gone) {
            return Optional.empty();
        }
    }

    /** The salt goes first: without it the hash in the leaf says nothing about the payload. */
    void drop(Reference reference) throws IOException {
        for (Path file : new Path[] {saltFile(reference), payloadFile(reference)}) {
            if (Files.deleteIfExists(file)) {
                DurableFiles.sync(DurableFiles.directory(file));
            }
        }
    }

    Path payloadFile(Reference reference) {
        String hash = reference.hash();
        return dir.resolve("payload").resolve(hash.substring(0, 2)).resolve(hash);
    }

    Path saltFile(Reference reference) {
        String salt = reference.salt();
        return dir.resolve("salt").resolve(salt.substring(0, 2)).resolve(salt);
    }

    /** The names of a payload that is kept elsewhere. */
    static Reference reference(LedgerProfile profile, byte[] salt, byte[] bytes) {
        return new Reference(HEX.formatHex(hash(profile, salt, bytes)), saltId(profile, salt));
    }

    private static byte[] hash(LedgerProfile profile, byte[] salt, byte[] bytes) {
        MessageDigest digest = SecurityProviders.digest(profile.digest());
        digest.update(salt);
        return digest.digest(bytes);
    }

    private static String saltId(LedgerProfile profile, byte[] salt) {
        MessageDigest digest = SecurityProviders.digest(profile.digest());
        digest.update((byte) 2);
        return HEX.formatHex(Arrays.copyOf(digest.digest(salt), 16));
    }

    static byte[] sha256(byte[] bytes) {
        return SecurityProviders.digest("SHA-256").digest(bytes);
    }

    private void put(Path file, byte[] bytes) throws IOException {
        Path fan = DurableFiles.directory(file);
        if (!durableFans.contains(fan)) {
            // That it is there does not say that its name is on disk: another thread, or a run that
            // was killed, may have just made it.
            Files.createDirectories(fan);
            DurableFiles.sync(DurableFiles.directory(fan));
            DurableFiles.sync(dir);
            durableFans.add(fan);
        }
        DurableFiles.replaceAndSync(file, bytes);
    }
}
