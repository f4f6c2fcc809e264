package org.roadloop.compute.site;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A public image's name that runs on this machine's own programs (根目录镜像): its {@code /usr},
 * read-only, in an otherwise empty root. Nothing is pulled, so it is the image by name only, and
 * the task's log says so.
 *
 * @param name {@code alpine}
 */
public record RootImage(String name) implements Image {
    private static final String SYSTEM = system();

    @Override
    public String basis() {
        return "image %s: none was pulled, it ran on this machine's own /usr (%s), read-only"
                .formatted(name, SYSTEM);
    }

    /** {@code PRETTY_NAME} of os-release(5). */
    private static String system() {
        try {
            for (String line : Files.readAllLines(Path.of("/etc/os-release"))) {
                if (line.startsWith("PRETTY_NAME=")) {
                    return line.substring("PRETTY_NAME=".length()).replace("\"", "");
                }
            }
        } catch (IOException e) {
            return System.getProperty("os.name", "unknown system");
        }
        return System.getProperty("os.name", "unknown system");
    }
}
