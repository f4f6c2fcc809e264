package org.roadloop.tck.edc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.bench.EdcConnector;
import org.roadloop.core.contract.Agreement;
import org.roadloop.core.policy.Permission;
import org.roadloop.core.policy.Policy;
import org.roadloop.dataspace.dsp.Catalog;
import org.roadloop.dataspace.dsp.TransferStarted;
import tools.jackson.databind.JsonNode;

@Tag("slow")
class EdcTest {
    @TempDir static Path home;
    static EdcConnector edc;
    static OurConnector ours;

    @BeforeAll
    static void start() throws Exception {
        Optional<Path> jars = Peer.jars();
        assumeTrue(jars.isPresent(), "EDC can't be resolved by Maven here: no interop is tested");
        edc = Peer.start(jars.get(), home, "edc");
        ours = new OurConnector(home.resolve("ours"));
        ours.know(edc);
        edc.offer("open", EdcConnector.use("Set"));
        ours.offer("tracks", Policy.offer("urn:offer:tracks", List.of(new Permission("use", List.of(), List.of()))));
    }

    @AfterAll
    static void stop() throws Exception {
        if (ours != null) ours.close();
        if (edc != null) edc.close();
    }

    @Test
    void consumer() throws Exception {
        Catalog catalog = ours.connector.requestCatalog(edc.address());
        System.out.println(catalog);
        Catalog.Dataset dataset = catalog.datasets().getFirst();
        Agreement a = ours.connector.negotiate(edc.address(), "open", dataset.offers().getFirst().uid()).get(60, TimeUnit.SECONDS);
        System.out.println(a);
        TransferStarted t = ours.connector.transfer(a.id(), "HttpData-PULL").get(60, TimeUnit.SECONDS);
        System.out.println(t);
    }

    @Test
    void provider() throws Exception {
        JsonNode dataset = edc.requestDataset(ours.address(), ours.did, "tracks");
        System.out.println(dataset);
        var offer = EdcConnector.use("Offer");
        offer.put("@id", "urn:offer:tracks").put("assigner", ours.did).put("target", "tracks");
        String id = edc.negotiate(ours.address(), offer);
        Peer.await("final", () -> edc.negotiation(id).path("state").asString().equals("FINALIZED") || edc.negotiation(id).path("state").asString().equals("TERMINATED"));
        System.out.println(edc.negotiation(id));
        String t = edc.transfer(ours.address(), edc.negotiation(id).path("contractAgreementId").asString(), "HttpData-PULL");
        Peer.await("started", () -> List.of("STARTED", "TERMINATED").contains(edc.transfer(t).path("state").asString()));
        System.out.println(edc.transfer(t));
    }
}
