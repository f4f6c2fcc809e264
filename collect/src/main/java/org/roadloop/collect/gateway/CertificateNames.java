package org.roadloop.collect.gateway;

import java.security.cert.Certificate;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;

/** Whom a client's certificate names (证书主体): its common name and its DNS names, in upper case. */
final class CertificateNames {
    private static final Integer DNS_NAME = 2; // RFC 5280 §4.2.1.6

    private CertificateNames() {}

    /**
     * @param chain the client's own certificate first
     */
    static Set<String> of(Certificate[] chain) {
        Set<String> names = new HashSet<>();
        if (chain.length > 0 && chain[0] instanceof X509Certificate own) {
            try {
                for (Rdn part : new LdapName(own.getSubjectX500Principal().getName()).getRdns()) {
                    if (part.getType().equalsIgnoreCase("CN")) {
                        names.add(part.getValue().toString().toUpperCase(Locale.ROOT));
                    }
                }
                Collection<List<?>> others = own.getSubjectAlternativeNames();
                for (List<?> other : others == null ? List.<List<?>>of() : others) {
                    if (DNS_NAME.equals(other.get(0))) {
                        names.add(String.valueOf(other.get(1)).toUpperCase(Locale.ROOT));
                    }
                }
            } catch (InvalidNameException | CertificateParsingException e) {
                // What can't be read names nobody: nothing logs in under it.
            }
        }
        return names;
    }
}
