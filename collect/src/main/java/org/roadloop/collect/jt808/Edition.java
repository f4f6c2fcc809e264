package org.roadloop.collect.jt808;

/**
 * Which JT/T 808 a message is laid out by (协议版本); the version flag of its header decides (bit 14 of
 * the properties, JT/T 808-2019 §4.4.3). Messages of the 2011 edition carry no flag either and read
 * as 2013.
 */
public enum Edition {
    JT2013(2013, 6),
    JT2019(2019, 10);

    private final int year;
    private final int phoneBytes;

    Edition(int year, int phoneBytes) {
        this.year = year;
        this.phoneBytes = phoneBytes;
    }

    public int year() {
        return year;
    }

    /** BCD bytes of the terminal phone, 6 or 10. */
    public int phoneBytes() {
        return phoneBytes;
    }

    /** Header without package fields, 12 or 17 bytes. */
    public int headerBytes() {
        return this == JT2013 ? 12 : 17;
    }
}
