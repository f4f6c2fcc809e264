package org.roadloop.govern.privacy.probe;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Secrets in all their encodings, ready to be looked for (编码后的秘密). Immutable, any thread. */
public final class EncodedSecrets {
    private static final Encoding[] PLAIN_ONLY = {Encoding.PLAIN};

    private final PatternSearch search;
    private final int[] secrets;
    private final byte[] encodings;

    /** Takes a secret, by its number in the collection, that was found in an encoding. */
    public interface Found {
        void found(int secret, Encoding encoding);
    }

    /**
     * @param most secrets from this number on are only looked for as {@link Encoding#PLAIN}
     */
    public EncodedSecrets(Collection<String> texts, int most) {
        List<byte[]> patterns = new ArrayList<>();
        List<Integer> of = new ArrayList<>();
        List<Encoding> as = new ArrayList<>();
        int number = 0;
        for (String text : texts) {
            Set<ByteBuffer> written = new HashSet<>();
            for (Encoding encoding : number < most ? Encoding.values() : PLAIN_ONLY) {
                for (byte[] pattern : encoding.of(text)) {
                    if (pattern.length >= PatternSearch.BLOCK
                            && written.add(ByteBuffer.wrap(pattern))) {
                        patterns.add(pattern);
                        of.add(number);
                        as.add(encoding);
                    }
                }
            }
            number++;
        }
        search = new PatternSearch(patterns);
        secrets = of.stream().mapToInt(i -> i).toArray();
        encodings = new byte[as.size()];
        for (int i = 0; i < encodings.length; i++) {
            encodings[i] = (byte) as.get(i).ordinal();
        }
    }

    public static EncodedSecrets of(List<Secret> secrets) {
        return new EncodedSecrets(secrets.stream().map(Secret::text).toList(), Integer.MAX_VALUE);
    }

    /** Different byte strings that are looked for. */
    public int patterns() {
        return secrets.length;
    }

    /** Bytes that the index holds. */
    public long memoryBytes() {
        return search.memoryBytes() + 5L * secrets.length;
    }

    public void search(byte[] text, Found found) {
        search.search(text, p -> found.found(secrets[p], Encoding.values()[encodings[p]]));
    }

    /**
     * @return bytes read
     */
    public long search(InputStream in, Found found) throws IOException {
        return search.search(in, p -> found.found(secrets[p], Encoding.values()[encodings[p]]));
    }
}
