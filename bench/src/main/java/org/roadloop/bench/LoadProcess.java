package org.roadloop.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A {@link LoadGenerator} in its own process (负载进程). One thread. */
final class LoadProcess implements AutoCloseable {
    private final Process process;
    private final BufferedReader out;

    private LoadProcess(Process process) {
        this.process = process;
        this.out = process.inputReader(StandardCharsets.UTF_8);
    }

    static LoadProcess start(Object... words) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:+UseSerialGC", "-Xmx256m"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.add(LoadGenerator.class.getName());
        for (Object word : words) {
            command.add(word.toString());
        }
        return new LoadProcess(
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start());
    }

    /** Waits for the next line, which must begin with the word; returns what follows it. */
    long[] await(String word) throws IOException {
        String[] fields = awaitText(word);
        long[] numbers = new long[fields.length - 1];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = Long.parseLong(fields[i + 1]);
        }
        return numbers;
    }

    double[] awaitDecimals(String word) throws IOException {
        String[] fields = awaitText(word);
        double[] numbers = new double[fields.length - 1];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = Double.parseDouble(fields[i + 1]);
        }
        return numbers;
    }

    private String[] awaitText(String word) throws IOException {
        String line = out.readLine();
        if (line == null || !line.split(" ")[0].equals(word)) {
            throw new IOException("the load generator said '" + line + "' instead of " + word);
        }
        return line.split(" ");
    }

    /** Lets it go on. */
    void proceed() throws IOException {
        Writer in = process.outputWriter(StandardCharsets.UTF_8);
        in.write("go\n");
        in.flush();
    }

    ProcessHandle handle() {
        return process.toHandle();
    }

    @Override
    public void close() {
        try {
            if (!process.waitFor(5, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
