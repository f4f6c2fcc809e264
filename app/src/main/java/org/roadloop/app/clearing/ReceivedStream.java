package org.roadloop.app.clearing;

import io.javalin.http.Context;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.roadloop.app.http.Json;
import org.roadloop.core.contract.ContractGate;
import org.roadloop.core.contract.UsageGate;
import org.roadloop.dataspace.access.StreamClient;

/**
 * A live stream on its way through this platform to its user (流接收): each chunk is counted in our
 * own ledger, then written on. One thread.
 */
final class ReceivedStream implements StreamClient.Sink {
    private final Context c;
    private final OwnMeter meter;
    private final OwnMeter.Act act;
    private final Set<String> leases;
    private final BooleanSupplier closing;
    private final Clock clock;
    private Instant since;
    private String lease = "";

    /**
     * @param leases whose use was counted before
     * @param closing whether this platform is about to stop
     */
    ReceivedStream(
            Context c,
            OwnMeter meter,
            OwnMeter.Act act,
            Set<String> leases,
            BooleanSupplier closing,
            Clock clock) {
        this.c = c;
        this.meter = meter;
        this.act = act;
        this.leases = leases;
        this.closing = closing;
        this.clock = clock;
        since = clock.instant();
    }

    private void write(String text) throws IOException {
        OutputStream out = c.res().getOutputStream();
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    @Override
    public void opened(String leaseId) throws IOException {
        if (closing.getAsBoolean()) {
            throw new IOException("this platform stops");
        }
        lease = leaseId;
        if (!c.res().isCommitted()) {
            c.status(200).contentType("text/event-stream").header("Cache-Control", "no-store");
        }
        write(": open\n\n");
    }

    @Override
    public void rows(String cursor, byte[] lines, int rows) throws IOException {
        List<UsageGate.Quantity> quantities = new ArrayList<>();
        if (leases.add(lease)) {
            quantities.add(new UsageGate.Quantity(1, ContractGate.USE));
        }
        quantities.add(new UsageGate.Quantity(rows, "row"));
        quantities.add(new UsageGate.Quantity(lines.length, "byte"));
        meter.received(act, since, quantities);
        since = clock.instant();
        StringBuilder event = new StringBuilder(lines.length * 9 / 8 + 64);
        event.append("id: ").append(cursor).append("\nevent: rows\n");
        new String(lines, StandardCharsets.UTF_8)
                .lines()
                .forEach(line -> event.append("data: ").append(line).append('\n'));
        write(event.append('\n').toString());
    }

    @Override
    public void heartbeat() throws IOException {
        write(": heartbeat\n\n");
    }

    void ended(StreamClient.End end) throws IOException {
        write(
                "event: end\ndata: "
                        + Json.mapper()
                                .createObjectNode()
                                .put("code", end.code())
                                .put("reason", end.reason())
                        + "\n\n");
    }
}
