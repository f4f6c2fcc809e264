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
import org.roadloop.dataspace.identity.CallerIdentity.UnauthorizedException;
import org.roadloop.dataspace.identity.DidResolver;
import org.roadloop.dataspace.identity.GuardedHttp;
import tools.jackson.databind.JsonNode;

/**
 * Whether a credential was revoked or suspended (吊销检查), by the lists that issuers publish; a list
 * is kept for a while, and one that something running depends on is {@link #watch watched}. Any
 * thread.
 *
 * <p>A list counts only if it is a credential signed by the issuer of the credential it is about. A
 * credential whose list can't be had is not accepted.
 */
public final class StatusLists {
    /** After a failure, so long nobody else waits for the same issuer. */
    private static final Duration SILENCE = Duration.ofSeconds(2);

    private static final int MAX_BYTES = 4 * 1024 * 1024;
    private static final int MAX_KEPT = 32;
    private static final String ACCEPT =
            "application/vc+jwt, application/jwt, text/plain, application/json";

    private final GuardedHttp http;
    private final DidResolver resolver;
    private final KeyUses uses;
    private final Clock clock;
    private final Duration keep;
    private final Map<String, Kept> lists = new ConcurrentHashMap<>();

    private final StatusListWatch watch;

    /** Why a list can't be had, so that nobody waits for the same silence twice. */
    private final Map<String, Failure> failures = new ConcurrentHashMap<>();

    /**
     * @param etag empty if its issuer gave none
     * @param readAt when it came whole
     */
    private record Kept(
            StatusList list,
            String issuer,
            String purpose,
            String etag,
            Instant readAt,
            Instant until) {}

    private record Failure(UnauthorizedException why, Instant until) {}

    /**
     * @param keep how long a list is believed: a revocation is seen after this time at the latest
     * @param poll pause between two looks at a list that is watched
     */
    public StatusLists(
            GuardedHttp http,
            DidResolver resolver,
            KeyUses uses,
            Clock clock,
            Duration keep,
            Duration poll) {
        this.http = http;
        this.resolver = resolver;
        this.uses = uses;
        this.clock = clock;
        this.keep = keep;
        this.watch = new StatusListWatch(this::lookAgain, poll);
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
            if (!endsIt(purpose)) {
                continue; // messages and renewals do not speak against it
            }
            Optional<String> flaw = flaw(credential.issuer(), entry, purpose);
            if (flaw.isPresent()) {
                return flaw;
            }
        }
        return Optional.empty();
    }

    private static boolean endsIt(String purpose) {
        return purpose.equals("revocation") || purpose.equals("suspension");
    }

    /**
     * Looks at the lists of a credential every poll from now on, until nobody asks for a second.
     */
    void watch(VerifiableCredential credential) {
        for (JsonNode entry : credential.statuses()) {
            String url = entry.path("statusListCredential").asString("");
            if (endsIt(entry.path("statusPurpose").asString("")) && !url.isEmpty()) {
                watch.touch(url);
            }
        }
    }

    /**
     * Whether the list could be had; what it says now is what counts from now on.
     *
     * <p>An answer "as it was" (304) does not prolong the list: its signature is looked at again at
     * half of its time, so that the silence of an issuer never makes anybody wait.
     */
    private boolean lookAgain(String url) {
        Instant now = clock.instant();
        try {
            Kept known = lists.get(url);
            boolean young =
                    known != null
                            && !known.etag().isEmpty()
                            && now.isBefore(known.readAt().plus(keep.dividedBy(2)));
            if (known != null && young) {
                http.getIfChanged(URI.create(url), ACCEPT, known.etag(), MAX_BYTES)
                        .ifPresent(answer -> lists.put(url, read(answer, now)));
            } else {
                keep(url, read(http.get(URI.create(url), ACCEPT, MAX_BYTES), now));
            }
            failures.remove(url);
            return true;
        } catch (UnauthorizedException e) {
            failed(url, e);
            return false;
        } catch (IllegalArgumentException | Jws.InvalidJwsException e) {
            return false; // a page of HTML is no word of the issuer: the list goes on to its end
        }
    }

    private void failed(String url, UnauthorizedException why) {
        if (failures.size() >= MAX_KEPT) {
            failures.clear();
        }
        failures.put(url, new Failure(why, clock.instant().plus(SILENCE)));
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
        Failure failure = failures.get(url);
        if (failure != null && failure.until().isAfter(now)) {
            throw failure.why();
        }
        try {
            Kept read = read(http.get(URI.create(url), ACCEPT, MAX_BYTES), now);
            keep(url, read);
            return read;
        } catch (UnauthorizedException e) {
            failed(url, e);
            throw e;
        }
    }

    private void keep(String url, Kept read) {
        Instant now = read.readAt();
        if (lists.size() >= MAX_KEPT) {
            lists.values().removeIf(old -> !old.until().isAfter(now));
            if (lists.size() >= MAX_KEPT) {
                lists.clear();
            }
        }
        lists.put(url, read);
    }

    private Kept read(GuardedHttp.Answer answer, Instant now) {
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
                answer.etag(),
                now,
                list.validUntil().filter(end -> end.isBefore(until)).orElse(until));
    }
}
