package org.roadloop.collect.gateway;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.roadloop.collect.gb32960.Frame;

/**
 * The one order that waits for a terminal's answer (待应答指令): an answer names only the command, so a
 * second order waits outside until the first has ended. The link's thread, but {@link #isOpen}.
 */
final class OpenOrder {
    private static final byte[] NOTHING = new byte[0];

    private final TerminalOrder.Rule rule;
    private byte[] frame = NOTHING;
    private int tries;
    private long sentNanos;
    private volatile @Nullable CompletableFuture<CommandResult> result;

    OpenOrder(TerminalOrder.Rule rule) {
        this.rule = rule;
    }

    boolean isOpen() {
        return result != null;
    }

    void sent(byte[] order, CompletableFuture<CommandResult> told, long nowNanos) {
        frame = order;
        result = told;
        tries = 1;
        sentNanos = nowNanos;
    }

    boolean waitsFor(int command) {
        return isOpen() && command == Frame.command(frame, 0);
    }

    /** The terminal has answered with this flag. */
    void answered(int flag) {
        end(CommandResult.answered(flag == Frame.FLAG_SUCCESS ? 0 : flag));
    }

    /**
     * What is to be sent once more now; null if nothing is. An order whose tries are used up ends.
     */
    byte @Nullable [] due(long nowNanos) {
        if (!isOpen() || nowNanos - sentNanos < rule.answerNanos()) {
            return null;
        }
        if (tries == rule.tries()) {
            end(CommandResult.without(CommandResult.Outcome.TIMED_OUT));
            return null;
        }
        tries++;
        sentNanos = nowNanos;
        return frame;
    }

    void end(CommandResult with) {
        CompletableFuture<CommandResult> told = result;
        result = null;
        if (told != null) {
            told.complete(with);
        }
    }
}
