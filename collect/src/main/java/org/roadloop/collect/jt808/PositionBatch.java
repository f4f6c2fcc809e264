package org.roadloop.collect.jt808;

/**
 * A batch of positions (定位数据批量上传), message 0704, walked in place; JT/T 808-2013 §8.49, tables
 * 76-77.
 *
 * <pre>
 *  0       2      3
 * +-------+------+----------------------------------+
 * | count | kind | count × [length 2, position body] |
 * +-------+------+----------------------------------+
 * </pre>
 */
public final class PositionBatch {
    public static final int ID = 0x0704;
    public static final int FIRST_ITEM = 3;

    public static final int KIND_NORMAL = 0;

    /** Stored while there was no link (盲区补报). */
    public static final int KIND_REISSUED = 1;

    /** More in one message is refused: it bounds the rows of one record of the frame log. */
    public static final int MOST_POSITIONS = 2048;

    private PositionBatch() {}

    public static int count(byte[] bytes, int body) {
        return Frame.unsigned16(bytes, body);
    }

    public static int kind(byte[] bytes, int body) {
        return bytes[body + 2] & 0xFF;
    }

    /** Whether count and lengths agree with each other and with the length of the body. */
    public static boolean isWhole(byte[] bytes, int body, int bodyBytes) {
        if (bodyBytes < FIRST_ITEM) {
            return false;
        }
        int end = body + bodyBytes;
        int item = body + FIRST_ITEM;
        int items = 0;
        while (end - item >= 2 && itemEnd(bytes, item) <= end) {
            item = itemEnd(bytes, item);
            items++;
        }
        return item == end && items == count(bytes, body) && items <= MOST_POSITIONS;
    }

    /**
     * End of the item whose length field is at {@code item}; it may lie over the end of the body.
     */
    static int itemEnd(byte[] bytes, int item) {
        return item + 2 + Frame.unsigned16(bytes, item);
    }
}
