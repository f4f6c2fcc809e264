package org.roadloop.core.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.time.LocalDate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NationalIdentifierTest {
    private static final String ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY";

    @TempDir Path dir;

    /** As the bodies publish their own: on invoices, tenders, annual reports. */
    @ParameterizedTest
    @CsvSource({
        "12100000400000624D, 100000, 清华大学",
        "12100000425006117P, 100000, 复旦大学",
        "12100000470095016Q, 100000, 浙江大学",
        "12100000400002195R, 100000, 中国电子技术标准化研究院",
    })
    void publishedCodesAreTaken(String code, String division, String body) {
        UnifiedSocialCreditCode parsed = new UnifiedSocialCreditCode(code);
        assertThat(parsed.value()).as(body).isEqualTo(code);
        assertThat(parsed.division()).isEqualTo(division);
    }

    /** Modulo 31 with powers of 3: each single error and each swap of unlike neighbours shows. */
    @Test
    void everyWrongCharacterAndSwapIsFound() {
        String code = "12100000425006117P";
        for (int i = 0; i < 18; i++) {
            for (int j = 0; j < ALPHABET.length(); j++) {
                String bent = code.substring(0, i) + ALPHABET.charAt(j) + code.substring(i + 1);
                if (!bent.equals(code)) {
                    assertThatThrownBy(() -> new UnifiedSocialCreditCode(bent))
                            .as(bent)
                            .isInstanceOf(IllegalArgumentException.class);
                }
            }
        }
        for (int i = 0; i < 17; i++) {
            if (code.charAt(i) != code.charAt(i + 1)) {
                String swapped =
                        code.substring(0, i)
                                + code.charAt(i + 1)
                                + code.charAt(i)
                                + code.substring(i + 2);
                assertThatThrownBy(() -> new UnifiedSocialCreditCode(swapped))
                        .isInstanceOf(IllegalArgumentException.class);
            }
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "1210000042500611 | 18 characters, not 16",
                "12100000425006117p | 12100000425006117p' has a",
                "I2100000425006117P | I2100000425006117P' has a",
                "12A00000425006117P | administrative division",
                "12100000425006117Q | check character of the rest",
            })
    void errorsSayWhatIsWrong(String code, String message) {
        assertThatThrownBy(() -> new UnifiedSocialCreditCode(code)).hasMessageContaining(message);
    }

    @Test
    void aRegisterFileSaysWhoseItIsAndHowLong() throws Exception {
        Path file = dir.resolve("register.tsv");
        Files.writeString(
                file,
                """
                # scheme authority value name holder until
                unifiedSocialCreditCode\t-\t12100000425006117P\t复旦大学\tdid:web:fudan.example\t-
                registrationNumber\tsh.example\t沪数登〔2026〕0042号\t路口轨迹\tdid:web:fudan.example\t2026-12-31
                dataIdentifier\tsh.example\tDP-0042\t路口轨迹\t-\t-
                """);
        RegisterFile register = new RegisterFile(file);
        NationalIdentifier code = new UnifiedSocialCreditCode("12100000425006117P");
        LocalDate day = LocalDate.of(2026, 12, 31);
        assertThat(register.find(code).orElseThrow().name()).isEqualTo("复旦大学");
        assertThat(register.confirms(code, "did:web:fudan.example", day)).isTrue();
        assertThat(register.confirms(code, "did:web:other.example", day)).isFalse();
        NationalIdentifier number = new RegistrationNumber("sh.example", "沪数登〔2026〕0042号");
        assertThat(register.confirms(number, "did:web:fudan.example", day)).isTrue();
        assertThat(register.confirms(number, "did:web:fudan.example", day.plusDays(1))).isFalse();
        assertThat(register.find(new DataIdentifier("bj.example", "DP-0042"))).isEmpty();

        Files.writeString(file, "dataIdentifier\tsh.example\tDP-0043\tx\t-\t-\n");
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().plusSeconds(5)));
        assertThat(register.find(code)).isEmpty();
        assertThat(register.find(new DataIdentifier("sh.example", "DP-0043"))).isPresent();
    }

    @Test
    void aBadLineIsNamed() throws Exception {
        Path file = dir.resolve("register.tsv");
        Files.writeString(file, "# x\nunifiedSocialCreditCode\t-\t12100000425006117Q\tx\t-\t-\n");
        assertThatThrownBy(() -> new RegisterFile(file))
                .hasMessageContaining("register.tsv:2")
                .hasMessageContaining("check character");
        Files.writeString(file, "a\tb\n");
        assertThatThrownBy(() -> new RegisterFile(file)).hasMessageContaining("2 columns");
    }
}
