package org.roadloop.compute.site;

import java.nio.file.Path;
import java.util.List;

/**
 * The executor image {@code roadloop/tools}: this JDK and this distribution, bound read-only.
 *
 * @param javaHome of the JDK
 * @param classPath jar folders ({@code lib}) and class folders, in order
 * @param jvmArgs flags before the class path, for example {@code -XX:+UseSerialGC}
 * @param mainClass started when the command begins with {@code roadloop}
 */
public record ToolImage(Path javaHome, List<Path> classPath, List<String> jvmArgs, String mainClass)
        implements Image {
    public static final String NAME = "roadloop/tools";

    public ToolImage {
        classPath = List.copyOf(classPath);
        jvmArgs = List.copyOf(jvmArgs);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String basis() {
        return "image " + NAME + ": this platform's own program and its Java, read-only";
    }

    /** Whether an image name of a task means this one; a tag is allowed. */
    public boolean is(String image) {
        return image.equals(NAME) || image.startsWith(NAME + ":");
    }
}
