package org.roadloop.compute.site;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The program that the tests run in sandboxes: each word a small good or bad deed. */
public final class Tool {
    private Tool() {}

    public static void main(String[] args) throws Exception {
        switch (args[0]) {
            case "lines" -> {
                // lines IN OUT: counts lines of every file
                long lines = 0;
                try (var files = Files.walk(Path.of(args[1]))) {
                    for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                        lines += Files.readAllLines(file).size();
                    }
                }
                Files.writeString(Path.of(args[2]), "{\"lines\": " + lines + "}\n");
                System.out.println("counted " + lines);
            }
            case "copy" -> Files.copy(Path.of(args[1]), Path.of(args[2]));
            case "say" -> System.out.println(args[1]);
            case "write" -> Files.writeString(Path.of(args[1]), args[2]);
            case "link" -> Files.createSymbolicLink(Path.of(args[1]), Path.of(args[2]));
            case "exists" -> System.out.println(Files.exists(Path.of(args[1])));
            case "connect" -> {
                try (Socket socket = new Socket()) {
                    socket.connect(
                            new InetSocketAddress("127.0.0.1", Integer.parseInt(args[1])), 2000);
                    System.out.println("connected");
                } catch (IOException e) {
                    System.out.println("no network: " + e.getMessage());
                }
            }
            case "env" -> System.out.println(System.getenv());
            case "spin" -> {
                long until = System.nanoTime() + Long.parseLong(args[1]) * 1_000_000;
                double x = 1;
                while (System.nanoTime() < until) {
                    x = Math.sqrt(x + 1);
                }
                System.out.println(x);
            }
            case "sleep" -> Thread.sleep(Long.parseLong(args[1]));
            case "eat" -> {
                // Direct buffers are outside the Java heap, so only the kernel can stop this.
                List<java.nio.ByteBuffer> eaten = new ArrayList<>();
                for (int i = 0; i < Integer.parseInt(args[1]); i++) {
                    java.nio.ByteBuffer buffer = java.nio.ByteBuffer.allocateDirect(1 << 20);
                    for (int k = 0; k < buffer.capacity(); k += 4096) {
                        buffer.put(k, (byte) 1);
                    }
                    eaten.add(buffer);
                }
                System.out.println("ate " + eaten.size());
            }
            case "fill" -> {
                byte[] block = new byte[1 << 20];
                for (int n = 0; ; n++) {
                    Files.write(Path.of(args[1], "block" + n), block);
                }
            }
            case "child" -> {
                new ProcessBuilder("/bin/sleep", "300").start();
                Thread.sleep(300_000);
            }
            case "rate" -> System.out.println(FloatingPointRate.measure().line());
            case "fail" -> System.exit(Integer.parseInt(args[1]));
            default -> throw new IllegalArgumentException(args[0]);
        }
    }
}
