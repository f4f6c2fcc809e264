package org.roadloop.govern.lake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.core.S3Proxy;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.Column;
import org.roadloop.core.table.ColumnType;
import org.roadloop.core.table.DataClass;
import org.roadloop.core.table.Filter;
import org.roadloop.core.table.Grade;
import org.roadloop.core.table.LogPosition;
import org.roadloop.core.table.Schema;
import org.roadloop.core.table.TableSource;
import org.roadloop.govern.operator.Keyring;
import org.roadloop.govern.privacy.ReleaseRule;

/** A lake whose files are in a bucket of S3Proxy, a real S3 server in a process of its own. */
@Tag("slow")
class BucketLakeTest {
    private static final Schema SCHEMA =
            Schema.of(
                    Column.of("car", ColumnType.STRING, "", DataClass.IDENTITY, Grade.GENERAL),
                    Column.of(
                            "sampled_at",
                            ColumnType.TIMESTAMP_MICROS_UTC,
                            "",
                            DataClass.TIME,
                            Grade.GENERAL));
    private static final ReleaseRule RULE =
            new ReleaseRule(
                    "car",
                    "sampled_at",
                    null,
                    null,
                    null,
                    null,
                    List.of(),
                    List.of("car", "sampled_at"),
                    0,
                    0,
                    null);
    private static final LakeMaintenance.Settings SETTINGS =
            new LakeMaintenance.Settings(1_000, 10_000, 3, Duration.ZERO, 1, Duration.ofHours(24));
    private static final Instant IN_A_WEEK = Instant.now().plus(Duration.ofDays(7));

    @TempDir static Path server;
    private static S3Proxy s3;

    @TempDir Path home;

    @BeforeAll
    static void start() throws Exception {
        assumeTrue(
                S3Proxy.resolved(), "S3Proxy can't be resolved by Maven here: no bucket is tested");
        s3 = S3Proxy.start(server);
    }

    @AfterAll
    static void stop() throws Exception {
        if (s3 != null) {
            s3.close();
        }
    }

    /** The server keeps nothing but these files. */
    @BeforeEach
    void empty() throws Exception {
        for (Path object : files(s3.bucket())) {
            Files.delete(object);
        }
    }

    private LakeStorage.Bucket bucket(String bucket, String key, long cacheBytes) {
        return bucket(s3.endpoint(), bucket, key, cacheBytes);
    }

    private static LakeStorage.Bucket bucket(
            URI endpoint, String bucket, String key, long cacheBytes) {
        return new LakeStorage.Bucket(
                Optional.of(endpoint), bucket, "lakes/a", "us-east-1", S3Proxy.ID, key, cacheBytes);
    }

    private Lake open(LakeStorage storage) {
        Lake lake =
                new Lake(
                        home.resolve("lake"),
                        new LakeSettings(64, 1),
                        new Keyring(new byte[32], 1),
                        storage);
        lake.create("t", SCHEMA, RULE);
        return lake;
    }

    private Lake open() {
        return open(bucket("town", S3Proxy.KEY, 64 << 20));
    }

    private static Lake.Written write(Lake lake, int number) {
        try (Batch batch = new Batch(SCHEMA, 10)) {
            for (int i = 0; i < 10; i++) {
                int row = batch.addRow();
                batch.set(0, row, "car-" + number);
                batch.set(1, row, number * 10L + i);
            }
            return lake.write("t", List.of(batch));
        }
    }

    private static long commit(Lake lake, int number) {
        return lake.commit(
                "t",
                List.of(write(lake, number)),
                new LogPosition(0, number + 1),
                Map.of("roadloop.passport", "p" + number));
    }

    private static List<Long> rows(Lake lake, long snapshot) {
        List<Long> rows = new ArrayList<>();
        try (TableSource.Scan scan = lake.open("t", snapshot, List.of(), Filter.ALL)) {
            scan.forEachBatch(
                    batch -> {
                        for (int row = 0; row < batch.rows(); row++) {
                            rows.add(batch.longs(1)[row]);
                        }
                    });
        }
        return rows.stream().sorted().toList();
    }

    private static List<Long> numbers(int upTo) {
        return Stream.iterate(0L, n -> n + 1).limit(upTo).toList();
    }

