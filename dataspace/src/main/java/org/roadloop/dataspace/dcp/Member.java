package org.roadloop.dataspace.dcp;

import java.util.Map;
import java.util.Optional;

/**
 * A participant whom the embedded issuer knows (成员), and what it vouches for about it.
 *
 * @param claims members of {@code credentialSubject}: {@code memberOf}, {@code industry}, {@code
 *     unifiedSocialCreditCode}
 */
public record Member(String did, Map<String, Object> claims) {
    public Member {
        claims = Map.copyOf(claims);
    }

    /** Who is a member now (成员名册). Any thread. */
    public interface Register {
        Optional<Member> find(String did);
    }
}
