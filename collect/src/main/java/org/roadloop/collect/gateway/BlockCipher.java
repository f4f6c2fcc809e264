package org.roadloop.collect.gateway;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;

/**
 * Seals and opens blocks of records with AES-256-GCM (块加密): the nonce is the block's plain offset
 * in its segment, which never repeats under a segment's key; segment and plain offset are the
 * additional data. One thread.
 */
public final class BlockCipher {
    public static final int TAG_BYTES = 16;

    private final Cipher cipher;

    public BlockCipher() {
        try {
            cipher = Cipher.getInstance("AES/GCM/NoPadding");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK has no AES/GCM/NoPadding", e);
        }
    }

    /** Appends ciphertext and tag, {@code length} + {@link #TAG_BYTES} bytes. */
    public void seal(
            SecretKey key,
            long segment,
            long plainOffset,
            byte[] plain,
            int length,
            ByteBuffer into) {
        try {
            prepare(Cipher.ENCRYPT_MODE, key, segment, plainOffset);
            cipher.doFinal(ByteBuffer.wrap(plain, 0, length), into);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("cannot encrypt a block of segment " + segment, e);
        }
    }

    /**
     * Opens a block of {@code length} bytes, tag included.
     *
     * @return false when it is not what was sealed
     */
    public boolean open(
            SecretKey key,
            long segment,
            long plainOffset,
            byte[] sealed,
            int at,
            int length,
            byte[] plain) {
        try {
            prepare(Cipher.DECRYPT_MODE, key, segment, plainOffset);
            cipher.doFinal(sealed, at, length, plain, 0);
            return true;
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    private void prepare(int mode, SecretKey key, long segment, long plainOffset)
            throws GeneralSecurityException {
        byte[] nonce = ByteBuffer.allocate(12).putInt(0).putLong(plainOffset).array();
        cipher.init(mode, key, new GCMParameterSpec(8 * TAG_BYTES, nonce));
        cipher.updateAAD(ByteBuffer.allocate(16).putLong(segment).putLong(plainOffset).array());
    }
}
