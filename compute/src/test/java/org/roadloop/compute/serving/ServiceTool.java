package org.roadloop.compute.serving;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** The program of the tests' services and trainings; the model's words say how it behaves. */
final class ServiceTool {
    private static volatile boolean sick;

    private ServiceTool() {}

    public static void main(String[] args) throws Exception {
        switch (args[0]) {
            case "serve" -> serve(Files.readString(Path.of(args[1])).strip());
            case "healthy" ->
                    System.exit(
                            Files.exists(Path.of(System.getenv(ServiceSpec.SOCKET_VARIABLE)))
                                    ? 0
                                    : 1);
            case "mean" -> mean(Path.of(args[1]), Path.of(args[2]));
            default -> throw new IllegalArgumentException(args[0]);
        }
    }

    private static void serve(String model) throws Exception {
        List<String> words = Arrays.asList(model.split(" ", -1));
        if (words.contains("dies")) {
            System.exit(7);
        }
        sick = words.contains("sick");
        Path socket = Path.of(System.getenv(ServiceSpec.SOCKET_VARIABLE));
        if (words.contains("link")) {
            Files.createSymbolicLink(socket, Path.of(words.getLast()));
            Thread.sleep(600_000);
        }
        try (SocketServer server = new SocketServer(socket, asked -> answer(model, asked))) {
            server.run();
        }
    }

    private static SocketServer.Reply answer(String model, SocketServer.Asked asked)
            throws Exception {
        return switch (asked.path()) {
            case "/health" -> SocketServer.Reply.json(sick ? 500 : 200, "{}");
            case "/model" -> text(model);
            case "/echo" -> text(asked.query() + new String(asked.body(), StandardCharsets.UTF_8));
            case "/sick" -> {
                sick = true;
                yield text("sick");
            }
            case "/die" -> {
                Runtime.getRuntime().halt(9);
                yield text("");
            }
            case "/slow" -> {
                Thread.sleep(600_000);
                yield text("slow");
            }
            case "/big" -> text("x".repeat(Integer.parseInt(asked.query())));
            default -> SocketServer.Reply.json(404, "{}");
        };
    }

    private static SocketServer.Reply text(String text) {
        return new SocketServer.Reply(200, "text/plain", text.getBytes(StandardCharsets.UTF_8));
    }

    /** Mean of the second column of rows {@code time,value}. */
    private static void mean(Path in, Path out) throws Exception {
        List<String> rows = Files.readAllLines(in);
        double mean =
                rows.stream()
                        .mapToDouble(row -> Double.parseDouble(row.split(",", -1)[1]))
                        .average()
                        .orElseThrow();
        Files.writeString(out, "mean " + mean + " of " + rows.size() + "\n");
    }
}
