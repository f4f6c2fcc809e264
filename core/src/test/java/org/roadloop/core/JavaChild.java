package org.roadloop.core;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A process of a test, of the same class path. It never outlives the test: {@link #close}. */
public final class JavaChild implements AutoCloseable {
    private final Process process;

    private JavaChild(Process process) {
        this.process = process;
    }

    /**
     * @param errors where its standard error goes
     */
    public static JavaChild start(
            ProcessBuilder.Redirect errors, Class<?> main, Object... arguments) throws IOException {
        return new JavaChild(
                new ProcessBuilder(command(main, arguments)).redirectError(errors).start());
    }

    /** Words that start a small JVM with this class. */
    public static List<String> command(Class<?> main, Object... arguments) {
        List<String> words =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Xmx128m",
                                "-XX:TieredStopAtLevel=1",
                                "-cp",
                                System.getProperty("java.class.path"),
                                main.getName()));
        for (Object argument : arguments) {
            words.add(argument.toString());
        }
        return words;
    }

    /**
     * For the child to call first: it ends when its standard input does, which is when the test's
     * process is gone, however that ended.
     */
    public static void endWithParent() {
        Thread.ofPlatform()
                .daemon()
                .name("parent")
                .start(
                        () -> {
                            try {
                                while (System.in.read() >= 0) {
                                    // the parent says nothing
                                }
                            } catch (IOException gone) {
                                // as the end of it
                            }
                            Runtime.getRuntime().halt(1);
                        });
    }

    public Process process() {
        return process;
    }

    /** {@code kill -9}; what it printed can still be read, other than after {@link #close}. */
    public void kill() {
        process.toHandle().destroyForcibly();
    }

    @Override
    public void close() {
        process.destroyForcibly();
        boolean interrupted = false;
        while (process.isAlive()) {
            try {
                process.waitFor();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
