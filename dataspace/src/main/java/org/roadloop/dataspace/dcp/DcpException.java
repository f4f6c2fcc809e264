package org.roadloop.dataspace.dcp;

/** A message that is refused, with the HTTP status that says so (协议错误). */
final class DcpException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final String code;

    DcpException(int status, String code, String message) {
        super(message);
        this.status = status;
        this.code = code;
    }

    int status() {
        return status;
    }

    /** Short and stable. */
    String code() {
        return code;
    }
}
