package org.roadloop.dataspace.access;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.contract.ContractBook;
import org.roadloop.core.contract.DataAddress;
import org.roadloop.core.contract.Role;
import org.roadloop.core.contract.TransferProcess;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes what a provider pushes to us (接收推送): {@code PUT /dataspace/v1/received/{transferPid}} with
 * the token of the data address. What came before a line broke is kept: {@code HEAD} tells how much
 * in {@code Upload-Offset}, {@code PATCH} brings the rest. A file counts as arrived when it has the
 * length and the {@code Repr-Digest} that the provider gave; 422 if the digest differs.
 */
public final class ReceivingRoute {
    public static final String PATH = "/dataspace/v1/received/";
    private static final long KEPT_FREE = 1L << 30;
    private static final long LOOK_EVERY = 16L << 20;

    private static final Logger log = LoggerFactory.getLogger(ReceivingRoute.class);

    private final ReceiveTokens tokens;
    private final Arrivals arrivals;
    private final Path directory;
    private final Map<String, ReentrantLock> locks = new ConcurrentHashMap<>();

    /** The files of one transfer: what came so far, and what it is to become. */
    private record Place(Path part, Path about, Path whole) {
        /** Checksum, purpose, and once it has arrived the size of what comes, one a line. */
        Optional<String[]> whose() throws IOException {
            return Files.exists(about)
                    ? Optional.of(Files.readString(about).split("\n", -1))
                    : Optional.empty();
        }

        void write(String digest, String purpose, String arrivedBytes) throws IOException {
            Files.writeString(about, digest + "\n" + purpose + "\n" + arrivedBytes);
        }

        boolean isOf(@Nullable String digest) throws IOException {
            return whose().filter(lines -> lines[0].equals(digest)).isPresent();
        }

        boolean arrived() throws IOException {
            return whose().filter(lines -> !lines[2].isEmpty()).isPresent();
        }

        long offset() throws IOException {
            if (arrived()) {
                return Long.parseLong(whose().orElseThrow()[2]);
            }
            return Files.exists(part) ? Files.size(part) : 0;
        }
    }

    /**
     * @param directory of files on their way in; it outlives a restart
     */
    public ReceivingRoute(
            ReceiveTokens tokens, ContractBook book, Arrivals arrivals, Path directory) {
        this.tokens = tokens;
        this.arrivals = arrivals;
        this.directory = directory;
        book.listen(
                new ContractBook.Listener() {
                    @Override
                    public void moved(TransferProcess to) {
                        if (to.ended() && to.dialogue().self() == Role.CONSUMER) {
                            Thread.ofVirtual().start(() -> giveUp(to.dialogue().pid()));
                        }
                    }
                });
    }

    /**
     * The data address for a transfer that we ask for.
     *
     * @param origin where we are reached
     */
    public static DataAddress address(
            URI origin, String transferPid, String token, String purpose, String mediaType) {
        Map<String, String> properties = new LinkedHashMap<>();
        properties.put(DataAddress.AUTHORIZATION, token);
        properties.put(DataAddress.AUTH_TYPE, "bearer");
        if (!purpose.isEmpty()) {
            properties.put(Pushes.PURPOSE, purpose);
        }
        if (!mediaType.isEmpty()) {
            properties.put(Pushes.CONTENT_TYPE, mediaType);
        }
        return new DataAddress(
                "https://w3id.org/idsa/v4.1/HTTP",
                origin + PATH + DataRoute.segment(transferPid),
                properties);
    }

    public void mount(RoutesConfig routes) {
        String path = PATH + "{transferPid}";
        routes.head(path, ctx -> DataRoute.answering(ctx, this::offset));
        routes.put(path, ctx -> DataRoute.answering(ctx, this::put));
        routes.patch(path, ctx -> DataRoute.answering(ctx, this::patch));
    }

    private ReceiveTokens.Grant grant(Context ctx) {
        ReceiveTokens.Grant grant =
                tokens.verify(Optional.ofNullable(ctx.header("Authorization")).orElse(""));
        if (!grant.transferPid().equals(ctx.pathParam("transferPid"))) {
            throw new AccessProblem(
                    403, "token_of_another_transfer", "the token is not of this transfer");
        }
        return grant;
    }

    private Place place(String transferPid) throws IOException {
        Files.createDirectories(directory);
        return place(directory, transferPid);
    }

    /** Where what comes through a transfer is kept; any of them may be missing. */
    public static java.util.List<Path> files(Path directory, String transferPid) {
        Place place = place(directory, transferPid);
        return java.util.List.of(place.part(), place.about(), place.whole());
    }

    private static Place place(Path directory, String transferPid) {
        // a pid is the peer's or ours to choose; a file name is not
        String name =
                HexFormat.of()
                        .formatHex(
                                Digests.sha256()
                                        .digest(transferPid.getBytes(StandardCharsets.UTF_8)));
        return new Place(
                directory.resolve(name + ".part"),
                directory.resolve(name + ".about"),
                directory.resolve(name + ".whole"));
    }

    private void offset(Context ctx) throws IOException {
        Place place = place(grant(ctx).transferPid());
        boolean same = place.isOf(ctx.header(Digests.WHOLE));
        ctx.status(204)
                .header("Cache-Control", "no-store")
                .header(HttpPush.OFFSET, Long.toString(same ? place.offset() : 0));
    }

