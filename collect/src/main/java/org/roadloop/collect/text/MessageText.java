package org.roadloop.collect.text;

import java.io.IOException;
import java.io.InputStream;
import tools.jackson.databind.node.ObjectNode;

/**
 * The messages of one protocol as JSON objects (报文解析), one thread at a time.
 *
 * <p>An object names its message by what it is in the member {@code message} ({@code
 * RealTimeReport}, {@code PositionReport}) and its fields with units ({@code speedKmh}, {@code
 * longitudeDegrees}); times are ISO 8601 in UTC; bytes of no known meaning are hex strings. A value
 * that was not sent has no member; one that was sent as invalid or abnormal is the string {@code
 * "invalid"} or {@code "abnormal"}. Nothing that the bytes say is lost: {@code
 * encode(decode(bytes))} gives the bytes again.
 */
public interface MessageText {
    /** The name on the command line: {@code gb32960}. */
    String protocol();

    /**
     * Reads a binary stream to its end. Bytes that are no message are told to the sink and skipped;
     * only the stream itself may fail. Memory is bounded whatever the bytes are.
     */
    void decode(InputStream in, Sink out) throws IOException;

    /**
     * The bytes of one message as {@link #decode} printed it.
     *
     * @throws IllegalArgumentException naming the member that is missing, unknown or out of range
     */
    byte[] encode(ObjectNode message);

    /** The half that reads. */
    @FunctionalInterface
    interface Decoder {
        void decode(InputStream in, Sink out) throws IOException;
    }

    /** Takes what was found, in the order of the bytes. */
    interface Sink {
        void message(ObjectNode message);

        /**
         * Something that is no message.
         *
         * @param offset of its first byte in the stream
         * @param reason short stable name such as {@code gb32960_bcc}
         * @param detail for people: what is wrong and where; nothing personal
         */
        void error(long offset, String reason, String detail);
    }
}
