package org.roadloop.app.demo;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.roadloop.app.report.Count;
import org.roadloop.app.report.ProveSummary;
import org.roadloop.app.report.Text;
import org.roadloop.core.ledger.Fault;
import org.roadloop.core.ledger.InclusionProof;
import org.roadloop.core.ledger.LedgerVerifier;
import org.roadloop.core.ledger.ProofBundle;
import org.roadloop.core.ledger.SignedNote;
import org.roadloop.core.ledger.TreeHash;
import org.roadloop.core.ledger.Verification;
import tools.jackson.databind.JsonNode;

/** The evidence is checked from outside, offline, with nothing but the log's public key (存证). */
final class ProveStage {
    private final Api provider;
    private final JsonNode agreement;
    private final List<Count> entriesByType = new ArrayList<>();
    private String key = "";
    private String checkpointNote = "";
    private ProveSummary.@Nullable Inclusion inclusion;
    private ProveSummary.@Nullable Bill bill;

    ProveStage(Api provider, JsonNode agreement) {
        this.provider = provider;
        this.agreement = agreement;
    }

    /**
     * What only the running platform can give: key, proof, bill, and its entries for our own sum.
     */
    void askWhileRunning() throws Exception {
        key = new String(provider.bytes("/api/v1/ledger/key"), StandardCharsets.UTF_8).strip();
        List<JsonNode> entries = Evidence.entries(provider);
        Map<String, Long> types = new TreeMap<>();
        entries.forEach(e -> types.merge(e.required("type").asString(), 1L, Long::sum));
        entriesByType.addAll(Count.list(types));
        bill = bill(entries);
        // The contract as the provider holds it: its index is in the provider's own ledger.
        JsonNode contract =
                provider.get("/api/v1/agreements/" + agreement.required("id").asString());
        long index = contract.required("ledgerIndex").asLong();
        byte[] text = provider.bytes("/api/v1/ledger/entries/" + index + "/proof");
        ProofBundle bundle = ProofBundle.parse(new String(text, StandardCharsets.UTF_8));
        ProofBundle.Verdict verdict = bundle.verify(key);
        var checkpoint =
                SignedNote.parseCheckpoint(
                        bundle.checkpointNote(), List.of(SignedNote.VerifierKey.parse(key)));
        inclusion =
                ProveSummary.Inclusion.of(
                        "contract.agreed",
                        agreement.required("id").asString(),
                        new InclusionProof(
                                index,
                                checkpoint.size(),
                                TreeHash.sha256().leaf(bundle.leaf()),
                                bundle.path()),
                        checkpoint.rootHash(),
                        verdict.ok()
                                && bundle.leafText().contains(agreement.required("id").asString()));
    }

    /**
     * The platform's bill beside our own sum of its metered entries under the contract's tariff.
     */
    private ProveSummary.Bill bill(List<JsonNode> entries) throws Exception {
        String id = agreement.required("id").asString();
        JsonNode json = provider.get("/api/v1/agreements/" + id + "/bill");
        Map<String, Long> metered = new TreeMap<>();
        for (JsonNode entry : entries) {
            if (entry.required("type").asString().equals("usage.metered")
                    && entry.required("subject").asString().equals(id)) {
                JsonNode body = entry.required("body");
                metered.merge(
                        body.required("unit").asString(),
                        body.required("quantity").asLong(),
                        Long::sum);
            }
        }
        long meteredMilli = 0;
        JsonNode prices = agreement.at("/agreement/roadloop:tariff/prices");
        for (JsonNode price : prices) {
            long quantity = metered.getOrDefault(price.required("unit").asString(), 0L);
            long per = price.required("per").asLong();
            meteredMilli += (quantity + per - 1) / per * price.required("milli").asLong();
        }
        List<ProveSummary.Line> lines = new ArrayList<>();
        for (JsonNode line : json.required("lines")) {
            String unit = line.required("unit").asString();
            lines.add(
                    new ProveSummary.Line(
                            switch (unit) {
                                case "use" -> Text.of("Uses of the data set", "数据集使用次数");
                                case "compute-second" ->
                                        Text.of("Compute time, metered in the sandbox", "沙箱计量算力时间");
                                default -> Text.same(unit);
                            },
                            line.required("quantity").asLong(),
                            unit,
                            line.required("priceMilli").asLong(),
                            line.required("per").asLong(),
                            line.required("amountMilli").asLong()));
        }
        return new ProveSummary.Bill(
                "bill-" + id,
                id,
                agreement.required("consumer").asString(),
                agreement.required("provider").asString(),
                json.required("currency").asString(),
                lines,
                json.required("totalMilli").asLong(),
                meteredMilli);
    }

    /** After the platform has stopped: the whole log, then a copy of it with one byte flipped. */
    ProveSummary verifyOffline(Path ledger, Path scratch, long seed) throws IOException {
        long began = System.nanoTime();
        Verification verification = LedgerVerifier.verify(ledger, key);
        double seconds = (System.nanoTime() - began) / 1e9;
        checkpointNote = Files.readString(ledger.resolve("checkpoint"));
        ProveSummary.Log log =
                new ProveSummary.Log(
                        checkpointNote.lines().findFirst().orElse(""),
                        verification.entries(),
                        HexFormat.of().formatHex(verification.rootHash()),
                        checkpointNote,
                        entriesByType,
                        verification.ok(),
                        seconds);
        return new ProveSummary(log, inclusion, tamper(ledger, scratch, seed), bill);
    }

    private ProveSummary.Tampering tamper(Path ledger, Path scratch, long seed) throws IOException {
        copy(ledger, scratch);
        Path bundle;
        try (Stream<Path> files = Files.walk(scratch.resolve("tile/entries"))) {
            bundle = files.filter(Files::isRegularFile).sorted().findFirst().orElseThrow();
        }
        long offset = 2 + new SplittableRandom(seed).nextLong(Files.size(bundle) - 2);
        byte before;
        try (RandomAccessFile file = new RandomAccessFile(bundle.toFile(), "rw")) {
            file.seek(offset);
            before = file.readByte();
            file.seek(offset);
            file.writeByte(before ^ 1);
        }
        Verification verification = LedgerVerifier.verify(scratch, key);
        Fault fault = verification.fault().orElse(null);
        String name = scratch.relativize(bundle).toString();
        String says = verification.summary();
        HexFormat hex = HexFormat.of();
        return new ProveSummary.Tampering(
                name,
                offset,
                hex.toHexDigits(before),
                hex.toHexDigits((byte) (before ^ 1)),
                fault != null && fault.file().endsWith(name),
                Text.same(says));
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Path target = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(file, target);
                }
            }
        }
    }
}