    private static List<Path> files(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(Files::isRegularFile).toList();
        }
    }

    @Test
    void rowsOutliveARestartAndTheCache() throws Exception {
        long first;
        try (Lake lake = open()) {
            first = commit(lake, 0);
            commit(lake, 1);
            assertThat(rows(lake, TableSource.LATEST)).isEqualTo(numbers(20));
            assertThat(lake.metadata("t")).startsWith("s3://town/lakes/a/tables/t/metadata/");
        }
        assertThat(files(home.resolve("lake/tables"))).as("all is in the bucket").isEmpty();
        assertThat(files(s3.bucket().resolve("lakes/a/tables/t/data"))).hasSize(2);
        // one copy is damaged, one is gone, the others are still good
        for (Path copy : files(home.resolve("lake/cache"))) {
            if (Files.size(copy) % 2 == 0) {
                Files.delete(copy);
            } else {
                byte[] bytes = Files.readAllBytes(copy);
                bytes[bytes.length / 2] ^= 1;
                Files.write(copy, bytes);
            }
        }
        try (Lake lake = open()) {
            assertThat(rows(lake, TableSource.LATEST)).isEqualTo(numbers(20));
            assertThat(rows(lake, first)).isEqualTo(numbers(10));
            try (var use = lake.relation("t")) {
                assertThat(use.value().files()).hasSize(2).allMatch(Files::isRegularFile);
            }
            assertThat(lake.committedPosition("t")).isEqualTo(new LogPosition(0, 2));
        }
    }

    /** What, where, how to fix; what is secret is not said. */
    @Test
    void aWrongKeyOrBucketOrStorageSaysSo() {
        assertThatThrownBy(() -> open(bucket("town", "wrong-key-of-town", 1 << 20)))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("cannot open the lake in")
                .hasMessageContaining(
                        s3.endpoint() + " does not list s3://town/lakes/a/: it answered 403")
                .hasMessageContaining("the secret that govern.storage.accessKeySecret names")
                .satisfies(e -> assertThat(trace(e)).doesNotContain("wrong-key"));
        assertThatThrownBy(() -> open(bucket("village", S3Proxy.KEY, 1 << 20)))
                .hasMessageContaining("NoSuchBucket; make the bucket 'village' or name another");
        open().close();
        assertThatThrownBy(() -> open(new LakeStorage.Disk()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("s3://town/lakes/a/");
        open().close();
    }

    /** Each would take the other's files for orphans. */
    @Test
    void twoLakesDoNotShareAPrefix() {
        open().close();
        LakeStorage.Bucket place = bucket("town", S3Proxy.KEY, 1 << 20);
        Keyring keys = new Keyring(new byte[32], 1);
        Path other = home.resolve("other");
        assertThatThrownBy(() -> new Lake(other, new LakeSettings(64, 1), keys, place))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("s3://town/lakes/a/ has the files of another lake");
        new Lake(other, new LakeSettings(64, 1), keys).close(); // it was not bound to that bucket
    }

    private static String trace(Throwable thrown) {
        StringWriter text = new StringWriter();
        thrown.printStackTrace(new PrintWriter(text));
        return text.toString();
    }

    /** Each step is tried again, as ingest does; nothing is lost or twice. */
    @Test
    void aServerThatIsGoneForAWhileIsWaitedFor() throws Exception {
        try (Lake lake = open()) {
            commit(lake, 0);
            Lake.Written written = write(lake, 1);
            s3.kill();
            assertThatThrownBy(() -> write(lake, 2)).matches(DiskFault::is, "is waited for");
            assertThatThrownBy(
                            () ->
                                    lake.commit(
                                            "t", List.of(written), new LogPosition(0, 2), Map.of()))
                    .matches(DiskFault::is, "is waited for");
            assertThat(rows(lake, TableSource.LATEST))
                    .as("what is cached can be read")
                    .isEqualTo(numbers(10));
            s3.restart();
            lake.commit("t", List.of(written), new LogPosition(0, 2), Map.of());
            commit(lake, 2);
            assertThat(rows(lake, TableSource.LATEST)).isEqualTo(numbers(30));
            assertThat(files(s3.bucket().resolve("lakes/a/tables/t/data"))).hasSize(3);
        }
    }

    /**
     * The link breaks at a byte of a request or of an answer, in each write and each commit; the
     * step is done again, as ingest does it. Nothing is lost, twice, or left behind.
     */
    @Test
    void theLinkMayBreakAtAnyByte() throws Exception {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        int commits = 8;
        int refused = 0;
        try (BreakingLink link = new BreakingLink(s3.port())) {
            URI through = URI.create("http://localhost:" + link.port());
            try (Lake lake = open(bucket(through, "town", S3Proxy.KEY, 64 << 20))) {
                for (int i = 0; i < commits; i++) {
                    int number = i;
                    Again<Lake.Written> put = again(link, random, () -> write(lake, number));
                    Again<Long> committed =
                            again(
                                    link,
                                    random,
                                    () ->
                                            lake.commit(
                                                    "t",
                                                    List.of(put.done()),
                                                    new LogPosition(0, number + 1),
                                                    Map.of()));
                    refused += put.refused() + committed.refused();
                    assertThat(rows(lake, committed.done())).isEqualTo(numbers(10 * (i + 1)));
                }
            }
        }
        assertThat(refused).as("steps that were refused").isPositive();
        try (Lake lake = open()) {
            assertThat(rows(lake, TableSource.LATEST)).isEqualTo(numbers(10 * commits));
            assertThat(lake.committedPosition("t")).isEqualTo(new LogPosition(0, commits));
            keeper(lake).removeOrphans("t", IN_A_WEEK);
            assertThat(files(s3.bucket().resolve("lakes/a/tables/t/data"))).hasSize(commits);
        }
    }

    private record Again<T>(T done, int refused) {}

    private static <T> Again<T> again(BreakingLink link, Random random, Supplier<T> step) {
        link.breakAfter(1 + random.nextInt(12_000), random.nextInt(4) == 0);
        for (int refused = 0; ; refused++) {
            try {
                return new Again<>(step.get(), refused);
            } catch (RuntimeException e) {
                assertThat(link.isBroken()).as(() -> trace(e)).isTrue();
                assertThat(DiskFault.is(e)).as(() -> "is waited for: " + trace(e)).isTrue();
                assertThat(trace(e)).contains("http://localhost:" + link.port());
            } finally {
                link.mend();
            }
        }
    }

    private static LakeMaintenance keeper(Lake lake) {
        return new LakeMaintenance(lake, SETTINGS, (step, table, facts) -> {});
    }

    /** A process that ends between upload and commit leaves files that no snapshot names. */
    @Test
    void whatNoSnapshotNamesIsRemoved() throws Exception {
        Path data = s3.bucket().resolve("lakes/a/tables/t/data");
        Lake.Written lost;
        try (Lake lake = open()) {
            for (int i = 0; i < 3; i++) {
                commit(lake, i);
            }
            lost = write(lake, 3);
        }
        try (Lake lake = open()) {
            LakeMaintenance keeper = keeper(lake);
            assertThat(keeper.orphans("t", Instant.now())).as("too young").isEmpty();
            assertThat(keeper.removeOrphans("t", IN_A_WEEK))
                    .extracting(Path::getFileName)
                    .containsExactly(lost.file().getFileName());
            assertThat(files(data)).hasSize(3);
            assertThat(keeper.compact("t"))
                    .hasValueSatisfying(c -> assertThat(c.rows()).isEqualTo(30));
            assertThat(files(data)).as("three and the joined one").hasSize(4);
            assertThat(keeper.expire("t", IN_A_WEEK)).isEqualTo(3);
            assertThat(files(data)).as("the joined one").hasSize(1);
            assertThat(rows(lake, TableSource.LATEST)).isEqualTo(numbers(30));
            assertThat(keeper.orphans("t", IN_A_WEEK)).isEmpty();
        }
    }

    /** What was erased is in no object and in no local copy. */
    @Test
    void erasedRowsLeaveTheBucketAndTheCache() throws Exception {
        Path data = s3.bucket().resolve("lakes/a/tables/t/data");
        try (Lake lake = open()) {
            for (int i = 0; i < 3; i++) {
                commit(lake, i);
            }
            try (var use = lake.relation("t")) {
                assertThat(use.value().files()).hasSize(3);
            }
            RowRemoval removal = new RowRemoval(lake, (step, table, facts) -> {});
            Path csv = home.resolve("mine.csv");
            assertThat(removal.export("t", Set.of("car-1"), csv)).isEqualTo(10);
            assertThat(removal.remove("t", carOne(), "erasure"))
                    .hasValueSatisfying(r -> assertThat(r.rows()).isEqualTo(10));
            assertThat(removal.remove("t", carOne(), "erasure")).isEmpty();
            List<String> left = new ArrayList<>();
            removal.identities("t", left::add);
            assertThat(left).containsExactlyInAnyOrder("car-0", "car-2");
            List<String> stored =
                    files(data).stream().map(f -> String.valueOf(f.getFileName())).toList();
            assertThat(stored).hasSize(2);
            assertThat(files(home.resolve("lake")))
                    .map(file -> String.valueOf(file.getFileName()))
                    .filteredOn(name -> name.endsWith(".parquet"))
                    .allMatch(name -> stored.stream().anyMatch(name::endsWith))
                    .hasSize(2);
        }
    }

    private static RowRemoval.Rows carOne() {
        return new RowRemoval.Rows.OfSubjects(Set.of("car-1"), null, 0);
    }

    @Test
    void theCacheKeepsToItsBoundButForFilesInUse() throws Exception {
        LakeStorage.Bucket place = bucket("town", S3Proxy.KEY, 1 << 20);
        Random random = new Random(6);
        try (ObjectStore store = new ObjectStore(place.place())) {
            for (int i = 0; i < 6; i++) {
                byte[] bytes = new byte[400_000];
                random.nextBytes(bytes);
                Path file = Files.write(home.resolve("object"), bytes);
                store.put("o" + i, file, ParquetWriter.sha256(file));
                store.put("o" + i, file, ParquetWriter.sha256(file));
                Path other = Files.write(home.resolve("other"), new byte[] {1});
                String key = "o" + i;
                assertThatThrownBy(() -> store.put(key, other, ParquetWriter.sha256(other)))
                        .isInstanceOf(java.nio.file.FileAlreadyExistsException.class);
            }
            FileCache cache = new FileCache(home.resolve("cache"), 1 << 20, store);
            for (int i = 0; i < 6; i++) {
                cache.hold("o" + i).close();
                assertThat(cache.dataBytes()).isLessThanOrEqualTo(1 << 20);
            }
            assertThat(files(home.resolve("cache"))).hasSize(2);
            List<FileCache.Hold> holds = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                holds.add(cache.hold("o" + i));
            }
            assertThat(holds).allMatch(hold -> Files.isRegularFile(hold.path()));
            holds.forEach(FileCache.Hold::close);
            assertThat(cache.dataBytes()).isEqualTo(800_000);
            assertThat(files(home.resolve("cache"))).hasSize(2);
        }
    }

    @Test
    void aLargeFileGoesInPartsAndThoseOfAnUnfinishedOneAreRemoved() throws Exception {
        int partBytes = 5 << 20; // S3 takes no smaller ones but the last
        byte[] bytes = new byte[2 * partBytes + 12_345];
        new Random(7).nextBytes(bytes);
        Path file = Files.write(home.resolve("large"), bytes);
        String sha256 = ParquetWriter.sha256(file);
        String key = "lakes/a/tables/t/data/large.parquet";
        try (BreakingLink link = new BreakingLink(s3.port())) {
            URI through = URI.create("http://localhost:" + link.port());
            try (ObjectStore store = inParts(through, partBytes)) {
                link.breakAfter(partBytes * 3 / 2, false);
                assertThatThrownBy(() -> store.put(key, file, sha256))
                        .isInstanceOf(IOException.class)
                        .matches(DiskFault::is, "is waited for");
            }
        }
        try (Lake lake = open();
                ObjectStore store = inParts(s3.endpoint(), partBytes)) {
            assertThat(dataBytes(s3.bucket())).as("the first part").isGreaterThan(partBytes);
            keeper(lake).removeOrphans("t", Instant.now());
            assertThat(dataBytes(s3.bucket())).as("too young").isGreaterThan(partBytes);
            keeper(lake).removeOrphans("t", IN_A_WEEK);
            // what the server got of the second part is in a file of its own
            assertThat(dataBytes(s3.bucket())).as("the part is gone").isLessThan(partBytes);

            store.put(key, file, sha256);
            assertThat(store.head(key))
                    .isEqualTo(new ObjectStore.Head(bytes.length, Optional.of(sha256)));
            assertThat(store.sha256(key)).isEqualTo(sha256);
            store.get(key, home.resolve("back"));
            assertThat(ParquetWriter.sha256(home.resolve("back"))).isEqualTo(sha256);

            ObjectStore.Version before = store.find(key).orElseThrow();
            bytes[1]++;
            Files.write(file, bytes);
            String other = ParquetWriter.sha256(file);
            ObjectStore.Version after = store.replace(key, file, other);
            assertThat(after).as("the same length").isNotEqualTo(before);
            assertThat(store.find(key)).hasValue(after);
            assertThat(store.findAll(key)).containsExactly(after);
            assertThat(store.get(after, home.resolve("back"))).isEqualTo(other);
            assertThatThrownBy(() -> store.get(before, home.resolve("back")))
                    .as("what was looked at is no more")
                    .isInstanceOf(ObjectStoreAwayException.class)
                    .hasMessageContaining("412");
            assertThat(store.find("nothing")).isEmpty();
        }
    }

    private static ObjectStore inParts(URI endpoint, int partBytes) {
        return new ObjectStore(
                bucket(endpoint, "town", S3Proxy.KEY, 1 << 20).place(), partBytes, partBytes);
    }

    private static long dataBytes(Path directory) throws IOException {
        long sum = 0;
        for (Path file : files(directory)) {
            sum += Files.size(file);
        }
        return sum;
    }
}
