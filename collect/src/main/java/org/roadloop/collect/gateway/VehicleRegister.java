package org.roadloop.collect.gateway;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.jspecify.annotations.Nullable;
import org.roadloop.collect.Lineage;

/**
 * Which vehicles and platforms may report (车辆登记): static data must be registered before data flow
 * (GB/T 32960.3-2016 §5). VINs are looked up in place, without garbage, for every frame of a
 * platform link. Any thread.
 */
public final class VehicleRegister {
    private static final int VIN_BYTES = 17;
    private static final VarHandle LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private final SecureRandom random = new SecureRandom();
    private final ConcurrentHashMap<String, Credential> platforms = new ConcurrentHashMap<>();
    private volatile Slots slots = new Slots(1024);

    /** The same VIN, of the length it must have. */
    public static String checked(String vin) {
        int bytes = vin.getBytes(StandardCharsets.US_ASCII).length;
        if (bytes != VIN_BYTES) {
            throw new IllegalArgumentException("a VIN has 17 characters, this one has " + bytes);
        }
        return vin;
    }

    public synchronized void register(String vin, Lineage lineage) {
        byte[] ascii = checked(vin).getBytes(StandardCharsets.US_ASCII);
        if (slots.used * 2 >= slots.size()) {
            slots = slots.grown();
        }
        slots.put(ascii, lineage.code());
    }

    /** Takes a vehicle out and forgets its VIN; false if it was not registered. */
    public synchronized boolean remove(String vin) {
        byte[] ascii = vin.getBytes(StandardCharsets.US_ASCII);
        return ascii.length == VIN_BYTES && slots.remove(ascii);
    }

    /** Whether, and as what, the VIN at {@code bytes[at .. at+17)} is registered. */
    public @Nullable Lineage find(byte[] bytes, int at) {
        int code = slots.get(bytes, at);
        return code == 0 ? null : Lineage.ofCode(code);
    }

    public int size() {
        return slots.used - slots.removed;
    }

    /** Lets a platform log in with user (at most 12 ASCII characters) and password (20). */
    public void registerPlatform(String user, String password) {
        byte[] salt = new byte[16];
        random.nextBytes(salt);
        platforms.put(user, new Credential(salt, hash(salt, password)));
    }

    boolean isRightPassword(String user, String password) {
        Credential credential = platforms.get(user);
        return credential != null
                && MessageDigest.isEqual(credential.hash, hash(credential.salt, password));
    }

    private static byte[] hash(byte[] salt, String password) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(salt);
            return digest.digest(password.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this JDK has no SHA-256", e);
        }
    }

    private record Credential(byte[] salt, byte[] hash) {}

    /**
     * Open addressing over the 17 bytes as two longs and a byte. {@code meta} is 0 for a free slot,
     * else lineage in the upper and the last byte in the lower eight bits; it is written last, so a
     * reader that sees it sees the longs. A removed vehicle leaves lineage 0 and longs of 0, which
     * are no VIN: chains through it stay whole.
     */
    private static final class Slots {
        private final long[] first;
        private final long[] second;
        private final AtomicIntegerArray meta;
        private volatile int used;
        private volatile int removed;

        Slots(int size) {
            first = new long[size];
            second = new long[size];
            meta = new AtomicIntegerArray(size);
        }

        int size() {
            return first.length;
        }

        int get(byte[] bytes, int at) {
            long a = (long) LONG.get(bytes, at);
            long b = (long) LONG.get(bytes, at + 8);
            int last = bytes[at + 16] & 0xFF;
            int mask = size() - 1;
            for (int slot = home(a, b, last) & mask; ; slot = slot + 1 & mask) {
                int held = meta.getAcquire(slot);
                if (held == 0) {
                    return 0;
                }
                if ((held & 0xFF) == last && first[slot] == a && second[slot] == b) {
                    return held >>> 8;
                }
            }
        }

        void put(byte[] vin, int lineage) {
            put((long) LONG.get(vin, 0), (long) LONG.get(vin, 8), vin[16] & 0xFF, lineage);
        }

        private void put(long a, long b, int last, int lineage) {
            int mask = size() - 1;
            int slot = home(a, b, last) & mask;
            while (meta.get(slot) != 0) {
                if ((meta.get(slot) & 0xFF) == last && first[slot] == a && second[slot] == b) {
                    meta.setRelease(slot, lineage << 8 | last);
                    return;
                }
                slot = slot + 1 & mask;
            }
            first[slot] = a;
            second[slot] = b;
            meta.setRelease(slot, lineage << 8 | last);
            // Only called under the register's monitor.
            used = used + 1;
        }

        boolean remove(byte[] vin) {
            long a = (long) LONG.get(vin, 0);
            long b = (long) LONG.get(vin, 8);
            int last = vin[16] & 0xFF;
            int mask = size() - 1;
            for (int slot = home(a, b, last) & mask; ; slot = slot + 1 & mask) {
                int held = meta.get(slot);
                if (held == 0) {
                    return false;
                }
                if ((held & 0xFF) == last && first[slot] == a && second[slot] == b) {
                    meta.setRelease(slot, 1);
                    first[slot] = 0;
                    second[slot] = 0;
                    // Only called under the register's monitor.
                    removed = removed + 1;
                    return true;
                }
            }
        }

        Slots grown() {
            Slots larger = new Slots(size() * 2);
            for (int slot = 0; slot < size(); slot++) {
                int held = meta.get(slot);
                if (held >>> 8 != 0) {
                    larger.put(first[slot], second[slot], held & 0xFF, held >>> 8);
                }
            }
            return larger;
        }

        private static int home(long a, long b, int last) {
            long mixed = (a * 0x9E3779B97F4A7C15L ^ b + last) * 0xC2B2AE3D27D4EB4FL;
            return (int) (mixed >>> 32);
        }
    }
}
