package org.roadloop.govern.privacy.probe;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.Base64;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.roadloop.govern.classify.Validators;

class EncodedSecretsTest {
    private static final List<Secret> SECRETS = Secret.seeded(20261122, 1_400);
    private static final EncodedSecrets ENCODED = EncodedSecrets.of(SECRETS);

    /** What the values are is asked of the classifier, which was written apart from them. */
    @Test
    void secretsAreWhatTheyAreCalled() {
        Set<String> seen = new TreeSet<>();
        for (Secret secret : SECRETS) {
            boolean real =
                    switch (secret.kind()) {
                        case VIN -> Validators.isVin(secret.text());
                        case ID_NUMBER -> Validators.isIdCard(secret.text());
                        case PHONE -> secret.text().matches("1[3-9]\\d{9}");
                        case PLATE -> secret.text().matches("\\p{IsHan}[A-Z][A-Z0-9]{5}");
                        case NEW_ENERGY_PLATE ->
                                secret.text().matches("\\p{IsHan}[A-Z][DF][A-Z0-9]{5}");
                        case POSITION -> secret.text().matches("\\d{2,3}\\.\\d{7}");
                        case DRIVER_NAME -> secret.text().matches("\\p{IsHan}{3}");
                    };
            assertThat(real).as("%s", secret).isTrue();
            assertThat(seen.add(secret.text())).as("only once").isTrue();
        }
        assertThat(Secret.seeded(20261122, 1_400)).isEqualTo(SECRETS);
        assertThat(Encoding.values()).hasSizeGreaterThanOrEqualTo(30);
    }

    /** Written by other software: Python's hashlib, base64, codecs, struct, urllib and json. */
    @ParameterizedTest
    @CsvSource(
            textBlock =
                    """
                    LSVAU2180N2183294, MD5,    39f67e6745d0d9b70b0367c346f9eb75
                    LSVAU2180N2183294, SHA1,   aed241af925e9fc70ba91fcbb93041c01296dcbc
                    LSVAU2180N2183294, SHA256_BASE64, iyJQtNJvSTzKf6gEqc36WD3cAwUT9zrITMk2DSQxCqU
                    LSVAU2180N2183294, BASE32, JRJVMQKVGIYTQMCOGIYTQMZSHE2A
                    LSVAU2180N2183294, BASE64, TFNWQVUyMTgwTjIxODMyOTQ
                    LSVAU2180N2183294, ROT13,  YFINH2180A2183294
                    京A12345,           URL,    %E4%BA%ACA12345
                    京A12345,           JSON_ESCAPES, \\u4eacA12345
                    """)
    void isWrittenAsOthersWriteIt(String secret, Encoding encoding, String written) {
        Set<String> found = new TreeSet<>();
        String before = "x=\"" + written + "\"";
        new EncodedSecrets(List.of(secret), 1)
                .search(before.getBytes(UTF_8), (_, as) -> found.add(as.name()));
        assertThat(found).contains(encoding.name());
    }

    @ParameterizedTest
    @CsvSource(
            textBlock =
                    """
                    京A12345,    GB18030,              bea9413132333435
                    京A12345,    UTF_16_LE,            ac4e410031003200330034003500
                    116.4073963, DOUBLE_LITTLE_ENDIAN, bb40eec7121a5d40
                    13912345678, LONG_LITTLE_ENDIAN,   4e8c3d3d03000000
                    13912345678, BCD,                  013912345678
                    """)
    void isWrittenInBytesAsOthersWriteIt(String secret, Encoding encoding, String hex) {
        assertThat(encoding.of(secret)).contains(HexFormat.of().parseHex(hex));
    }

    /** A text around it moves a secret against the groups of Base64 and Base32. */
    @ParameterizedTest
    @CsvSource({"BASE64", "BASE64URL"})
    void isFoundInAnEncodedTextWhereverItStands(Encoding encoding) {
        for (int before = 0; before < 6; before++) {
            byte[] text = ("x".repeat(before) + "LSVAU2180N2183294 drove").getBytes(UTF_8);
            byte[] encoded =
                    (encoding == Encoding.BASE64 ? Base64.getEncoder() : Base64.getUrlEncoder())
                            .encode(text);
            int[] found = {0};
            new EncodedSecrets(List.of("LSVAU2180N2183294"), 1)
                    .search(encoded, (_, _) -> found[0]++);
            assertThat(found[0]).as("after %d characters", before).isPositive();
        }
    }

