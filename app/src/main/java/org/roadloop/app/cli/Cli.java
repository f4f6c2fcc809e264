package org.roadloop.app.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;

/**
 * Runs one verb and turns what happens into a message and an {@link ExitCode}. Only the verb that
 * was typed is built.
 */
public final class Cli {
    private final String version;
    private final List<Verb> verbs;
    private final PrintWriter out;
    private final PrintWriter err;

    public Cli(String version, List<Verb> verbs, PrintWriter out, PrintWriter err) {
        this.version = version;
        this.verbs = List.copyOf(verbs);
        this.out = out;
        this.err = err;
    }

    /** Returns the exit code; never throws, never exits. */
    public int run(String... args) {
        try {
            return dispatch(args);
        } finally {
            out.flush();
            err.flush();
        }
    }

    private int dispatch(String[] args) {
        if (args.length == 0) {
            printHelp(err);
            return ExitCode.WRONG_WORDS;
        }
        String[] rest = Arrays.copyOfRange(args, 1, args.length);
        switch (args[0]) {
            case "help" -> {
                return rest.length == 0 ? help() : dispatch(new String[] {rest[0], "--help"});
            }
            case "--help", "-h" -> {
                return help();
            }
            case "--version", "-V" -> {
                out.println("roadloop " + version + " (Java " + Runtime.version() + ")");
                return ExitCode.OK;
            }
            default -> {}
        }
        for (Verb verb : verbs) {
            if (verb.name().equals(args[0])) {
                return execute(verb, rest);
            }
        }
        List<String> known = new ArrayList<>(verbs.stream().map(Verb::name).toList());
        known.addAll(List.of("help", "--help", "--version"));
        String guess =
                Nearest.word(args[0], known)
                        .map(word -> "did you mean 'roadloop " + word + "'?")
                        .orElse("'roadloop help' lists the verbs");
        err.println("roadloop: no verb '" + args[0] + "'; " + guess);
        return ExitCode.WRONG_WORDS;
    }

    private int help() {
        printHelp(out);
        return ExitCode.OK;
    }

    private int execute(Verb verb, String[] args) {
        Callable<Integer> command = verb.command().get();
        CommandLine line =
                new CommandLine(command)
                        .setCommandName("roadloop " + verb.name())
                        .setOut(out)
                        .setErr(err)
                        .setExecutionExceptionHandler((e, at, parsed) -> report(verb, e))
                        .setParameterExceptionHandler((e, given) -> wrongWords(e));
        return line.execute(args);
    }

    private int report(Verb verb, Exception e) {
        if (e instanceof CliException told) {
            err.println("roadloop " + verb.name() + ": " + told.getMessage());
            return told.exitCode();
        }
        err.println("roadloop " + verb.name() + ": internal error, please report it: " + e);
        e.printStackTrace(err);
        return ExitCode.FAILED;
    }

    private int wrongWords(CommandLine.ParameterException e) {
        CommandLine at = e.getCommandLine();
        String name = at.getCommandSpec().qualifiedName();
        String guess = "";
        if (e instanceof CommandLine.UnmatchedArgumentException unmatched
                && !unmatched.getUnmatched().isEmpty()) {
            String word = unmatched.getUnmatched().getFirst();
            List<String> known = new ArrayList<>();
            if (word.startsWith("-")) {
                at.getCommandSpec().options().forEach(o -> known.addAll(List.of(o.names())));
                err.println(name + ": no option '" + word + "'");
            } else {
                known.addAll(at.getSubcommands().keySet());
                err.println(name + ": '" + word + "' is not expected here");
            }
            String head = word.contains("=") ? word.substring(0, word.indexOf('=')) : word;
            guess = Nearest.word(head, known).map(k -> "did you mean '" + k + "'? ").orElse("");
        } else {
            err.println(name + ": " + e.getMessage());
        }
        err.println(guess + "'" + name + " --help' shows what there is");
        return ExitCode.WRONG_WORDS;
    }

    private void printHelp(PrintWriter to) {
        to.println("Usage: roadloop VERB [OPTIONS]");
        to.println();
        int width = verbs.stream().mapToInt(v -> v.name().length()).max().orElse(0);
        for (Verb verb : verbs) {
            if (verb.summary().isEmpty()) {
                continue;
            }
            to.println(
                    "  "
                            + verb.name()
                            + " ".repeat(width - verb.name().length() + 2)
                            + verb.summary());
        }
        to.println();
        to.println("'roadloop VERB --help' explains a verb; 'roadloop --version' names the build.");
        to.println(
                "Exit codes: 0 done, 1 what was asked for failed, 2 wrong words or configuration,"
                        + " 3 machine or state directory not fit.");
    }
}
