package org.roadloop.dataspace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.roadloop.dataspace.Participant.tracks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.core.S3Proxy;
import org.roadloop.core.asset.Asset;
import org.roadloop.core.asset.Offer;
import org.roadloop.core.contract.Agreement;
import org.roadloop.core.contract.DataAddress;
import org.roadloop.core.contract.TransferProcess;
import org.roadloop.core.table.Batch;
import org.roadloop.core.watermark.MarkCounter;
import org.roadloop.core.watermark.WatermarkTerms;
import org.roadloop.dataspace.access.BucketObject;
import org.roadloop.dataspace.access.Destinations;
import org.roadloop.dataspace.access.Pushes;
import org.roadloop.dataspace.dsp.TransferStarted;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Pushes into a bucket of S3Proxy, a real S3 server in a process of its own. */
@Tag("slow")
class S3PushTest {
    @TempDir Path home;
    private S3Proxy s3;
    private int port;
    private Participant provider;
    private Participant consumer;

    @BeforeEach
    void start() throws Exception {
        assumeTrue(
                S3Proxy.resolved(),
                "S3Proxy can't be resolved by Maven here: no push to S3 is tested");
        s3 = S3Proxy.start(home);
        port = s3.port();
        provider = new Participant(home.resolve("provider"));
        provider.patience =
                new Pushes.Patience(Duration.ofSeconds(30), List.of(Duration.ofMillis(100)));
        provider.start();
        consumer = new Participant(home.resolve("consumer")).start();
        provider.catalog.offer(tracks(provider.did, "use"));
    }

    @AfterEach
    void stop() throws Exception {
        if (provider != null) {
            provider.close();
            consumer.close();
        }
        if (s3 != null) {
            s3.close();
        }
    }

    private DataAddress address(String bucket, String secret) {
        return new DataAddress(
                "https://w3id.org/idsa/v4.1/AmazonS3",
                "http://localhost:" + port,
                Map.of(
                        "bucketName", bucket,
                        "objectName", "day/tracks.parquet",
                        "accessKeyId", "town",
                        "secretAccessKey", secret,
                        "purpose", "research"));
    }

    private TransferStarted push(Agreement agreement, String bucket, String secret)
            throws Exception {
        DataAddress to = address(bucket, secret);
        return consumer.connector
                .transfer(agreement.id(), Pushes.S3, pid -> to)
                .get(120, TimeUnit.SECONDS);
    }

    private Agreement agree() throws Exception {
        return consumer.agree(provider);
    }

    private TransferProcess ended(TransferStarted push) throws Exception {
        TransfersTest.await(
                "the end of the push", () -> consumer.book.getTransfer(push.pid()).ended());
        return consumer.book.getTransfer(push.pid());
    }

    /** Who finds the object can tell under which contract it was brought there. */
    @Test
    void anObjectCarriesTheWatermarkOfItsContract() throws Exception {
        Asset.Dataset plain = tracks(provider.did, "use");
        Offer offer = plain.offers().getFirst();
        JsonNode terms = JsonMapper.shared().valueToTree("speed=0.1 by vehicle");
        provider.catalog.offer(
                new Asset.Dataset(
                        plain.id(),
                        plain.title(),
                        plain.publisher(),
                        plain.properties(),
                        plain.table(),
                        plain.snapshot(),
                        plain.columns(),
                        plain.formats(),
                        List.of(
                                new Offer(
                                        offer.policy().withExtension(WatermarkTerms.MEMBER, terms),
                                        offer.tariff()))));
        provider.table.commit(2000);
        provider.table.exportsRows = true;
        Agreement agreement = agree();
        Agreement other = agree();
        assertThat(ended(push(agreement, "town", "town-secret")).state()).isEqualTo("COMPLETED");

        Batch found = new Batch(TestTable.SCHEMA, 2000);
        for (String line : Files.readAllLines(home.resolve("s3/town/day/tracks.parquet"))) {
            String[] cells = line.split(",", -1);
            int row = found.addRow();
            found.set(0, row, cells[0]);
            if (!cells[1].isEmpty()) {
                found.set(1, row, Double.parseDouble(cells[1]));
            }
        }
        assertThat(found.rows()).isEqualTo(2000);
        assertThat(byChance(agreement, found)).as("log10, the contract's own").isLessThan(-10);
        assertThat(byChance(other, found)).as("log10, another's").isGreaterThan(-6);
    }

    /** Logarithm of the probability that rows without this mark look so. */
    private double byChance(Agreement agreement, Batch rows) {
        MarkCounter counter = new MarkCounter();
        provider.marks().find(agreement.id()).orElseThrow().count(rows, counter);
        return counter.byRow().log10ByChance();
    }

