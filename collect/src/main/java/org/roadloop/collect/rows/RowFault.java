package org.roadloop.collect.rows;

/** A row that cannot become a row of its table (行错误); it is counted and left out. */
public final class RowFault extends Exception {
    private static final long serialVersionUID = 1L;

    private final String reason;

    /**
     * @param reason short stable name: {@code row_number}
     * @param detail names the column, never its value: that may be personal
     */
    public RowFault(String reason, String detail) {
        super(detail, null, false, false);
        this.reason = reason;
    }

    public String reason() {
        return reason;
    }

    public String detail() {
        return String.valueOf(getMessage());
    }
}
