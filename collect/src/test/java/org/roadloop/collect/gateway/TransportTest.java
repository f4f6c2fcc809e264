package org.roadloop.collect.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.Epoll;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TransportTest {
    @ParameterizedTest
    @EnumSource(Transport.class)
    void everyTransportCarriesBytes(Transport transport) throws Exception {
        Assumptions.assumeTrue(
                transport != Transport.EPOLL || Epoll.isAvailable(), "epoll is not available here");
        EventLoopGroup group = transport.group(1, "test");
        try {
            Channel server =
                    new ServerBootstrap()
                            .group(group)
                            .channel(transport.serverChannel())
                            .childHandler(
                                    new ChannelInboundHandlerAdapter() {
                                        @Override
                                        public void channelRead(
                                                ChannelHandlerContext context, Object message) {
                                            var unused = context.writeAndFlush(message);
                                        }

                                        @Override
                                        public boolean isSharable() {
                                            return true;
                                        }
                                    })
                            .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                            .sync()
                            .channel();
            InetSocketAddress bound = (InetSocketAddress) server.localAddress();
            try (Socket socket = new Socket(bound.getAddress(), bound.getPort())) {
                socket.setSoTimeout(60_000);
                socket.getOutputStream().write(new byte[] {1, 2, 3});
                assertThat(socket.getInputStream().readNBytes(3)).containsExactly(1, 2, 3);
            }
        } finally {
            group.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
        }
    }
}
