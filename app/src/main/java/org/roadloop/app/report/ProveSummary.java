package org.roadloop.app.report;

import static java.util.Objects.requireNonNull;

import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.ledger.InclusionProof;

/** The evidence, its proofs and the bill (存证与账单). */
public record ProveSummary(
        Log log,
        @Nullable Inclusion inclusion,
        @Nullable Tampering tampering,
        @Nullable Bill bill) {
    public ProveSummary {
        requireNonNull(log, "log");
    }

    /**
     * The ledger (账本).
     *
     * @param rootHash hexadecimal
     * @param checkpointNote the whole signed note
     * @param entriesByType event types
     * @param verified by the offline check of all entries and signatures
     */
    public record Log(
            String origin,
            long entries,
            String rootHash,
            String checkpointNote,
            List<Count> entriesByType,
            boolean verified,
            double verifySeconds) {
        public Log {
            requireNonNull(origin, "origin");
            requireNonNull(rootHash, "rootHash");
            requireNonNull(checkpointNote, "checkpointNote");
            entriesByType = List.copyOf(entriesByType);
            Figure.requireFinite("verifySeconds", verifySeconds);
        }
    }

    /**
     * Inclusion proof of one entry (包含证明), RFC 6962 §2.1.1.
     *
     * @param event what the leaf is: {@code contract.agreed}
     * @param subject its subject id
     * @param leafHash hexadecimal
     * @param path hexadecimal hashes from the leaf's sibling upwards
     */
    public record Inclusion(
            String event,
            String subject,
            long index,
            long size,
            String leafHash,
            List<String> path,
            String rootHash,
            boolean verified) {
        public Inclusion {
            requireNonNull(event, "event");
            requireNonNull(subject, "subject");
            requireNonNull(leafHash, "leafHash");
            requireNonNull(rootHash, "rootHash");
            path = List.copyOf(path);
            if (index < 0 || index >= size) {
                throw new IllegalArgumentException(
                        "leaf " + index + " is not in a tree of " + size + " leaves");
            }
        }

        public static Inclusion of(
                String event,
                String subject,
                InclusionProof proof,
                byte[] rootHash,
                boolean verified) {
            HexFormat hex = HexFormat.of();
            return new Inclusion(
                    event,
                    subject,
                    proof.index(),
                    proof.size(),
                    hex.formatHex(proof.leafHash()),
                    proof.path().stream().map(hex::formatHex).toList(),
                    hex.formatHex(rootHash),
                    verified);
        }
    }

    /**
     * One byte of a copy of the ledger flipped (篡改测试).
     *
     * @param file relative to the ledger's directory
     * @param offset of the byte in that file
     * @param byteBefore two hexadecimal digits
     * @param foundAt where the check placed it
     */
    public record Tampering(
            String file,
            long offset,
            String byteBefore,
            String byteAfter,
            boolean found,
            Text foundAt) {
        public Tampering {
            requireNonNull(file, "file");
            requireNonNull(byteBefore, "byteBefore");
            requireNonNull(byteAfter, "byteAfter");
            requireNonNull(foundAt, "foundAt");
        }
    }

    /**
     * The consumer's bill (账单). Money in thousandths of the currency.
     *
     * @param totalMilli sum of the lines as booked
     * @param meteredMilli metered usage from the ledger, priced by the agreement's tariff
     */
    public record Bill(
            String id,
            String agreement,
            String payer,
            String payee,
            String currency,
            List<Line> lines,
            long totalMilli,
            long meteredMilli) {
        public Bill {
            requireNonNull(id, "id");
            requireNonNull(agreement, "agreement");
            requireNonNull(payer, "payer");
            requireNonNull(payee, "payee");
            requireNonNull(currency, "currency");
            lines = List.copyOf(lines);
        }

        /** The bill equals the metered usage, and its lines add up. */
        public boolean equal() {
            return totalMilli == meteredMilli
                    && totalMilli == lines.stream().mapToLong(Line::amountMilli).sum();
        }
    }

    /**
     * One position of the bill (账单明细).
     *
     * @param unit {@code compute-second}, {@code row}
     * @param priceMilli for every started {@code per} units
     */
    public record Line(
            Text item, long quantity, String unit, long priceMilli, long per, long amountMilli) {
        public Line {
            requireNonNull(item, "item");
            requireNonNull(unit, "unit");
        }
    }
}
