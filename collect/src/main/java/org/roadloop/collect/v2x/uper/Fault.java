package org.roadloop.collect.v2x.uper;

/** Why a frame cannot be read (解码错误); each fault has a counter name. */
public enum Fault {
    NONE("v2x_ok"),
    /** The frame ends within a field. */
    TRUNCATED("v2x_truncated"),
    /** A number is beyond the range of its type. */
    RANGE("v2x_range"),
    /** Bytes follow the message. */
    TRAILING("v2x_trailing"),
    /** Bits after the message's last are not 0. */
    PADDING("v2x_padding"),
    /** A length or number is not in its one shortest form. */
    FORM("v2x_form"),
    /** More than is kept: a length over 16,383, 64 additions, a bit string of 56 bits. */
    SIZE("v2x_size");

    private final String counterName;

    Fault(String counterName) {
        this.counterName = counterName;
    }

    public String counterName() {
        return counterName;
    }
}
