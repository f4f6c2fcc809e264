package org.roadloop.app;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.security.Provider;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.roadloop.app.clearing.BillVerb;
import org.roadloop.app.cli.Cli;
import org.roadloop.app.cli.ExitCode;
import org.roadloop.app.cli.Verb;
import org.roadloop.app.contract.NegotiationsVerb;
import org.roadloop.app.contract.PolicyEventsVerb;
import org.roadloop.app.demo.DemoVerb;
import org.roadloop.app.lake.LakeVerb;
import org.roadloop.app.lake.QueryVerb;
import org.roadloop.app.market.PlaceVerb;
import org.roadloop.app.market.ServiceVerb;
import org.roadloop.app.market.TaskVerb;
import org.roadloop.app.operate.BackupVerb;
import org.roadloop.app.operate.ConfigVerb;
import org.roadloop.app.operate.DoctorVerb;
import org.roadloop.app.operate.EraseVerb;
import org.roadloop.app.operate.KeysVerb;
import org.roadloop.app.operate.OperatePart;
import org.roadloop.app.operate.RestoreVerb;
import org.roadloop.app.operate.TokenVerb;
import org.roadloop.app.operate.VerifyVerb;
import org.roadloop.app.part.AgentVerb;
import org.roadloop.app.part.CatalogPart;
import org.roadloop.app.part.CertifyPart;
import org.roadloop.app.part.ClearingPart;
import org.roadloop.app.part.CollectPart;
import org.roadloop.app.part.ComputePart;
import org.roadloop.app.part.CostPart;
import org.roadloop.app.part.GovernPart;
import org.roadloop.app.part.NetworkPart;
import org.roadloop.app.part.ProductPart;
import org.roadloop.app.part.SafetyPart;
import org.roadloop.app.part.SharePart;
import org.roadloop.app.part.SubjectPart;
import org.roadloop.app.platform.Part;
import org.roadloop.app.platform.RehearseVerb;
import org.roadloop.app.platform.UpVerb;
import org.roadloop.app.product.GovernVerb;
import org.roadloop.app.recording.CollectVerb;
import org.roadloop.app.tool.CertifyVerb;
import org.roadloop.app.tool.DecodeVerb;
import org.roadloop.app.tool.EncodeVerb;
import org.roadloop.app.tool.FitModelVerb;
import org.roadloop.app.tool.LauncherVerb;
import org.roadloop.app.tool.MineVerb;
import org.roadloop.app.tool.Protocol;
import org.roadloop.app.tool.RateVerb;
import org.roadloop.app.tool.ServeModelVerb;
import org.roadloop.app.trace.TraceVerb;
import org.roadloop.app.witness.WitnessPart;
import org.roadloop.app.witness.WitnessVerb;
import org.roadloop.core.identity.SecurityProviders;

/** The deployable: every verb and every part is listed here, by plain constructor calls. */
public final class Main {
    private Main() {}

    /**
     * A class of its own, so that nothing of the library's signed jar is touched before it is
     * needed: the class cache of the launcher can't hold classes of a signed jar.
     */
    private static final class Guomi {
        /**
         * The way over Object spares the JVM the question whether the library's class is a
         * Provider, which it asks when it takes this class from its cache, at every start: opening
         * the signed jar for it costs 0.7 s of CPU.
         */
        @SuppressWarnings("RedundantCast")
        static Provider provider() {
            Object provider = new BouncyCastleProvider();
            return (Provider) provider;
        }
    }

    public static void main(String[] args) {
        PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
        PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
        int code = ExitCode.FAILED;
        // Loaded when first needed: it costs as much as the start of a verb.
        SecurityProviders.offer(Guomi::provider);
        try {
            code = new Cli(version(), verbs(), out, err).run(args);
        } catch (Error e) {
            // A part may have left threads behind: the process must end all the same.
            e.printStackTrace();
        } finally {
            System.exit(code);
        }
    }

