package org.roadloop.collect.gateway;

import io.netty.channel.socket.SocketChannel;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.roadloop.collect.Lineage;
import org.roadloop.collect.jt808.FrameCutter;
import org.roadloop.collect.jt808.Message;
import org.roadloop.collect.jt808.OutgoingMessage;
import org.roadloop.collect.jt808.PackageAssembler;
import org.roadloop.collect.jt808.PendingCommands;
import org.roadloop.collect.jt808.TerminalSession;

/**
 * One JT/T 808 connection of either edition (808连接): frames to the {@link TerminalSession}, its
 * records to the log, its answers to the terminal, the durable ones after the fsync. Its event loop
 * is the one thread, but {@link #send} and {@link #tick}.
 */
final class Jt808Connection extends FramedConnection {
    private final TerminalRegister register;
    private final FrameCutter cutter = new FrameCutter();
    private final TerminalSession session;
    private final Map<OutgoingMessage, CompletableFuture<CommandResult>> waiting = new HashMap<>();

    /** What the log had no room for; the session has moved on already. */
    private TerminalSession.Step.@Nullable Store unstored;

    /** Whether time-outs may be due: packages are missing, or a command waits. */
    private volatile boolean expectsSomething;

    private String claimed = "";
    private int start;

    Jt808Connection(
            TcpGateway gateway,
            SocketChannel channel,
            TerminalRegister register,
            Jt808Settings settings) {
        super(gateway, channel);
        this.register = register;
        this.session =
                new TerminalSession(
                        register, gateway.clock::instant, settings.commands(), settings.packages());
    }

