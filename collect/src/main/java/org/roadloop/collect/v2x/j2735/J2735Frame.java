package org.roadloop.collect.v2x.j2735;

import org.roadloop.collect.v2x.uper.Exchange;
import org.roadloop.collect.v2x.uper.Fault;
import org.roadloop.collect.v2x.uper.Octets;
import org.roadloop.collect.v2x.uper.Quantity;
import org.roadloop.collect.v2x.uper.Structure;
import org.roadloop.collect.v2x.uper.UperReader;
import org.roadloop.collect.v2x.uper.UperWriter;

/**
 * A message of SAE J2735 with its number (美国消息帧): MessageFrame. Used again for the next. One
 * thread.
 */
public final class J2735Frame implements Structure {
    public static final int MAP = 18;
    public static final int SPAT = 19;
    public static final int BSM = 20;

    private static final Quantity MESSAGE_ID = Quantity.of("messageId", 0, 65_535);

    /** 0..32767; above that a later edition's frame, which is not read further. */
    public int messageId;

    /** The message's own bytes. */
    public final Octets content = new Octets();

    /** The message when it is {@link #BSM}. */
    public final BsmCore bsm = new BsmCore();

    @Override
    public void exchange(Exchange x) {
        messageId = x.integer(MESSAGE_ID, messageId);
        x.openType(content);
    }

    /** Reads a frame, and its message when it is a BSM. */
    public Fault read(byte[] bytes, int offset, int length, UperReader reader) {
        Fault fault = reader.read(bytes, offset, length, this);
        if (fault == Fault.NONE && messageId > 0x7FFF) {
            return Fault.FORM;
        }
        return fault == Fault.NONE && messageId == BSM
                ? reader.read(content.bytes(), 0, content.length(), bsm)
                : fault;
    }

    /** Writes a frame, with its message from the fields when it is a BSM. */
    public byte[] write(UperWriter writer) {
        if (messageId == BSM) {
            content.set(writer.write(bsm));
        }
        return writer.write(this);
    }
}
