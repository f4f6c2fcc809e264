package org.roadloop.core.identity;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;

/**
 * The symmetric keys of a keystore (对称密钥): 32 stored bytes, from which the key of each use is
 * derived, and a fingerprint beside them. Any thread.
 */
final class SecretKeys {
    private static final String SECRET = "secret";
    private static final String CHECK = "check";

    private final KeyFiles files;
    private final SecureRandom random = new SecureRandom();

    SecretKeys(KeyFiles files) {
        this.files = files;
    }

    void make(String name, int epoch) {
        byte[] bytes = new byte[32];
        random.nextBytes(bytes);
        files.make(name, epoch, SECRET, bytes, CHECK, check(name, bytes));
    }

    /**
     * @throws IllegalStateException if the stored bytes are missing or not those that were made
     */
    SecretKey derive(String name, int epoch, String algorithm) {
        files.holds(name, epoch, SECRET);
        byte[] stored = files.read(name, epoch, SECRET);
        Optional<byte[]> known = files.find(name, epoch, CHECK);
        if (known.isEmpty()) {
            // of a keystore from before there were fingerprints
            files.write(name, epoch, CHECK, check(name, stored));
        } else if (!Arrays.equals(known.get(), check(name, stored))) {
            throw files.damaged(
                    name,
                    epoch,
                    SECRET,
                    new GeneralSecurityException("it is not the one whose fingerprint was kept"));
        }
        return new SecretKeySpec(derived(name, stored, algorithm), algorithm);
    }

    String fingerprint(String name, int epoch, boolean lost) {
        return lost
                ? new String(files.read(name, epoch, CHECK), US_ASCII).strip()
                : new String(check(name, files.read(name, epoch, SECRET)), US_ASCII).strip();
    }

    /** First 16 hex digits of the SHA-256. */
    static String fingerprint(byte[] bytes) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(bytes), 0, 8);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK has no SHA-256", e);
        }
    }

    private static byte[] check(String name, byte[] stored) {
        return (fingerprint(derived(name, stored, "fingerprint")) + "\n").getBytes(US_ASCII);
    }

    /** HMAC-SHA256 under the stored bytes: a pseudorandom function with the use as its input. */
    private static byte[] derived(String name, byte[] stored, String use) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(stored, "HmacSHA256"));
            return mac.doFinal(("roadloop-key 1\n" + name + "\n" + use).getBytes(UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK has no HmacSHA256", e);
        }
    }
}
