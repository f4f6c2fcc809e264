package org.roadloop.collect.gateway;

import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.PublicKey;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.roadloop.collect.Counters;
import org.roadloop.collect.gb32960.Frame;
import org.roadloop.collect.gb32960.ReportUnits;
import org.roadloop.collect.gb32960.ReportVerdict;
import org.roadloop.collect.gb32960.VehicleSignature;
import org.roadloop.collect.gb32960.cipher.CipherRule;
import org.roadloop.collect.gb32960.cipher.DataUnitCipher;
import org.roadloop.collect.gb32960.cipher.DataUnitKeys;
import org.roadloop.collect.gb32960.cipher.SignatureRule;
import org.roadloop.collect.gb32960.cipher.SignatureVerdict;
import org.roadloop.collect.gb32960.cipher.VehicleSignatures;

/**
 * Opens the data units of GB/T 32960 senders and checks the signatures of their vehicles (报文安全),
 * with the keys that were agreed. A vehicle whose public key is registered must sign each report;
 * of others a signature is counted and not checked. Any thread.
 */
public final class FrameSecurity {
    /** Counter of data units that the agreed key does not open. */
    public static final String DECRYPTION_FAILED = "gb32960_decryption_failed";

    /** Counter of signatures of vehicles whose key nobody registered. */
    public static final String UNCHECKED = "gb32960_signature_unchecked";

    private static final SignerKeys NO_SIGNERS = _ -> Optional.empty();

    /** Opens nothing, checks nothing. */
    public static final FrameSecurity NONE =
            new FrameSecurity(DataUnitKeys.NONE, NO_SIGNERS, CipherRule.USUAL, SignatureRule.USUAL);

    /** The registered public keys of vehicles (车辆公钥). Any thread. */
    public interface SignerKeys {
        Optional<PublicKey> find(String vin);
    }

    private final DataUnitKeys keys;
    private final SignerKeys signers;
    private final DataUnitCipher cipher;
    private final VehicleSignatures signatures;

    public FrameSecurity(
            DataUnitKeys keys, SignerKeys signers, CipherRule ciphers, SignatureRule signatures) {
        this.keys = keys;
        this.signers = signers;
        this.cipher = new DataUnitCipher(ciphers);
        this.signatures = new VehicleSignatures(signatures);
    }

    /**
     * The frame with its data unit in the clear.
     *
     * @param frame offset of a complete frame with a right BCC, encrypted by 02 to 05
     * @param counters count under {@code gb32960_encrypted} that no key is agreed, and under {@link
     *     #DECRYPTION_FAILED} that it does not fit
     * @return null if it can't be opened
     */
    public byte @Nullable [] open(byte[] bytes, int frame, Counters counters) {
        Key key = keys.find(Frame.id(bytes, frame), Frame.encryption(bytes, frame));
        if (key == null) {
            counters.increment(ReportVerdict.ENCRYPTED.counterName());
            return null;
        }
        try {
            return cipher.decrypt(bytes, frame, key);
        } catch (GeneralSecurityException e) {
            counters.increment(DECRYPTION_FAILED);
            return null;
        }
    }

    /**
     * Counter name of what was found about the signature under an opened report; a fault is one of
     * {@link SignatureVerdict}.
     *
     * @param units of that report, walked without a fault
     * @return null where there is nothing to say: no signature, and none wanted
     */
    @Nullable Finding check(byte[] bytes, int frame, ReportUnits units) {
        // Without registered keys no VIN is made a string to look for one.
        Optional<PublicKey> key =
                signers == NO_SIGNERS ? Optional.empty() : signers.find(Frame.id(bytes, frame));
        if (key.isPresent()) {
            SignatureVerdict verdict = signatures.check(bytes, frame, units, key.get());
            return new Finding(verdict.counterName(), verdict == SignatureVerdict.RIGHT);
        }
        boolean isSigned = units.first(VehicleSignature.MARK) != ReportUnits.NONE;
        return isSigned ? new Finding(UNCHECKED, true) : null;
    }

    /** Whether the registered key of the vehicle made the signature under its activation. */
    Finding checkActivation(byte[] bytes, int frame) {
        Optional<PublicKey> key = signers.find(Frame.id(bytes, frame));
        if (key.isEmpty()) {
            return new Finding("gb32960_activation_no_key", false);
        }
        SignatureVerdict verdict = signatures.checkActivation(bytes, frame, key.get());
        return new Finding(verdict.counterName(), verdict == SignatureVerdict.RIGHT);
    }

    /** What was found about a signature, and whether the message may be taken. */
    record Finding(String counterName, boolean isAcceptable) {}
}
