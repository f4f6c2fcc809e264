package org.roadloop.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.roadloop.govern.privacy.probe.EncodedSecrets;
import org.roadloop.govern.privacy.probe.Secret;

/** What was looked through at each exit, and what was found there (泄漏计数). One thread. */
final class SecretSearch {
    private static final Exit NOTHING = new Exit(0, 0, 0);

    private final List<Secret> secrets;
    private final EncodedSecrets encoded;
    private final BitSet escaped = new BitSet();
    private final TreeMap<String, Long> places = new TreeMap<>();
    private final TreeMap<String, Exit> exits = new TreeMap<>();

    /**
     * One way out.
     *
     * @param bytes looked through
     * @param hits secrets in an encoding that were found and should not be there
     * @param echoes what an asker was told of his own request
     */
    record Exit(long bytes, long hits, long echoes) {}

    SecretSearch(List<Secret> secrets) {
        this.secrets = secrets;
        encoded = EncodedSecrets.of(secrets);
    }

    void look(String exit, String detail, String text) throws IOException {
        look(exit, detail, text.getBytes(UTF_8));
    }

    void look(String exit, String detail, byte[] bytes) throws IOException {
        look(exit, detail, new ByteArrayInputStream(bytes), Set.of(), null);
    }

    /**
     * @param exit by which it is counted
     * @param detail where exactly, for the reader
     * @param kept kinds that are there on purpose
     * @param own what the asker said himself
     */
    void look(
            String exit,
            String detail,
            InputStream bytes,
            Set<Secret.Kind> kept,
            @Nullable String own)
            throws IOException {
        long[] found = new long[2];
        long read =
                encoded.search(
                        bytes,
                        (number, encoding) -> {
                            Secret secret = secrets.get(number);
                            if (secret.text().equals(own)) {
                                found[1]++;
                            } else if (!kept.contains(secret.kind())) {
                                found[0]++;
                                escaped.set(number);
                                String kind = secret.kind().name().toLowerCase(Locale.ROOT);
                                places.merge(
                                        "%s, %s: %s %s"
                                                .formatted(exit, detail, kind, encoding.word()),
                                        1L,
                                        Long::sum);
                            }
                        });
        Exit was = exits.getOrDefault(exit, NOTHING);
        exits.put(
                exit, new Exit(was.bytes() + read, was.hits() + found[0], was.echoes() + found[1]));
    }

    /** Different secrets that left. */
    int escaped() {
        return escaped.cardinality();
    }

    /** Hits by exit, detail, kind and encoding. */
    SortedMap<String, Long> places() {
        return places;
    }

    SortedMap<String, Exit> exits() {
        return exits;
    }
}