    private void put(Context ctx) throws IOException {
        ReceiveTokens.Grant grant = grant(ctx);
        alone(
                grant,
                () -> {
                    Place place = place(grant.transferPid());
                    String digest = Optional.ofNullable(ctx.header(Digests.WHOLE)).orElse("");
                    if (!place.isOf(digest)) {
                        drop(grant.transferPid(), place);
                        place.write(digest, grant.purpose(), "");
                    } else if (place.arrived() && !digest.isEmpty()) {
                        ctx.status(200); // it is here; nobody pays for it again
                        return;
                    }
                    take(ctx, grant, place, 0);
                });
    }

    private void patch(Context ctx) throws IOException {
        ReceiveTokens.Grant grant = grant(ctx);
        alone(
                grant,
                () -> {
                    Place place = place(grant.transferPid());
                    String asked = Optional.ofNullable(ctx.header(HttpPush.OFFSET)).orElse("");
                    boolean same = place.isOf(ctx.header(Digests.WHOLE)) && !place.arrived();
                    if (!same || !asked.equals(Long.toString(place.offset()))) {
                        ctx.header(HttpPush.OFFSET, Long.toString(same ? place.offset() : 0));
                        throw new AccessProblem(
                                409, "offset_differs", "another offset is due: see Upload-Offset");
                    }
                    take(ctx, grant, place, place.offset());
                });
    }

    private interface Act {
        void run() throws IOException;
    }

    /** Two requests about one file at once would mix their bytes. */
    private void alone(ReceiveTokens.Grant grant, Act act) throws IOException {
        ReentrantLock lock = locks.computeIfAbsent(grant.transferPid(), p -> new ReentrantLock());
        if (!lock.tryLock()) {
            throw new AccessProblem(409, "upload_under_way", "another request brings this file");
        }
        try {
            act.run();
        } finally {
            lock.unlock();
        }
    }

    private void take(Context ctx, ReceiveTokens.Grant grant, Place place, long from)
            throws IOException {
        write(ctx.req().getInputStream(), place.part(), from);
        long due = length(ctx, from);
        if (due != place.offset()) {
            throw new AccessProblem(
                    400,
                    "upload_not_whole",
                    place.offset() + " of " + due + " bytes came; go on with PATCH");
        }
        String said = place.whose().map(about -> about[0]).orElse("");
        Optional<byte[]> digest = Digests.find(said);
        if (digest.isPresent()
                && !MessageDigest.isEqual(
                        digest.get(), Digests.sha256(place.part(), 0, place.offset()))) {
            drop(grant.transferPid(), place);
            throw new AccessProblem(
                    422, "checksum_differs", "what came is not what Repr-Digest says");
        }
        Files.move(place.part(), place.whole(), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        place.write(said, grant.purpose(), Long.toString(due));
        String type = Optional.ofNullable(ctx.header("Content-Type")).orElse("");
        arrivals.arrived(
                grant.transferPid(),
                grant.purpose(),
                place.whole(),
                type.equals(HttpPush.PART) || type.isEmpty() ? mediaType(place.whole()) : type);
        ctx.status(201);
    }

    /** The rest of a file comes without its type. */
    private static String mediaType(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return RowFormat.of(in.readNBytes(4));
        }
    }

    private static long length(Context ctx, long from) {
        String whole = Optional.ofNullable(ctx.header("Upload-Length")).orElse("");
        return whole.matches("\\d{1,18}")
                ? Long.parseLong(whole)
                : from + ctx.req().getContentLengthLong();
    }

    /** Bytes that came before are the same ones: a repeat overwrites and does not shorten. */
    private static void write(InputStream in, Path part, long from) throws IOException {
        byte[] chunk = new byte[64 * 1024];
        try (RandomAccessFile file = new RandomAccessFile(part.toFile(), "rw")) {
            file.seek(from);
            long looked = from - LOOK_EVERY;
            for (int n = arriving(in, chunk); n >= 0; n = arriving(in, chunk)) {
                file.write(chunk, 0, n);
                if (file.getFilePointer() - looked >= LOOK_EVERY) {
                    looked = file.getFilePointer();
                    if (part.toFile().getUsableSpace() < KEPT_FREE) {
                        throw new AccessProblem(
                                507, "disk_full", "less than 1 GiB is free where it is received");
                    }
                }
            }
            file.getFD().sync();
        }
    }

    /** A line that breaks ends the body: what came stays, and the rest may follow. */
    private static int arriving(InputStream in, byte[] chunk) {
        try {
            return in.read(chunk);
        } catch (IOException e) {
            log.info("a push to us broke off: {}", e + "");
            return -1;
        }
    }

    private void drop(String transferPid, Place place) throws IOException {
        long bytes = place.arrived() ? 0 : place.offset();
        String purpose = place.whose().map(about -> about[1]).orElse("");
        if (bytes > 0) {
            arrivals.broke(transferPid, purpose, bytes);
        }
        Files.deleteIfExists(place.part());
        Files.deleteIfExists(place.about());
    }

    private void giveUp(String transferPid) {
        ReentrantLock lock = locks.computeIfAbsent(transferPid, p -> new ReentrantLock());
        lock.lock();
        try {
            drop(transferPid, place(transferPid));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException("what was pushed to us can't be removed", e);
        } finally {
            lock.unlock();
            locks.remove(transferPid);
        }
    }
}
