package org.roadloop.collect.gb32960;

import java.util.List;
import org.roadloop.core.table.CellState;

/**
 * A number at a fixed place of a unit, big-endian, unsigned (数值字段): read, judged and written in
 * place. The value is {@code (raw − offset) / perUnit}; all ones mean invalid, one less abnormal
 * (GB/T 32960.3-2016 §7.1), and what else lies outside the range is abnormal too.
 *
 * <p>Fields are constants of the classes of the units. The compiler folds a constant record, so
 * that reading by a field costs what reading at a number costs.
 *
 * @param name with its unit, as it is printed: {@code speedKmh}
 * @param at from the start of the unit or of the list element
 * @param bytes 1, 2 or 4
 * @param least smallest raw value in range
 * @param most largest raw value in range
 * @param words of an enumeration, from {@code least} on; empty for a number
 */
public record Field(
        String name,
        int at,
        int bytes,
        long least,
        long most,
        long offset,
        long perUnit,
        List<String> words) {
    public Field {
        words = List.copyOf(words);
        if (!words.isEmpty() && words.size() != most - least + 1) {
            throw new IllegalArgumentException(
                    name + " has " + words.size() + " words for " + least + ".." + most);
        }
    }

    /** One byte, FE abnormal, FF invalid. */
    static Field ofByte(String name, int at, int least, int most) {
        return new Field(name, at, 1, least, most, 0, 1, List.of());
    }

    /** Two bytes, FFFE abnormal, FFFF invalid. */
    static Field ofWord(String name, int at, int least, int most) {
        return new Field(name, at, 2, least, most, 0, 1, List.of());
    }

    /** Four bytes, FFFFFFFE abnormal, FFFFFFFF invalid. */
    static Field ofDoubleWord(String name, int at, long most) {
        return new Field(name, at, 4, 0, most, 0, 1, List.of());
    }

    /** A temperature in °C of one byte: 0..250, offset −40. */
    static Field ofTemperature(String name, int at) {
        return ofByte(name, at, 0, 250).minus(40);
    }

    /** A state of one byte, counted from 1. */
    static Field ofState(String name, int at, String... words) {
        return new Field(name, at, 1, 1, words.length, 0, 1, List.of(words));
    }

    Field minus(long rawOffset) {
        return new Field(name, at, bytes, least, most, rawOffset, perUnit, words);
    }

    Field per(long rawPerUnit) {
        return new Field(name, at, bytes, least, most, offset, rawPerUnit, words);
    }

    public long raw(byte[] in, int unit) {
        return switch (bytes) {
            case 1 -> in[unit + at] & 0xFF;
            case 2 -> Frame.unsigned16(in, unit + at);
            default -> Frame.unsigned32(in, unit + at);
        };
    }

    public boolean isInRange(long raw) {
        return raw >= least && raw <= most;
    }

    /** A {@link CellState}. */
    public byte state(long raw) {
        return isInRange(raw)
                ? CellState.OK
                : raw == invalidCode() ? CellState.INVALID : CellState.ABNORMAL;
    }

    /** FF, FFFF or FFFFFFFF; {@code invalidCode() - 1} is the abnormal code. */
    public long invalidCode() {
        return (1L << 8 * bytes) - 1;
    }

    /** In the unit of the name; of no meaning unless the state is OK. */
    public double value(long raw) {
        return (raw - offset) / (double) perUnit;
    }

    /** Whether values are whole numbers of the unit. */
    public boolean isWhole() {
        return perUnit == 1;
    }

    public void putRaw(byte[] out, int unit, long raw) {
        switch (bytes) {
            case 1 -> out[unit + at] = (byte) raw;
            case 2 -> Frame.put16(out, unit + at, (int) raw);
            default -> Frame.put32(out, unit + at, raw);
        }
    }

    /** Writes the nearest value that can be sent; NaN as invalid, outside the range as abnormal. */
    public void put(byte[] out, int unit, double value) {
        if (Double.isNaN(value)) {
            putRaw(out, unit, invalidCode());
            return;
        }
        long raw = Math.round(value * perUnit) + offset;
        putRaw(out, unit, raw >= least && raw <= most ? raw : invalidCode() - 1);
    }

    /** Whether a count says that no list follows: the abnormal or the invalid code. */
    boolean isNoCount(long raw) {
        return raw >= invalidCode() - 1;
    }
}