    @Override
    public int edition() {
        return session.edition().year();
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
                gateway.counts.jt808Frames.increment();
                int end = start + cutter.length();
                byte[] frame = Arrays.copyOfRange(bytes, start, end);
                TerminalSession.Step next =
                        session.received(
                                cutter.bytes(), cutter.message(), frame, System.nanoTime());
                noteSession(); // whoever has the answer can be sent commands
                boolean taken = on(next);
                // The session has the frame; what may come again is its record.
                start = end;
                yield taken ? Step.TAKEN : Step.FULL;
            }
            case MORE -> Step.MORE;
            case GARBAGE, ESCAPE, BCC, LENGTH, PHONE -> {
                fault(verdict.counterName(), cutter.length());
                yield Step.FAULT;
            }
        };
    }

    @Override
    int giveUpPartial(byte[] partial) {
        fault("jt808_partial_timeout", partial.length);
        return partial.length;
    }

    @Override
    int wantedBytes() {
        TerminalSession.Step.Store left = unstored;
        return left == null ? super.wantedBytes() : left.record().length;
    }

    @Override
    boolean takeUp() {
        TerminalSession.Step.Store left = unstored;
        if (left != null && !store(left)) {
            return false;
        }
        unstored = null;
        return true;
    }

    @Override
    void ended() {
        release();
        waiting.values()
                .forEach(
                        command ->
                                command.complete(
                                        CommandResult.without(CommandResult.Outcome.LINK_LOST)));
        waiting.clear();
    }

    @Override
    void tick(long nowNanos) {
        if (expectsSomething) {
            channel.eventLoop().execute(() -> onDue(System.nanoTime()));
        }
    }

    /** Sends a command; repeats and gives up as the standard says. Any thread. */
    CompletableFuture<CommandResult> send(Message command) {
        CompletableFuture<CommandResult> result = new CompletableFuture<>();
        channel.eventLoop().execute(() -> send(command, result));
        return result;
    }

    private void send(Message command, CompletableFuture<CommandResult> result) {
        if (!channel.isActive()) {
            result.complete(CommandResult.without(CommandResult.Outcome.LINK_LOST));
            return;
        }
        try {
            Optional<OutgoingMessage> sent = session.send(command, System.nanoTime());
            if (sent.isEmpty()) {
                result.complete(CommandResult.without(CommandResult.Outcome.BUSY));
                return;
            }
            waiting.put(sent.get(), result);
            expectsSomething = true;
            gateway.counters.increment("jt808_commands_sent");
            write(sent.get().frames());
        } catch (IllegalArgumentException e) {
            // The edition of the link has no such message.
            result.completeExceptionally(e);
        }
    }

    private boolean on(TerminalSession.Step step) {
        return switch (step) {
            case TerminalSession.Step.Answer answer -> {
                write(answer.answer().frames());
                yield true;
            }
            case TerminalSession.Step.Store store -> {
                boolean taken = store(store);
                unstored = taken ? null : store;
                yield taken;
            }
            case TerminalSession.Step.Answered answered -> {
                // A position in an answer is a row as well; it may be lost to a full log.
                keepAnswer(answered.record());
                CompletableFuture<CommandResult> result = waiting.remove(answered.command());
                if (result != null) {
                    result.complete(CommandResult.answered(answered.result()));
                }
                gateway.counters.increment("jt808_commands_answered");
                yield true;
            }
            case TerminalSession.Step.Repeat repeat -> {
                write(repeat.frames());
                yield true;
            }
            case TerminalSession.Step.Refuse refuse -> {
                fault(refuse.reason(), 0);
                write(refuse.answer().frames());
                yield true;
            }
            case TerminalSession.Step.Nothing nothing -> {
                if (!nothing.reason().isEmpty()) {
                    gateway.counters.increment(nothing.reason());
                    expectsSomething = true;
                }
                yield true;
            }
        };
    }

    private boolean store(TerminalSession.Step.Store store) {
        byte[] answer = joined(store.answer().frames());
        return offer(
                store.record(),
                new PreparedAnswer(answers, gateway.counts.acknowledged, answer, answer.length));
    }

    private void keepAnswer(byte[] record) {
        if (!offer(record, null)) {
            gateway.counters.increment("jt808_answer_not_kept");
        }
    }

    private boolean offer(byte[] record, @Nullable CommitListener listener) {
        String phone = session.phone();
        Lineage lineage = register.find(phone);
        if (lineage == null) {
            // Taken off the register since it logged in.
            gateway.counters.increment("jt808_terminal_unknown");
            close();
            return true;
        }
        byte[] identity = phone.getBytes(StandardCharsets.US_ASCII);
        boolean taken =
                gateway.log.offer(
                        Source.JT808,
                        lineage,
                        IdentityHash.of(identity, 0, identity.length),
                        gateway.clock.millis() * 1000,
                        record,
                        0,
                        record.length,
                        listener);
        if (taken) {
            gateway.counts.taken.increment();
        }
        return taken;
    }

    private void onDue(long nowNanos) {
        for (PendingCommands.Due due : session.dueCommands(nowNanos)) {
            switch (due) {
                case PendingCommands.Due.Repeat repeat -> {
                    gateway.counters.increment("jt808_commands_repeated");
                    write(repeat.command().frames());
                }
                case PendingCommands.Due.GivenUp givenUp -> {
                    gateway.counters.increment("jt808_commands_timed_out");
                    CompletableFuture<CommandResult> result = waiting.remove(givenUp.command());
                    if (result != null) {
                        result.complete(CommandResult.without(CommandResult.Outcome.TIMED_OUT));
                    }
                }
            }
        }
        List<PackageAssembler.Group> givenUp = new ArrayList<>();
        for (OutgoingMessage request : session.duePackages(nowNanos, givenUp)) {
            gateway.counters.increment("jt808_packages_requested");
            write(request.frames());
        }
        gateway.counters.add(PackageAssembler.TIMEOUT, givenUp.size());
    }

    /** One live identity: the connection that authenticated last. */
    private void noteSession() {
        boolean isIn = session.state() == TerminalSession.State.AUTHENTICATED;
        if (isIn && claimed.isEmpty()) {
            claimed = key(session.phone());
            gateway.counters.increment("jt808_logins");
            gateway.claim(claimed, this);
        } else if (!isIn) {
            release();
        }
        loggedIn(isIn);
    }

    private void release() {
        if (!claimed.isEmpty()) {
            gateway.release(claimed, this);
            claimed = "";
        }
    }

    /** Phones and VINs share the map of sessions. */
    static String key(String phone) {
        return SessionListener.PHONE + phone;
    }

    private void fault(String counterName, int length) {
        gateway.counters.increment(counterName);
        noteFault(counterName, length + " bytes of JT/T 808");
    }

    private void write(List<byte[]> frames) {
        byte[] out = joined(frames);
        write(out, out.length);
    }

    private static byte[] joined(List<byte[]> frames) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        frames.forEach(out::writeBytes);
        return out.toByteArray();
    }
}
