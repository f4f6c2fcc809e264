package org.roadloop.dataspace.destination;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Reads an answer of HTTP/1.1 (应答读取), RFC 9112: head and body, both bounded, whoever sends it. One
 * thread.
 */
final class AnswerReader {
    private static final int MOST_HEAD_BYTES = 32 * 1024;

    /** Of interim answers, before the one that counts. */
    private static final int MOST_INTERIM = 8;

    private AnswerReader() {}

    /**
     * @param headers names in any case
     */
    record Head(String version, int status, Map<String, List<String>> headers) {
        String header(String name) {
            return headers.getOrDefault(name, List.of("")).getFirst();
        }

        private boolean chunked() {
            return header("Transfer-Encoding").equalsIgnoreCase("chunked");
        }

        private boolean bodiless(String method) {
            return method.equals("HEAD") || status == 204 || status == 304;
        }

        /** It ends with the message. */
        InputStream body(InputStream in, String method) throws IOException {
            if (bodiless(method)) {
                return InputStream.nullInputStream();
            }
            if (chunked()) {
                return new ChunkedBody(in);
            }
            String length = header("Content-Length");
            return length.matches("\\d{1,18}") ? new Limited(in, Long.parseLong(length)) : in;
        }

        /**
         * Whether a further request may follow on the same line: the end of this answer is beyond
         * doubt, and the sender does not hang up.
         */
        boolean endsClearly(String method) {
            boolean oneLength =
                    headers.getOrDefault("Content-Length", List.of()).size() == 1
                            && !headers.containsKey("Transfer-Encoding");
            boolean oneCoding = chunked() && !headers.containsKey("Content-Length");
            return version.equals("HTTP/1.1")
                    && !header("Connection").equalsIgnoreCase("close")
                    && (bodiless(method) || oneLength || oneCoding);
        }
    }

    /** The head of the answer that counts, behind interim ones. */
    static Head last(BufferedInputStream in) throws IOException {
        for (int i = 0; i <= MOST_INTERIM; i++) {
            Head head = head(in);
            if (head.status() / 100 != 1) {
                return head;
            }
        }
        throw new IOException("the receiver puts the answer off without end");
    }

    static Head head(BufferedInputStream in) throws IOException {
        int[] budget = {MOST_HEAD_BYTES};
        String status = line(in, budget);
        if (!status.matches("HTTP/1\\.[01] \\d{3}( .*)?")) {
            throw new IOException("the receiver does not speak HTTP/1.1");
        }
        Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (String line = line(in, budget); !line.isEmpty(); line = line(in, budget)) {
            int colon = line.indexOf(':');
            if (colon > 0) {
                headers.computeIfAbsent(line.substring(0, colon), n -> new ArrayList<>())
                        .add(line.substring(colon + 1).strip());
            }
        }
        return new Head(status.substring(0, 8), Integer.parseInt(status.substring(9, 12)), headers);
    }

    private static String line(InputStream in, int[] budget) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new EOFException("the receiver closed the connection");
            }
            if (--budget[0] < 0) {
                throw new IOException("the head of the answer is too long");
            }
            if (b != '\r') {
                line.append((char) b);
            }
        }
        return line.toString();
    }

    /** A body of known length. */
    private static final class Limited extends InputStream {
        private final InputStream in;
        private long left;

        Limited(InputStream in, long left) {
            this.in = in;
            this.left = left;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] to, int offset, int length) throws IOException {
            if (left == 0) {
                return -1;
            }
            int n = in.read(to, offset, (int) Math.min(left, length));
            if (n < 0) {
                throw new IOException("the answer ended " + left + " bytes early");
            }
            left -= n;
            return n;
        }
    }

    /** A body in chunks, RFC 9112 §7.1. */
    private static final class ChunkedBody extends InputStream {
        private final InputStream in;
        private long left;
        private boolean first = true;
        private boolean ended;

        ChunkedBody(InputStream in) {
            this.in = in;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] to, int offset, int length) throws IOException {
            if (left == 0 && !ended) {
                next();
            }
            if (ended) {
                return -1;
            }
            int n = in.read(to, offset, (int) Math.min(left, length));
            if (n < 0) {
                throw new IOException("the answer ended in the middle of a chunk");
            }
            left -= n;
            return n;
        }

        private void next() throws IOException {
            int[] budget = {MOST_HEAD_BYTES};
            if (!first) {
                line(in, budget);
            }
            first = false;
            String size = line(in, budget).replaceFirst(";.*", "").strip();
            if (!size.matches("[0-9A-Fa-f]{1,15}")) {
                throw new IOException("the answer has a chunk without a size");
            }
            left = Long.parseLong(size, 16);
            if (left == 0) {
                ended = true;
                while (!line(in, budget).isEmpty()) {
                    // trailers say nothing that is asked here
                }
            }
        }
    }
}
