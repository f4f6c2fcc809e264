package org.roadloop.collect.gateway;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.socket.DatagramPacket;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.roadloop.collect.Counters;
import org.roadloop.collect.v2x.MapRegister;
import org.roadloop.collect.v2x.RoadsideAlarm;
import org.roadloop.collect.v2x.UnitRegister;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the messages of roadside and on-board units and sends alarms back (路侧接入). A datagram is one
 * envelope of a registered unit. Listeners hear a vehicle on the receiving thread before its
 * message goes to the frame log: safety does not wait for the disk. When the log is full the
 * message is still heard, and its loss is counted. Any thread.
 */
public final class UdpGateway implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(UdpGateway.class);

    /** Some 10,000 small messages: what comes in while this process does not get to run. */
    private static final int RECEIVE_BUFFER_BYTES = 8 << 20;

    /** The map of a large junction, or some eighty vehicles. */
    private static final int LARGEST_DATAGRAM_BYTES = 8192;

    private static final int DATAGRAMS_PER_READ = 32;

    private final Counters counters;
    private final V2xReceiver units;
    private final LongAdder alarmsSent;
    private final EventLoopGroup loops;
    private final Channel channel;
    private final KernelDrops drops;

    /** Binds at once; port 0 picks a free one. */
    public UdpGateway(
            FrameLog log,
            UnitRegister units,
            MapRegister maps,
            Counters counters,
            Clock clock,
            InetSocketAddress address)
            throws InterruptedException {
        this.counters = counters;
        this.units = new V2xReceiver(log, units, maps, counters, clock);
        alarmsSent = counters.counter("roadside_alarms_sent");
        Transport transport = Transport.best();
        loops = transport.group(1, "roadside");
        Bootstrap bootstrap =
                new Bootstrap()
                        .group(loops)
                        .channel(transport.datagramChannel())
                        .option(ChannelOption.SO_RCVBUF, RECEIVE_BUFFER_BYTES)
                        .option(
                                ChannelOption.RECVBUF_ALLOCATOR,
                                new FixedRecvByteBufAllocator(LARGEST_DATAGRAM_BYTES))
                        .handler(new Receiver());
        if (transport == Transport.EPOLL) {
            // One system call for many datagrams.
            bootstrap
                    .option(
                            ChannelOption.RECVBUF_ALLOCATOR,
                            new FixedRecvByteBufAllocator(
                                    LARGEST_DATAGRAM_BYTES * DATAGRAMS_PER_READ))
                    .option(EpollChannelOption.MAX_DATAGRAM_PAYLOAD_SIZE, LARGEST_DATAGRAM_BYTES);
        }
        channel = bootstrap.bind(address).sync().channel();
        drops = new KernelDrops(address().getPort());
        LOG.info("roadside gateway listens on {} ({})", channel.localAddress(), transport);
        warnOfSmallBuffer();
    }

    private void warnOfSmallBuffer() {
        Integer granted = channel.config().getOption(ChannelOption.SO_RCVBUF);
        // Linux tells twice what it took from us, and counts its own bookkeeping against that.
        if (granted != null && granted < RECEIVE_BUFFER_BYTES) {
            LOG.warn(
                    "the kernel gives the roadside socket a buffer of {} bytes instead of {}: bursts"
                            + " may be dropped; raise net.core.rmem_max to {}",
                    granted,
                    RECEIVE_BUFFER_BYTES,
                    RECEIVE_BUFFER_BYTES);
        }
    }

    /** Datagrams the kernel dropped at this socket for lack of room; 0 where it does not tell. */
    public long kernelDrops() {
        return drops.read();
    }

    public InetSocketAddress address() {
        return (InetSocketAddress) channel.localAddress();
    }

    public void addListener(BsmListener listener) {
        units.addListener(listener);
    }

    /** Sends an alarm to a roadside unit, without waiting. */
    public void send(RoadsideAlarm alarm, InetSocketAddress roadsideUnit) {
        ByteBuf out = channel.alloc().buffer(RoadsideAlarm.BYTES).writeBytes(alarm.toBytes());
        var _ =
                channel.writeAndFlush(new DatagramPacket(out, roadsideUnit))
                        .addListener(
                                sent -> {
                                    if (sent.isSuccess()) {
                                        alarmsSent.increment();
                                    } else {
                                        counters.increment("roadside_alarm_failed");
                                    }
                                });
    }

    @Override
    public void close() {
        channel.close().syncUninterruptibly();
        loops.shutdownGracefully(0, 2000, TimeUnit.MILLISECONDS).syncUninterruptibly();
    }

    private final class Receiver extends SimpleChannelInboundHandler<DatagramPacket> {
        private final byte[] bytes = new byte[LARGEST_DATAGRAM_BYTES];

        @Override
        protected void channelRead0(ChannelHandlerContext context, DatagramPacket packet) {
            ByteBuf content = packet.content();
            int length = Math.min(content.readableBytes(), bytes.length);
            content.readBytes(bytes, 0, length);
            units.take(bytes, length);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            counters.increment("roadside_receive_failed");
            LOG.warn("roadside gateway: {}", cause.toString());
        }
    }
}
