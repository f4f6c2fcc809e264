package org.roadloop.collect.gateway;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.concurrent.TimeUnit;
import org.roadloop.collect.Counters;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What happens when a connection cannot be accepted, for lack of a file descriptor as a rule
 * (接入失败): it is counted, said once a minute, and the port rests for a while instead of failing as
 * fast as it can; who waits in the kernel's queue is accepted then.
 */
final class AcceptFaults extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(AcceptFaults.class);
    private static final long REST_MILLIS = 200;

    private final Counters counters;
    private final int mostConnections;
    private final OneLine line = new OneLine();

    AcceptFaults(Counters counters, int mostConnections) {
        this.counters = counters;
        this.mostConnections = mostConnections;
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        counters.increment("gateway_refused_descriptors");
        if (line.isDue()) {
            LOG.warn(
                    "a connection could not be accepted ({}): {} file descriptors, {} connections"
                            + " are admitted; see collect.mostConnections and ulimit -n",
                    cause.getMessage(),
                    Descriptors.limit(),
                    mostConnections);
        }
        context.channel().config().setAutoRead(false);
        context.executor()
                .schedule(
                        () -> context.channel().config().setAutoRead(true),
                        REST_MILLIS,
                        TimeUnit.MILLISECONDS);
    }
}
