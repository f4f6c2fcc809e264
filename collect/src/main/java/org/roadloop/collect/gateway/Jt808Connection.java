package org.roadloop.collect.gateway;

import io.netty.channel.socket.SocketChannel;
import java.util.Arrays;
import org.roadloop.collect.jt808.Frame;
import org.roadloop.collect.jt808.FrameCutter;
import org.roadloop.collect.jt808.PositionBatch;

/**
 * One TCP connection of a JT/T 808 terminal of either edition (808连接): bytes to frames, frames to
 * its {@link Jt808Link}. Its event loop is the one thread.
 */
final class Jt808Connection extends FramedConnection implements Jt808Link.Carrier {
    private final FrameCutter cutter = new FrameCutter();
    private final Jt808Link link;
    private int start;

    Jt808Connection(
            TcpGateway gateway,
            SocketChannel channel,
            TerminalRegister register,
            Jt808Settings settings) {
        super(gateway, channel);
        link = new Jt808Link(gateway, this, register, register.where(this::isCertified), settings);
    }

    @Override
    public int edition() {
        return link.edition();
    }

    @Override
    void over(byte[] bytes, int length) {
        cutter.over(bytes, 0, length);
    }

    @Override
    int start() {
        return start;
    }

    @Override
    Step step(byte[] bytes) {
        FrameCutter.Verdict verdict = cutter.next();
        start = cutter.start();
        return switch (verdict) {
            case FRAME -> {
                boolean reissued = isReissued(cutter.bytes(), cutter.message());
                if (reissued && !mayReissue(cutter.length())) {
                    yield Step.LATER;
                }
                int end = start + cutter.length();
                boolean taken =
                        link.received(
                                cutter.bytes(),
                                cutter.message(),
                                Arrays.copyOfRange(bytes, start, end));
                // The session has the frame; what may come again is its record.
                start = end;
                if (reissued) {
                    gateway.reissues.taken();
                }
                yield taken ? Step.TAKEN : reissued ? Step.LATER : Step.FULL;
            }
            case MORE -> Step.MORE;
            case GARBAGE, ESCAPE, BCC, LENGTH, PHONE -> {
                fault(verdict.counterName(), cutter.length());
                yield Step.FAULT;
            }
        };
    }

    /** As far as it shows: a later package, or an encrypted body, does not tell its kind. */
    private boolean isReissued(byte[] bytes, int message) {
        return Frame.id(bytes, message) == PositionBatch.ID
                && Frame.bodyBytes(bytes, message) >= PositionBatch.FIRST_ITEM
                && Frame.encryption(bytes, message) == Frame.ENCRYPTION_NONE
                && (!Frame.isSubPackage(bytes, message) || Frame.packageNumber(bytes, message) == 1)
                && PositionBatch.kind(bytes, Frame.bodyOffset(bytes, message))
                        == PositionBatch.KIND_REISSUED
                && link.isLoggedIn();
    }

    @Override
    int giveUpPartial(byte[] partial) {
        fault("jt808_partial_timeout", partial.length);
        return partial.length;
    }

    @Override
    int wantedBytes() {
        int left = link.leftBytes();
        return left == 0 ? super.wantedBytes() : left;
    }

    @Override
    boolean takeUp() {
        return link.takeUp();
    }

    @Override
    void ended() {
        link.ended();
    }

    @Override
    void tick(long nowNanos) {
        link.tick();
    }

    @Override
    public void execute(Runnable task) {
        channel.eventLoop().execute(task);
    }

    @Override
    public boolean takesCommands() {
        return channel.isActive() && channel.isWritable();
    }

    @Override
    public void write(byte[] frames) {
        write(frames, frames.length);
    }

    @Override
    public CommitListener onceDurable(byte[] answer) {
        return new PreparedAnswer(answers, gateway.counts.acknowledged, answer, answer.length);
    }

    private void fault(String counterName, int length) {
        gateway.counters.increment(counterName);
        noteFault(counterName, length + " bytes of JT/T 808");
    }
}