    /** Every secret in every encoding, in the middle of other bytes, however it is read. */
    @ParameterizedTest
    @EnumSource
    void isFoundInTheMiddleOfOtherBytes(Encoding encoding) throws Exception {
        SplittableRandom random = new SplittableRandom(encoding.ordinal());
        int written = 0;
        BitSet found = new BitSet();
        BitSet wanted = new BitSet();
        byte[] text = new byte[2 << 20];
        random.nextBytes(text);
        int at = 0;
        for (int s = 0; s < SECRETS.size(); s++) {
            for (byte[] pattern : encoding.of(SECRETS.get(s).text())) {
                if (pattern.length < PatternSearch.BLOCK) {
                    continue;
                }
                at += random.nextInt(200);
                System.arraycopy(pattern, 0, text, at, pattern.length);
                at += pattern.length;
                wanted.set(s);
                written++;
            }
        }
        assertThat(written).as("secrets that are written as " + encoding).isGreaterThan(100);
        ENCODED.search(new ByteArrayInputStream(text), (secret, _) -> found.set(secret));
        assertThat(found).isEqualTo(wanted);
    }

    /** The search against the obvious one, over an alphabet in which patterns meet. */
    @Test
    void findsWhatLookingForOneAfterTheOtherFinds() {
        long seed = System.nanoTime();
        SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < 200; round++) {
            List<byte[]> patterns = new ArrayList<>();
            for (int p = 0; p < 1 + random.nextInt(60); p++) {
                patterns.add(word(random, PatternSearch.BLOCK + random.nextInt(5)));
            }
            byte[] text = word(random, random.nextInt(3_000));
            String plain = new String(text, UTF_8);
            Set<Integer> wanted = new TreeSet<>();
            for (int p = 0; p < patterns.size(); p++) {
                if (plain.contains(new String(patterns.get(p), UTF_8))) {
                    wanted.add(p);
                }
            }
            Set<Integer> found = new TreeSet<>();
            new PatternSearch(patterns).search(text, found::add);
            assertThat(found).as("seed %d round %d", seed, round).isEqualTo(wanted);
        }
    }

    private static byte[] word(SplittableRandom random, int length) {
        byte[] word = new byte[length];
        for (int i = 0; i < length; i++) {
            word[i] = (byte) ('a' + random.nextInt(2));
        }
        return word;
    }

    @Test
    void aPatternAcrossTheEdgeOfWhatIsReadAtOnceIsFound() throws Exception {
        byte[] secret = "LSVAU2180N2183294".getBytes(UTF_8);
        PatternSearch search = new PatternSearch(List.of(secret));
        for (int at = (1 << 16) - 20; at < (1 << 16) + 3; at++) {
            byte[] text = new byte[1 << 18];
            System.arraycopy(secret, 0, text, at, secret.length);
            int[] found = {0};
            long read = search.search(new ByteArrayInputStream(text), _ -> found[0]++);
            assertThat(found[0]).as("at %d", at).isEqualTo(1);
            assertThat(read).isEqualTo(text.length);
        }
        assertThatThrownBy(() -> new PatternSearch(List.of(new byte[5])))
                .hasMessage("pattern 0 has 5 bytes; the least is 6");
    }

    @Test
    void nothingIsFoundInNoise() throws Exception {
        byte[] noise = new byte[16 << 20];
        new SplittableRandom(7).nextBytes(noise);
        byte[] digits = new byte[1 << 20];
        SplittableRandom random = new SplittableRandom(8);
        for (int i = 0; i < digits.length; i++) {
            digits[i] = (byte) ('0' + random.nextInt(10));
            if (i % 17 == 16) {
                digits[i] = ' ';
            }
        }
        Map<Encoding, Integer> found = new HashMap<>();
        ENCODED.search(
                new ByteArrayInputStream(noise), (_, as) -> found.merge(as, 1, Integer::sum));
        ENCODED.search(digits, (_, as) -> found.merge(as, 1, Integer::sum));
        assertThat(found).isEmpty();
    }
}
