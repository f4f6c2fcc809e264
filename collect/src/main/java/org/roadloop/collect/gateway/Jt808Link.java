package org.roadloop.collect.gateway;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.roadloop.collect.Lineage;
import org.roadloop.collect.jt808.Message;
import org.roadloop.collect.jt808.OutgoingMessage;
import org.roadloop.collect.jt808.PackageAssembler;
import org.roadloop.collect.jt808.PendingCommands;
import org.roadloop.collect.jt808.TerminalBook;
import org.roadloop.collect.jt808.TerminalSession;

/**
 * One JT/T 808 terminal, whatever carries its frames (808链路): messages to the {@link
 * TerminalSession}, its records to the log, its answers to the terminal, the durable ones after the
 * fsync; commands and their repeats. The carrier's thread is the one thread, but {@link #send},
 * {@link #tick} and {@link #close}.
 */
final class Jt808Link implements LiveLink {
    /** What brings frames from a terminal and to it (承载): a connection, or datagrams. */
    interface Carrier {
        /** {@code tcp}, {@code tls} or {@code udp}. */
        String link();

        /** Runs something on the carrier's thread. Any thread. */
        void execute(Runnable task);

        /** Whether a command may be sent now: the link is up, and the terminal reads. */
        boolean takesCommands();

        void write(byte[] frames);

        /** Told when a record is durable: sends this answer then. */
        CommitListener onceDurable(byte[] answer);

        /** Counted already; the carrier keeps a sample and may end the link. */
        void noteFault(String counterName, String sample);

        /** The terminal has logged in, or out. */
        void loggedIn(boolean now);

        /** Any thread. */
        void close();
    }

    private final TcpGateway gateway;
    private final TerminalRegister register;
    private final Carrier carrier;
    private final TerminalSession session;
    private final Map<OutgoingMessage, CompletableFuture<CommandResult>> waiting = new HashMap<>();

    /** What the log had no room for; the session has moved on already. */
    private TerminalSession.Step.@Nullable Store unstored;

    /** Whether time-outs may be due: packages are missing, or a command waits. */
    private volatile boolean expectsSomething;

    private String claimed = "";
    private final long connectedAtMillis;
    private volatile long lastReadAtMillis;

    /**
     * @param book answers for the register; stricter where the carrier knows more of who it is
     */
    Jt808Link(
            TcpGateway gateway,
            Carrier carrier,
            TerminalRegister register,
            TerminalBook book,
            Jt808Settings settings) {
        this.gateway = gateway;
        this.carrier = carrier;
        this.register = register;
        this.connectedAtMillis = gateway.clock.millis();
        this.lastReadAtMillis = connectedAtMillis;
        this.session =
                new TerminalSession(
                        book, gateway.clock::instant, settings.commands(), settings.packages());
    }

    @Override
    public String link() {
        return carrier.link();
    }

    @Override
    public int edition() {
        return session.edition().year();
    }

    @Override
    public long connectedAtMillis() {
        return connectedAtMillis;
    }

    @Override
    public long lastReadAtMillis() {
        return lastReadAtMillis;
    }

    /**
     * Takes one right message.
     *
     * @param bytes holds it unescaped, with its BCC
     * @param frame the same as it came
     * @return false if the log has no room for its record, see {@link #takeUp} and {@link #giveUp}
     */
    boolean received(byte[] bytes, int message, byte[] frame) {
        lastReadAtMillis = gateway.clock.millis();
        gateway.counts.jt808Frames.increment();
        TerminalSession.Step next = session.received(bytes, message, frame, System.nanoTime());
        noteSession(); // whoever has the answer can be sent commands
        return on(next);
    }

    boolean isLoggedIn() {
        return session.state() == TerminalSession.State.AUTHENTICATED;
    }

    /** Offers the record that is left once more; false if there is still no room. */
    boolean takeUp() {
        TerminalSession.Step.Store left = unstored;
        if (left != null && !store(left)) {
            return false;
        }
        unstored = null;
        return true;
    }

    /** Forgets the record that is left: it stays unanswered, and the terminal sends it again. */
    void giveUp() {
        unstored = null;
    }

    /** Bytes of the record that is left; 0 if none is. */
    int leftBytes() {
        TerminalSession.Step.Store left = unstored;
        return left == null ? 0 : left.record().length;
    }

    /** The carrier has ended. */
    void ended() {
        release();
        waiting.values()
                .forEach(
                        command ->
                                command.complete(
                                        CommandResult.without(CommandResult.Outcome.LINK_LOST)));
        waiting.clear();
    }

    /** Called each half second. */
    void tick() {
        if (expectsSomething) {
            carrier.execute(() -> onDue(System.nanoTime()));
        }
    }

    @Override
    public void close() {
        carrier.close();
    }

    /** Sends a command; repeats and gives up as the standard says. Any thread. */
    CompletableFuture<CommandResult> send(Message command) {
        CompletableFuture<CommandResult> result = new CompletableFuture<>();
        carrier.execute(() -> send(command, result));
        return result;
    }

    private void send(Message command, CompletableFuture<CommandResult> result) {
        if (claimed.isEmpty()) {
            result.complete(CommandResult.without(CommandResult.Outcome.LINK_LOST));
            return;
        }
        try {
            Optional<OutgoingMessage> sent =
                    carrier.takesCommands()
                            ? session.send(command, System.nanoTime())
                            : Optional.empty();
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
                gateway.counters.increment(refuse.reason());
                carrier.noteFault(refuse.reason(), "a message of JT/T 808");
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
        return offer(store.record(), carrier.onceDurable(joined(store.answer().frames())));
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
                    // To a terminal that does not read, the try counts and nothing piles up.
                    if (carrier.takesCommands()) {
                        gateway.counters.increment("jt808_commands_repeated");
                        write(repeat.command().frames());
                    }
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

    /** One live identity: the link that authenticated last. */
    private void noteSession() {
        boolean isIn = isLoggedIn();
        if (isIn && claimed.isEmpty()) {
            claimed = key(session.phone());
            gateway.counters.increment("jt808_logins");
            gateway.claim(claimed, this);
        } else if (!isIn) {
            release();
        }
        carrier.loggedIn(isIn);
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

    private void write(List<byte[]> frames) {
        carrier.write(joined(frames));
    }

    private static byte[] joined(List<byte[]> frames) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        frames.forEach(out::writeBytes);
        return out.toByteArray();
    }
}
