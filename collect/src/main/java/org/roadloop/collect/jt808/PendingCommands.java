package org.roadloop.collect.jt808;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/**
 * Commands that a terminal has not answered yet (待应答的平台消息); JT/T 808-2013 §6.1.1. After the
 * time-out T an unanswered one is sent again, and after repeat N+1 the time-out is T(N+1) = T(N) ×
 * (N+1): T, T, 2 T, 6 T, … Bounded in number. One thread.
 */
public final class PendingCommands {
    /**
     * How long to wait, and how often.
     *
     * @param answerNanos time-out before the first repeat
     * @param repeats before a command is given up
     * @param most commands at one time
     */
    public record Policy(long answerNanos, int repeats, int most) {
        /** 10 s, three repeats. */
        public static final Policy DEFAULT = new Policy(10_000_000_000L, 3, 64);

        public Policy {
            if (answerNanos < 1 || repeats < 0 || most < 1) {
                throw new IllegalArgumentException(
                        "answerNanos %d, repeats %d and most %d must be positive"
                                .formatted(answerNanos, repeats, most));
            }
        }

        /** Time-out after repeat {@code n}, 0 for the first sending; saturates. */
        public long timeoutNanos(int n) {
            long timeout = answerNanos;
            for (int i = 2; i <= n; i++) {
                timeout = timeout > Long.MAX_VALUE / 4 / i ? Long.MAX_VALUE / 4 : timeout * i;
            }
            return timeout;
        }
    }

    /** What to do with a command now. */
    public sealed interface Due {
        OutgoingMessage command();

        /** Its frames are to be sent once more, as they were. */
        record Repeat(OutgoingMessage command) implements Due {}

        /** It was sent often enough without an answer. */
        record GivenUp(OutgoingMessage command) implements Due {}
    }

    private static final class Waiting {
        private final OutgoingMessage command;
        private int repeats;
        private long sentNanos;

        private Waiting(OutgoingMessage command, long sentNanos) {
            this.command = command;
            this.sentNanos = sentNanos;
        }
    }

    private final Policy policy;
    private final List<Waiting> waiting = new ArrayList<>();

    public PendingCommands(Policy policy) {
        this.policy = policy;
    }

    public boolean isFull() {
        return waiting.size() == policy.most;
    }

    public int size() {
        return waiting.size();
    }

    /** Takes a command that was just sent. */
    public void sent(OutgoingMessage command, long nowNanos) {
        if (isFull()) {
            throw new IllegalStateException(
                    policy.most + " commands wait for this terminal; ask isFull first");
        }
        waiting.add(new Waiting(command, nowNanos));
    }

    /** Takes an answer to the message with this id; any serial of its packages counts. */
    public Optional<OutgoingMessage> answered(int id, int serial) {
        Iterator<Waiting> each = waiting.iterator();
        while (each.hasNext()) {
            OutgoingMessage command = each.next().command;
            if (command.id() == id && command.hasSerial(serial)) {
                each.remove();
                return Optional.of(command);
            }
        }
        return Optional.empty();
    }

    /** The command a terminal asks packages of, by the serial of its first one. */
    public Optional<OutgoingMessage> find(int firstSerial) {
        return waiting.stream()
                .map(wait -> wait.command)
                .filter(command -> command.serial() == firstSerial)
                .findFirst();
    }

    /** What is due now; a repeat counts as sent. */
    public List<Due> due(long nowNanos) {
        List<Due> due = new ArrayList<>();
        Iterator<Waiting> each = waiting.iterator();
        while (each.hasNext()) {
            Waiting wait = each.next();
            if (nowNanos - wait.sentNanos < policy.timeoutNanos(wait.repeats)) {
                continue;
            }
            if (wait.repeats == policy.repeats) {
                each.remove();
                due.add(new Due.GivenUp(wait.command));
            } else {
                wait.repeats++;
                wait.sentNanos = nowNanos;
                due.add(new Due.Repeat(wait.command));
            }
        }
        return due;
    }
}
