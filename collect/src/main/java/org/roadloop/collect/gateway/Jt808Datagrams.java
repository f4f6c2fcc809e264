package org.roadloop.collect.gateway;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DatagramPacket;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.roadloop.collect.jt808.Frame;
import org.roadloop.collect.jt808.FrameCutter;
import org.roadloop.collect.jt808.TerminalSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * JT/T 808 over UDP (数据报接入); a datagram holds whole frames, one or several. A terminal is known by
 * its phone: answers and commands go to the address it authenticated from, and from another address
 * it must authenticate again, which moves it there. An address that has not authenticated is never
 * sent more bytes than it sent, and nothing is kept of it.
 *
 * <p>When the log is full, a datagram is lost and counted; without its answer the terminal sends it
 * again. Whoever can forge the address of an authenticated terminal can also speak for it: the
 * standard has no proof in each message. Its own thread, {@code jt808-datagrams}; {@link #close}
 * and {@link #kernelDrops} any thread.
 */
final class Jt808Datagrams implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Jt808Datagrams.class);
    private static final int LARGEST_DATAGRAM_BYTES = 4 * Frame.LARGEST_FRAME_BYTES;
    private static final int RECEIVE_BUFFER_BYTES = 8 << 20;
    private static final long SWEEP_MILLIS = 500;

    private final TcpGateway gateway;
    private final TerminalRegister register;
    private final Jt808Settings settings;
    private final EventLoopGroup loops;
    private final Channel channel;
    private final KernelDrops drops;
    private final FrameCutter cutter = new FrameCutter();
    private final OneLine faults = new OneLine();

    /** Who has authenticated, by phone. */
    private final Map<String, Terminal> terminals = new HashMap<>();

    /** Answers whose records are durable, to be sent together. Guarded by itself, with the flag. */
    private final List<DatagramPacket> due = new ArrayList<>();

    private boolean flushScheduled;

    Jt808Datagrams(
            TcpGateway gateway,
            Transport transport,
            InetSocketAddress address,
            TerminalRegister register,
            Jt808Settings settings)
            throws InterruptedException {
        this.gateway = gateway;
        this.register = register;
        this.settings = settings;
        loops = transport.group(1, "jt808-datagrams");
        try {
            channel =
                    transport
                            .datagrams(loops, LARGEST_DATAGRAM_BYTES, RECEIVE_BUFFER_BYTES)
                            .handler(new Receiver())
                            .bind(address)
                            .sync()
                            .channel();
        } catch (Exception e) {
            loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
            throw e;
        }
        drops = new KernelDrops(address().getPort());
        var _ =
                channel.eventLoop()
                        .scheduleAtFixedRate(
                                this::sweep, SWEEP_MILLIS, SWEEP_MILLIS, TimeUnit.MILLISECONDS);
    }

    InetSocketAddress address() {
        return (InetSocketAddress) channel.localAddress();
    }

    long kernelDrops() {
        return drops.read();
    }

    @Override
    public void close() {
        channel.close().syncUninterruptibly();
        loops.shutdownGracefully(0, 2000, TimeUnit.MILLISECONDS).syncUninterruptibly();
    }

    private void received(byte[] bytes, int length, InetSocketAddress from) {
        gateway.counters.increment("jt808_datagrams");
        gateway.counts.bytes.add(length);
        cutter.over(bytes, 0, length);
        int mayAnswerBytes = length;
        while (true) {
            FrameCutter.Verdict verdict = cutter.next();
            switch (verdict) {
                case FRAME -> {
                    int start = cutter.start();
                    byte[] frame = Arrays.copyOfRange(bytes, start, start + cutter.length());
                    mayAnswerBytes -= onFrame(frame, from, mayAnswerBytes);
                }
                case MORE -> {
                    if (length - cutter.start() > 1) {
                        gateway.counters.increment("jt808_datagram_torn");
                    }
                    return;
                }
                case GARBAGE, ESCAPE, BCC, LENGTH, PHONE -> {
                    gateway.counters.increment(verdict.counterName());
                    gateway.sample(verdict.counterName(), cutter.length() + " bytes in a datagram");
                }
            }
        }
    }

    /** Returns how many bytes of answer went to an address that had not authenticated. */
    private int onFrame(byte[] frame, InetSocketAddress from, int mayAnswerBytes) {
        String phone = TerminalSession.phone(cutter.bytes(), cutter.message());
        Terminal known = terminals.get(phone);
        if (known != null && known.address.equals(from)) {
            known.received(frame);
            return 0;
        }
        if (known == null && terminals.size() >= gateway.settings.mostConnections()) {
            gateway.counters.increment("gateway_refused_full");
            return 0;
        }
        Terminal stranger = new Terminal(phone, from, mayAnswerBytes);
        stranger.received(frame);
        if (stranger.link.isLoggedIn()) {
            terminals.put(phone, stranger);
        }
        return mayAnswerBytes - stranger.mayAnswerBytes;
    }

    private void sweep() {
        long now = System.nanoTime();
        long idleNanos = gateway.settings.idleTimeout().toNanos();
        for (Terminal terminal : List.copyOf(terminals.values())) {
            if (now - terminal.lastNanos > idleNanos) {
                gateway.counters.increment("gateway_idle_timeout");
                terminal.end();
            } else {
                terminal.link.tick();
            }
        }
    }

    private void write(byte[] frames, InetSocketAddress to) {
        channel.writeAndFlush(packet(frames, to), channel.voidPromise());
    }

    private DatagramPacket packet(byte[] frames, InetSocketAddress to) {
        return new DatagramPacket(channel.alloc().buffer(frames.length).writeBytes(frames), to);
    }

    private void flushSoon() {
        synchronized (due) {
            if (flushScheduled || due.isEmpty()) {
                return;
            }
            flushScheduled = true;
        }
        channel.eventLoop().execute(this::flushDue);
    }

    private void flushDue() {
        DatagramPacket[] packets;
        synchronized (due) {
            flushScheduled = false;
            packets = due.toArray(DatagramPacket[]::new);
            due.clear();
        }
        for (DatagramPacket packet : packets) {
            channel.write(packet, channel.voidPromise());
        }
        channel.flush();
    }

    /** One terminal at one address; kept once it has authenticated. */
    private final class Terminal implements Jt808Link.Carrier {
        private final String phone;
        private final InetSocketAddress address;
        private final Jt808Link link;
        private int mayAnswerBytes;
        private long lastNanos;

        private Terminal(String phone, InetSocketAddress address, int mayAnswerBytes) {
            this.phone = phone;
            this.address = address;
            this.mayAnswerBytes = mayAnswerBytes;
            link = new Jt808Link(gateway, this, register, register, settings);
        }

        /** Takes what the cutter has found. */
        private void received(byte[] frame) {
            lastNanos = System.nanoTime();
            if (!link.received(cutter.bytes(), cutter.message(), frame)) {
                link.giveUp();
                gateway.counters.increment("jt808_datagram_log_full");
            }
        }

        private void end() {
            terminals.remove(phone, this);
            link.ended();
        }

        @Override
        public String link() {
            return "udp";
        }

        @Override
        public void execute(Runnable task) {
            channel.eventLoop().execute(task);
        }

        @Override
        public boolean takesCommands() {
            return channel.isActive() && channel.isWritable();
        }

        @Override
        public void write(byte[] frames) {
            if (!link.isLoggedIn()) {
                if (frames.length > mayAnswerBytes) {
                    gateway.counters.increment("jt808_datagram_unanswered");
                    return;
                }
                mayAnswerBytes -= frames.length;
            }
            Jt808Datagrams.this.write(frames, address);
        }

        @Override
        public CommitListener onceDurable(byte[] answer) {
            return new CommitListener() {
                @Override
                public void durable(byte[] record, int offset, int recordBytes) {
                    synchronized (due) {
                        due.add(packet(answer, address));
                    }
                    gateway.counts.acknowledged.increment();
                }

                @Override
                public void committed() {
                    flushSoon();
                }
            };
        }

        @Override
        public void noteFault(String counterName, String sample) {
            // Nobody is cut: whose datagram it was is not proven.
            gateway.sample(counterName, sample);
        }

        @Override
        public void loggedIn(boolean now) {
            if (!now) {
                terminals.remove(phone, this);
            }
        }

        @Override
        public void close() {
            execute(this::end);
        }
    }

    private final class Receiver extends SimpleChannelInboundHandler<DatagramPacket> {
        private final byte[] bytes = new byte[LARGEST_DATAGRAM_BYTES];

        @Override
        protected void channelRead0(ChannelHandlerContext context, DatagramPacket packet) {
            ByteBuf content = packet.content();
            int length = Math.min(content.readableBytes(), bytes.length);
            content.readBytes(bytes, 0, length);
            received(bytes, length, packet.sender());
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            // An answer that could not be sent comes here too; the terminal asks again.
            gateway.counters.increment("jt808_datagram_failed");
            if (faults.isDue()) {
                LOG.warn("JT/T 808 datagrams: {}", cause.toString());
            }
        }
    }
}
