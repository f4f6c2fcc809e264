package org.roadloop.app.part;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import org.roadloop.collect.jt808.Edition;
import org.roadloop.collect.jt808.LinkMessage;
import org.roadloop.collect.jt808.Message;
import org.roadloop.collect.jt808.OutgoingMessage;
import org.roadloop.collect.jt808.Registration;

/** The far end of a JT/T 808 link (终端). One thread. */
final class TestTerminal implements AutoCloseable {
    private final Socket socket;
    private final String phone;
    private int serial;

    TestTerminal(int port, String phone) throws IOException {
        this.socket = new Socket(InetAddress.getLoopbackAddress(), port);
        this.phone = phone;
        socket.setSoTimeout(60_000);
    }

    /** Registers and proves itself. */
    void register() throws IOException {
        send(new Registration(2013, 31, 1, "MAKER", "MODEL", "T1", 1, "A12345"));
        String given = new String(Arrays.copyOfRange(receive(), 16, 48), StandardCharsets.US_ASCII);
        send(new LinkMessage.Authentication(given, null, null));
        assertThat(HexFormat.of().formatHex(receive())).contains("010200");
    }

    void send(Message message) throws IOException {
        for (byte[] frame : OutgoingMessage.of(message, Edition.JT2013, phone, ++serial).frames()) {
            socket.getOutputStream().write(frame);
        }
    }

    /** One frame with its flags. */
    byte[] receive() throws IOException {
        InputStream in = socket.getInputStream();
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        do {
            int next = in.read();
            if (next < 0) {
                throw new IOException("the link is cut");
            }
            frame.write(next);
        } while (frame.size() == 1 || frame.toByteArray()[frame.size() - 1] != 0x7e);
        return frame.toByteArray();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
