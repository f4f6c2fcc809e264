package org.roadloop.collect.gb32960.cipher;

import java.security.Key;
import org.jspecify.annotations.Nullable;

/**
 * The keys that were agreed with vehicles and platforms (数据单元密钥): by key exchange, or out of band.
 * Any thread.
 */
public interface DataUnitKeys {
    /** Nobody's. */
    DataUnitKeys NONE = (_, _) -> null;

    /**
     * The key that opens what a sender encrypts: a secret key of AES or SM4, or our private one of
     * RSA or SM2.
     *
     * @param uniqueId VIN, or the code of a platform
     * @param encryption of the frame: 2 to 5
     * @return null if there is none
     */
    @Nullable Key find(String uniqueId, int encryption);
}
