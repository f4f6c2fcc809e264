package org.roadloop.collect.mcap;

/** A record's body that does not hold what its opcode says; never leaves the package. */
final class MalformedBody extends RuntimeException {
    private static final long serialVersionUID = 1L;

    final String reason;
    final String detail;

    MalformedBody(String reason, String detail) {
        super(detail, null, false, false);
        this.reason = reason;
        this.detail = detail;
    }
}
