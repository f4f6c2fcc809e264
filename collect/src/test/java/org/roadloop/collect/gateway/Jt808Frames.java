package org.roadloop.collect.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;

/** JT/T 808 frames in hex, made byte by byte, not by our own encoder. */
final class Jt808Frames {
    static final String PLATE = "D4C1413132333435";

    /** 0100 of 2013: province 31, city 1, empty maker, model and id, colour 1, plate. */
    static final String REGISTRATION = "001f" + "0001" + "00".repeat(5 + 20 + 7) + "01" + PLATE;

    private static final String PLACE =
            "00000000" + "00000003" + "01dcaf40" + "073e16f0" + "000c" + "0168" + "005a";

    /** No alarm; ACC on and fixed; 31.24 N, 121.51 E; 12 m; 36 km/h; 90°; 2026-11-22 10:30:05. */
    static final String POSITION = PLACE + "261122103005";

    private Jt808Frames() {}

    /** The same place at another time, BCD YYMMDDhhmmss. */
    static String positionAt(String time) {
        return PLACE + time;
    }

    static String frame(String id, String phone, int serial, String body) {
        return flagged(
                id + "%04x".formatted(body.length() / 2) + phone + "%04x".formatted(serial) + body);
    }

    static String frame2019(String id, String phone, int serial, String body) {
        String properties = "%04x".formatted(0x4000 | body.length() / 2);
        return flagged(id + properties + "01" + phone + "%04x".formatted(serial) + body);
    }

    /** One package of a message in several. */
    static String part(String id, String phone, String[] parts, int number, int serial) {
        String body = parts[number - 1];
        String properties = "%04x".formatted(0x2000 | body.length() / 2);
        return flagged(
                id
                        + properties
                        + phone
                        + "%04x%04x%04x".formatted(serial, parts.length, number)
                        + body);
    }

    /** 8001 without its BCC: serial, serial answered, id answered, result. */
    static String answer(String phone, int serial, int answered, String id, int result) {
        return "80010005" + phone + "%04x%04x%s%02x".formatted(serial, answered, id, result);
    }

    /** The token in an answer 8100 of 2013. */
    static String token(String answer) {
        return answer.substring(2 * 15);
    }

    /** Header and body of the next frame in hex, unescaped, its BCC checked and cut off. */
    static String receive(Peer terminal) throws Exception {
        assertThat(terminal.receive(1)).isEqualTo("7e");
        StringBuilder frame = new StringBuilder();
        String next = terminal.receive(1);
        while (!next.equals("7e")) {
            assertThat(next).as("the link ended inside a frame").isNotEmpty();
            frame.append(next);
            next = terminal.receive(1);
        }
        return content(frame.toString());
    }

    /** The same of what stands between two flags. */
    static String content(String escaped) {
        StringBuilder content = new StringBuilder();
        for (int i = 0; i < escaped.length(); i += 2) {
            String next = escaped.substring(i, i + 2);
            if (next.equals("7d")) {
                i += 2;
                next = escaped.startsWith("01", i) ? "7d" : "7e";
            }
            content.append(next);
        }
        int bcc = 0;
        for (byte b : HexFormat.of().parseHex(content)) {
            bcc ^= b;
        }
        assertThat(bcc).isZero();
        return content.substring(0, content.length() - 2);
    }

    private static String flagged(String message) {
        int bcc = 0;
        for (byte b : HexFormat.of().parseHex(message)) {
            bcc ^= b;
        }
        StringBuilder out = new StringBuilder("7e");
        for (byte b : HexFormat.of().parseHex(message + "%02x".formatted(bcc & 0xFF))) {
            out.append(b == 0x7e ? "7d02" : b == 0x7d ? "7d01" : "%02x".formatted(b));
        }
        return out + "7e";
    }
}
