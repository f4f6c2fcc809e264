package org.roadloop.govern.privacy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Ff1Test {
    private static final String KEY =
            "2B7E151628AED2A6ABF7158809CF4F3CEF4359D8D580AA4F7F036D6F04FC6A94";

    /** The nine samples that NIST publishes for FF1. */
    @ParameterizedTest(name = "AES-{0}, radix {1}, tweak {2}")
    @CsvSource({
        "128, 10, '',                     0123456789,          2433477484",
        "128, 10, 39383736353433323130,   0123456789,          6124200773",
        "128, 36, 3737373770717273373737, 0123456789abcdefghi, a9tv40mll9kdu509eum",
        "192, 10, '',                     0123456789,          2830668132",
        "192, 10, 39383736353433323130,   0123456789,          2496655549",
        "192, 36, 3737373770717273373737, 0123456789abcdefghi, xbj3kv35jrawxv32ysr",
        "256, 10, '',                     0123456789,          6657667009",
        "256, 10, 39383736353433323130,   0123456789,          1001623463",
        "256, 36, 3737373770717273373737, 0123456789abcdefghi, xs8a0azh2avyalyzuwd",
    })
    void samples(int keyBits, int radix, String tweak, String plain, String encrypted) {
        byte[] key = Arrays.copyOf(HexFormat.of().parseHex(KEY), keyBits / 8);
        byte[] with = HexFormat.of().parseHex(tweak);
        for (boolean longs : new boolean[] {true, false}) {
            Ff1 ff1 = new Ff1(key, radix, longs);
            assertThat(text(ff1.encrypt(numerals(plain), with))).isEqualTo(encrypted);
            assertThat(text(ff1.decrypt(numerals(encrypted), with))).isEqualTo(plain);
        }
    }

    @Test
    void everyRadixComesBackAndBothArithmeticsAgree() {
        long seed = 38;
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        for (int round = 0; round < 400; round++) {
            int radix = round == 0 ? 2 : round == 1 ? 65_536 : 2 + random.nextInt(65_535);
            radix = round % 2 == 0 ? radix : 2 + radix % 60;
            byte[] key = new byte[new int[] {16, 24, 32}[random.nextInt(3)]];
            random.nextBytes(key);
            byte[] tweak = new byte[random.nextInt(40)];
            random.nextBytes(tweak);
            int[] plain =
                    random.ints(Ff1.leastSymbols(radix) + random.nextInt(20), 0, radix).toArray();
            int[] encrypted = new Ff1(key, radix).encrypt(plain, tweak);
            assertThat(new Ff1(key, radix, false).encrypt(plain, tweak)).isEqualTo(encrypted);
            assertThat(new Ff1(key, radix).decrypt(encrypted, tweak)).isEqualTo(plain);
            assertThat(new Ff1(key, radix, false).decrypt(encrypted, tweak)).isEqualTo(plain);
        }
    }

    @ParameterizedTest
    @CsvSource({"2,20", "10,6", "34,4", "36,4", "1000,2", "65536,2"})
    void aDomainBelowAMillionIsRefused(int radix, int leastSymbols) {
        assertThat(Ff1.leastSymbols(radix)).isEqualTo(leastSymbols);
        Ff1 ff1 = new Ff1(new byte[16], radix);
        assertThat(ff1.encrypt(new int[leastSymbols], new byte[0])).hasSize(leastSymbols);
        assertThatThrownBy(() -> ff1.encrypt(new int[leastSymbols - 1], new byte[0]))
                .hasMessageContaining("takes " + leastSymbols + "..");
    }

    @Test
    void phonesPlatesAndTerminalNumbersKeepTheirFormat() {
        FormatPreserving phones =
                new FormatPreserving(List.of("phone"), "digits", 3, "contract-a", null);
        FormatPreserving plates = new FormatPreserving(List.of("plate"), "plate", 2, "c", 1);
        TextTable in =
                TextTable.of(
                        """
                        phone         plate     km:int
                        13812345678   京A12345  1
                        13912345678   沪AD12345 2
                        138-1234-5678 -         3
                        138123        粤B99     4
                        """);
        TextTable.Result out = in.through(phones);
        List<String> encrypted = out.column("phone");
        assertThat(encrypted.get(0)).matches("138\\d{8}").isNotEqualTo("13812345678");
        assertThat(encrypted.get(1)).matches("139\\d{8}");
        assertThat(encrypted.get(1).substring(3)).isNotEqualTo(encrypted.get(0).substring(3));
        assertThat(encrypted.get(2)).matches("138-\\d{4}-\\d{4}");
        assertThat(encrypted.get(2).replace("-", "")).isEqualTo(encrypted.get(0));
        assertThat(encrypted.get(3)).isEqualTo("masked");
        assertThat(out.report().changed())
                .containsEntry("format_preserving", 3L)
                .containsEntry("masked_too_short", 1L);
        assertThat(phones.restore(encrypted.get(2), TextTable.keys(1))).isEqualTo("138-1234-5678");
        List<String> tails = in.through(plates).column("plate");
        assertThat(tails.get(0)).matches("京A[0-9A-HJ-NP-Z]{5}").isNotEqualTo("京A12345");
        assertThat(tails.get(1)).matches("沪A[0-9A-HJ-NP-Z]{6}");
        assertThat(tails.subList(2, 4)).containsExactly("-", "masked");
        assertThat(in.inBatchesOf(1).through(plates).rows()).isEqualTo(in.through(plates).rows());
        assertThat(in.with(TextTable.keys(2)).through(phones).column("phone").get(0))
                .isNotEqualTo(encrypted.get(0));
    }

    /** A permutation: 1,000 phones of one prefix meet nowhere, and other contracts differ. */
    @Test
    void noTwoValuesMeet() {
        StringBuilder table = new StringBuilder("phone\n");
        for (int i = 0; i < 1000; i++) {
            table.append(13800000000L + i).append('\n');
        }
        Set<String> all = new HashSet<>();
        for (String contract : List.of("a", "b")) {
            List<String> values =
                    TextTable.of(table.toString())
                            .through(
                                    new FormatPreserving(
                                            List.of("phone"), "digits", 3, contract, null))
                            .column("phone");
            assertThat(new HashSet<>(values)).hasSize(1000);
            all.addAll(values);
        }
        assertThat(all).hasSizeGreaterThan(1990);
    }

    private static int[] numerals(String text) {
        return text.chars().map(c -> Character.digit(c, 36)).toArray();
    }

    private static String text(int[] numerals) {
        return Arrays.stream(numerals)
                .mapToObj(n -> Character.toString(Character.forDigit(n, 36)))
                .collect(Collectors.joining());
    }
}
