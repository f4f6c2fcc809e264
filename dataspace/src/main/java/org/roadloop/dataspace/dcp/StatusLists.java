package org.roadloop.dataspace.dcp;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.roadloop.core.identity.DidDocument;
import org.roadloop.core.identity.Jws;
import org.roadloop.dataspace.identity.DidResolver;
import org.roadloop.dataspace.identity.GuardedHttp;
import tools.jackson.databind.JsonNode;

/**
 * Whether a credential was revoked or suspended (吊销检查), by the lists that issuers publish; a list
 * is kept for a while. Any thread.
 *
 * <p>A list counts only if it is a credential signed by the issuer of the credential it is about. A
 * credential whose list can't be had is not accepted.
 */
public final class StatusLists {
    private static final int MAX_BYTES = 4 * 1024 * 1024;
    private static final int MAX_KEPT = 16;

    private final GuardedHttp http;
    private final DidResolver resolver;
    private final KeyUses uses;
    private final Clock clock;
    private final Duration keep;
    private final Map<String, Kept> lists = new ConcurrentHashMap<>();

    private record Kept(StatusList list, String issuer, String purpose, Instant until) {}

    /**
     * @param keep how long a list is believed: a revocation is seen after this time at the latest
     */
    public StatusLists(
            GuardedHttp http, DidResolver resolver, KeyUses uses, Clock clock, Duration keep) {
        this.http = http;
        this.resolver = resolver;
        this.uses = uses;
        this.clock = clock;
        this.keep = keep;
    }

    /**
     * What speaks against the credential, if anything does.
     *
     * @throws org.roadloop.dataspace.identity.CallerIdentity.UnauthorizedException if the list
     *     can't be read now
     */
    Optional<String> flaw(VerifiableCredential credential) {
        for (JsonNode entry : credential.statuses()) {
            String type = entry.path("type").asString("");
            if (!type.equals("BitstringStatusListEntry") && !type.equals("StatusList2021Entry")) {
                return Optional.of("its status is of a type that is not known here");
            }
            String purpose = entry.path("statusPurpose").asString("");
            if (!purpose.equals("revocation") && !purpose.equals("suspension")) {
                continue; // messages and renewals do not speak against it
            }
            Optional<String> flaw = flaw(credential.issuer(), entry, purpose);
            if (flaw.isPresent()) {
                return flaw;
            }
        }
        return Optional.empty();
    }

    private Optional<String> flaw(String issuer, JsonNode entry, String purpose) {
        try {
            Kept kept = list(entry.path("statusListCredential").asString(""));
            if (!kept.issuer().equals(issuer)) {
                return Optional.of("its status list is of another issuer");
            }
            if (!kept.purpose().equals(purpose)) {
                return Optional.of("its status list is for another purpose");
            }
            int index = Integer.parseInt(entry.path("statusListIndex").asString(""));
            return kept.list().get(index)
                    ? Optional.of("it is under " + purpose)
                    : Optional.empty();
        } catch (IllegalArgumentException | Jws.InvalidJwsException e) {
            return Optional.of("its status list is no use: " + e.getMessage());
        }
    }

    private Kept list(String url) {
        Instant now = clock.instant();
        Kept known = lists.get(url);
        if (known != null && known.until().isAfter(now)) {
            return known;
        }
        Kept read = read(url, now);
        if (lists.size() >= MAX_KEPT) {
            lists.values().removeIf(old -> !old.until().isAfter(now));
            if (lists.size() >= MAX_KEPT) {
                lists.clear();
            }
        }
        lists.put(url, read);
        return read;
    }

    private Kept read(String url, Instant now) {
        GuardedHttp.Answer answer =
                http.get(
                        URI.create(url),
                        "application/vc+jwt, application/jwt, text/plain, application/json",
                        MAX_BYTES);
        String jwt = new String(answer.body(), US_ASCII).strip();
        if (jwt.startsWith("{")) {
            throw new IllegalArgumentException("it is not signed (no JWT)");
        }
        if (jwt.startsWith("\"")) {
            jwt = answer.json().asString("");
        }
        VerifiableCredential list = VerifiableCredential.read(jwt);
        String signed = jwt;
        Jws.verify(
                jwt,
                uses.find(resolver, list.issuer(), signed, DidDocument.Use.ASSERTION)
                        .orElseThrow(
                                () ->
                                        new IllegalArgumentException(
                                                "it is signed with a key that its issuer does not"
                                                        + " have")));
        if (now.plus(IdTokens.LEEWAY).isBefore(list.validFrom())
                || list.validUntil().filter(until -> !now.isBefore(until)).isPresent()) {
            throw new IllegalArgumentException("it is out of its time");
        }
        Instant until = now.plus(keep);
        return new Kept(
                StatusList.decode(list.subject().path("encodedList").asString("")),
                list.issuer(),
                list.subject().path("statusPurpose").asString(""),
                list.validUntil().filter(end -> end.isBefore(until)).orElse(until));
    }
}
