package org.roadloop.app.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigTest {
    @TempDir Path folder;

    private Config parse(String yaml) throws Exception {
        return Config.parse(yaml, "roadloop.yaml", folder);
    }

    private String faults(String yaml) {
        ConfigException e = catchThrowableOfType(ConfigException.class, () -> parse(yaml));
        assertThat(e).as("the file must be refused").isNotNull();
        return e.getMessage();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "# only a comment\n", "http:\n", "---\n", "{}"})
    void emptyFilesGiveTheDefaults(String yaml) throws Exception {
        assertThat(parse(yaml)).isEqualTo(Config.DEFAULTS);
    }

    @Test
    void theWrittenFileIsTheDefaultsAndIsNotOverwritten() throws Exception {
        Path file = folder.resolve("roadloop.yaml");
        assertThat(Config.load(file)).isEqualTo(Config.DEFAULTS);
        Config.writeDefault(file);
        assertThat(Config.load(file)).isEqualTo(Config.DEFAULTS);
        Files.writeString(file, "http: {port: 0}");
        Config.writeDefault(file);
        assertThat(Config.load(file).http().port()).isZero();
    }

    @Test
    void aFullFileIsRead() throws Exception {
        Config config =
                parse(
                        """
                        http: {host: 0.0.0.0, port: 0, publicUrl: https://data.example.org/}
                        participant: {name: City of A, did: "did:web:data.example.org"}
                        collect:
                          platformPort: 0
                          platforms:
                            - {user: metro, passwordSecret: platform-metro}
                        govern:
                          plans: [plans/town.yaml]
                          lakeMemoryMb: 512
                          storage: {kind: s3, endpoint: "http://127.0.0.1:9000", bucket: town, accessKeySecret: lake, cacheMb: 64}
                        compute:
                          sites:
                            - {name: fast, speedFactor: 2, priceMilliPerSecond: 40, slots: 4, location: core}
                            - {name: slow, speedFactor: 0.5, priceMilliPerSecond: 5, slots: 1, location: edge}
                        network:
                          nodes: [core, edge]
                          links:
                            - {from: core, to: edge, rateBitsPerSecond: 1000000000, latencyMicros: 250}
                        """);
        assertThat(config.http().publicUrl()).hasToString("Optional[https://data.example.org]");
        assertThat(config.http().loopback()).isFalse();
        assertThat(config.collect().platforms().getFirst().user()).isEqualTo("metro");
        assertThat(config.govern().plans()).containsExactly(folder.resolve("plans/town.yaml"));
        assertThat(config.govern().bucket())
                .hasValue(
                        new LakeBucket(
                                Optional.of(URI.create("http://127.0.0.1:9000")),
                                "town",
                                "",
                                "us-east-1",
                                "lake",
                                64));
        assertThat(config.compute().sites())
                .extracting(Config.Site::speedFactor)
                .containsExactly(2.0, 0.5);
        assertThat(config.network().links().getFirst().latencyMicros()).isEqualTo(250);
        assertThat(config.retention()).isEqualTo(Config.Retention.DEFAULTS);
    }

    @Test
    void aSiteIsAPartitionOfACluster() throws Exception {
        Config config =
                parse(
                        """
                        compute:
                          sites:
                            - name: ai
                              slots: 16
                              kind: slurm
                              slurm:
                                url: http://slurm.example.org:6820
                                partition: npu
                                offered: accelerator
                                shared: /shared/roadloop
                                javaHome: /shared/jdk-25
                                tools: /shared/roadloop/lib
                                user: roadloop
                                tokenSecret: slurm-token
                                accounts: [{agreement: a1, user: lab, account: lab42, tokenSecret: slurm-lab}]
                                leaves: [{name: leaf1, nodes: "ai[1-8]"}]
                                tiers: [{name: leaf, switches: 1}]
                        """);
        assertThat(config.compute().sites().getFirst().kind())
                .isInstanceOfSatisfying(
                        SiteKind.Slurm.class,
                        slurm -> {
                            assertThat(slurm.url())
                                    .contains(URI.create("http://slurm.example.org:6820"));
                            assertThat(slurm.sandbox()).isTrue();
                            assertThat(slurm.accelerators()).isTrue();
                            assertThat(slurm.accounts())
                                    .containsExactly(
                                            new SiteKind.Account(
                                                    "a1", "lab", "lab42", "slurm-lab"));
                        });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    http: {prot: 1}          | roadloop.yaml:1: http.prot is not a key; did you mean 'port'?
                    htp: {}                  | roadloop.yaml:1: htp is not a key; did you mean 'http'?
                    zzzzzzzz: 1              | roadloop.yaml:1: zzzzzzzz is not a key; known here: http, participant, collect, govern, dataspace, clearing, compute, network, retention, ledger, costs
                    http: {port: abc}        | roadloop.yaml:1: http.port is 'abc', expected a whole number from 0 to 65535; write for example 'port: 7080'
                    http: {port: 70800}      | roadloop.yaml:1: http.port is '70800', expected a whole number from 0 to 65535; write for example 'port: 7080'
                    http: {port: '7080'}     | roadloop.yaml:1: http.port is '7080', expected a whole number from 0 to 65535; write for example 'port: 7080'
                    http: {port: [1]}        | roadloop.yaml:1: http.port is a list, expected a whole number from 0 to 65535; write for example 'port: 7080'
                    http: 8080               | roadloop.yaml:1: http is '8080', expected keys with values; write 'key: value' lines
                    http: {host: [a]}        | roadloop.yaml:1: http.host is a list, expected a text; write for example 'host: 127.0.0.1'
                    govern: {storage: {kind: hdfs}}     | roadloop.yaml:1: govern.storage: kind 'hdfs' is none of files, s3
                    govern: {storage: {kind: s3, accessKeySecret: k}} | roadloop.yaml:1: govern.storage.bucket is missing; write for example 'bucket: town-lake'
                    govern: {storage: {kind: s3, bucket: b, accessKeySecret: k, prefix: /a}} | roadloop.yaml:1: govern.storage: prefix '/a' begins or ends with a slash; leave the slash out
                    govern: {storage: {kind: s3, bucket: b, accessKeySecret: k, endpoint: s3.example.org}} | roadloop.yaml:1: govern.storage: endpoint 's3.example.org' is not a web address without a path; write for example 'endpoint: https://s3.example.org'
                    compute: {allowPlainProcess: maybe} | roadloop.yaml:1: compute.allowPlainProcess is 'maybe', expected true or false; write for example 'allowPlainProcess: false'
                    govern: {plans: town.yaml}          | roadloop.yaml:1: govern.plans is 'town.yaml', expected a list of texts; write 'plans: [one, two]'
                    http: {publicUrl: data.example.org} | roadloop.yaml:1: http: publicUrl 'data.example.org' is not a web address; write for example 'publicUrl: https://data.example.org'
                    collect: {log: {kind: kafka}} | roadloop.yaml:1: collect.log.servers is missing; write for example 'servers: kafka-1:9092,kafka-2:9092'
                    collect: {log: {kind: rabbit}} | roadloop.yaml:1: collect.log: kind 'rabbit' is none of files, kafka
                    collect: {platforms: [{user: metro}]} | roadloop.yaml:1: collect.platforms[0].passwordSecret is missing; write for example 'passwordSecret: platform-metro'
                    compute: {buckets: [{bucket: b, accessKeySecret: k, location: moon}]} | roadloop.yaml:1: bucket 'b' of compute is at 'moon', which is no node of the network; nodes are local
                    compute: {buckets: [{bucket: a/b, accessKeySecret: k}]} | roadloop.yaml:1: compute.buckets[0]: bucket 'a/b' is no name of a bucket; write for example 'bucket: town-results'
                    compute: {buckets: [{bucket: b}]} | roadloop.yaml:1: compute.buckets[0].accessKeySecret is missing; write for example 'accessKeySecret: town-results'
                    compute: {sites: [{name: x, location: moon}]} | roadloop.yaml:1: site 'x' is at 'moon', which is no node of the network; nodes are local
                    compute: {sites: [{name: x, kind: pbs}]} | roadloop.yaml:1: compute.sites[0]: kind 'pbs' is none of local, slurm, tes, agent
                    compute: {sites: [{name: x, kind: agent}]} | roadloop.yaml:1: compute.sites[0]: kind 'agent' needs the group 'agent'; write for example 'agent: {tokenSecret: park-agent}'
                    compute: {sites: [{name: x, kind: agent, agent: {lostAfterSeconds: 20}}]} | roadloop.yaml:1: compute.sites[0].agent.tokenSecret is missing; write for example 'tokenSecret: park-agent'
                    compute: {sites: [{name: x, kind: tes, tes: {url: tes.example.org, exchange: /e, exchangeUrl: "file:///e", image: i}}]} | roadloop.yaml:1: compute.sites[0].tes: 'tes.example.org' is no address; write for example 'url: https://tes.example.org/ga4gh/tes/v1' and 'exchangeUrl: file:///shared/exchange'
                    compute: {sites: [{name: x, kind: slurm}]} | roadloop.yaml:1: compute.sites[0]: kind 'slurm' needs the group 'slurm'; write for example 'slurm: {partition: hpc, shared: /shared/roadloop, …}'
                    compute: {sites: [{name: x, kind: slurm, slurm: {partition: p, shared: rel, javaHome: /j, tools: /t, user: u}}]} | roadloop.yaml:1: compute.sites[0].slurm: shared 'rel' is no absolute path; write for example 'shared: /shared/roadloop'
                    compute: {sites: [{name: x, kind: slurm, slurm: {partition: p, shared: /s, javaHome: /j, tools: /t, user: u, url: "http://h"}}]} | roadloop.yaml:1: compute.sites[0].slurm: tokenSecret is missing: over REST every user needs a token; write for example 'tokenSecret: slurm-token' and put it into secrets/slurm-token
                    compute: {sites: [{name: x, kind: slurm, slurm: {partition: p, shared: /s, javaHome: /j, tools: /t, user: u, tier: []}}]} | roadloop.yaml:1: compute.sites[0].slurm.tier is not a key; did you mean 'tiers'?
                    http: {port: 32960}      | roadloop.yaml:1: port 32960 is given twice among http.port, collect.platformPort, collect.terminalPort, collect.jt808Port; give each its own, or 0 for a free one
                    ledger: {witneses: []}   | roadloop.yaml:1: ledger.witneses is not a key; did you mean 'witnesses'?
                    ledger: {anchors: [{kind: blockchain}]} | roadloop.yaml:1: ledger.anchors[0]: kind 'blockchain' is no kind of anchor; kinds are file, witness
                    ledger: {witnesses: [{url: "http://w", key: example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k}]} | roadloop.yaml:1: ledger.witnesses[0]: key of witness example.com/foo is not one for cosignatures; take the line that 'roadloop witness' prints
                    - a list                 | roadloop.yaml:1: the file is a list, expected keys with values; write 'key: value' lines
                    """)
    void faultsSayWhatWhereAndHow(String yaml, String expected) {
        assertThat(faults(yaml)).isEqualTo(expected);
    }

    @Test
    void allFaultsAreNamedAtOnceWithTheirLines() {
        String yaml =
                """
                http:
                  port: none
                retention:
                  frameLogDays: 0
                  frameLogDay: 3
                network:
                  nodes: [a, a]
                """;
        assertThat(faults(yaml))
                .isEqualTo(
                        """
                        roadloop.yaml:2: http.port is 'none', expected a whole number from 0 to 65535; write for example 'port: 7080'
                        roadloop.yaml:4: retention.frameLogDays is '0', expected a whole number from 1 to 36500; write for example 'frameLogDays: 30'
                        roadloop.yaml:5: retention.frameLogDay is not a key; did you mean 'frameLogDays'?
                        roadloop.yaml:7: network: node 'a' is given twice; give each its own"""
                                .stripIndent());
    }

    @Test
    void brokenYamlNamesItsLine() {
        assertThat(faults("http:\n  port: 1\n bad")).startsWith("roadloop.yaml:3: not YAML: ");
        assertThat(faults("http: {port: 1}\nhttp: {port: 2}\n"))
                .isEqualTo("roadloop.yaml:2: http is given twice; keep one of the two");
    }

    @Test
    void freePortsAreAllZero() {
        Config free = Config.DEFAULTS.withFreePorts();
        assertThat(free.http().port()).isZero();
        assertThat(free.collect().platformPort()).isZero();
        assertThat(free.collect().terminalPort()).isZero();
        assertThat(free.collect().jt808Port()).isZero();
        assertThat(free.collect().udpPort()).isZero();
    }

    @Test
    void theLedgersDatabaseIsNamedWithoutItsPassword() throws Exception {
        Config config =
                parse(
                        """
                        ledger:
                          backend: postgresql
                          postgresql:
                            url: jdbc:postgresql://db.example.org:5432/roadloop
                            user: roadloop
                            passwordSecret: ledger-database
                        """);
        assertThat(config.ledger().postgresql())
                .contains(
                        new Config.Postgresql(
                                "jdbc:postgresql://db.example.org:5432/roadloop",
                                "roadloop",
                                "ledger-database"));
        assertThat(faults("ledger: {backend: postgresql}"))
                .contains("roadloop.yaml:1")
                .contains("no group 'postgresql'");
        assertThat(faults("ledger: {backend: sqlite}"))
                .contains("neither 'files' nor 'postgresql'");
        assertThat(
                        faults(
                                """
                                ledger:
                                  backend: postgresql
                                  postgresql: {url: "jdbc:postgresql:x", user: r, password: s}
                                """))
                .contains("roadloop.yaml:3")
                .contains("passwordSecret is missing");
    }

    @Test
    void aFrameLogInKafkaAsksForTwoCopiesOfThreeUnlessToldOtherwise() throws Exception {
        assertThat(parse("collect: {log: {kind: kafka, servers: 'a:9092'}}").collect().log())
                .isEqualTo(
                        new FrameLogConfig.Kafka(
                                "a:9092", "roadloop-frames", 0, 3, 2, Optional.empty()));
        assertThat(
                        parse(
                                        """
                                        collect:
                                          log: {kind: kafka, servers: 'a:1,b:2', topic: t, partition: 4,
                                            replicas: 1, securitySecret: kafka-client}
                                        """)
                                .collect()
                                .log())
                .isEqualTo(
                        new FrameLogConfig.Kafka(
                                "a:1,b:2", "t", 4, 1, 1, Optional.of("kafka-client")));
    }
}
