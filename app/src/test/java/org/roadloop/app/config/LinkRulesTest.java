package org.roadloop.app.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LinkRulesTest {
    @TempDir Path folder;

    @Test
    void linksAreRead() throws Exception {
        LinkRules links =
                read(
                        """
                        collect:
                          mostConnections: 5000
                          idleSeconds: 600
                          tls:
                            ports: [platform, jt808]
                            certificateSecret: gateway.crt
                            keySecret: gateway.key
                            clientCaSecret: fleet-ca.crt
                            bindIdentity: true
                        """);
        assertThat(links)
                .isEqualTo(
                        new LinkRules(
                                5000,
                                600,
                                new LinkRules.Tls(
                                        List.of("platform", "jt808"),
                                        "gateway.crt",
                                        "gateway.key",
                                        Optional.of("fleet-ca.crt"),
                                        true)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ports: [udp], certificateSecret: a, keySecret: b | platform, terminal, jt808",
                "ports: [terminal], certificateSecret: a          | needs certificateSecret and keySecret",
                "certificateSecret: a, keySecret: b               | a certificate without ports",
                "bindIdentity: true                               | bindIdentity needs clientCaSecret",
            })
    void faultsSayHowToMendThem(String tls, String told) {
        assertThatThrownBy(() -> read("collect: {tls: {" + tls + "}}"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(told);
    }

    private LinkRules read(String yaml) throws Exception {
        return Config.load(Files.writeString(folder.resolve("roadloop.yaml"), yaml))
                .collect()
                .links();
    }
}
