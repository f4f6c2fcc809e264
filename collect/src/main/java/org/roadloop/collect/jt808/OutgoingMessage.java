package org.roadloop.collect.jt808;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A message as the frames that carry it (消息封装): one, or as many packages with consecutive serials
 * as its body needs; JT/T 808-2013 §§4.4 and 7.12.
 *
 * @param serial of the first frame
 * @param frames escaped, with their flags; not copied
 */
public record OutgoingMessage(int id, int serial, List<byte[]> frames) {
    public OutgoingMessage {
        frames = List.copyOf(frames);
    }

    /**
     * Frames of a message without encryption.
     *
     * @param phone decimal digits, filled with zeros on the left as the edition needs
     */
    public static OutgoingMessage of(Message message, Edition edition, String phone, int serial) {
        BodyWriter out = new BodyWriter(edition);
        message.write(out);
        return of(message.id(), out.toArray(), edition, phone, serial);
    }

    static OutgoingMessage of(int id, byte[] body, Edition edition, String phone, int serial) {
        int packages = Math.ceilDiv(body.length, Frame.LARGEST_BODY_BYTES);
        if (packages > 0xFFFF) {
            throw new IllegalArgumentException(
                    "a body of %d bytes needs more than 65535 packages".formatted(body.length));
        }
        List<byte[]> frames = new ArrayList<>(Math.max(1, packages));
        byte[] message = new byte[Frame.LARGEST_MESSAGE_BYTES];
        byte[] frame = new byte[Frame.LARGEST_FRAME_BYTES];
        int from = 0;
        do {
            int part = Math.min(Frame.LARGEST_BODY_BYTES, body.length - from);
            int number = frames.size();
            int partSerial = serial + number & 0xFFFF;
            int at =
                    packages <= 1
                            ? Frame.begin(message, 0, id, edition, phone, partSerial)
                            : Frame.beginPackage(
                                    message,
                                    0,
                                    id,
                                    edition,
                                    phone,
                                    partSerial,
                                    packages,
                                    number + 1);
            System.arraycopy(body, from, message, at, part);
            int messageBytes = Frame.finish(message, 0, part);
            frames.add(Arrays.copyOf(frame, Frame.escape(message, 0, messageBytes, frame, 0)));
            from += part;
        } while (from < body.length);
        return new OutgoingMessage(id, serial, frames);
    }

    /** Whether an answer with this serial is meant for it: any package's counts. */
    public boolean hasSerial(int answeredSerial) {
        return (answeredSerial - serial & 0xFFFF) < frames.size();
    }

    /** Serial after its last frame. */
    public int nextSerial() {
        return serial + frames.size() & 0xFFFF;
    }
}
