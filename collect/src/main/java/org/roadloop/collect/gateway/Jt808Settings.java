package org.roadloop.collect.gateway;

import org.roadloop.collect.jt808.PackageAssembler;
import org.roadloop.collect.jt808.PendingCommands;

/**
 * Times and bounds of each JT/T 808 link (808设定).
 *
 * @param commands time-out and repeats of commands
 * @param packages what is kept of messages in packages, and when missing ones are asked for
 */
public record Jt808Settings(PendingCommands.Policy commands, PackageAssembler.Bounds packages) {
    public static final Jt808Settings DEFAULT =
            new Jt808Settings(PendingCommands.Policy.DEFAULT, PackageAssembler.Bounds.DEFAULT);

    /** For datagrams, which overtake each other. */
    public static final Jt808Settings UNORDERED =
            new Jt808Settings(
                    PendingCommands.Policy.DEFAULT, PackageAssembler.Bounds.DEFAULT.consecutive());
}
