package org.roadloop.collect.gb32960.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.roadloop.collect.gb32960.Frame;
import org.roadloop.collect.gb32960.ReportUnits;
import org.roadloop.collect.gb32960.VehicleSignature;
import org.roadloop.collect.gb32960.cipher.SignatureRule;
import org.roadloop.collect.gb32960.cipher.SignatureVerdict;
import org.roadloop.collect.gb32960.cipher.VehicleSignatures;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Frames that others published with what they mean: the 36 of {@code beidouchangxi/rtm_con} (tests,
 * 2025-11), carried over as data: hex and values. Vehicles, SIM cards and batteries are made up
 * here, and the BCC follows them; every other byte is as published. Where the source departs from
 * the standard the file has the standard's value: the current of a 2016 subsystem, offset −1000 A.
 */
class PublishedFramesTest {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** Of the key that signed the samples. */
    private static final String RSA_KEY =
            "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAtXpm9jW8fB7n5V6ykPDXWslcLQ"
                    + "uTPo/+GB9+PV5/ftXp8ueFiuGW8L6hvf+GzMSMvIjil8ji7iIwBwFAJc5Mm0QzGDBJ1Ts8"
                    + "vBRLPI4R3XavYa9kESifDyNSbH8Ln3vHjtJEdfB0UZCzFIn9r8zO+Njj7I5YiutaywvJT+"
                    + "UMGahBexgbJdcdNysECv9cN8mVO/mTSx5bsbh9yMqqu5Z/J97RUXTch/j/wEMcWgitlLmF"
                    + "rRMXRu7aT69My6kGG1lw7z7Ocb+65L9jEygmJcNAwG4cnq9pwIQBmEN77ZyepIo/8UQRTE"
                    + "FCnEyrd+e+71IbawNW2SHa4c+fa0RfRg6EiwIDAQAB";

    static Stream<Arguments> frames() throws IOException {
        try (InputStream in =
                Objects.requireNonNull(Frame.class.getResourceAsStream("published-frames.tsv"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                            .lines()
                            .map(line -> line.split("\t"))
                            .map(row -> Arguments.of(row[0], row[1], row[2]))
                            .toList()
                            .stream();
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("frames")
    void meanWhatTheirPublisherSaysAndComeBackByteForByte(
            String name, String hex, String expected) {
        ObjectNode message = TextFrames.decodeOne(hex);
        requireSame("", JSON.readTree(expected), message);
        assertThat(TextFrames.encode(message)).isEqualTo(hex);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("frames")
    void signaturesAreRightWithoutTheMarkAndWrongWithIt(String name, String hex, String expected)
            throws Exception {
        byte[] bytes = HexFormat.of().parseHex(hex);
        ReportUnits units = new ReportUnits();
        if (Frame.command(bytes, 0) != 2
                || !units.walk(bytes, 0).isUsable()
                || units.first(VehicleSignature.MARK) < 0) {
            return;
        }
        PublicKey key =
                KeyFactory.getInstance("RSA")
                        .generatePublic(
                                new X509EncodedKeySpec(Base64.getDecoder().decode(RSA_KEY)));
        assertThat(new VehicleSignatures(SignatureRule.USUAL).check(bytes, 0, units, key))
                .isEqualTo(SignatureVerdict.RIGHT);
        SignatureRule signed = new SignatureRule(SignatureRule.Mark.SIGNED);
        assertThat(new VehicleSignatures(signed).check(bytes, 0, units, key))
                .isEqualTo(SignatureVerdict.WRONG);
        bytes[26]++;
        assertThat(new VehicleSignatures(SignatureRule.USUAL).check(bytes, 0, units, key))
                .isEqualTo(SignatureVerdict.WRONG);
    }

    /** Every published value; members beside them are ours. */
    private static void requireSame(String path, JsonNode expected, JsonNode actual) {
        if (expected.isObject()) {
            for (String name : expected.propertyNames()) {
                assertThat(actual.has(name)).as(path + "." + name).isTrue();
                requireSame(path + "." + name, expected.get(name), actual.get(name));
            }
        } else if (expected.isArray()) {
            assertThat(actual.size()).as(path).isEqualTo(expected.size());
            for (int i = 0; i < expected.size(); i++) {
                requireSame(path + "[" + i + "]", expected.get(i), actual.get(i));
            }
        } else if (expected.isNumber() && actual.isObject()) {
            // The publisher prints a number for FEFE too, which is in no range of the standard.
            assertThat(actual.path("outOfRange").isIntegralNumber()).as(path).isTrue();
        } else if (expected.isNumber()) {
            assertThat(actual.isNumber()).as(path + " is a number, not " + actual).isTrue();
            assertThat(actual.asDouble()).as(path).isEqualTo(expected.asDouble());
        } else {
            assertThat(actual).as(path).isEqualTo(expected);
        }
    }
}
