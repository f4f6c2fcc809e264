package org.roadloop.dataspace.access;

/** A push that will not succeed (推送失败): why, as the other party will read it. */
final class PushFailedException extends Exception {
    private static final long serialVersionUID = 1L;
    private final String code;

    /**
     * @param code short stable name: {@code receiver_refused}, {@code receiver_unreachable}
     */
    PushFailedException(String code, String message) {
        super(message);
        this.code = code;
    }

    String code() {
        return code;
    }
}
