package org.roadloop.govern.operator;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/*
 * A key that is derived can be derived again, so the keys here are random: one per contract and
 * epoch, kept only in its own file, sealed with AES-256-GCM under a key of the keyring.
 *
 *   NAME.key      12 bytes nonce, 32 bytes key sealed, 16 bytes tag
 *   NAME.closed   empty: this epoch is over
 *
 * NAME is an HMAC of contract and epoch. Closing writes and fsyncs NAME.closed first, then
 * overwrites and deletes NAME.key: a kill between the two leaves an epoch that is closed and whose
 * key the next look at it deletes.
 */

/**
 * The keys of one-way pseudonyms, one per contract and epoch (周期密钥): random, and destroyed when the
 * epoch is closed, after which nobody can compute its pseudonyms again, with the master secret
 * neither. Any thread.
 *
 * <p>Destroyed means: on this disk, as far as overwriting a file reaches. Copies of the folder must
 * not outlive the epoch; backups leave it out.
 */
public final class EpochKeys {
    private final Keyring keys;
    private final @Nullable Path folder;
    private final Map<String, byte[]> open = new HashMap<>();
    private final Set<String> closed = new HashSet<>();

    /**
     * @param folder null keeps the keys in memory only: every epoch ends with the process
     */
    EpochKeys(Keyring keys, @Nullable Path folder) {
        this.keys = keys;
        this.folder = folder;
    }

    /**
     * An initialised HMAC-SHA256 of an epoch, whose key is made at its first use; one thread.
     *
     * @throws IllegalArgumentException if the epoch was closed
     */
    public synchronized Mac mac(String contract, int epoch) {
        String name = name(contract, epoch);
        if (isClosed(name)) {
            throw new IllegalArgumentException(
                    "epoch "
                            + epoch
                            + " of contract '"
                            + contract
                            + "' is closed and its key destroyed; take the next epoch");
        }
        byte[] key = open.get(name);
        if (key == null) {
            key = readOrMake(name);
            open.put(name, key);
        }
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK lacks HmacSHA256", e);
        }
    }

    /** Destroys the key of an epoch. It stays closed, over restarts too. */
    public synchronized void close(String contract, int epoch) {
        String name = name(contract, epoch);
        closed.add(name);
        byte[] key = open.remove(name);
        if (key != null) {
            Arrays.fill(key, (byte) 0);
        }
        Path in = folder;
        if (in == null) {
            return;
        }
        try {
            Files.createDirectories(in);
            Path mark = in.resolve(name + ".closed");
            if (!Files.exists(mark)) {
                write(mark, new byte[0]);
            }
            syncFolder(in);
            destroy(in.resolve(name + ".key"));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot destroy the key of an epoch in " + in, e);
        }
    }

    public synchronized boolean isClosed(String contract, int epoch) {
        return isClosed(name(contract, epoch));
    }

    private boolean isClosed(String name) {
        Path in = folder;
        if (closed.contains(name)) {
            return true;
        }
        if (in == null || !Files.exists(in.resolve(name + ".closed"))) {
            return false;
        }
        try {
            destroy(in.resolve(name + ".key"));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot destroy the key of an epoch in " + in, e);
        }
        closed.add(name);
        return true;
    }

    private byte[] readOrMake(String name) {
        byte[] key = new byte[32];
        Path in = folder;
        if (in == null) {
            new SecureRandom().nextBytes(key);
            return key;
        }
        Path file = in.resolve(name + ".key");
        SecretKey seal = keys.aes("epoch-keys/seal");
        try {
            Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
            if (Files.exists(file)) {
                byte[] sealed = Files.readAllBytes(file);
                cipher.init(Cipher.DECRYPT_MODE, seal, new GCMParameterSpec(128, sealed, 0, 12));
                cipher.updateAAD(name.getBytes(StandardCharsets.US_ASCII));
                return cipher.doFinal(sealed, 12, sealed.length - 12);
            }
            SecureRandom random = new SecureRandom();
            random.nextBytes(key);
            byte[] nonce = new byte[12];
            random.nextBytes(nonce);
            cipher.init(Cipher.ENCRYPT_MODE, seal, new GCMParameterSpec(128, nonce));
            cipher.updateAAD(name.getBytes(StandardCharsets.US_ASCII));
            byte[] sealed = cipher.doFinal(key);
            byte[] all = Arrays.copyOf(nonce, 12 + sealed.length);
            System.arraycopy(sealed, 0, all, 12, sealed.length);
            Files.createDirectories(in);
            Path part = in.resolve(name + ".part");
            write(part, all);
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
            syncFolder(in);
            return key;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot keep the key of an epoch in " + in, e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(
                    file + " was not sealed by this platform's master secret", e);
        }
    }

    private static void write(Path file, byte[] bytes) throws IOException {
        try (FileChannel channel =
                FileChannel.open(
                        file,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE)) {
            ByteBuffer buffer = ByteBuffer.wrap(bytes);
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
            channel.force(true);
        }
    }

    private static void destroy(Path file) throws IOException {
        if (!Files.exists(file)) {
            return;
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.allocate((int) channel.size()), 0);
            channel.force(true);
        }
        Files.delete(file);
        Path in = file.getParent();
        if (in != null) {
            syncFolder(in);
        }
    }

    private static void syncFolder(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private String name(String contract, int epoch) {
        if (epoch < 1) {
            throw new IllegalArgumentException("pseudonym epoch " + epoch + " is below 1");
        }
        byte[] name = keys.derive("epoch-keys/name/" + epoch + "/" + contract);
        return HexFormat.of().formatHex(name, 0, 16);
    }
}
