package org.roadloop.collect.gb32960.cipher;

/** What was found about a signature (验签结果); each fault has a stable counter name. */
public enum SignatureVerdict {
    RIGHT("gb32960_signature_right"),
    /** The report has none. The 2016 edition knows none. */
    MISSING("gb32960_signature_missing"),
    /** The algorithm is not 1 to 3, or not that of the key. */
    ALGORITHM("gb32960_signature_algorithm"),
    WRONG("gb32960_signature_wrong");

    private final String counterName;

    SignatureVerdict(String counterName) {
        this.counterName = counterName;
    }

    public String counterName() {
        return counterName;
    }
}
