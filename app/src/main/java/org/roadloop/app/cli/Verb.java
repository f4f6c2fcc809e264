package org.roadloop.app.cli;

import java.util.concurrent.Callable;
import java.util.function.Supplier;

/**
 * One word of the command line. The command is made only when its word is given, so that a long
 * list of verbs costs nothing at start.
 *
 * @param name what is typed, {@code up}
 * @param summary one line for {@code roadloop help}; empty: not in it
 * @param command a picocli {@code @Command} class; its own subcommands are annotated in it
 */
public record Verb(String name, String summary, Supplier<? extends Callable<Integer>> command) {}
