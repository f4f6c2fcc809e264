package org.roadloop.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Negotiations (合约协商) that several callers ask for at the same time.
 *
 * @param perSecond finalized on the consumer's side, and so on both
 * @param cpuMillis of both sides together, per negotiation; the caller is another process
 */
record NegotiationRate(double perSecond, double cpuMillis) {
    static NegotiationRate measure(ConnectorPair pair, int concurrency, int negotiations)
            throws IOException, InterruptedException {
        AtomicInteger left = new AtomicInteger(negotiations);
        double cpuBefore = pair.cpuSeconds();
        long began = System.nanoTime();
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < concurrency; i++) {
                all.add(
                        callers.submit(
                                () -> {
                                    while (left.getAndDecrement() > 0) {
                                        pair.negotiate();
                                    }
                                    return null;
                                }));
            }
            for (Future<?> caller : all) {
                caller.get();
            }
        } catch (ExecutionException e) {
            throw new IOException("a negotiation failed", e.getCause());
        }
        double seconds = (System.nanoTime() - began) / 1e9;
        double cpuSeconds = pair.cpuSeconds() - cpuBefore;
        return new NegotiationRate(negotiations / seconds, cpuSeconds * 1000 / negotiations);
    }
}
