package org.roadloop.collect.gb32960.cipher;

/**
 * What the standard leaves open about a vehicle's signature (签名约定); GB/T 32960.3-2025 §7.2.2.
 *
 * @param mark whether the mark FF before the signature is signed along: the text says "up to the
 *     byte before the signature information", and does not say to what FF belongs
 */
public record SignatureRule(Mark mark) {
    /** The place of the mark FF (签名起始标识). */
    public enum Mark {
        /** Signed is all from the time to the byte before FF. */
        NOT_SIGNED,
        /** Signed is FF too. */
        SIGNED
    }

    /** What public code does. */
    public static final SignatureRule USUAL = new SignatureRule(Mark.NOT_SIGNED);
}
