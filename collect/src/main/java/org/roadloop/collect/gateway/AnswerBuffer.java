package org.roadloop.collect.gateway;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import java.util.Arrays;

/**
 * Answers of one connection that became due with a commit, sent together (应答缓冲). Any thread adds;
 * the connection's event loop writes.
 */
final class AnswerBuffer {
    private static final byte[] NOTHING = new byte[0];
    private static final int KEPT_BYTES = 4096;

    private final Channel channel;

    // Guarded by this.
    private byte[] answers = NOTHING;
    private int answerBytes;
    private boolean flushScheduled;

    AnswerBuffer(Channel channel) {
        this.channel = channel;
    }

    /** Writes one answer into the buffer. */
    interface Writer {
        /** Returns the bytes written at {@code at}, at most those asked for. */
        int write(byte[] out, int at);
    }

    synchronized void add(int mostBytes, Writer writer) {
        if (answers.length - answerBytes < mostBytes) {
            answers = Arrays.copyOf(answers, Math.max(64, 2 * answers.length + mostBytes));
        }
        answerBytes += writer.write(answers, answerBytes);
    }

    synchronized void add(byte[] answer, int length) {
        add(
                length,
                (out, at) -> {
                    System.arraycopy(answer, 0, out, at, length);
                    return length;
                });
    }

    /** Has the event loop send what is here. */
    void flushSoon() {
        synchronized (this) {
            if (flushScheduled || answerBytes == 0) {
                return;
            }
            flushScheduled = true;
        }
        channel.eventLoop().execute(this::flush);
    }

    private void flush() {
        ByteBuf out;
        synchronized (this) {
            flushScheduled = false;
            out = channel.alloc().buffer(answerBytes);
            out.writeBytes(answers, 0, answerBytes);
            answerBytes = 0;
            if (answers.length > KEPT_BYTES) {
                answers = NOTHING;
            }
        }
        channel.writeAndFlush(out, channel.voidPromise());
    }
}
