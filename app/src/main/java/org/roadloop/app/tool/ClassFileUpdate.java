package org.roadloop.app.tool;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFile.ConstantPoolSharingOption;
import java.lang.classfile.ClassFile.StackMapsOption;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Enumeration;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;

/**
 * Brings a jar's class files to the version of this JDK (类文件更新): the launcher's, during a build.
 * The start-up cache of the JVM holds no classes older than version 50, and a library that still
 * serves Java 5 costs every start the reading and checking of its classes (0.3 s of CPU for the
 * command line's). What the code does stays as it is; stack maps, which newer versions need, are
 * added.
 */
public final class ClassFileUpdate {
    /** Java 6: the oldest that the cache takes. */
    private static final int OLDEST_CACHED = 50;

    private ClassFileUpdate() {}

    /**
     * @param arguments jars, each replaced if it has old classes
     */
    public static void main(String[] arguments) throws IOException {
        for (String argument : arguments) {
            update(Path.of(argument));
        }
    }

    static void update(Path jar) throws IOException {
        Path draft = jar.resolveSibling(jar.getFileName() + ".draft");
        boolean changed = false;
        URL[] here = {jar.toUri().toURL()};
        try (URLClassLoader loader =
                        new URLClassLoader(here, ClassLoader.getPlatformClassLoader());
                JarFile from = new JarFile(jar.toFile());
                OutputStream file = Files.newOutputStream(draft);
                JarOutputStream to = new JarOutputStream(file)) {
            ClassFile newer =
                    ClassFile.of(
                            StackMapsOption.GENERATE_STACK_MAPS,
                            // with the old pool the code would be copied as it is, without maps
                            ConstantPoolSharingOption.NEW_POOL,
                            ClassFile.ClassHierarchyResolverOption.of(
                                    ClassHierarchyResolver.ofResourceParsing(loader)
                                            .orElse(ClassHierarchyResolver.defaultResolver())));
            for (Enumeration<JarEntry> all = from.entries(); all.hasMoreElements(); ) {
                JarEntry entry = all.nextElement();
                byte[] bytes = from.getInputStream(entry).readAllBytes();
                JarEntry copy = new JarEntry(entry.getName());
                copy.setTime(entry.getTime());
                to.putNextEntry(copy);
                if (entry.getName().endsWith(".class")) {
                    ClassModel model = newer.parse(bytes);
                    if (model.majorVersion() < OLDEST_CACHED) {
                        bytes = newer.transformClass(model, version());
                        changed = true;
                    }
                }
                to.write(bytes);
                to.closeEntry();
            }
        }
        if (changed) {
            Files.move(draft, jar, StandardCopyOption.REPLACE_EXISTING);
        } else {
            Files.delete(draft);
        }
    }

    private static ClassTransform version() {
        ClassFileVersion current = ClassFileVersion.of(ClassFile.latestMajorVersion(), 0);
        return (builder, element) -> {
            if (element instanceof ClassFileVersion) {
                builder.with(current);
            } else {
                builder.with(element);
            }
        };
    }
}
