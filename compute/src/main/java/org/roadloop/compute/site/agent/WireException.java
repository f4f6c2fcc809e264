package org.roadloop.compute.site.agent;

/** A request of an agent that is not answered with 2xx (请求被拒). */
final class WireException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final int status;
    private final String code;
    private final long offset;

    WireException(int status, String code, String message) {
        this(status, code, message, -1);
    }

    /**
     * @param code short stable name
     * @param offset where to go on, −1 for none
     */
    WireException(int status, String code, String message, long offset) {
        super(message);
        this.status = status;
        this.code = code;
        this.offset = offset;
    }

    int status() {
        return status;
    }

    String code() {
        return code;
    }

    long offset() {
        return offset;
    }
}
