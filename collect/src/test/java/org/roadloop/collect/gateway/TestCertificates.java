package org.roadloop.collect.gateway;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** A certificate authority of a test: X.509 v3 (RFC 5280) on P-256, encoded here in DER. */
final class TestCertificates {
    private static final byte[] ECDSA_SHA256 = hex("300a06082a8648ce3d040302");

    /** Basic constraints, critical: a CA. */
    private static final byte[] IS_CA = hex("300f0603551d130101ff040530030101ff");

    private static int serial = 1;

    private final String name;
    private final KeyPair keys = keyPair();
    private final X509Certificate root;

    /** A certificate and its key. */
    record Issued(KeyPair keys, X509Certificate certificate) {
        String certificatePem() throws GeneralSecurityException {
            return pem("CERTIFICATE", certificate.getEncoded());
        }

        String keyPem() {
            return pem("PRIVATE KEY", keys.getPrivate().getEncoded());
        }
    }

    TestCertificates(String name) throws Exception {
        this.name = name;
        this.root = certificate(name, keys, null, true);
    }

    String rootPem() throws GeneralSecurityException {
        return pem("CERTIFICATE", root.getEncoded());
    }

    /**
     * @param dnsName null: none
     */
    Issued issue(String commonName, @Nullable String dnsName) throws Exception {
        KeyPair own = keyPair();
        return new Issued(own, certificate(commonName, own, dnsName, false));
    }

    /** Of a client that trusts this authority, and shows a certificate if it has one. */
    SSLContext client(@Nullable Issued own) throws Exception {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("root", root);
        TrustManagerFactory trust =
                TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        KeyManagerFactory shown =
                KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        if (own != null) {
            store.setKeyEntry(
                    "own",
                    own.keys.getPrivate(),
                    new char[0],
                    new X509Certificate[] {own.certificate});
        }
        shown.init(store, new char[0]);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(shown.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }

    private X509Certificate certificate(
            String commonName, KeyPair own, @Nullable String dnsName, boolean isCa)
            throws Exception {
        List<byte[]> extensions = new ArrayList<>();
        if (isCa) {
            extensions.add(IS_CA);
        }
        if (dnsName != null) {
            byte[] names = der(0x30, der(0x82, dnsName.getBytes(StandardCharsets.US_ASCII)));
            extensions.add(der(0x30, hex("0603551d11"), der(0x04, names)));
        }
        byte[] signed =
                der(
                        0x30,
                        hex("a003020102"), // version 3
                        der(0x02, BigInteger.valueOf(serial++).toByteArray()),
                        ECDSA_SHA256,
                        distinguishedName(name),
                        der(
                                0x30,
                                der(0x17, "250101000000Z".getBytes(StandardCharsets.US_ASCII)),
                                der(0x17, "490101000000Z".getBytes(StandardCharsets.US_ASCII))),
                        distinguishedName(commonName),
                        own.getPublic().getEncoded(),
                        extensions.isEmpty()
                                ? new byte[0]
                                : der(0xa3, der(0x30, extensions.toArray(byte[][]::new))));
        Signature signature = Signature.getInstance("SHA256withECDSA");
        signature.initSign(keys.getPrivate());
        signature.update(signed);
        byte[] unusedBits = {0};
        byte[] encoded = der(0x30, signed, ECDSA_SHA256, der(0x03, unusedBits, signature.sign()));
        return (X509Certificate)
                CertificateFactory.getInstance("X.509")
                        .generateCertificate(new ByteArrayInputStream(encoded));
    }

    private static byte[] distinguishedName(String commonName) throws IOException {
        byte[] value = der(0x0c, commonName.getBytes(StandardCharsets.UTF_8));
        return der(0x30, der(0x31, der(0x30, hex("0603550403"), value)));
    }

    private static byte[] der(int tag, byte[]... parts) throws IOException {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            content.write(part);
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(tag);
        int length = content.size();
        if (length > 0xff) {
            out.write(0x82);
            out.write(length >> 8);
        } else if (length > 0x7f) {
            out.write(0x81);
        }
        out.write(length);
        content.writeTo(out);
        return out.toByteArray();
    }

    private static KeyPair keyPair() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        return generator.generateKeyPair();
    }

    private static String pem(String what, byte[] der) {
        return "-----BEGIN %s-----\n%s\n-----END %s-----\n"
                .formatted(what, Base64.getMimeEncoder().encodeToString(der), what);
    }

    private static byte[] hex(String digits) {
        return java.util.HexFormat.of().parseHex(digits);
    }
}
