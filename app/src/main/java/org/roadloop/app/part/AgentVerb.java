package org.roadloop.app.part;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.roadloop.app.cli.CliException;
import org.roadloop.app.cli.ExitCode;
import org.roadloop.app.config.AgentConfig;
import org.roadloop.app.config.ConfigException;
import org.roadloop.compute.site.Images;
import org.roadloop.compute.site.LocalSite;
import org.roadloop.compute.site.Sandbox;
import org.roadloop.compute.site.agent.Agent;
import org.roadloop.compute.site.agent.AgentOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code roadloop agent}: this machine as a site of a platform elsewhere (站点代理命令). */
@Command(
        description = "Serves a platform elsewhere as a site: dials out, opens no port.",
        footer = {
            "docs/compute.md, 'Attaching an agent', shows the file and the platform's side.",
            "Exit code 0: stopped when asked; 1: another agent serves the site now; 2: the file is"
                    + " faulty; 3: home, token or sandbox not fit."
        },
        mixinStandardHelpOptions = true)
public final class AgentVerb implements Callable<Integer> {
    @Spec CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--config",
            required = true,
            paramLabel = "FILE",
            description = "Platform, site, token file, home, what is offered.")
    Path file = Path.of("");

    @Override
    public Integer call() throws InterruptedException {
        AgentConfig config = config();
        Sandbox sandbox = Sandbox.strongest();
        if (!sandbox.kind().equals("bubblewrap") && !config.allowPlainProcess()) {
            throw CliException.environment(
                    "bubblewrap is missing or may not create namespaces: './roadloop setup"
                            + " bubblewrap' installs it, or set allowPlainProcess in "
                            + file);
        }
        try (Agent agent = agent(config, sandbox)) {
            Runtime.getRuntime()
                    .addShutdownHook(
                            Thread.ofPlatform().name("shutdown").unstarted(() -> stop(agent)));
            PrintWriter out = spec.commandLine().getOut();
            out.println("agent of site " + config.site() + " for " + config.platform());
            out.flush();
            agent.run();
        } catch (Agent.SupersededException e) {
            throw CliException.failed(String.valueOf(e.getMessage()));
        } catch (IOException e) {
            throw CliException.environment(String.valueOf(e.getMessage()), e);
        }
        return ExitCode.OK;
    }

    private AgentConfig config() {
        if (!Files.exists(file)) {
            throw CliException.wrongWords("no file " + file + "; check --config");
        }
        try {
            return AgentConfig.load(file);
        } catch (ConfigException e) {
            throw CliException.wrongWords("faulty configuration\n" + e.getMessage());
        } catch (IOException e) {
            throw CliException.wrongWords(file + " can't be read: " + e.getMessage());
        }
    }

    private static Agent agent(AgentConfig config, Sandbox sandbox) throws IOException {
        AgentOptions options;
        try {
            options =
                    new AgentOptions(
                            config.platform(),
                            config.site(),
                            config.token(),
                            config.caFile(),
                            config.allowPlainHttp(),
                            config.home());
        } catch (IllegalArgumentException e) {
            throw CliException.wrongWords("faulty configuration\n" + e.getMessage());
        }
        Images images = new Images(ComputePart.toolImage(), config.images());
        LocalSite local =
                new LocalSite(
                        new LocalSite.Settings(
                                config.site(),
                                config.site(),
                                config.site(),
                                config.home().resolve("site"),
                                config.speedFactor(),
                                config.slots(),
                                config.memoryMb() << 20,
                                config.priceMilliPerSecond()),
                        sandbox,
                        images);
        return new Agent(options, local, images);
    }

    private static void stop(Agent agent) {
        try {
            agent.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
