package org.roadloop.collect.gb32960;

/**
 * The edition of GB/T 32960.3 that a frame follows (协议版本). The two start bytes decide, frame by
 * frame: {@code ##} is 2016, {@code $$} is 2025 (GB/T 32960.3-2025 table 2); the same type number
 * means different units in the two.
 */
public enum Edition {
    V2016(2016, 0x23),
    V2025(2025, 0x24);

    private final int year;
    private final int startByte;

    Edition(int year, int startByte) {
        this.year = year;
        this.startByte = startByte;
    }

    /** The edition of a frame with a right start mark. */
    public static Edition of(byte[] bytes, int frame) {
        return bytes[frame] == V2025.startByte ? V2025 : V2016;
    }

    /**
     * @throws IllegalArgumentException if there is none of that year
     */
    public static Edition ofYear(int year) {
        return switch (year) {
            case 2016 -> V2016;
            case 2025 -> V2025;
            default ->
                    throw new IllegalArgumentException(
                            "no edition " + year + " of GB/T 32960.3; there are 2016 and 2025");
        };
    }

    public int year() {
        return year;
    }

    /** Sent twice at the start of a frame. */
    public int startByte() {
        return startByte;
    }
}
