package org.roadloop.collect.gateway;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** GB/T 32960.3-2016 frames in hex, made byte by byte, not by our own encoder. */
final class Gb32960Frames {
    /** 2026-11-22 10:30:05. */
    private static final String TIME = "1a0b160a1e05";

    private Gb32960Frames() {}

    static String login(String vin) {
        String iccid = ascii("89860000000000000001", 20);
        return frame("01", vin, TIME + "0001" + iccid + "0100");
    }

    /** One position, 121.0 E and 39.0 N nearly. */
    static String report(String vin) {
        return reportAt(vin, TIME);
    }

    /** The same at another time, six bytes. */
    static String reportAt(String vin, String time) {
        return frame("02", vin, time + "0506" + "00669f93" + "020696b1");
    }

    /** The same, kept by its sender and sent again (03). */
    static String reissuedAt(String vin, String time) {
        return frame("03", vin, time + "0506" + "00669f93" + "020696b1");
    }

    static String heartbeat(String vin) {
        return frame("07", vin, "");
    }

    static String platformLogin(String user, String password) {
        return frame(
                "05",
                "LTEST000000000001",
                TIME + "0001" + ascii(user, 12) + ascii(password, 20) + "01");
    }

    private static String frame(String command, String id, String data) {
        return Peer.withBcc(
                "2323"
                        + command
                        + "fe"
                        + ascii(id, 17)
                        + "01"
                        + "%04x".formatted(data.length() / 2)
                        + data);
    }

    private static String ascii(String text, int bytes) {
        String hex = HexFormat.of().formatHex(text.getBytes(StandardCharsets.US_ASCII));
        return hex + "00".repeat(bytes - text.length());
    }
}
