package org.roadloop.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;

/**
 * linux-aarch64 (Kunpeng) is a first-class target: every library with a native part must bring it
 * for that platform too, or have a named fallback. Reads the jars of the class path themselves.
 */
class NativePartsTest {
    /** Jars that may lack linux-aarch64, each with what runs instead. Empty is best. */
    private static final Map<String, String> FALLBACKS =
            Map.of(
                    "netty-transport-native-epoll-linux-x86_64",
                    "its linux-aarch_64 twin, else java.nio");

    @Test
    void every_native_part_has_linux_aarch64_or_a_named_fallback() {
        Map<String, String> found = new TreeMap<>();
        List<String> faults = new ArrayList<>();
        for (Path jar : jars()) {
            TreeSet<String> platforms = nativePlatforms(jar);
            if (platforms.isEmpty()) {
                continue;
            }
            String name = jar.getFileName().toString().replaceFirst("\\.jar$", "");
            String artifact = name.replaceFirst("-\\d[^-]*(?:\\.Final)?", "");
            String fallback = FALLBACKS.get(artifact);
            found.put(
                    artifact,
                    fallback != null ? "fallback: " + fallback : String.join(", ", platforms));
            if (platforms.contains("linux-x86_64")
                    && !platforms.contains("linux-aarch64")
                    && fallback == null) {
                faults.add(artifact + " has natives for " + platforms + " but not linux-aarch64");
            }
        }
        found.forEach(
                (artifact, how) -> System.out.println("native part: " + artifact + ": " + how));
        assertThat(faults).isEmpty();
        // The scan itself is alive: these are known to carry natives.
        assertThat(found.keySet()).anyMatch(a -> a.startsWith("duckdb_jdbc"));
        assertThat(found.keySet()).anyMatch(a -> a.startsWith("sqlite-jdbc"));
        assertThat(found.keySet()).anyMatch(a -> a.startsWith("netty-transport-native-epoll"));
    }

    private static List<Path> jars() {
        return Stream.of(System.getProperty("java.class.path").split(java.io.File.pathSeparator))
                .filter(p -> p.endsWith(".jar"))
                .map(Path::of)
                .toList();
    }

    private static TreeSet<String> nativePlatforms(Path jar) {
        TreeSet<String> platforms = new TreeSet<>();
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            zip.stream()
                    .map(entry -> entry.getName().toLowerCase(java.util.Locale.ROOT))
                    .filter(name -> name.matches(".*\\.(so|so_.*|dll|dylib|jnilib)$"))
                    .forEach(name -> platforms.add(platform(name)));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + jar, e);
        }
        return platforms;
    }

    private static String platform(String entry) {
        String system =
                entry.contains("android")
                        ? "android"
                        : entry.contains("freebsd")
                                ? "freebsd"
                                : entry.matches(".*(dll)$") || entry.contains("windows")
                                        ? "windows"
                                        : entry.matches(".*(dylib|jnilib)$")
                                                        || entry.contains("osx")
                                                        || entry.contains("darwin")
                                                        || entry.contains("/mac/")
                                                ? "macos"
                                                : "linux";
        String processor =
                entry.matches(".*(aarch_?64|arm64).*")
                        ? "aarch64"
                        : entry.matches(".*(x86_64|amd64|x64).*") ? "x86_64" : "other";
        if (entry.contains("musl")) {
            system += "-musl";
        }
        return system + "-" + processor;
    }
}
