package org.roadloop.collect.gb32960.text;

/** Bytes that are no message of the standard (解析错误): where, under which name, and why. */
final class TextFault extends Exception {
    private static final long serialVersionUID = 1;

    private final int at;
    private final String reason;

    /**
     * @param at offset of the byte where reading ended
     * @param reason short stable name: {@code gb32960_structure}
     */
    TextFault(int at, String reason, String detail) {
        super(detail, null, false, false);
        this.at = at;
        this.reason = reason;
    }

    /** The data unit ends within what its command or a count asks for. */
    static TextFault tooShort(int at, String what) {
        return new TextFault(at, "gb32960_structure", "the data unit ends before " + what);
    }

    int at() {
        return at;
    }

    String reason() {
        return reason;
    }

    String detail() {
        String message = getMessage();
        return message == null ? "" : message;
    }
}
