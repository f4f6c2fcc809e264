package org.roadloop.dataspace.dsp;

import java.util.List;

/** A request that is answered with an error object of the protocol. */
public final class DspException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final int status;
    private final String code;
    private final transient List<String> reasons;

    /**
     * @param status HTTP status
     * @param code short stable name
     */
    DspException(int status, String code, String... reasons) {
        super(code + ": " + String.join("; ", reasons));
        this.status = status;
        this.code = code;
        this.reasons = List.of(reasons);
    }

    public int status() {
        return status;
    }

    public String code() {
        return code;
    }

    public List<String> reasons() {
        return reasons;
    }
}
