package org.roadloop.collect.gb32960;

/**
 * The signature of the vehicle under a report (车端数字签名), behind the mark FF that stands in the place
 * of a unit's type; GB/T 32960.3-2025 §7.2.2, table 8. It is the last thing in the data unit, and
 * is found by walking the units: FF is a legal byte within each of them.
 *
 * <pre>
 *  0    1           2          4     4+r       6+r
 * +----+-----------+----------+-----+---------+-----+
 * | FF | algorithm | length r |  R  | length s|  S  |
 * +----+-----------+----------+-----+---------+-----+
 * </pre>
 *
 * RSA has one number: it is in R, and S is empty. Arguments named {@code mark} are the offset of
 * FF.
 */
public final class VehicleSignature {
    public static final int MARK = 0xFF;

    public static final int ALGORITHM_SM2 = 1;
    public static final int ALGORITHM_RSA = 2;
    public static final int ALGORITHM_ECC = 3;

    private VehicleSignature() {}

    public static int algorithm(byte[] bytes, int mark) {
        return Frame.unsigned8(bytes, mark + 1);
    }

    public static int rBytes(byte[] bytes, int mark) {
        return Frame.unsigned16(bytes, mark + 2);
    }

    public static int r(int mark) {
        return mark + 4;
    }

    public static int sBytes(byte[] bytes, int mark) {
        return Frame.unsigned16(bytes, r(mark) + rBytes(bytes, mark));
    }

    public static int s(byte[] bytes, int mark) {
        return r(mark) + rBytes(bytes, mark) + 2;
    }

    /**
     * Writes mark and signature.
     *
     * @return bytes written
     */
    public static int write(byte[] out, int mark, int algorithm, byte[] r, byte[] s) {
        out[mark] = (byte) MARK;
        out[mark + 1] = (byte) algorithm;
        Frame.put16(out, mark + 2, r.length);
        System.arraycopy(r, 0, out, r(mark), r.length);
        Frame.put16(out, r(mark) + r.length, s.length);
        System.arraycopy(s, 0, out, r(mark) + r.length + 2, s.length);
        return 6 + r.length + s.length;
    }

    static int length(byte[] bytes, int mark, int end) {
        if (end - mark < 4 || end - r(mark) - rBytes(bytes, mark) < 2) {
            return InformationUnit.BROKEN;
        }
        return 6 + rBytes(bytes, mark) + sBytes(bytes, mark);
    }
}
