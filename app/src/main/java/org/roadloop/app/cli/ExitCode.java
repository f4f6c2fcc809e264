package org.roadloop.app.cli;

/** What the process says to the shell. */
public final class ExitCode {
    /** The thing asked for was done. */
    public static final int OK = 0;

    /** The thing asked for failed: a proof does not hold, a check found problems. */
    public static final int FAILED = 1;

    /** The words were wrong: unknown verb or option, bad value, faulty configuration. */
    public static final int WRONG_WORDS = 2;

    /**
     * The machine or the state directory is not fit: locked, no server, no permission, no space.
     */
    public static final int ENVIRONMENT = 3;

    private ExitCode() {}
}