    @Test
    void aFileOfSeveralPartsBecomesAnObject() throws Exception {
        byte[] rows = new byte[(9 << 20) + 123];
        new Random(8).nextBytes(rows);
        provider.table.exported = rows;
        Agreement agreement = agree();
        assertThat(ended(push(agreement, "town", "town-secret")).state()).isEqualTo("COMPLETED");
        assertThat(Files.readAllBytes(home.resolve("s3/town/day/tracks.parquet"))).isEqualTo(rows);
        assertThat(provider.metered(agreement.id(), "byte")).isEqualTo(rows.length);
        assertThat(provider.metered(agreement.id(), "use")).isEqualTo(1);
        // the consumer reads what it was given, to count it itself
        Path fetched = home.resolve("fetched");
        BucketObject object = new BucketObject(new Destinations(List.of(), true));
        object.fetch(address("town", "town-secret"), fetched);
        assertThat(Files.readAllBytes(fetched)).isEqualTo(rows);
        assertThatThrownBy(() -> object.fetch(address("village", "town-secret"), fetched))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("NoSuchBucket");
        // no secret in either ledger
        for (Participant p : List.of(provider, consumer)) {
            try (var entries = p.ledger.read(0)) {
                assertThat(entries.map(e -> e.event().toString()))
                        .noneMatch(text -> text.contains("town-secret"));
            }
        }

        TransferProcess.Terminated wrong =
                (TransferProcess.Terminated) ended(push(agreement, "town", "wrong"));
        assertThat(wrong.code()).isEqualTo("receiver_refused");
        assertThat(wrong.reason().toString()).contains("403").doesNotContain("wrong");
        TransferProcess.Terminated missing =
                (TransferProcess.Terminated) ended(push(agreement, "village", "town-secret"));
        assertThat(missing.reason().toString()).contains("NoSuchBucket");
        assertThat(provider.metered(agreement.id(), "byte"))
                .as("nothing left for a bucket that is not there")
                .isEqualTo(rows.length);
    }

    /** Suspended in the middle, nothing is left in the bucket; resumed, the object comes whole. */
    @Test
    void aPushThatIsSuspendedBeginsAnewWhenItIsResumed() throws Exception {
        byte[] rows = new byte[48 << 20];
        new Random(9).nextBytes(rows);
        provider.table.exported = rows;
        Agreement agreement = agree();
        TransferStarted push = push(agreement, "town", "town-secret");
        TransfersTest.await("a part", () -> provider.metered(agreement.id(), "byte") > 8 << 20);
        String pid = provider.book.findTransferByPeerPid(consumer.did, push.pid()).orElseThrow();
        provider.connector.suspendTransfer(pid, "check", "audit");
        TransfersTest.await(
                "the end", () -> home.resolve("provider/out").toFile().list().length == 0);
        long before = provider.metered(agreement.id(), "byte");
        assertThat(before).isLessThan(rows.length);
        try (var files = Files.walk(home.resolve("s3/town"))) {
            assertThat(files.filter(Files::isRegularFile)).isEmpty();
        }
        TransfersTest.await(
                "both sides",
                () -> consumer.book.getTransfer(push.pid()).state().equals("SUSPENDED"));
        provider.connector.resumeTransfer(pid);
        assertThat(ended(push).state()).isEqualTo("COMPLETED");
        assertThat(Files.readAllBytes(home.resolve("s3/town/day/tracks.parquet"))).isEqualTo(rows);
        assertThat(provider.metered(agreement.id(), "use")).isEqualTo(2);
        assertThat(provider.metered(agreement.id(), "byte")).isEqualTo(before + rows.length);
    }

    /** The credentials were in memory only: the consumer hears why, and no object is there. */
    @Test
    void aPushDoesNotOutliveARestartOfTheProvider() throws Exception {
        provider.table.exported = new byte[48 << 20];
        Agreement agreement = agree();
        TransferStarted push = push(agreement, "town", "town-secret");
        TransfersTest.await("a part", () -> provider.metered(agreement.id(), "byte") > 8 << 20);
        provider.stop();
        provider.start();
        provider.pushes.resume();
        TransferProcess.Terminated end = (TransferProcess.Terminated) ended(push);
        assertThat(end.code()).isEqualTo("data_address_lost");
        assertThat(home.resolve("s3/town/day/tracks.parquet")).doesNotExist();
        assertThat(provider.metered(agreement.id(), "byte")).isLessThan(48 << 20);
        assertThat(ended(push(agreement, "town", "town-secret")).state()).isEqualTo("COMPLETED");
    }

    @Test
    void aPushThatIsRevokedLeavesNoObjectAndNoParts() throws Exception {
        byte[] rows = new byte[64 << 20];
        provider.table.exported = rows;
        Agreement agreement = agree();
        push(agreement, "town", "town-secret");
        TransfersTest.await("a part", () -> provider.metered(agreement.id(), "byte") > 8 << 20);
        long since = System.nanoTime();
        provider.connector.terminateAgreement(agreement.id(), "breach", "passed on");
        TransfersTest.await(
                "the end", () -> home.resolve("provider/out").toFile().list().length == 0);
        System.out.println(
                "the push ended after " + (System.nanoTime() - since) / 1_000_000 + " ms");
        assertThat(provider.metered(agreement.id(), "byte")).isLessThan(rows.length);
        try (var files = Files.walk(home.resolve("s3/town"))) {
            assertThat(files.filter(Files::isRegularFile)).isEmpty();
        }
    }
}
