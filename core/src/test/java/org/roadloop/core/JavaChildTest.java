package org.roadloop.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.OutputStream;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("slow")
class JavaChildTest {
    /** Starts another and says which, then waits to be killed. */
    static final class Parent {
        public static void main(String[] args) throws Exception {
            JavaChild.endWithParent();
            JavaChild child = JavaChild.start(ProcessBuilder.Redirect.INHERIT, Busy.class);
            System.out.println(child.process().pid());
            child.process().getInputStream().transferTo(OutputStream.nullOutputStream());
        }
    }

    /** Would go on for ever. */
    static final class Busy {
        public static void main(String[] args) {
            JavaChild.endWithParent();
            while (true) {
                Thread.onSpinWait();
            }
        }
    }

    @Test
    void aChildEndsWhenWhoStartedItIsKilled() throws Exception {
        ProcessHandle grandchild;
        try (JavaChild parent = JavaChild.start(ProcessBuilder.Redirect.INHERIT, Parent.class);
                var lines = parent.process().inputReader()) {
            grandchild = ProcessHandle.of(Long.parseLong(lines.readLine())).orElseThrow();
            assertThat(grandchild.isAlive()).isTrue();
            parent.kill();
        }
        try {
            grandchild.onExit().get(120, TimeUnit.SECONDS);
        } finally {
            grandchild.destroyForcibly();
        }
    }
}
