package org.roadloop.app.tool;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.roadloop.app.cli.ExitCode;
import org.roadloop.apply.certify.AebController;
import org.roadloop.apply.certify.Certificate;
import org.roadloop.apply.certify.Certification;
import org.roadloop.apply.certify.CutInMatrix;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code roadloop certify}: the built-in controller on the cut-in matrix, without a server (认证).
 */
@Command(
        description = "Certifies the built-in controller on a small cut-in matrix.",
        footer = "Exit code 0: no preventable case failed; 1: at least one did.",
        mixinStandardHelpOptions = true)
public final class CertifyVerb implements Callable<Integer> {
    @Spec CommandSpec spec = CommandSpec.create();

    @Option(names = "--out", paramLabel = "FILE", description = "Writes the certificate as JSON.")
    @Nullable Path out;

    @Override
    public Integer call() throws IOException {
        Certificate certificate = Certification.run(AebController.DEFAULTS, CutInMatrix.SMALL);
        if (out != null) {
            Files.writeString(out, certificate.toJson().toPrettyString() + "\n");
        }
        int failed =
                (int)
                        certificate.cases().stream()
                                .filter(c -> c.crashed() && !c.referenceCrashed())
                                .count();
        spec.commandLine()
                .getOut()
                .printf(
                        java.util.Locale.ROOT,
                        "%s: %s; failure rate of preventable cases at most %.1f %% (95 %%, matrix as"
                                + " sample)%n",
                        certificate.controller(),
                        certificate.counts(),
                        certificate.failureUpperBound() * 100);
        return failed == 0 ? ExitCode.OK : ExitCode.FAILED;
    }
}
