package org.roadloop.collect.gb32960.cipher;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.util.Arrays;
import org.roadloop.collect.gb32960.Activation;
import org.roadloop.collect.gb32960.Frame;
import org.roadloop.collect.gb32960.ReportUnits;
import org.roadloop.collect.gb32960.VehicleSignature;
import org.roadloop.core.identity.SecurityProviders;

/**
 * Makes and checks the signatures of vehicles (车端签名), GB/T 32960.3-2025 §7.2.2, table 8: SM2 with
 * SM3, RSA with SHA-256 (PKCS #1 v1.5, whole in R), ECC as ECDSA with SHA-256. The hashes are those
 * of public code; the standard names none. Any thread.
 */
public final class VehicleSignatures {
    private final SignatureRule rule;

    public VehicleSignatures(SignatureRule rule) {
        this.rule = rule;
    }

    /**
     * Checks the signature under a report.
     *
     * @param units of that report, walked without a fault
     */
    public SignatureVerdict check(byte[] bytes, int frame, ReportUnits units, PublicKey key) {
        int mark = units.first(VehicleSignature.MARK);
        return mark == ReportUnits.NONE
                ? SignatureVerdict.MISSING
                : verify(bytes, Frame.dataOffset(frame), signedEnd(mark), mark, key);
    }

    /** Checks the signature of an activation with the key that it brings, or a registered one. */
    public SignatureVerdict checkActivation(byte[] bytes, int frame, PublicKey key) {
        int data = Frame.dataOffset(frame);
        int mark = Activation.signatureMark(bytes, data);
        return verify(bytes, data, mark + 1, mark, key);
    }

    private int signedEnd(int mark) {
        return rule.mark() == SignatureRule.Mark.SIGNED ? mark + 1 : mark;
    }

    private static SignatureVerdict verify(
            byte[] bytes, int from, int to, int mark, PublicKey key) {
        byte[] r =
                Arrays.copyOfRange(
                        bytes,
                        VehicleSignature.r(mark),
                        VehicleSignature.r(mark) + VehicleSignature.rBytes(bytes, mark));
        int sAt = VehicleSignature.s(bytes, mark);
        byte[] s = Arrays.copyOfRange(bytes, sAt, sAt + VehicleSignature.sBytes(bytes, mark));
        int algorithm = VehicleSignature.algorithm(bytes, mark);
        if (algorithm < VehicleSignature.ALGORITHM_SM2
                || algorithm > VehicleSignature.ALGORITHM_ECC) {
            return SignatureVerdict.ALGORITHM;
        }
        try {
            Signature verifier = signature(algorithm);
            verifier.initVerify(key);
            verifier.update(bytes, from, to - from);
            byte[] signature =
                    algorithm == VehicleSignature.ALGORITHM_RSA ? joined(r, s) : der(r, s);
            return verifier.verify(signature) ? SignatureVerdict.RIGHT : SignatureVerdict.WRONG;
        } catch (InvalidKeyException e) {
            return SignatureVerdict.ALGORITHM;
        } catch (GeneralSecurityException e) {
            return SignatureVerdict.WRONG;
        }
    }

    /**
     * Signs a report that has none yet.
     *
     * @return the frame with mark and signature
     */
    public byte[] sign(byte[] bytes, int frame, int algorithm, PrivateKey key)
            throws GeneralSecurityException {
        int data = Frame.dataOffset(frame);
        int dataBytes = Frame.dataBytes(bytes, frame);
        byte[] signed = Arrays.copyOfRange(bytes, data, data + dataBytes + 1);
        signed[dataBytes] = (byte) VehicleSignature.MARK;
        Signature signer = signature(algorithm);
        signer.initSign(key);
        signer.update(signed, 0, signedEnd(dataBytes));
        byte[] signature = signer.sign();
        byte[] r = signature;
        byte[] s = new byte[0];
        if (algorithm != VehicleSignature.ALGORITHM_RSA) {
            int rBytes = signature[3];
            r = word(signature, 4, rBytes);
            s = word(signature, 6 + rBytes, signature.length - 6 - rBytes);
        }
        byte[] out = new byte[Frame.SMALLEST_BYTES + dataBytes + 6 + r.length + s.length];
        System.arraycopy(bytes, frame, out, 0, Frame.HEADER_BYTES + dataBytes);
        int length = VehicleSignature.write(out, Frame.HEADER_BYTES + dataBytes, algorithm, r, s);
        Frame.finish(out, 0, dataBytes + length);
        return out;
    }

    private static Signature signature(int algorithm) throws GeneralSecurityException {
        return switch (algorithm) {
            case VehicleSignature.ALGORITHM_SM2 ->
                    Signature.getInstance(
                            "SM3withSM2", SecurityProviders.of("Signature", "SM3withSM2"));
            case VehicleSignature.ALGORITHM_RSA -> Signature.getInstance("SHA256withRSA");
            case VehicleSignature.ALGORITHM_ECC -> Signature.getInstance("SHA256withECDSA");
            default -> throw new InvalidKeyException("no signature has the number " + algorithm);
        };
    }

    private static byte[] joined(byte[] r, byte[] s) {
        byte[] both = Arrays.copyOf(r, r.length + s.length);
        System.arraycopy(s, 0, both, r.length, s.length);
        return both;
    }

    /** SEQUENCE of two INTEGERs, as providers want it; lengths are one byte up to 127. */
    private static byte[] der(byte[] rBytes, byte[] sBytes) throws GeneralSecurityException {
        byte[] r = new BigInteger(1, rBytes).toByteArray();
        byte[] s = new BigInteger(1, sBytes).toByteArray();
        int length = 4 + r.length + s.length;
        if (length > 127) {
            throw new GeneralSecurityException("R and S are too long for a curve of 256 bits");
        }
        byte[] der = new byte[2 + length];
        der[0] = 0x30;
        der[1] = (byte) length;
        der[2] = 0x02;
        der[3] = (byte) r.length;
        System.arraycopy(r, 0, der, 4, r.length);
        der[4 + r.length] = 0x02;
        der[5 + r.length] = (byte) s.length;
        System.arraycopy(s, 0, der, 6 + r.length, s.length);
        return der;
    }

    /** A number of 32 bytes out of its INTEGER, which has a sign byte in front or lacks zeros. */
    private static byte[] word(byte[] from, int at, int count) {
        byte[] word = new byte[32];
        int kept = Math.min(count, word.length);
        System.arraycopy(from, at + count - kept, word, word.length - kept, kept);
        return word;
    }
}
