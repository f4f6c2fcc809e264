package org.roadloop.dataspace.dsp;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.contract.MessageJson;
import org.roadloop.dataspace.identity.CallerIdentity;
import org.roadloop.dataspace.identity.WholeAnswer;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads a whole catalogue of another connector, page by page (目录读取). The first page is asked for
 * with a CatalogRequestMessage, the others where {@code Link: rel="next"} leads. A connector that
 * gives entity tags is asked only for what has changed. What it sends is bounded: bytes and time of
 * a page, pages, and no page twice. Any thread; blocks.
 */
public final class CatalogReader {
    private static final Pattern LINK =
            Pattern.compile("<([^<>]{1,8192})>\\s*;[^<]*?rel\\s*=\\s*\"?([a-z ]+)\"?");

    private final HttpClient http;
    private final CallerIdentity identity;
    private final Limits limits;

    /**
     * What one catalogue may cost.
     *
     * @param within for each page
     */
    public record Limits(int pages, int entries, int pageBytes, Duration within) {
        public static final Limits USUAL =
                new Limits(200, 10_000, 4 * 1024 * 1024, Duration.ofSeconds(20));

        Limits within(Duration time) {
            return new Limits(pages, entries, pageBytes, time);
        }
    }

    /**
     * One page as it was read.
     *
     * @param self where it can be asked for again, null if nowhere
     * @param tag entity tag with its quotes; empty if there was none
     */
    public record Page(JsonNode body, @Nullable URI self, String tag, @Nullable URI next) {
        boolean canBeAskedAgain() {
            return self != null && !tag.isEmpty();
        }
    }

    /**
     * All pages in order.
     *
     * @param unchanged nothing but what was known before
     * @param cut short name of the bound that ended the reading early; empty if it was read whole
     */
    public record Reading(List<Page> pages, boolean unchanged, String cut) {
        public Reading {
            pages = List.copyOf(pages);
        }
    }

    /** The catalogue could not be read. */
    public static final class ReadException extends IOException {
        private static final long serialVersionUID = 1L;
        private final String code;
        private final int status;

        /**
         * @param code short stable name: {@code crawl_unreachable}
         * @param status HTTP status, 0 if there was no answer
         */
        ReadException(String code, int status, String what) {
            super(what);
            this.code = code;
            this.status = status;
        }

        public String code() {
            return code;
        }

        public int status() {
            return status;
        }
    }

    public CatalogReader(HttpClient http, CallerIdentity identity, Limits limits) {
        this.http = http;
        this.identity = identity;
        this.limits = limits;
    }

    /**
     * @param address of the connector, with the protocol's path
     * @param did who is asked, for whom the token is
     * @param known pages of the last reading, or none
     */
    public Reading read(String address, String did, List<Page> known)
            throws ReadException, InterruptedException {
        if (!known.isEmpty() && known.getFirst().canBeAskedAgain()) {
            try {
                return follow(address, did, known, known.getFirst().self());
            } catch (ReadException e) {
                if (e.status() < 400 || e.status() >= 500) {
                    throw e;
                }
                // the place of the first page is gone: ask as at the first time
            }
        }
        return follow(address, did, List.of(), null);
    }

    private Reading follow(String address, String did, List<Page> known, @Nullable URI start)
            throws ReadException, InterruptedException {
        List<Page> pages = new ArrayList<>();
        Set<URI> visited = new HashSet<>();
        boolean unchanged = !known.isEmpty();
        URI at = start;
        long entries = 0;
        do {
            Page before = at == null ? null : page(known, at);
            Page page = fetch(address, did, at, before);
            unchanged &= page.equals(before);
            pages.add(page);
            entries += page.body().path("dataset").size();
            at = page.next();
            if (at != null && !visited.add(at)) {
                return new Reading(pages, false, "crawl_pages_cyclic");
            }
            if (at != null && (pages.size() >= limits.pages() || entries >= limits.entries())) {
                return new Reading(pages, unchanged, "crawl_catalog_endless");
            }
        } while (at != null);
        return new Reading(pages, unchanged && pages.size() == known.size(), "");
    }

