package org.roadloop.collect.gateway;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import java.nio.channels.ClosedChannelException;
import java.util.Locale;
import java.util.Set;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How the handshake of one TLS link ended (TLS握手): its times begin, or it is closed, counted under
 * a name, and said once a minute. Its event loop is the one thread.
 */
final class TlsHandshake extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(TlsHandshake.class);

    private final TcpGateway gateway;
    private final TlsCredentials credentials;
    private final FramedConnection connection;
    private boolean refused;

    TlsHandshake(TcpGateway gateway, TlsCredentials credentials, FramedConnection connection) {
        this.gateway = gateway;
        this.credentials = credentials;
        this.connection = connection;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof SslHandshakeCompletionEvent done) {
            if (done.isSuccess()) {
                gateway.counters.increment("gateway_tls_handshakes");
                connection.handshakeEnds(names(context));
            } else {
                refuse(context, done.cause());
            }
            return;
        }
        context.fireUserEventTriggered(event);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        Throwable inner = cause instanceof DecoderException ? cause.getCause() : cause;
        if (inner instanceof SSLException) {
            refuse(context, inner);
        } else {
            context.fireExceptionCaught(cause);
        }
    }

    private @Nullable Set<String> names(ChannelHandlerContext context) {
        if (!credentials.bindsIdentity()) {
            return null;
        }
        SslHandler handler = context.pipeline().get(SslHandler.class);
        try {
            return CertificateNames.of(handler.engine().getSession().getPeerCertificates());
        } catch (SSLPeerUnverifiedException e) {
            return Set.of();
        }
    }

    /** The text of a cause is not told: it may quote what was sent. */
    private void refuse(ChannelHandlerContext context, Throwable cause) {
        context.close();
        if (refused) {
            return; // the handshake's end and its exception tell the same
        }
        refused = true;
        String name = counterName(cause);
        gateway.counters.increment(name);
        if (credentials.refusals().isDue()) {
            LOG.warn(
                    "a TLS link on port {} was refused: {}; the counters gateway_tls_* tell how many",
                    connection.channel.localAddress().getPort(),
                    reason(name));
        }
    }

    private static String counterName(Throwable cause) {
        return switch (cause) {
            case NotSslRecordException _ -> "gateway_tls_plain";
            case SslHandshakeTimeoutException _ -> "gateway_tls_timeout";
            case ClosedChannelException _ -> "gateway_tls_broken_off";
            default -> {
                String text = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
                if (text.contains("empty client certificate")) {
                    yield "gateway_tls_no_certificate";
                }
                yield text.contains("pkix") || text.contains("certificate")
                        ? "gateway_tls_certificate"
                        : "gateway_tls_refused";
            }
        };
    }

    private static String reason(String counterName) {
        return switch (counterName) {
            case "gateway_tls_plain" -> "it does not speak TLS";
            case "gateway_tls_timeout" -> "its handshake did not end in time";
            case "gateway_tls_broken_off" -> "it ended in the handshake";
            case "gateway_tls_no_certificate" -> "it has no client certificate";
            case "gateway_tls_certificate" -> "one side did not take the other's certificate";
            default -> "no agreement on TLS";
        };
    }
}
