package org.roadloop.collect.gateway;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.roadloop.collect.Counters;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How ports of the gateway prove themselves, and whom they let in (TLS证书): TLS 1.3 and 1.2 of the
 * JDK. The texts are read again while connections come, so a renewed certificate holds for the next
 * connections without a restart; one that is no good is said, and the old one stays. Any thread.
 */
public final class TlsCredentials {
    private static final Logger LOG = LoggerFactory.getLogger(TlsCredentials.class);
    private static final Pattern PRIVATE_KEY =
            Pattern.compile(
                    "-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");
    private static final List<String> KEY_KINDS = List.of("EC", "RSA", "EdDSA");

    /**
     * The PEM texts of a port.
     *
     * @param certificate its chain, the port's own certificate first
     * @param key PKCS #8, without a password
     * @param clientCa who signs the certificates of clients; null: clients need none
     */
    public record Pem(String certificate, String key, @Nullable String clientCa) {
        /** Not its key. */
        @Override
        public String toString() {
            return clientCa == null ? "TLS" : "TLS with client certificates";
        }
    }

    /**
     * Times and rules of TLS ports.
     *
     * @param handshake time a handshake may take
     * @param reread shortest time between two looks at the texts
     * @param bindsIdentity whether a client's certificate must name the VIN, phone or platform user
     *     that logs in; needs a client CA
     */
    public record Rule(Duration handshake, Duration reread, boolean bindsIdentity) {
        public static final Rule DEFAULT =
                new Rule(Duration.ofSeconds(10), Duration.ofSeconds(10), false);
    }

    private final Supplier<Pem> source;
    private final Rule rule;
    private final Counters counters;
    private final OneLine refusals = new OneLine();
    private final OneLine renewalFaults = new OneLine();
    private final AtomicBoolean reading = new AtomicBoolean();

    private volatile Pem pem;
    private volatile SslContext context;
    private volatile long readNanos = System.nanoTime();

    /** What was no good the last time, so that it is counted once; of who reads. */
    private volatile @Nullable Pem faulty;

    /**
     * Reads at once.
     *
     * @param source called again for renewed certificates
     * @throws IllegalArgumentException if the texts are no certificate and its key
     */
    public TlsCredentials(Supplier<Pem> source, Rule rule, Counters counters) {
        this.source = source;
        this.rule = rule;
        this.counters = counters;
        this.pem = source.get();
        this.context = context(pem);
        if (rule.bindsIdentity && pem.clientCa == null) {
            throw new IllegalArgumentException(
                    "a certificate can bind an identity only where clients have one: name a client CA");
        }
    }

    boolean bindsIdentity() {
        return rule.bindsIdentity;
    }

    OneLine refusals() {
        return refusals;
    }

    @Override
    public String toString() {
        return pem.toString();
    }

    /** For the next connection. */
    SslHandler handler(ByteBufAllocator allocator) {
        if (System.nanoTime() - readNanos > rule.reread.toNanos()
                && reading.compareAndSet(false, true)) {
            // Not here: an event loop waits for no file.
            Thread.ofVirtual().start(this::reread);
        }
        SslHandler handler = context.newHandler(allocator);
        handler.setHandshakeTimeout(rule.handshake.toMillis(), TimeUnit.MILLISECONDS);
        return handler;
    }

    private void reread() {
        Pem now = null;
        try {
            now = source.get();
            if (!now.equals(pem) && !now.equals(faulty)) {
                context = context(now);
                pem = now;
                counters.increment("gateway_tls_renewed");
                LOG.info("the TLS certificate of the gateway was renewed");
            }
        } catch (RuntimeException e) {
            faulty = now;
            counters.increment("gateway_tls_renewal_failed");
            if (renewalFaults.isDue()) {
                LOG.warn(
                        "the TLS certificate of the gateway could not be renewed, the old one stays: {}",
                        e.getMessage());
            }
        } finally {
            readNanos = System.nanoTime();
            reading.set(false);
        }
    }

    private static SslContext context(Pem pem) {
        List<X509Certificate> chain = certificates("certificate", pem.certificate);
        PrivateKey key = privateKey(pem.key);
        try {
            if (!fits(key, chain.getFirst())) {
                throw new IllegalArgumentException(
                        "the TLS key is not the key of the first certificate of its file");
            }
            SslContextBuilder builder =
                    SslContextBuilder.forServer(key, chain.toArray(X509Certificate[]::new))
                            .sslProvider(SslProvider.JDK)
                            .protocols("TLSv1.3", "TLSv1.2");
            String clientCa = pem.clientCa;
            if (clientCa != null) {
                builder.clientAuth(ClientAuth.REQUIRE)
                        .trustManager(
                                certificates("client CA", clientCa)
                                        .toArray(X509Certificate[]::new));
            }
            return builder.build();
        } catch (GeneralSecurityException | SSLException e) {
            throw new IllegalArgumentException("the TLS certificate and its key are no good", e);
        }
    }

    private static List<X509Certificate> certificates(String what, String pem) {
        try {
            List<X509Certificate> read =
                    CertificateFactory.getInstance("X.509")
                            .generateCertificates(
                                    new ByteArrayInputStream(
                                            pem.getBytes(StandardCharsets.US_ASCII)))
                            .stream()
                            .map(X509Certificate.class::cast)
                            .toList();
            if (!read.isEmpty()) {
                return read;
            }
        } catch (GeneralSecurityException e) {
            // Told like a file without one; the cause may quote it.
        }
        throw new IllegalArgumentException(
                "the TLS %s is no X.509 certificate in PEM (-----BEGIN CERTIFICATE-----)"
                        .formatted(what));
    }

    private static PrivateKey privateKey(String pem) {
        Matcher found = PRIVATE_KEY.matcher(pem);
        if (found.find()) {
            byte[] encoded = Base64.getMimeDecoder().decode(found.group(1));
            for (String kind : KEY_KINDS) {
                try {
                    return KeyFactory.getInstance(kind)
                            .generatePrivate(new PKCS8EncodedKeySpec(encoded));
                } catch (InvalidKeySpecException e) {
                    // Another kind.
                } catch (GeneralSecurityException e) {
                    throw new IllegalStateException("this JDK has no keys of " + kind, e);
                }
            }
        }
        throw new IllegalArgumentException(
                "the TLS key is no PKCS #8 key in PEM without a password (-----BEGIN PRIVATE KEY-----);"
                        + " convert it: openssl pkcs8 -topk8 -nocrypt -in OLD -out NEW");
    }

    private static boolean fits(PrivateKey key, X509Certificate certificate)
            throws GeneralSecurityException {
        if (!key.getAlgorithm().equals(certificate.getPublicKey().getAlgorithm())) {
            return false;
        }
        byte[] probe = new byte[32];
        new SecureRandom().nextBytes(probe);
        Signature signature =
                Signature.getInstance(
                        switch (key.getAlgorithm()) {
                            case "EC" -> "SHA256withECDSA";
                            case "RSA" -> "SHA256withRSA";
                            default -> "EdDSA";
                        });
        signature.initSign(key);
        signature.update(probe);
        byte[] signed = signature.sign();
        signature.initVerify(certificate.getPublicKey());
        signature.update(probe);
        try {
            return signature.verify(signed);
        } catch (java.security.SignatureException e) {
            return false; // of another size
        }
    }
}