    static List<Verb> verbs() {
        List<Verb> verbs = new ArrayList<>();
        verbs.add(
                new Verb(
                        "demo",
                        "carry data once around the whole loop",
                        () -> new DemoVerb(version())));
        verbs.add(
                new Verb(
                        "up",
                        "start the platform as a server",
                        () -> new UpVerb(Main::parts, version())));
        verbs.add(new Verb("doctor", "look whether this machine is fit", DoctorVerb::new));
        verbs.add(new Verb("config", "check the configuration", ConfigVerb::new));
        verbs.add(new Verb("token", "make, list and revoke access tokens", TokenVerb::new));
        verbs.add(new Verb("keys", "list, rotate, replace, revoke and export keys", KeysVerb::new));
        verbs.add(new Verb("backup", "save a running platform to a file", BackupVerb::new));
        verbs.add(new Verb("restore", "make a home from a backup and verify it", RestoreVerb::new));
        verbs.add(new Verb("erase", "erase what is held about a subject", EraseVerb::new));
        verbs.add(new Verb("bill", "print the bill of an agreement", BillVerb::new));
        verbs.add(
                new Verb(
                        "negotiations",
                        "list negotiations, or decide on one",
                        NegotiationsVerb::new));
        verbs.add(
                new Verb(
                        "trace",
                        "find the agreement that a leaked file left under",
                        TraceVerb::new));
        verbs.add(
                new Verb(
                        "events",
                        "list events that policies name, begin or end one",
                        PolicyEventsVerb::new));
        verbs.add(new Verb("task", "submit, list, show and cancel tasks", TaskVerb::new));
        verbs.add(new Verb("service", "keep services: apply, roll back, call", ServiceVerb::new));
        verbs.add(new Verb("place", "ask where a task would run, and why", PlaceVerb::new));
        verbs.add(new Verb("agent", "serve a platform elsewhere as a site", AgentVerb::new));
        verbs.add(new Verb("query", "ask the governed tables in SQL", QueryVerb::new));
        verbs.add(new Verb("lake", "list and change the columns of tables", LakeVerb::new));
        verbs.add(new Verb("verify", "verify a ledger or a proof, offline", VerifyVerb::new));
        verbs.add(new Verb("witness", "cosign the logs of others", WitnessVerb::new));
        for (String[] verb :
                new String[][] {
                    {"test", "format, compile with every check, run the tests"},
                    {"bench", "measure, one 'name value unit' line per figure"},
                    {"setup", "install an optional tool from Debian's packages"},
                }) {
            verbs.add(new Verb(verb[0], verb[1], () -> new LauncherVerb(verb[0])));
        }
        verbs.add(new Verb("rehearse", "", () -> new RehearseVerb(Main::parts, version())));
        verbs.add(new Verb("govern", "check, try and run plans of data products", GovernVerb::new));
        verbs.add(new Verb("collect", "import recordings and files of rows", CollectVerb::new));
        verbs.add(
                new Verb(
                        "decode",
                        "print binary messages as JSON lines",
                        () -> new DecodeVerb(Protocol.ALL)));
        verbs.add(
                new Verb(
                        "encode",
                        "make messages of JSON lines",
                        () -> new EncodeVerb(Protocol.ALL, () -> System.out)));
        verbs.add(new Verb("mine", "mine scenarios from governed tracks", MineVerb::new));
        verbs.add(new Verb("rate", "measure how fast one thread computes", RateVerb::new));
        verbs.add(new Verb("fit-model", "fit a linear model to governed rows", FitModelVerb::new));
        verbs.add(
                new Verb("serve-model", "answer with a model, as a service", ServeModelVerb::new));
        verbs.add(new Verb("certify", "certify the built-in controller", CertifyVerb::new));
        return verbs;
    }

    /** The parts of the platform in start order. */
    static List<Part> parts() {
        CollectPart collect = new CollectPart();
        GovernPart govern = new GovernPart(collect);
        SharePart share = new SharePart(govern);
        NetworkPart network = new NetworkPart();
        WitnessPart witness = new WitnessPart(share::partners);
        ClearingPart clearing = new ClearingPart(share, witness::logKeysOf);
        return List.of(
                new OperatePart(witness::shown),
                witness,
                collect,
                new SubjectPart(collect, govern),
                new SafetyPart(collect),
                govern,
                new ProductPart(govern),
                new CostPart(collect, govern, clearing::revenue),
                share,
                new CatalogPart(share, govern),
                clearing,
                network,
                new ComputePart(network, govern, share, version()),
                new CertifyPart());
    }

    static String version() {
        return Optional.ofNullable(Main.class.getPackage().getImplementationVersion())
                .orElse("development");
    }
}
