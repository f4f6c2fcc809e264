package org.roadloop.app.config;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.roadloop.core.ledger.SignedNote;

/**
 * Who checks our ledger from outside (账本监督); the other party of a contract in force does so
 * besides. Keys of the group {@code ledger}.
 *
 * @param witnesses that cosign its checkpoints
 * @param witnessLogs keys of logs that this platform witnesses without a contract
 * @param witnessSeconds shortest time between two rounds to the witnesses
 * @param anchors where checkpoints are left
 * @param regulatorTypes event types whose entries a regulator reads; of others only the hash
 * @param acceptRollback the size a witness remembers beyond what we have: entries that are given up
 *     knowingly; 0 = none
 */
public record Oversight(
        List<Witness> witnesses,
        List<SignedNote.VerifierKey> witnessLogs,
        int witnessSeconds,
        List<Anchor> anchors,
        List<String> regulatorTypes,
        long acceptRollback) {
    static final Oversight DEFAULTS =
            new Oversight(
                    List.of(),
                    List.of(),
                    3,
                    List.of(),
                    List.of(
                            "contract.agreed",
                            "contract.terminated",
                            "govern.passport",
                            "certificate.issued",
                            "identity.key-rotated",
                            "ledger.key-rotated",
                            "ledger.key-replaced",
                            "ledger.key-revoked",
                            "ledger.anchored",
                            "ledger.split-view",
                            "ledger.rollback-accepted",
                            "ledger.erased"),
                    0);

    public Oversight {
        witnesses = List.copyOf(witnesses);
        witnessLogs = List.copyOf(witnessLogs);
        anchors = List.copyOf(anchors);
        regulatorTypes = List.copyOf(regulatorTypes);
        Config.distinct("witness", witnesses.stream().map(w -> w.key().toString()).toList());
        Config.distinct("anchor name", anchors.stream().map(Anchor::name).toList());
    }

    /** The keys of {@link #witnessLogs}, those of one log together. */
    public Map<String, List<SignedNote.VerifierKey>> logKeysByOrigin() {
        return witnessLogs.stream().collect(Collectors.groupingBy(SignedNote.VerifierKey::name));
    }

    /**
     * A witness (见证方), C2SP tlog-witness.
     *
     * @param url before {@code /add-checkpoint}
     * @param key that verifies its cosignatures, {@code name+hash+key}
     */
    public record Witness(URI url, SignedNote.VerifierKey key) {
        public Witness {
            if (!key.type().timed()) {
                throw new IllegalArgumentException(
                        "key of witness "
                                + key.name()
                                + " is not one for cosignatures; take the line that 'roadloop"
                                + " witness' prints");
            }
        }
    }

    /** A place where checkpoints are left (存证链). */
    public sealed interface Anchor {
        String name();

        int everyMinutes();
    }

    /** Another's witness; its cosignature is the receipt. */
    public record WitnessAnchor(String name, int everyMinutes, Witness witness) implements Anchor {}

    /** A file of JSON lines, relative to the configuration file. */
    public record FileAnchor(String name, int everyMinutes, Path file) implements Anchor {}

    static Oversight read(Section s, Path folder) {
        Oversight d = DEFAULTS;
        List<String> types = s.texts("regulatorTypes");
        return new Oversight(
                s.groups("witnesses", Oversight::witness),
                s.texts("witnessLogs").stream().map(SignedNote.VerifierKey::parse).toList(),
                (int) s.whole("witnessSeconds", d.witnessSeconds(), 1, 3600),
                s.groups("anchors", group -> anchor(group, folder)),
                s.has("regulatorTypes") ? types : d.regulatorTypes(),
                s.whole("acceptRollback", d.acceptRollback(), 0, Long.MAX_VALUE));
    }

    private static Witness witness(Section s) {
        String url = s.required("url", "https://witness.example.org");
        if (!url.matches("https?://[^/\\s?#]+(/[^\\s?#]*)?")) {
            throw new IllegalArgumentException(
                    "url '"
                            + url
                            + "' is not a web address; write for example"
                            + " 'url: https://witness.example.org'");
        }
        String key = s.text("key", "");
        if (key.isEmpty()) {
            throw new IllegalArgumentException(
                    "key is missing; take the line that 'roadloop witness' prints");
        }
        return new Witness(
                URI.create(url.endsWith("/") ? url.substring(0, url.length() - 1) : url),
                SignedNote.VerifierKey.parse(key));
    }

    private static Anchor anchor(Section s, Path folder) {
        String kind = s.required("kind", "file");
        String name = s.text("name", kind);
        int everyMinutes = (int) s.whole("everyMinutes", 60, 1, 1440);
        return switch (kind) {
            case "file" ->
                    new FileAnchor(
                            name,
                            everyMinutes,
                            folder.resolve(s.required("file", "anchors.jsonl")));
            case "witness" -> new WitnessAnchor(name, everyMinutes, witness(s));
            default ->
                    throw new IllegalArgumentException(
                            "kind '" + kind + "' is no kind of anchor; kinds are file, witness");
        };
    }
}
