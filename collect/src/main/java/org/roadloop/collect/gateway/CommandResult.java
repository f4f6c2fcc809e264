package org.roadloop.collect.gateway;

/**
 * What came of a command to a terminal (指令结果).
 *
 * @param code 0 ok, else what the terminal said: of JT/T 808 1 failed, 2 wrong, 3 not supported, of
 *     GB/T 32960 its answer flag; -1 without an answer
 */
public record CommandResult(Outcome outcome, int code) {
    /** How it ended. */
    public enum Outcome {
        /** The terminal answered that it did it. */
        DONE,
        /** The terminal answered that it did not. */
        REFUSED,
        /** No answer after all repeats. */
        TIMED_OUT,
        /** The link ended before an answer. */
        LINK_LOST,
        /** The terminal has no link now; nothing was sent. */
        NOT_CONNECTED,
        /** Too many commands wait for this terminal; nothing was sent. */
        BUSY
    }

    static CommandResult without(Outcome outcome) {
        return new CommandResult(outcome, -1);
    }

    static CommandResult answered(int code) {
        return new CommandResult(code == 0 ? Outcome.DONE : Outcome.REFUSED, code);
    }
}
