package org.roadloop.collect.gateway;

/** 64-bit hash of an identity's bytes (标识散列): FNV-1a with a final mix, no secret. */
public final class IdentityHash {
    private IdentityHash() {}

    public static long of(byte[] bytes, int at, int length) {
        long hash = 0xcbf29ce484222325L;
        for (int i = at; i < at + length; i++) {
            hash = (hash ^ (bytes[i] & 0xFF)) * 0x100000001b3L;
        }
        hash ^= hash >>> 32;
        hash *= 0x9E3779B97F4A7C15L;
        return hash ^ hash >>> 29;
    }
}
