package org.roadloop.dataspace.access;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import org.roadloop.core.contract.DataAddress;
import org.roadloop.dataspace.identity.CallerIdentity;
import org.roadloop.dataspace.identity.WholeAnswer;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** Asks a provider for the next access token of a transfer (令牌续期). Any thread. */
public final class TokenRenewal implements PullClient.Renewal {
    private static final Duration WITHIN = Duration.ofSeconds(20);
    private static final int MOST_BYTES = 64 * 1024;

    private final HttpClient http;
    private final CallerIdentity identity;
    private final String provider;
    private final DataAddress address;

    /**
     * @param provider its DID
     * @param address of a started transfer
     */
    public TokenRenewal(
            HttpClient http, CallerIdentity identity, String provider, DataAddress address) {
        this.http = http;
        this.identity = identity;
        this.provider = provider;
        this.address = address;
    }

    /** Only where the data is too: a provider can't make us prove ourselves to others. */
    @Override
    public Optional<String> renew() throws IOException, InterruptedException {
        String endpoint = address.properties().getOrDefault(DataRoute.TOKEN_ENDPOINT, "");
        URI uri = URI.create(endpoint);
        URI data = URI.create(address.endpoint());
        if (endpoint.isEmpty() || !String.valueOf(uri.getHost()).equals(data.getHost())) {
            return Optional.empty();
        }
        HttpResponse<byte[]> answer =
                WholeAnswer.of(
                        http,
                        HttpRequest.newBuilder(uri)
                                .header("Authorization", identity.authorization(provider))
                                .POST(HttpRequest.BodyPublishers.noBody())
                                .build(),
                        WITHIN,
                        MOST_BYTES);
        if (answer.statusCode() != 200) {
            return Optional.empty();
        }
        try {
            String token =
                    JsonMapper.shared().readTree(answer.body()).path("access_token").asString("");
            return token.isEmpty() ? Optional.empty() : Optional.of(token);
        } catch (JacksonException e) {
            return Optional.empty();
        }
    }
}
