package org.roadloop.core.identity;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.Provider;
import java.security.Security;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Where algorithms come from that the JDK lacks (密码服务提供者): a provider that is registered, else one
 * that the program offered, loaded only when first needed. Any thread.
 */
public final class SecurityProviders {
    private static @Nullable Supplier<Provider> offered;
    private static @Nullable Provider loaded;

    private SecurityProviders() {}

    /** Says what to load if the JDK lacks something; called once, by the program's start. */
    public static synchronized void offer(Supplier<Provider> provider) {
        offered = provider;
        loaded = null;
    }

    /** The offered provider, loaded now if it was not; null if none was offered. */
    static synchronized @Nullable Provider load() {
        if (loaded == null && offered != null) {
            loaded = offered.get();
        }
        return loaded;
    }

    static synchronized boolean isOffered() {
        return offered != null;
    }

    /**
     * Who has an algorithm.
     *
     * @param service JCA name: {@code Signature}, {@code MessageDigest}
     * @throws IllegalStateException if nobody
     */
    public static Provider of(String service, String algorithm) {
        for (Provider provider : Security.getProviders()) {
            if (provider.getService(service, algorithm) != null) {
                return provider;
            }
        }
        Provider further = load();
        if (further == null || further.getService(service, algorithm) == null) {
            throw new IllegalStateException(
                    "no security provider has "
                            + algorithm
                            + "; register one that has it (Bouncy Castle has SM2 and SM3)");
        }
        return further;
    }

    /**
     * @throws IllegalStateException if nobody has it
     */
    public static MessageDigest digest(String algorithm) {
        try {
            return algorithm.startsWith("SHA-")
                    ? MessageDigest.getInstance(algorithm)
                    : MessageDigest.getInstance(algorithm, of("MessageDigest", algorithm));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("no security provider has " + algorithm, e);
        }
    }
}