    private static @Nullable Page page(List<Page> known, URI at) {
        return known.stream()
                .filter(p -> p.canBeAskedAgain() && at.equals(p.self()))
                .findFirst()
                .orElse(null);
    }

    private Page fetch(String address, String did, @Nullable URI at, @Nullable Page before)
            throws ReadException, InterruptedException {
        URI url = at == null ? URI.create(address + "/catalog/request") : at;
        HttpRequest.Builder request = request(url, did);
        if (at == null) {
            post(request);
        } else if (before != null) {
            request.header("If-None-Match", before.tag());
        }
        HttpResponse<byte[]> response = send(url, request.build());
        if (before != null && response.statusCode() == 304) {
            return before;
        }
        if (at != null && response.statusCode() == 405) {
            // the protocol doesn't say how a link is followed
            response = send(url, post(request(url, did)).build());
        }
        if (response.statusCode() != 200) {
            throw new ReadException(
                    response.statusCode() >= 500 ? "crawl_peer_failed" : "crawl_refused",
                    response.statusCode(),
                    url.getPath() + " answered " + response.statusCode());
        }
        JsonNode body = json(response.body(), url);
        return new Page(
                body,
                link(response, "self", url).orElse(at),
                response.headers().firstValue("ETag").filter(t -> t.length() < 200).orElse(""),
                link(response, "next", url).orElse(null));
    }

    private HttpRequest.Builder request(URI url, String did) {
        return HttpRequest.newBuilder(url)
                .header("Authorization", identity.authorization(did))
                .header("Accept", "application/json");
    }

    private static HttpRequest.Builder post(HttpRequest.Builder request) {
        return request.header("Content-Type", "application/json")
                .POST(
                        HttpRequest.BodyPublishers.ofString(
                                MessageJson.envelope("CatalogRequestMessage").toString()));
    }

    private HttpResponse<byte[]> send(URI url, HttpRequest request)
            throws ReadException, InterruptedException {
        try {
            return WholeAnswer.of(http, request, limits.within(), limits.pageBytes());
        } catch (IOException e) {
            boolean large = String.valueOf(e.getMessage()).contains("capacity");
            throw new ReadException(
                    large ? "crawl_page_too_large" : "crawl_unreachable",
                    0,
                    url.getPath() + ": " + e.getClass().getSimpleName() + " " + e.getMessage());
        }
    }

    private static JsonNode json(byte[] bytes, URI url) throws ReadException {
        JsonNode body;
        try {
            body = JsonMapper.shared().readTree(bytes);
        } catch (JacksonException e) {
            throw new ReadException("crawl_no_json", 200, url.getPath() + " answered no JSON");
        }
        if (!body.path("@type").asString("").equals("Catalog")) {
            throw new ReadException(
                    "crawl_no_catalog",
                    200,
                    url.getPath() + " answered JSON whose @type is not Catalog");
        }
        return body;
    }

    /** Only links to where the token is meant for; others are as good as none. */
    private static Optional<URI> link(HttpResponse<byte[]> response, String relation, URI from) {
        for (String header : response.headers().allValues("Link")) {
            Matcher matcher = LINK.matcher(header.substring(0, Math.min(header.length(), 20_000)));
            while (matcher.find()) {
                if (List.of(matcher.group(2).split(" ")).contains(relation)) {
                    try {
                        URI target = from.resolve(matcher.group(1));
                        if (from.getScheme().equals(target.getScheme())
                                && from.getAuthority().equals(target.getAuthority())) {
                            return Optional.of(target);
                        }
                    } catch (IllegalArgumentException e) {
                        // no URL
                    }
                }
            }
        }
        return Optional.empty();
    }
}
