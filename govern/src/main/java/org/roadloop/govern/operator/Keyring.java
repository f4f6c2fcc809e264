package org.roadloop.govern.operator;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * The platform's internal keys (密钥环), all derived from one master secret of one epoch by
 * HMAC-SHA256 over a label, so that no key can be computed from another; and, beside them, {@link
 * #epochs}. Any thread.
 *
 * <p>Only {@link #epoch} may ever be written anywhere; the keys never leave memory.
 */
public final class Keyring {
    private final byte[] master;
    private final int epoch;
    private final EpochKeys epochs;

    /**
     * @param master at least 32 random bytes, from the platform's keystore; copied
     * @param epoch number of the master secret, from 1; goes into passports
     */
    public Keyring(byte[] master, int epoch) {
        this(master, epoch, null);
    }

    /**
     * As above.
     *
     * @param epochFolder where the keys of one-way pseudonyms live until their epoch is closed;
     *     null keeps them in memory
     */
    public Keyring(byte[] master, int epoch, @Nullable Path epochFolder) {
        if (master.length < 32) {
            throw new IllegalArgumentException(
                    "master secret has " + master.length + " bytes; it needs at least 32");
        }
        if (epoch < 1) {
            throw new IllegalArgumentException("key epoch " + epoch + " is below 1");
        }
        this.master = master.clone();
        this.epoch = epoch;
        this.epochs = new EpochKeys(this, epochFolder);
    }

    public int epoch() {
        return epoch;
    }

    /** Keys that are not derived and can therefore be destroyed. */
    public EpochKeys epochs() {
        return epochs;
    }

    /** 32 bytes for one purpose; the same label gives the same bytes. */
    public byte[] derive(String label) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(master, "HmacSHA256"));
            mac.update(("roadloop/" + epoch + "/").getBytes(StandardCharsets.UTF_8));
            return mac.doFinal(label.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK lacks HmacSHA256", e);
        }
    }

    /** An initialised HMAC-SHA256 for one purpose; one thread. */
    public Mac mac(String label) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(derive(label), "HmacSHA256"));
            return mac;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK lacks HmacSHA256", e);
        }
    }

    /** An AES-256 key for one purpose. */
    public SecretKey aes(String label) {
        return new SecretKeySpec(derive(label), "AES");
    }
}
