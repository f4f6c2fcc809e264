package org.roadloop.core.clearing;

/**
 * A bill as comma-separated values (账单表格), RFC 4180: CRLF, quotes doubled. A text that a
 * spreadsheet would take for a formula gets an apostrophe: names come from the other party.
 */
final class BillCsv {
    private static final String HEADER =
            "agreement,provider,consumer,currency,unit,quantity,uses,per,priceMilli,amountMilli,"
                    + "kind,model,flavour,steps,firstIndex,lastIndex,entries,batches";

    private BillCsv() {}

    static String write(Bill bill) {
        StringBuilder out = new StringBuilder(HEADER).append("\r\n");
        String head =
                String.join(
                        ",",
                        field(bill.agreement()),
                        field(bill.provider()),
                        field(bill.consumer()),
                        field(bill.currency()));
        for (Bill.Line line : bill.lines()) {
            row(
                    out,
                    head,
                    line.unit(),
                    line.quantity(),
                    line.uses(),
                    line.per(),
                    line.priceMilli(),
                    line.amountMilli(),
                    line.kind(),
                    line.model(),
                    line.flavour(),
                    line.steps());
            evidence(out, line.evidence());
        }
        for (Bill.Credit credit : bill.credits()) {
            row(
                    out,
                    head,
                    "basis-point",
                    credit.basisPoints(),
                    "",
                    "",
                    credit.baseMilli(),
                    -credit.amountMilli(),
                    "credit",
                    credit.objective(),
                    "",
                    "");
            evidence(out, credit.evidence());
        }
        row(out, head, "total", "", "", "", "", bill.totalMilli(), "total", "", "", "");
        out.append(",,,,\r\n");
        for (Bill.Share share : bill.shares()) {
            row(
                    out,
                    head,
                    "basis-point",
                    share.basisPoints(),
                    "",
                    "",
                    "",
                    share.amountMilli(),
                    "share",
                    share.beneficiary(),
                    "",
                    "");
            out.append(",,,,\r\n");
        }
        return out.toString();
    }

    private static void row(StringBuilder out, String head, Object... cells) {
        out.append(head);
        for (Object cell : cells) {
            out.append(',')
                    .append(cell instanceof Number n ? n.toString() : field(cell.toString()));
        }
    }

    private static void evidence(StringBuilder out, Evidence e) {
        out.append(',').append(e.firstIndex()).append(',').append(e.lastIndex());
        out.append(',').append(e.entries()).append(',').append(e.batches()).append("\r\n");
    }

    private static String field(String given) {
        boolean formula = !given.isEmpty() && "=+-@\t\r".indexOf(given.charAt(0)) >= 0;
        String text = formula ? "'" + given : given;
        return text.matches("[^\",\r\n]*") ? text : '"' + text.replace("\"", "\"\"") + '"';
    }
}
