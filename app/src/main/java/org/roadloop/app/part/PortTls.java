package org.roadloop.app.part;

import org.jspecify.annotations.Nullable;
import org.roadloop.app.config.LinkRules;
import org.roadloop.app.home.Home;
import org.roadloop.collect.Counters;
import org.roadloop.collect.gateway.TlsCredentials;

/** Which ports of the gateway speak TLS, with the files in the home (端口的TLS). Any thread. */
record PortTls(LinkRules.Tls rules, @Nullable TlsCredentials credentials) {
    /**
     * Reads the files at once, and again while the gateway runs.
     *
     * @throws IllegalArgumentException if they are no certificate and its key
     */
    static PortTls of(LinkRules.Tls rules, Home home, Counters counters) {
        if (rules.ports().isEmpty()) {
            return new PortTls(rules, null);
        }
        TlsCredentials.Rule d = TlsCredentials.Rule.DEFAULT;
        return new PortTls(
                rules,
                new TlsCredentials(
                        () ->
                                new TlsCredentials.Pem(
                                        home.secret(rules.certificateSecret()),
                                        home.secret(rules.keySecret()),
                                        rules.clientCaSecret().map(home::secret).orElse(null)),
                        new TlsCredentials.Rule(d.handshake(), d.reread(), rules.bindIdentity()),
                        counters));
    }

    /** Null: the port is plain. */
    @Nullable TlsCredentials on(String port) {
        return rules.ports().contains(port) ? credentials : null;
    }
}
