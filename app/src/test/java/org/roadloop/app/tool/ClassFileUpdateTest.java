package org.roadloop.app.tool;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** On the library that it is for. */
class ClassFileUpdateTest {
    @TempDir Path folder;

    @Test
    void oldClassesBecomeNewOnesThatTheJvmAccepts() throws Exception {
        Path jar = folder.resolve("picocli.jar");
        Path original =
                Path.of(
                        CommandLine.class
                                .getProtectionDomain()
                                .getCodeSource()
                                .getLocation()
                                .toURI());
        Files.copy(original, jar);
        assertThat(versions(jar)).as("of the library as it comes").contains(49);

        ClassFileUpdate.main(new String[] {jar.toString()});

        assertThat(versions(jar)).containsOnly(ClassFile.latestMajorVersion());
        URL[] here = {jar.toUri().toURL()};
        try (URLClassLoader loader =
                        new URLClassLoader(here, ClassLoader.getPlatformClassLoader());
                JarFile classes = new JarFile(jar.toFile())) {
            List<String> names =
                    classes.stream()
                            .map(entry -> entry.getName())
                            .filter(ClassFileUpdateTest::isClass)
                            .map(name -> name.replace('/', '.').replace(".class", ""))
                            .toList();
            for (String name : names) {
                Class.forName(name, true, loader); // initialising it verifies its code
            }
        }
    }

    @Test
    void aSecondTimeChangesNothing() throws Exception {
        Path jar = folder.resolve("picocli.jar");
        Files.copy(
                Path.of(
                        CommandLine.class
                                .getProtectionDomain()
                                .getCodeSource()
                                .getLocation()
                                .toURI()),
                jar);
        ClassFileUpdate.update(jar);
        byte[] once = Files.readAllBytes(jar);

        ClassFileUpdate.update(jar);

        assertThat(Files.readAllBytes(jar)).isEqualTo(once);
        assertThat(folder).isDirectoryNotContaining("glob:**.draft");
    }

    private static boolean isClass(String entry) {
        return entry.endsWith(".class")
                && !entry.contains("META-INF/")
                && !entry.contains("module");
    }

    private static List<Integer> versions(Path jar) throws IOException {
        try (JarFile classes = new JarFile(jar.toFile())) {
            return classes.stream()
                    .filter(entry -> isClass(entry.getName()))
                    .map(
                            entry -> {
                                try (InputStream in = classes.getInputStream(entry)) {
                                    return ClassFile.of().parse(in.readAllBytes()).majorVersion();
                                } catch (IOException e) {
                                    throw new java.io.UncheckedIOException(e);
                                }
                            })
                    .distinct()
                    .toList();
        }
    }
}
