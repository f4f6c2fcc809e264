package org.roadloop.app.part;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.roadloop.app.http.Json;
import org.roadloop.collect.gateway.CommitListener;
import org.roadloop.collect.gateway.FrameIntake;
import org.roadloop.collect.text.HexLines;
import org.roadloop.collect.text.MessageText;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.node.ObjectNode;

/** One body of frames on its way to the disk (批量报文). One thread, but for what the log calls. */
final class FrameBody implements CommitListener {
    /** Refusals that are told one by one; all are counted. */
    private static final int MOST_TOLD = 1_000;

    /** How a body ended. */
    enum Verdict {
        /** Everything was refused, or is on disk. */
        DURABLE,
        /** The rest found no room; what was taken is on disk. */
        NO_ROOM,
        NOT_DURABLE
    }

    /**
     * @param line from 1 on; null in a binary body
     * @param offset of bytes in the body, or in its line
     */
    private record Refusal(@Nullable Long line, int offset, String reason) {
        Map<String, Object> body() {
            Map<String, Object> body = new LinkedHashMap<>();
            if (line != null) {
                body.put("line", line);
            }
            body.put("offset", offset);
            body.put("reason", reason);
            return body;
        }
    }

    private static final class NoRoomException extends IOException {
        private static final long serialVersionUID = 1L;
    }

    private final FrameIntake intake;
    private final LogRoom room;
    private final Duration patience;
    private final List<Refusal> refusals = new ArrayList<>();
    private @Nullable Long line;
    private long accepted;
    private long refused;
    private long taken;

    /** Records that are on disk; guarded by this. */
    private long durable;

    FrameBody(FrameIntake intake, LogRoom room, Duration patience) {
        this.intake = intake;
        this.room = room;
        this.patience = patience;
    }

    @Override
    public synchronized void durable(byte[] bytes, int offset, int length) {
        durable++;
        notifyAll();
    }

    Verdict binary(byte[] body) throws IOException, InterruptedException {
        return ended(() -> piece(body));
    }

    Verdict hexLines(byte[] body) throws IOException, InterruptedException {
        return ended(
                () ->
                        HexLines.decode(
                                new ByteArrayInputStream(body),
                                (in, _) -> piece(in.readAllBytes()),
                                new Faults(),
                                number -> line = number));
    }

    Verdict jsonLines(byte[] body, MessageText text) throws IOException, InterruptedException {
        return ended(
                () -> {
                    long number = 0;
                    for (String each : new String(body, StandardCharsets.UTF_8).split("\n", -1)) {
                        line = ++number;
                        if (!each.isBlank()) {
                            jsonLine(each, text);
                        }
                    }
                });
    }

    private void jsonLine(String each, MessageText text) throws IOException {
        byte[] message;
        try {
            if (!(Json.mapper().readTree(each) instanceof ObjectNode object)) {
                refuse(0, "json_line");
                return;
            }
            message = text.encode(object);
        } catch (JacksonException e) {
            refuse(0, "json_line");
            return;
        } catch (IllegalArgumentException e) {
            refuse(0, "json_message");
            return;
        }
        piece(message);
    }

    /** What is counted in an answer. */
    Map<String, Object> answer() {
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("accepted", accepted);
        answer.put("refused", refused);
        answer.put("refusals", refusals.stream().map(Refusal::body).toList());
        return answer;
    }

    private interface Walk {
        void run() throws IOException;
    }

    private Verdict ended(Walk walk) throws IOException, InterruptedException {
        Verdict verdict = Verdict.DURABLE;
        try {
            walk.run();
            for (int left = intake.giveUpPackages(); left > 0; left--) {
                refuse(0, "jt808_packages_incomplete");
            }
        } catch (NoRoomException e) {
            verdict = Verdict.NO_ROOM;
        }
        return awaitDurable() ? verdict : Verdict.NOT_DURABLE;
    }

    private synchronized boolean awaitDurable() throws InterruptedException {
        long deadline = LogRoom.deadline(patience);
        while (durable < taken) {
            long leftMillis = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            if (leftMillis <= 0) {
                return false;
            }
            wait(leftMillis);
        }
        return true;
    }

    private void piece(byte[] bytes) throws IOException {
        intake.over(bytes);
        long deadline = LogRoom.deadline(patience);
        while (true) {
            switch (intake.next(this)) {
                case TAKEN -> {
                    accepted += intake.frames();
                    taken++;
                    deadline = LogRoom.deadline(patience);
                }
                case KEPT -> {}
                case REFUSED -> refuse(intake.offset(), intake.reason());
                case FULL -> awaitRoom(deadline);
                case END -> {
                    return;
                }
            }
        }
    }

    private void awaitRoom(long deadline) throws IOException {
        try {
            if (!room.await(deadline)) {
                throw new NoRoomException();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new NoRoomException();
        }
    }

    private void refuse(int offset, String reason) {
        refused++;
        if (refusals.size() < MOST_TOLD) {
            refusals.add(new Refusal(line, offset, reason));
        }
    }

    /** Hears of lines that are no hex. */
    private final class Faults implements MessageText.Sink {
        @Override
        public void message(ObjectNode message) {
            throw new IllegalStateException("pieces give no messages");
        }

        @Override
        public void error(long offset, String reason, String detail) {
            refuse((int) offset, reason);
        }
    }
}
