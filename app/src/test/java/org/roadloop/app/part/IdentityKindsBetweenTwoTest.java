package org.roadloop.app.part;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.Set;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.app.config.Config;
import org.roadloop.app.http.ApiClient;
import org.roadloop.app.http.Json;
import org.roadloop.core.contract.Agreement;
import org.roadloop.core.identity.SecurityProviders;
import tools.jackson.databind.node.ObjectNode;

/** Contracts between two platforms, with each kind of key and of proof that the defaults lack. */
@Tag("slow")
class IdentityKindsBetweenTwoTest {
    private static final Set<String> ONLY = Set.of("dataspace");

    @TempDir Path folder;

    @BeforeAll
    static void providerOfSm2() {
        SecurityProviders.offer(BouncyCastleProvider::new);
    }

    private TwoPlatforms.Side side(String name, String yaml) throws Exception {
        Path home = Files.createDirectories(folder.resolve(name));
        Path file = home.resolve("roadloop.yaml");
        Files.writeString(file, yaml);
        return new TwoPlatforms.Side(home, Config.load(file), ONLY);
    }

    private static void offer(TwoPlatforms.Side provider) throws Exception {
        provider.api.post(
                "/api/v1/assets",
                Json.mapper()
                        .readTree(
                                """
                                {"kind":"model","id":"net","title":{"en":"Network","zh":"网络"},
                                 "sha256":"DIGEST","formats":["compute-to-data"],
                                 "offers":[{"policy":{"@type":"Offer","@id":"o",
                                  "permission":[{"action":"use"}]},
                                  "tariff":{"currency":"CNY","prices":[]}}]}
                                """
                                        .replace("DIGEST", "0".repeat(64))));
    }

    private static Agreement agree(TwoPlatforms.Side provider, TwoPlatforms.Side consumer)
            throws Exception {
        ObjectNode ask = Json.mapper().createObjectNode();
        ask.put("provider", provider.platform.url().toString());
        ask.put("dataset", "net").put("offer", "o");
        String id = consumer.api.post("/api/v1/negotiations", ask).required("id").asString();
        Agreement ours = consumer.share.book().getContract(id).agreement();
        assertThat(provider.share.book().getContract(id).agreement()).isEqualTo(ours);
        return ours;
    }

    private static String algorithm(String jws) {
        byte[] header = Base64.getUrlDecoder().decode(jws.substring(0, jws.indexOf('.')));
        return Json.mapper()
                .readTree(new String(header, StandardCharsets.UTF_8))
                .required("alg")
                .asString();
    }

    /** Each side has verified the other's signature; changed by one bit, neither holds. */
    @Test
    void aContractIsSignedWithSm2OnBothSides() throws Exception {
        String yaml = "http: {port: 0}\nparticipant: {keyAlgorithm: SM2}\n";
        try (TwoPlatforms.Side provider = side("provider", yaml);
                TwoPlatforms.Side consumer = side("consumer", yaml)) {
            offer(provider);
            Agreement agreement = agree(provider, consumer);
            assertThat(algorithm(agreement.providerSignature())).isEqualTo("SM2");
            assertThat(algorithm(agreement.consumerSignature())).isEqualTo("SM2");
            byte[] bytes = agreement.canonicalBytes();
            byte[] changed = bytes.clone();
            changed[10] ^= 1;
            for (TwoPlatforms.Side side : new TwoPlatforms.Side[] {provider, consumer}) {
                var identity = side.share.identity();
                String p = agreement.provider();
                String c = agreement.consumer();
                assertThat(identity.signed(p, agreement.providerSignature(), bytes)).isTrue();
                assertThat(identity.signed(c, agreement.consumerSignature(), bytes)).isTrue();
                assertThat(identity.signed(p, agreement.consumerSignature(), bytes)).isFalse();
                assertThat(identity.signed(p, agreement.providerSignature(), changed)).isFalse();
            }
        }
    }

    private void secret(String home, String name, String value) throws Exception {
        Path file = folder.resolve(home).resolve("secrets").resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, value);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }

    private static String shared(int port, int other) {
        return """
        http: {port: PORT}
        dataspace:
          identity:
            kind: shared-secret
            sharedSecret:
              own: ours
              members:
                - {did: "did:web:localhost%3AOTHER", secret: theirs, url: "http://localhost:OTHER"}
        """
                .replace("PORT", Integer.toString(port))
                .replace("OTHER", Integer.toString(other));
    }

    @Test
    void aSecretAgreedBeforehandProvesWhoCallsAndKeysSignContracts() throws Exception {
        int first = BadInputOnPlatformTest.freePort();
        int second = BadInputOnPlatformTest.freePort();
        secret("provider", "ours", "secret of the provider");
        secret("provider", "theirs", "secret of the consumer");
        secret("consumer", "ours", "secret of the consumer");
        secret("consumer", "theirs", "secret of the provider");
        try (TwoPlatforms.Side provider = side("provider", shared(first, second))) {
            offer(provider);
            try (TwoPlatforms.Side consumer = side("consumer", shared(second, first))) {
                Agreement agreement = agree(provider, consumer);
                assertThat(algorithm(agreement.consumerSignature())).isEqualTo("EdDSA");
            }
            secret("consumer", "ours", "another secret");
            try (TwoPlatforms.Side consumer = side("consumer", shared(second, first))) {
                assertThatThrownBy(() -> agree(provider, consumer))
                        .isInstanceOf(ApiClient.Refused.class)
                        .hasMessageContaining("token_forged");
            }
            assertThat(provider.share.book().listNegotiations()).hasSize(1);
        }
    }

    @Test
    void aSecretStaysOnThisMachineUnlessAllowed() throws Exception {
        Path file = folder.resolve("roadloop.yaml");
        String open = shared(7080, 7090).replace("http: {port: 7080}", "http: {host: 0.0.0.0}");
        Files.writeString(file, open);
        assertThatThrownBy(() -> Config.load(file))
                .hasMessageContaining("shared-secret while http.host is no loopback address")
                .hasMessageContaining("outsideLoopback: true");
        Files.writeString(
                file, open.replace("own: ours", "own: ours\n      outsideLoopback: true"));
        Config.load(file);
        Files.writeString(file, "dataspace: {identity: {kind: shared-secret}}\n");
        assertThatThrownBy(() -> Config.load(file)).hasMessageContaining("no group 'sharedSecret'");
    }
}
