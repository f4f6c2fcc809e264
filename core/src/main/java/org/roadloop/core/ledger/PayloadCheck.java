package org.roadloop.core.ledger;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Whether the payloads beside a log are what its entries name (核对载荷). Looking is for any thread,
 * {@link #settle} for one, in the order of the entries.
 */
final class PayloadCheck {
    private final Path dir;
    private final Payloads payloads;

    /** Salt id → fault, for payloads not there; an erasure further on takes it out. */
    private final Map<String, Fault> missing = new HashMap<>();

    private long checked;
    private long erased;

    PayloadCheck(Path dir, LedgerProfile profile) {
        this.dir = dir;
        this.payloads = new Payloads(dir, profile);
    }

    /**
     * @param missing null for an erasure of this salt
     */
    record Finding(String salt, @Nullable Fault missing) {}

    /** What the entries of one bundle say of payloads. One thread. */
    final class Findings {
        private final List<Finding> list = new ArrayList<>();
        private long present;

        void entry(long index, byte[] bytes, int offset, int length) throws IOException {
            boolean names = LeafShape.mayNamePayload(bytes, offset, length);
            boolean erases = LeafShape.mayErase(bytes, offset, length);
            if (names || erases) {
                byte[] leaf = Arrays.copyOfRange(bytes, offset, offset + length);
                if (erases) {
                    Leaf.erasedSalt(leaf).ifPresent(salt -> list.add(new Finding(salt, null)));
                }
                Optional<Payloads.Reference> reference =
                        names ? Leaf.payload(leaf) : Optional.empty();
                if (reference.isPresent()) {
                    look(index, reference.get());
                }
            }
        }

        private void look(long index, Payloads.Reference reference) throws IOException {
            try {
                if (payloads.find(reference).isPresent()) {
                    present++;
                    return;
                }
            } catch (CorruptLogException e) {
                throw new FaultFound(
                        relative(e.file()),
                        e.byteOffset(),
                        index,
                        "it is not what the entry names");
            }
            list.add(
                    new Finding(
                            reference.salt(),
                            new Fault(
                                    relative(payloads.payloadFile(reference)),
                                    0,
                                    index,
                                    "payload or salt is missing, and no later entry says that it"
                                            + " was erased")));
        }

        List<Finding> list() {
            synchronized (PayloadCheck.this) {
                checked += present;
            }
            return list;
        }
    }

    Findings of() {
        return new Findings();
    }

    void settle(List<Finding> findings) {
        for (Finding finding : findings) {
            if (finding.missing() != null) {
                missing.put(finding.salt(), finding.missing());
            } else if (missing.remove(finding.salt()) != null) {
                erased++;
            }
        }
    }

    /** The first payload that is gone and that nothing erased. */
    Optional<Fault> firstMissing() {
        return missing.values().stream()
                .min((a, b) -> Long.compare(a.entryIndex(), b.entryIndex()));
    }

    synchronized long checked() {
        return checked;
    }

    long erased() {
        return erased;
    }

    private String relative(Path file) {
        return dir.relativize(file).toString().replace('\\', '/');
    }
}
