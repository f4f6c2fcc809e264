package org.roadloop.app.part;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.security.GeneralSecurityException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import org.roadloop.core.identity.Keystore;

/**
 * Names a vehicle in requests and evidence (车辆主体标识): {@code vehicle:} and 32 hex digits of
 * HMAC-SHA256 over the VIN under a key of this platform. Who has the key and the VIN gets the same
 * id; nothing leads back. Any thread.
 */
final class VehicleSubjects {
    private static final String PREFIX = "vehicle:";
    private final SecretKey key;

    VehicleSubjects(Keystore keystore) {
        key = keystore.mac("subjects");
    }

    String of(String vin) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(key);
            byte[] hash = mac.doFinal(vin.toUpperCase(Locale.ROOT).getBytes(US_ASCII));
            return PREFIX + HexFormat.of().formatHex(hash, 0, 16);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK has no HMAC-SHA256", e);
        }
    }

    /** Of a vehicle that is known by its terminal's phone only. */
    String ofPhone(String phone) {
        return of("phone " + phone);
    }

    /** The 16 bytes behind an id; empty if it is no vehicle's. */
    static Optional<byte[]> hash(String subject) {
        return subject.matches(PREFIX + "[0-9a-f]{32}")
                ? Optional.of(HexFormat.of().parseHex(subject, PREFIX.length(), subject.length()))
                : Optional.empty();
    }

    /** The id of 32 hex digits. */
    static String ofHex(String digits) {
        return PREFIX + digits;
    }

    static boolean isVehicle(String subject) {
        return subject.startsWith(PREFIX);
    }
}
