package org.roadloop.app.config;

import java.util.List;
import java.util.Optional;

/**
 * Rules of the links that vehicles and platforms hold (接入链路规则).
 *
 * @param mostConnections 0 = what the descriptor limit allows; never more than that
 * @param idleSeconds silence after which a link is closed; heartbeats come every 1 to 240 s
 * @param tls on which ports, with which certificate
 */
public record LinkRules(int mostConnections, int idleSeconds, Tls tls) {
    public static final LinkRules DEFAULTS = new LinkRules(0, 300, Tls.NONE);

    /** The ports that can have TLS, as {@code collect.tls.ports} names them. */
    public static final List<String> PORTS = List.of("platform", "terminal", "jt808");

    /**
     * TLS of some ports (传输加密). Secrets are names of PEM files in {@code secrets/} of the home.
     *
     * @param ports of {@link #PORTS}; none: TLS is off
     * @param certificateSecret the chain, this platform's own certificate first
     * @param keySecret its key, PKCS #8
     * @param clientCaSecret given: a client must show a certificate of this authority
     * @param bindIdentity whether that certificate must name the VIN, phone or platform user that
     *     logs in
     */
    public record Tls(
            List<String> ports,
            String certificateSecret,
            String keySecret,
            Optional<String> clientCaSecret,
            boolean bindIdentity) {
        public static final Tls NONE = new Tls(List.of(), "", "", Optional.empty(), false);

        public Tls {
            ports = List.copyOf(ports);
            for (String port : ports) {
                if (!PORTS.contains(port)) {
                    throw new IllegalArgumentException(
                            "ports names '%s'; the ports are %s"
                                    .formatted(port, String.join(", ", PORTS)));
                }
            }
            if (!ports.isEmpty() && (certificateSecret.isEmpty() || keySecret.isEmpty())) {
                throw new IllegalArgumentException(
                        "TLS needs certificateSecret and keySecret; write for example"
                                + " 'certificateSecret: gateway.crt' and 'keySecret: gateway.key'");
            }
            if (ports.isEmpty() && !certificateSecret.isEmpty()) {
                throw new IllegalArgumentException(
                        "a certificate without ports: write for example 'ports: [platform]'");
            }
            if (bindIdentity && clientCaSecret.isEmpty()) {
                throw new IllegalArgumentException(
                        "bindIdentity needs clientCaSecret: without it clients have no certificate");
            }
        }
    }

    /** From the group {@code collect}. */
    static LinkRules read(Section collect) {
        return new LinkRules(
                (int) collect.whole("mostConnections", DEFAULTS.mostConnections, 0, 10_000_000),
                (int) collect.whole("idleSeconds", DEFAULTS.idleSeconds, 10, 86_400),
                collect.group("tls", LinkRules::tls, Tls.NONE));
    }

    private static Tls tls(Section s) {
        String clientCa = s.text("clientCaSecret", "");
        return new Tls(
                s.texts("ports"),
                s.text("certificateSecret", ""),
                s.text("keySecret", ""),
                clientCa.isEmpty() ? Optional.empty() : Optional.of(clientCa),
                s.flag("bindIdentity", false));
    }
}
