package org.roadloop.collect;

import java.nio.charset.StandardCharsets;

/**
 * What kind of world a message came from (数据来源): a simulated car, the replay of a recording, or a
 * vehicle on the road. Travels with every record of the frame log and becomes the column {@code
 * lineage}.
 */
public enum Lineage {
    SIMULATED(1, "simulated"),
    REPLAY(2, "replay"),
    VEHICLE(3, "vehicle");

    private final byte code;
    private final String word;
    private final byte[] utf8;

    Lineage(int code, String word) {
        this.code = (byte) code;
        this.word = word;
        this.utf8 = word.getBytes(StandardCharsets.UTF_8);
    }

    /** As stored in the frame log, 1..3. */
    public byte code() {
        return code;
    }

    /** As stored in tables. */
    public String word() {
        return word;
    }

    /** Bytes of {@link #word}; shared, not to be changed. */
    public byte[] utf8() {
        return utf8;
    }

    public static Lineage ofCode(int code) {
        return switch (code) {
            case 1 -> SIMULATED;
            case 2 -> REPLAY;
            case 3 -> VEHICLE;
            default -> throw new IllegalArgumentException("lineage code " + code + " is not 1..3");
        };
    }
}
